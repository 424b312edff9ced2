//! Secrets of a seed.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::engine::kept;

/// A KMS secret that a gateway creates at its first start.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SecretSeed {
    /// Its name. As in `CreateSecret`, `$Auto` is derived from the user of a RAM secret.
    pub name: String,
    /// Its type (default `Generic`).
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub secret_type: Option<String>,
    /// Its description.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Its data, if it has one version, whose id is `v1`. That of a managed secret is written as in
    /// `CreateSecret`, or is the value of one account.
    #[serde(with = "kept::optional_secret", skip_serializing_if = "Option::is_none")]
    pub data: Option<SecretString>,
    /// Its versions, the oldest first. If none has the stage `ACSCurrent`, the last one gets it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<SecretVersionSeed>,
    /// The settings of a managed secret.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub extended_config: Map<String, Value>,
    /// The time between automatic rotations of a managed secret, such as `7d`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation_interval: Option<String>,
    /// The id or alias of the key that encrypts it (default: a key of the service).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption_key: Option<String>,
    /// Its policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Its tags.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// A version of a [`SecretSeed`].
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SecretVersionSeed {
    /// Its id.
    pub id: String,
    /// Its data, in Base64 if it is binary.
    #[serde(with = "kept::secret")]
    pub data: SecretString,
    /// `text` (default) or `binary`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_type: Option<String>,
    /// Its stages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<String>,
}

impl SecretSeed {
    /// Creates a secret with one version, `v1`.
    pub fn new(name: impl Into<String>, data: impl Into<SecretString>) -> Self {
        Self { name: name.into(), data: Some(data.into()), ..Self::default() }
    }

    /// Adds a tag.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(key.into(), value.into());
        self
    }

    /// All of its versions.
    pub(crate) fn all_versions(&self) -> Vec<SecretVersionSeed> {
        let only = self.data.clone().map(|data| SecretVersionSeed {
            id: "v1".to_owned(),
            data,
            data_type: None,
            stages: Vec::new(),
        });
        let mut versions: Vec<_> = only.into_iter().chain(self.versions.iter().cloned()).collect();
        let is_current =
            |version: &SecretVersionSeed| version.stages.iter().any(|it| it == CURRENT);
        if !versions.iter().any(is_current)
            && let Some(last) = versions.last_mut()
        {
            last.stages.push(CURRENT.to_owned());
        }
        versions
    }
}

const CURRENT: &str = "ACSCurrent";

impl SecretVersionSeed {
    /// Creates a version of text with these stages.
    pub fn new(id: impl Into<String>, data: impl Into<SecretString>, stages: &[&str]) -> Self {
        let stages = stages.iter().map(|stage| (*stage).to_owned()).collect();
        Self { id: id.into(), data: data.into(), data_type: None, stages }
    }
}

impl fmt::Debug for SecretSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretSeed").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for SecretVersionSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretVersionSeed").field("id", &self.id).finish_non_exhaustive()
    }
}
