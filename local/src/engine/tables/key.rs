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
    /// The instance in the key's description.
    pub(in crate::engine) instance_id: Option<String>,
    pub(in crate::engine) description: String,
    pub(in crate::engine) creation_date: SystemTime,
    /// None as long as no material was imported.
    pub(in crate::engine) primary_key_version: Option<String>,
    /// When the newest version was made.
    pub(in crate::engine) last_rotation_date: SystemTime,
    /// The time between automatic rotations, if any.
    pub(in crate::engine) rotation_interval: Option<Duration>,
    /// When a key in the state `PendingDeletion` is deleted.
    pub(in crate::engine) delete_date: Option<SystemTime>,
    /// When imported material expires, if ever.
    pub(in crate::engine) material_expire_time: Option<SystemTime>,
    /// What imported material has to match, once there was some.
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
    /// None if it was deleted or expired.
    #[serde(with = "material")]
    pub(in crate::engine) material: Option<Arc<Material>>,
}

/// Material behind an `Arc`, which each operation takes a handle of.
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
