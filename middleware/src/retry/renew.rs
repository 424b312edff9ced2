//! Renews a credential that the service refuses too early: rotated, revoked, or expired on the
//! service's clock.

use std::sync::Arc;

use super::Remedy;
use crate::call::Call;
use crate::credential::ProvideCredential;
use crate::error::{Error, ErrorKind};

/// Reports a refused credential to its provider, and repeats the call if the provider may return a
/// different one.
///
/// See [`refuses_signer`] for the error codes that count. Many calls may be refused at the same
/// time: each names the credential that signed it, so the provider renews it only once.
#[derive(Debug)]
pub struct RenewCredential {
    provider: Arc<dyn ProvideCredential>,
}

impl RenewCredential {
    /// Creates a remedy for the credentials of this provider, or of a call's own provider.
    pub fn new(provider: Arc<dyn ProvideCredential>) -> Self {
        Self { provider }
    }
}

impl Remedy for RenewCredential {
    fn name(&self) -> &'static str {
        "credential_refused"
    }

    fn repair(&self, call: &Call, error: &Error) -> bool {
        let Some(credential) = error.signed_by().filter(|_| refuses_signer(error)) else {
            return false;
        };
        call.options().credential.as_ref().unwrap_or(&self.provider).refused(credential)
    }
}

/// Returns `true` if the service refused the signer and not the request itself:
/// `InvalidSecurityToken*`, `InvalidAccessKeyId*` or `SignatureDoesNotMatch`.
pub fn refuses_signer(error: &Error) -> bool {
    const CODES: [&str; 3] =
        ["InvalidSecurityToken", "InvalidAccessKeyId", "SignatureDoesNotMatch"];
    error.kind() == ErrorKind::Service
        && error.code().is_some_and(|code| CODES.iter().any(|known| code.starts_with(known)))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;

    use super::*;
    use crate::credential::Credential;
    use crate::error::ServiceError;
    use crate::identity::Identity;
    use crate::options::CallOptions;
    use crate::test_support::create_call;

    /// A provider that has another credential for each refused one, and remembers which were
    /// refused.
    #[derive(Debug, Default)]
    struct Renewable(Mutex<Vec<Identity>>);

    #[async_trait]
    impl ProvideCredential for Renewable {
        async fn provide(&self) -> Result<Credential, Error> {
            Ok(Credential::access_key("id", "secret"))
        }

        fn refused(&self, credential: Identity) -> bool {
            self.0.lock().expect("no panic before").push(credential);
            true
        }
    }

    fn refusal(code: &str) -> Error {
        Error::from_service(ServiceError::new(code, "no")).with_signed_by(Some(who()))
    }

    fn who() -> Identity {
        Identity::new(["who"])
    }

    #[test]
    fn only_refusals_of_the_signer_reach_the_provider() {
        for (code, expected) in [
            ("InvalidSecurityToken.Expired", true),
            ("InvalidSecurityToken.Malformed", true),
            ("InvalidAccessKeyId.NotFound", true),
            ("SignatureDoesNotMatch", true),
            ("Forbidden.KeyNotFound", false),
            ("SignatureNonceUsed", false),
            ("InvalidParameter", false),
        ] {
            let provider = Arc::new(Renewable::default());
            let remedy = RenewCredential::new(provider.clone());
            assert_eq!(remedy.repair(&create_call(), &refusal(code)), expected, "{code}");
            let told = provider.0.lock().expect("no panic before").clone();
            assert_eq!(told, Vec::from_iter(expected.then(who)), "{code}");
        }
    }

    #[test]
    fn without_the_signer_nothing_is_renewed() {
        let remedy = RenewCredential::new(Arc::new(Renewable::default()));
        let error = refusal("SignatureDoesNotMatch").with_signed_by(None);
        assert!(!remedy.repair(&create_call(), &error));
    }

    #[test]
    fn the_calls_own_provider_is_told_in_place_of_the_clients() {
        let (own, clients) = (Arc::new(Renewable::default()), Arc::new(Renewable::default()));
        let options = CallOptions { credential: Some(own.clone()), ..CallOptions::default() };
        let call = create_call().with_options(options);
        let remedy = RenewCredential::new(clients.clone());
        assert!(remedy.repair(&call, &refusal("SignatureDoesNotMatch")));
        assert_eq!(own.0.lock().expect("no panic before").len(), 1);
        assert!(clients.0.lock().expect("no panic before").is_empty());
    }

    #[test]
    fn a_credential_that_cannot_be_renewed_is_not_tried_again() {
        let provider = Arc::new(Credential::access_key("id", "secret"));
        let remedy = RenewCredential::new(provider);
        assert!(!remedy.repair(&create_call(), &refusal("InvalidAccessKeyId.NotFound")));
    }
}
