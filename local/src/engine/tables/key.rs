//! Keys and their versions.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::super::material::Material;
use super::super::spec::{KeySpec, KeyState, KeyUsage, Origin, ProtectionLevel};

/// A row of the table of keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::engine) struct Key {
    pub(in crate::engine) key_id: String,
    pub(in crate::engine) state: KeyState,
    pub(in crate::engine) spec: KeySpec,
    pub(in crate::engine) usage: KeyUsage,
    pub(in crate::engine) origin: Origin,
    pub(in crate::engine) protection_level: ProtectionLevel,
    /// The instance that the description of the key names.
    pub(in crate::engine) instance_id: Option<String>,
    pub(in crate::engine) description: String,
    pub(in crate::engine) creation_date: SystemTime,
    /// `None` until material is imported for the first time.
    pub(in crate::engine) primary_key_version: Option<String>,
    /// The creation time of the newest version.
    pub(in crate::engine) last_rotation_date: SystemTime,
    /// The time between automatic rotations, or `None` without rotation.
    pub(in crate::engine) rotation_interval: Option<Duration>,
    /// The time at which a key in the state `PendingDeletion` is deleted.
    pub(in crate::engine) delete_date: Option<SystemTime>,
    /// The time at which imported material expires, or `None` if it does not expire.
    pub(in crate::engine) material_expire_time: Option<SystemTime>,
    /// The fingerprint that imported material must have, once some was imported.
    pub(in crate::engine) material_fingerprint: Option<Vec<u8>>,
    /// The reason for deletion protection, if it is on.
    pub(in crate::engine) deletion_protection: Option<String>,
    pub(in crate::engine) policy: Option<String>,
}

/// A row of the table of key versions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::engine) struct KeyVersion {
    pub(in crate::engine) key_version_id: String,
    pub(in crate::engine) key_id: String,
    pub(in crate::engine) creation_date: SystemTime,
    /// `None` if the material was deleted or has expired.
    #[serde(with = "material")]
    pub(in crate::engine) material: Option<Arc<Material>>,
}

/// Material in an `Arc`, which each operation clones.
mod material {
    use std::sync::Arc;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::Material;

    pub(super) fn serialize<S: Serializer>(
        material: &Option<Arc<Material>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        material.as_deref().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Arc<Material>>, D::Error> {
        Option::<Material>::deserialize(deserializer).map(|material| material.map(Arc::new))
    }
}
