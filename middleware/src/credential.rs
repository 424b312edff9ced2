//! Credentials, which sign requests.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};

use crate::error::Error;
use crate::identity::Identity;
use crate::trimmed::trimmed;

/// A credential, which signs a request.
#[derive(Clone)]
#[non_exhaustive]
pub enum Credential {
    /// An access key, with a security token if it is temporary.
    AccessKey {
        /// The id of the access key. It is not a secret, but `Debug` does not show it either.
        id: String,
        /// The secret of the access key.
        secret: SecretString,
        /// The STS token of a temporary access key.
        security_token: Option<SecretString>,
    },
    /// A bearer token; the request is not signed.
    Bearer(SecretString),
}

impl Credential {
    /// Creates a permanent access key.
    ///
    /// White space and quotes around the parts are removed, here and by the other constructors.
    pub fn access_key(id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        Self::AccessKey { id: bare(id.into()), secret: bare_secret(secret), security_token: None }
    }

    /// Creates a temporary access key with its security token, as STS issues it.
    pub fn sts(
        id: impl Into<String>,
        secret: impl Into<SecretString>,
        token: impl Into<SecretString>,
    ) -> Self {
        let (secret, token) = (bare_secret(secret), bare_secret(token));
        Self::AccessKey { id: bare(id.into()), secret, security_token: Some(token) }
    }

    /// Creates a bearer token.
    pub fn bearer(token: impl Into<SecretString>) -> Self {
        Self::Bearer(bare_secret(token))
    }
}

fn bare(id: String) -> String {
    let bare = trimmed(&id);
    if bare.len() == id.len() { id } else { bare.to_owned() }
}

fn bare_secret(secret: impl Into<SecretString>) -> SecretString {
    let secret = secret.into();
    let bare = trimmed(secret.expose_secret());
    if bare.len() == secret.expose_secret().len() { secret } else { SecretString::from(bare) }
}

/// Returns the secrets of a credential, at most two, for searching texts that must not contain
/// them.
pub fn secrets(credential: &Credential) -> impl Iterator<Item = &SecretString> {
    let (first, second) = match credential {
        Credential::AccessKey { secret, security_token, .. } => (secret, security_token.as_ref()),
        Credential::Bearer(token) => (token, None),
    };
    std::iter::once(first).chain(second)
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

/// Provides the credential of each request.
///
/// The layer that signs takes a credential for each attempt, so a rotated credential takes effect
/// at once. A provider that loads over the network should cache. Loading does not count towards the
/// time limits of the call: its deadline is paused, and loading has a limit of its own.
#[async_trait]
pub trait ProvideCredential: Send + Sync + fmt::Debug {
    /// Returns the credential to sign with now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`](crate::ErrorKind::Credential): no credential could be loaded.
    async fn provide(&self) -> Result<Credential, Error>;

    /// Returns the credential to sign with now if it is available without waiting. If this returns
    /// `None` (the default), signing calls [`provide`](Self::provide), at a small cost per request.
    fn current(&self) -> Option<Cow<'_, Credential>> {
        None
    }

    /// Returns the identity of the caller, so that a cache never returns one caller's answers to
    /// another.
    ///
    /// A cache shares nothing between a provider that returns `None` (the default) and any other.
    fn identity(&self) -> Option<Identity> {
        None
    }

    /// Reports that the service rejected `credential`. Returns `true` if [`provide`](Self::provide)
    /// may now return a different one (default `false`).
    ///
    /// Called once per rejected call, so several calls may report the same credential: compare it
    /// with the current one.
    fn refused(&self, credential: Identity) -> bool {
        let _ = credential;
        false
    }
}

/// Signs requests of the instance's own dialect with a client key.
pub trait ClientKeySigner: Send + Sync + fmt::Debug {
    /// Returns the client key's id, such as `KAAP.…`.
    fn key_id(&self) -> &str;

    /// Returns the RSASSA-PKCS1-v1_5 signature of a message with SHA-256.
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

    fn current(&self) -> Option<Cow<'_, Credential>> {
        Some(Cow::Borrowed(self))
    }

    /// Includes the secret, so that a caller who has only the id is not taken for this one.
    fn identity(&self) -> Option<Identity> {
        Some(match self {
            Self::AccessKey { id, secret, security_token } => {
                let token = security_token.as_ref().map_or("", |token| token.expose_secret());
                Identity::new(["access key", id, secret.expose_secret(), token])
            }
            Self::Bearer(token) => Identity::new(["bearer", token.expose_secret()]),
        })
    }
}

/// A shared provider is a provider too.
#[async_trait]
impl<P: ProvideCredential + ?Sized> ProvideCredential for Arc<P> {
    async fn provide(&self) -> Result<Credential, Error> {
        (**self).provide().await
    }

    fn current(&self) -> Option<Cow<'_, Credential>> {
        (**self).current()
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
