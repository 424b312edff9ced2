//! Secrets as the service describes them.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::super::Tag;
use super::super::tables::SecretType;

/// A secret as the service describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecretMetadata {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) secret_type: SecretType,
    pub(crate) description: String,
    pub(crate) instance_id: Option<String>,
    pub(crate) encryption_key_id: Option<String>,
    pub(crate) extended_config: Map<String, Value>,
    pub(crate) rotation_interval: Option<Duration>,
    pub(crate) last_rotation: Option<SystemTime>,
    pub(crate) next_rotation: Option<SystemTime>,
    pub(crate) create_time: SystemTime,
    pub(crate) update_time: SystemTime,
    pub(crate) planned_delete_time: Option<SystemTime>,
    pub(crate) tags: Vec<Tag>,
}
