//! The access key that servers, files and programs issue: the same four fields everywhere.

use alibabacloud_kms_middleware::__private::secrets;

use super::Temporary;
use crate::middleware::wire::time::parse_iso8601;
use crate::trimmed::{key, trimmed};
use crate::{Credential, Error, ErrorKind, ExposeSecret as _, SecretString, kms_api};

kms_api! {
    version = "2015-04-01";

    /// A temporary access key as it is issued.
    pub object Issued {
        /// `Success`, if present.
        code: Option<String>,
        access_key_id: Option<String>,
        #[secret] access_key_secret: Option<SecretString>,
        #[secret] security_token: Option<SecretString>,
        /// `2026-11-23T08:00:00Z`, or with an offset.
        expiration: Option<String>,
    }
}

impl Issued {
    /// Returns the secrets of a credential, to be searched for in texts.
    pub(super) fn from_credential(credential: &Credential) -> Self {
        let mut secrets = secrets(credential).cloned();
        Self {
            access_key_secret: secrets.next(),
            security_token: secrets.next(),
            ..Self::default()
        }
    }

    /// Returns the credential, if it is complete. `from` names its source in errors.
    pub(super) fn into_temporary(self, from: &str) -> Result<Temporary, Error> {
        let wrong = |what: &str| {
            Err(Error::new(ErrorKind::Credential, format!("the credential from {from} {what}")))
        };
        if self.code.is_some_and(|code| code != "Success") {
            return wrong("was not issued: its Code is not Success");
        }
        let field = |name: &str| format!("the {name} of the credential from {from}");
        let given = |secret: Option<SecretString>, name: &str| {
            let secret = secret.unwrap_or_default();
            let key = key(secret.expose_secret(), &field(name))?;
            Ok::<_, Error>(key.map(SecretString::from))
        };
        let id = self.access_key_id.unwrap_or_default();
        let Some(id) = key(&id, &field("AccessKeyId"))? else {
            return wrong("lacks AccessKeyId");
        };
        let Some(secret) = given(self.access_key_secret, "AccessKeySecret")? else {
            return wrong("lacks AccessKeySecret");
        };
        let Some(token) = given(self.security_token, "SecurityToken")? else {
            return wrong("lacks SecurityToken");
        };
        let expiration = self.expiration.as_deref().map(trimmed).unwrap_or_default();
        if expiration.is_empty() {
            return wrong("lacks an Expiration such as 2026-11-23T08:00:00Z");
        }
        let Some(expires_at) = parse_iso8601(expiration) else {
            return wrong(
                "has an Expiration that is not of the form 2026-11-23T08:00:00Z or \
                 2026-11-23T16:00:00+08:00",
            );
        };
        let credential = Credential::sts(id, secret, token);
        Ok(Temporary { credential, expires_at: Some(expires_at) })
    }
}
