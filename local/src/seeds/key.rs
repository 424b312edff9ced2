//! Keys of a seed.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::engine::kept;

/// A key that a gateway creates at its first start.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct KeySeed {
    /// Its id (default: derived from the first alias).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its aliases, such as `alias/app`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Its spec (default `Aliyun_AES_256`).
    pub spec: String,
    /// Its usage (default: the one that KMS chooses for the spec).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// `Aliyun_KMS` (default) or `EXTERNAL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Its description.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Whether it is disabled.
    #[serde(skip_serializing_if = "is_default")]
    pub disabled: bool,
    /// The time between automatic rotations, such as `30d`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_interval: Option<String>,
    /// Its policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Its tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Its material in Base64, if it has one version: the bytes of a symmetric key, or the PKCS#8
    /// of a key pair.
    #[serde(with = "kept::optional_secret", skip_serializing_if = "Option::is_none")]
    pub material: Option<SecretString>,
    /// Its versions, the primary one last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<KeyVersionSeed>,
}

/// A version of a [`KeySeed`].
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct KeyVersionSeed {
    /// Its id, a UUID in lower case (default: derived).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its material in Base64 (default: derived; none if only `material_sha256` is given).
    #[serde(with = "kept::optional_secret", skip_serializing_if = "Option::is_none")]
    pub material: Option<SecretString>,
    /// The SHA-256, in Base64, of the only material that can be imported (default: that of
    /// `material`). Without `material`, the key waits for it, because it was deleted or has
    /// expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub material_sha256: Option<String>,
}

impl KeySeed {
    /// Creates a symmetric key with this alias.
    pub fn new(alias: impl Into<String>) -> Self {
        Self { aliases: vec![alias.into()], ..Self::default() }
    }

    /// Sets the id, such as `key-app` (default: derived from the first alias).
    pub fn id(self, id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    /// Sets the spec, such as `RSA_2048` (default `Aliyun_AES_256`).
    pub fn spec(self, spec: impl Into<String>) -> Self {
        Self { spec: spec.into(), ..self }
    }

    /// Sets the usage, such as `SIGN/VERIFY` (default: the one that KMS chooses for the spec).
    pub fn usage(self, usage: impl Into<String>) -> Self {
        Self { usage: Some(usage.into()), ..self }
    }

    /// Sets the material in Base64: the bytes of a symmetric key, or the PKCS#8 of a key pair
    /// (default: derived).
    pub fn material(self, base64: impl Into<SecretString>) -> Self {
        Self { material: Some(base64.into()), ..self }
    }

    /// Adds a tag.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(key.into(), value.into());
        self
    }
}

impl Default for KeySeed {
    fn default() -> Self {
        Self {
            id: None,
            aliases: Vec::new(),
            spec: "Aliyun_AES_256".to_owned(),
            usage: None,
            origin: None,
            description: String::new(),
            disabled: false,
            rotation_interval: None,
            policy: None,
            tags: BTreeMap::new(),
            material: None,
            versions: Vec::new(),
        }
    }
}

impl fmt::Debug for KeySeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySeed")
            .field("id", &self.id)
            .field("aliases", &self.aliases)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for KeyVersionSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyVersionSeed").field("id", &self.id).finish_non_exhaustive()
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
