//! The access key that servers, files and processes give: the same four fields everywhere.

use super::Temporary;
use crate::middleware::clock::parse_iso8601;
use crate::{Credential, Error, ErrorKind, ExposeSecret as _, SecretString, kms_api};

kms_api! {
    version = "2015-04-01";

    /// A temporary access key as it is issued.
    pub object Issued {
        /// `Success`, where there is one.
        code: Option<String>,
        access_key_id: Option<String>,
        #[secret] access_key_secret: Option<SecretString>,
        #[secret] security_token: Option<SecretString>,
        /// `2026-11-23T08:00:00Z`.
        expiration: Option<String>,
    }
}

impl Issued {
    /// The secrets of a credential, to be looked for in texts.
    pub(super) fn of(credential: &Credential) -> Self {
        match credential.clone() {
            Credential::AccessKey { secret, security_token, .. } => {
                Self { access_key_secret: Some(secret), security_token, ..Self::default() }
            }
            Credential::Bearer(token) => Self { security_token: Some(token), ..Self::default() },
        }
    }

    /// The credential, if all of it is there. `from` says whose it is, in errors.
    pub(super) fn into_temporary(self, from: &str) -> Result<Temporary, Error> {
        let wrong = |what: &str| {
            Err(Error::new(ErrorKind::Credential, format!("the credential from {from} {what}")))
        };
        if self.code.is_some_and(|code| code != "Success") {
            return wrong("is marked as a failure: its Code is not Success");
        }
        let given = |secret: &SecretString| !secret.expose_secret().is_empty();
        let Some(id) = self.access_key_id.filter(|id| !id.is_empty()) else {
            return wrong("lacks AccessKeyId");
        };
        let Some(secret) = self.access_key_secret.filter(given) else {
            return wrong("lacks AccessKeySecret");
        };
        let Some(token) = self.security_token.filter(given) else {
            return wrong("lacks SecurityToken");
        };
        let Some(expires_at) = self.expiration.as_deref().and_then(parse_iso8601) else {
            return wrong("lacks an Expiration such as 2026-11-23T08:00:00Z");
        };
        let credential = Credential::sts(id, secret, token);
        Ok(Temporary { credential, expires_at: Some(expires_at) })
    }
}
