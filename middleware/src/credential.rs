//! Who a request is from: what the layers that sign are given.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use crate::error::Error;
pub use crate::identity::Identity;

/// What signs a request.
#[derive(Clone)]
pub enum Credential {
    /// An access key, with a security token if it is temporary.
    AccessKey {
        /// The access key's id; not a secret, but not shown either.
        id: String,
        /// The access key's secret.
        secret: SecretString,
        /// The STS token of a temporary access key.
        security_token: Option<SecretString>,
    },
    /// A bearer token; the request is not signed.
    Bearer(SecretString),
}

impl Credential {
    /// A permanent access key.
    pub fn access_key(id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        Self::AccessKey { id: id.into(), secret: secret.into(), security_token: None }
    }

    /// A temporary access key with its security token, as STS gives it.
    pub fn sts(
        id: impl Into<String>,
        secret: impl Into<SecretString>,
        token: impl Into<SecretString>,
    ) -> Self {
        Self::AccessKey { id: id.into(), secret: secret.into(), security_token: Some(token.into()) }
    }

    /// A bearer token.
    pub fn bearer(token: impl Into<SecretString>) -> Self {
        Self::Bearer(token.into())
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessKey { security_token: None, .. } => "AccessKey([redacted])",
            Self::AccessKey { .. } => "Sts([redacted])",
            Self::Bearer(_) => "Bearer([redacted])",
        })
    }
}

/// Gives the credential of each request.
///
/// Called once per attempt, so that a rotated credential is used at once; a provider that loads over
/// the network keeps what it has. The time that it takes is not charged to the call: the deadline of
/// the whole call stands still, and signing has a limit of its own for it.
#[async_trait]
pub trait ProvideCredential: Send + Sync + fmt::Debug {
    /// The credential to sign with now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`](crate::ErrorKind::Credential): none could be had.
    async fn provide(&self) -> Result<Credential, Error>;

    /// Who this is, so that what was answered to one is never given to another.
    ///
    /// `None`, unless told: nobody but this very provider.
    fn identity(&self) -> Option<Identity> {
        None
    }

    /// Hears that the service refused this credential, and says whether [`provide`](Self::provide)
    /// may give another one now.
    ///
    /// Called once for each call that was refused, so that many calls may tell of one credential: a
    /// provider compares it with the one that it has now. `false`, unless told: there is no other.
    fn refused(&self, credential: Identity) -> bool {
        let _ = credential;
        false
    }
}

/// A client key, as far as signing needs it.
pub trait ClientKeySigner: Send + Sync + fmt::Debug {
    /// The client key's id, such as `KAAP.…`.
    fn key_id(&self) -> &str;

    /// The RSASSA-PKCS1-v1_5 SHA-256 signature of a message.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Sign`](crate::ErrorKind::Sign): the key cannot sign.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error>;
}

/// A credential is a provider of itself.
#[async_trait]
impl ProvideCredential for Credential {
    async fn provide(&self) -> Result<Credential, Error> {
        Ok(self.clone())
    }

    /// Its secret is a part: who knows no more than an id is somebody else.
    fn identity(&self) -> Option<Identity> {
        Some(match self {
            Self::AccessKey { id, secret, security_token } => {
                let token = security_token.as_ref().map_or("", |token| token.expose_secret());
                Identity::of(["access key", id, secret.expose_secret(), token])
            }
            Self::Bearer(token) => Identity::of(["bearer", token.expose_secret()]),
        })
    }
}

/// A shared provider is one too.
#[async_trait]
impl<P: ProvideCredential + ?Sized> ProvideCredential for Arc<P> {
    async fn provide(&self) -> Result<Credential, Error> {
        (**self).provide().await
    }

    fn identity(&self) -> Option<Identity> {
        (**self).identity()
    }

    fn refused(&self, credential: Identity) -> bool {
        (**self).refused(credential)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_differ_by_every_part_and_by_where_parts_end() {
        let all = [
            Credential::access_key("id", "secret"),
            Credential::access_key("id", "other"),
            Credential::access_key("idsecret", ""),
            Credential::sts("id", "secret", "token"),
            Credential::bearer("token"),
        ];
        for (index, one) in all.iter().enumerate() {
            for (other_index, other) in all.iter().enumerate() {
                let same = one.identity() == other.identity();
                assert_eq!(same, index == other_index, "{index} {other_index}");
            }
        }
    }
}
