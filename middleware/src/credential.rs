//! Who a request to the shared gateway is from.

use std::fmt;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::error::Error;

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
/// the network keeps what it has.
#[async_trait]
pub trait ProvideCredential: Send + Sync + fmt::Debug {
    /// The credential to sign with now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`](crate::ErrorKind::Credential): none could be had.
    async fn provide(&self) -> Result<Credential, Error>;
}

/// A credential is a provider of itself.
#[async_trait]
impl ProvideCredential for Credential {
    async fn provide(&self) -> Result<Credential, Error> {
        Ok(self.clone())
    }
}
