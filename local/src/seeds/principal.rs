//! Access keys and client keys of a seed.

use std::fmt;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::engine::kept;

/// An access key that a gateway accepts.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AccessKeySeed {
    /// Its id.
    pub id: String,
    /// Its secret.
    #[serde(with = "kept::secret")]
    pub secret: SecretString,
    /// The token of a temporary access key.
    #[serde(default, with = "kept::optional_secret", skip_serializing_if = "Option::is_none")]
    pub security_token: Option<SecretString>,
}

/// A client key that a gateway accepts.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ClientKeySeed {
    /// Its id, such as `KAAP.app`.
    pub id: String,
    /// Its private key: an RSA key in PKCS#8, in Base64.
    #[serde(with = "kept::secret")]
    pub private_key: SecretString,
    /// The password of its file (default: random).
    #[serde(default, with = "kept::optional_secret", skip_serializing_if = "Option::is_none")]
    pub password: Option<SecretString>,
}

impl AccessKeySeed {
    /// Creates an access key.
    pub fn new(id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        Self { id: id.into(), secret: secret.into(), security_token: None }
    }

    /// Makes it a temporary access key with this token (default: a permanent one).
    pub fn security_token(self, token: impl Into<SecretString>) -> Self {
        Self { security_token: Some(token.into()), ..self }
    }
}

impl ClientKeySeed {
    /// Creates a client key from the PKCS#8 of an RSA key, in Base64.
    pub fn new(id: impl Into<String>, private_key: impl Into<SecretString>) -> Self {
        Self { id: id.into(), private_key: private_key.into(), password: None }
    }

    /// Sets the password of its file (default: random).
    pub fn password(self, password: impl Into<SecretString>) -> Self {
        Self { password: Some(password.into()), ..self }
    }
}

impl fmt::Debug for AccessKeySeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKeySeed").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for ClientKeySeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientKeySeed").field("id", &self.id).finish_non_exhaustive()
    }
}
