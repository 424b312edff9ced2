//! A RAM role, assumed with any other credential.

use std::error::Error as _;
use std::sync::Arc;

use async_trait::async_trait;

use super::sts::AssumeRoleRequest;
use super::{Cached, Environment, LoadCredential, Role, Sts, Temporary};
use crate::middleware::retry::refuses_signer;
use crate::{Credential, Error, ErrorKind, Identity, ProvideCredential};

/// A provider that requests a temporary access key of a role from STS. The provider that signs the
/// request may assume a role itself.
///
/// ```no_run
/// use alibabacloud_kms::credential::{DefaultChain, Environment, RamRole, Role};
/// use alibabacloud_kms::OpenApiGateway;
///
/// # fn run() -> Result<(), alibabacloud_kms::Error> {
/// let environment = Environment::from_process();
/// let role = Role::new("acs:ram::1234567890123456:role/app")?.session_name("billing")?;
/// let credential = RamRole::new(role, DefaultChain::new(), &environment).cached();
/// let gateway = OpenApiGateway::region("cn-hangzhou", credential)?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct RamRole {
    role: Role,
    source: Arc<dyn ProvideCredential>,
    external_id: Option<String>,
    sts: Option<Sts>,
    environment: Environment,
}

impl RamRole {
    /// Creates a provider for this role. The credential of `source` signs the request to STS.
    pub fn new(
        role: Role,
        source: impl ProvideCredential + 'static,
        environment: &Environment,
    ) -> Self {
        let source = Arc::new(source);
        Self { role, source, external_id: None, sts: None, environment: environment.clone() }
    }

    /// Sets the external id that the role's trust policy requires: 2 to 1,224 characters.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: the id has another length.
    pub fn external_id(mut self, id: impl Into<String>) -> Result<Self, Error> {
        let id = id.into();
        if !(2..=1224).contains(&id.chars().count()) {
            let message = "the role's external id must be 2 to 1224 characters";
            return Err(Error::new(ErrorKind::Credential, message));
        }
        self.external_id = Some(id);
        Ok(self)
    }

    /// Sets the STS to call (default [`Sts::from_environment`]).
    #[must_use]
    pub fn sts(mut self, sts: Sts) -> Self {
        self.sts = Some(sts);
        self
    }

    /// Returns a provider that keeps the loaded credential.
    pub fn cached(self) -> Cached<Self> {
        let environment = self.environment.clone();
        Cached::new(self, &environment)
    }
}

impl RamRole {
    async fn signer(&self) -> Result<Credential, Error> {
        self.source.provide().await.map_err(|error| {
            let message = "there is no credential to assume the role with";
            Error::new(ErrorKind::Credential, message).with_source(error)
        })
    }
}

/// Returns `true` if STS refused the credential of the source.
fn is_refused(error: &Error) -> bool {
    error.source().and_then(Error::find).is_some_and(refuses_signer)
}

#[async_trait]
impl LoadCredential for RamRole {
    fn name(&self) -> &'static str {
        "ram_role"
    }

    async fn load(&self) -> Result<Temporary, Error> {
        let sts = self.sts.clone().map_or_else(|| Sts::from_environment(&self.environment), Ok)?;
        let Role { arn, policy, duration, .. } = &self.role;
        let mut request = AssumeRoleRequest::new(
            arn,
            self.role.session_name_in(&self.environment)?,
            i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        );
        request.policy = policy.clone();
        request.external_id = self.external_id.clone();
        let signer = self.signer().await?;
        let identity = signer.identity();
        let assumed = sts.assume_role(&request, signer, &self.environment).await;
        match (&assumed, identity) {
            // As for every refused call: one more attempt, if the source has another credential.
            (Err(error), Some(identity)) if is_refused(error) && self.source.refused(identity) => {
                sts.assume_role(&request, self.signer().await?, &self.environment).await
            }
            _ => assumed,
        }
    }

    fn identity(&self) -> Option<Identity> {
        let Role { arn, policy, .. } = &self.role;
        let parts = [Some(arn), policy.as_ref(), self.external_id.as_ref()];
        let parts = parts.map(|part| part.map_or("", String::as_str));
        Some(self.source.identity()?.and(["ram role"]).and(parts))
    }
}
