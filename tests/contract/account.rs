//! The account that the scenarios run in, if the environment names one.
//!
//! | variable | |
//! |---|---|
//! | `KMS_CONTRACT_REGION` | the region, such as `cn-hangzhou` |
//! | `KMS_CONTRACT_ACCESS_KEY_ID`, `KMS_CONTRACT_ACCESS_KEY_SECRET` | an access key that may do everything in KMS |
//! | `KMS_CONTRACT_SECURITY_TOKEN` | the token of a temporary one |
//! | `KMS_CONTRACT_INSTANCE_ID` | the instance in which keys and secrets are made: software key management |

use alibabacloud_kms::{Credential, OpenApiGateway};

/// An account of the service.
pub(super) struct Account {
    pub(super) region: String,
    credential: Credential,
    pub(super) instance_id: String,
}

impl Account {
    /// The account of the environment; none if no variable names one.
    ///
    /// # Panics
    ///
    /// If some variables are there and others are missing.
    pub(super) fn from_environment() -> Option<Self> {
        let variable = |name: &str| std::env::var(format!("KMS_CONTRACT_{name}")).ok();
        let names = ["REGION", "ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "INSTANCE_ID"];
        let values = names.map(variable);
        if values.iter().all(Option::is_none) {
            return None;
        }
        let [region, id, secret, instance_id] =
            values.map(|value| value.expect("all four variables of KMS_CONTRACT_ name an account"));
        let credential = match variable("SECURITY_TOKEN") {
            Some(token) => Credential::sts(id, secret, token),
            None => Credential::access_key(id, secret),
        };
        Some(Self { region, credential, instance_id })
    }

    pub(super) fn gateway(&self) -> OpenApiGateway {
        let gateway = OpenApiGateway::region(&self.region, self.credential.clone());
        gateway.expect("KMS_CONTRACT_REGION is a region")
    }
}
