//! What a gateway creates at its first start: access keys, client keys, keys and secrets with
//! stable ids.
//!
//! Ids, versions and material that a seed does not contain are derived from its names, so that the
//! same seed gives the same keys every time. Anyone who has the seed can derive them too. RSA key
//! pairs are derived on first use, which takes up to seconds and needs the feature `rsa-seeds`.

mod key;
mod names;
mod principal;
mod secret;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::key::{KeySeed, KeyVersionSeed};
pub use self::principal::{AccessKeySeed, ClientKeySeed};
pub use self::secret::{SecretSeed, SecretVersionSeed};

/// What a gateway creates at its first start, in the form of a file. See
/// [`LocalGatewayBuilder::seed`](crate::LocalGatewayBuilder::seed).
///
/// Material that is left out is derived from the names in the seed, so the same seed gives the same
/// keys every time. `seed.schema.json` of this package describes the file for editors.
///
/// ```
/// use alibabacloud_kms_local::Seed;
///
/// let seed: Seed = serde_json::from_str(
///     r#"{"keys": [{"id": "key-app", "aliases": ["alias/app"]}],
///         "secrets": [{"name": "db", "data": "a password"}]}"#,
/// )?;
/// assert_eq!(seed.keys.len(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Seed {
    /// The keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KeySeed>,
    /// The secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<SecretSeed>,
    /// The access keys. The first one without a token becomes the gateway's
    /// [`credential`](crate::LocalGateway::credential), the first one with a token its
    /// [`temporary_credential`](crate::LocalGateway::temporary_credential).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub access_keys: Vec<AccessKeySeed>,
    /// The client keys. The first one becomes the gateway's
    /// [`client_key`](crate::LocalGateway::client_key).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_keys: Vec<ClientKeySeed>,
    /// In an exported seed, what a seed cannot contain and was left out, such as
    /// `certificates (2)`. Not in the file.
    #[serde(skip)]
    pub left_out: Vec<String>,
    /// The address of the schema, for editors.
    #[serde(default, rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
}

impl Seed {
    /// Adds the contents of another seed. `left_out` and `schema` are kept.
    pub fn merge(&mut self, other: Self) {
        self.keys.extend(other.keys);
        self.secrets.extend(other.secrets);
        self.access_keys.extend(other.access_keys);
        self.client_keys.extend(other.client_keys);
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seed")
            .field("keys", &self.keys.len())
            .field("secrets", &self.secrets.len())
            .field("access_keys", &self.access_keys.len())
            .field("client_keys", &self.client_keys.len())
            .finish()
    }
}

#[cfg(test)]
mod tests;
