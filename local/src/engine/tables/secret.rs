//! Secrets and their versions.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::{Fault, kept};

/// The type of a secret's data. On the wire, binary data is Base64 text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SecretDataType {
    #[default]
    Text,
    Binary,
}

/// The type of a secret, which decides who sets its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SecretType {
    /// The owner of the secret stores new versions.
    #[default]
    Generic,
    /// The service sets the passwords of database accounts.
    Rds,
    Redis,
    PolarDb,
    /// The service creates access keys.
    RamCredentials,
    /// The service sets the password or the SSH key of a server's user.
    Ecs,
}

/// A row of the table of secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::engine) struct Secret {
    pub(in crate::engine) name: String,
    pub(in crate::engine) secret_type: SecretType,
    pub(in crate::engine) description: String,
    pub(in crate::engine) instance_id: Option<String>,
    pub(in crate::engine) encryption_key_id: Option<String>,
    /// The settings of a managed secret; empty for a generic one.
    pub(in crate::engine) extended_config: Map<String, Value>,
    pub(in crate::engine) policy: Option<String>,
    /// The time between rotations, or `None` without rotation.
    pub(in crate::engine) rotation_interval: Option<Duration>,
    pub(in crate::engine) last_rotation: Option<SystemTime>,
    pub(in crate::engine) create_time: SystemTime,
    pub(in crate::engine) update_time: SystemTime,
    /// The time of the scheduled deletion, if any.
    pub(in crate::engine) planned_delete_time: Option<SystemTime>,
}

/// A row of the table of secret versions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::engine) struct SecretVersion {
    pub(in crate::engine) secret_name: String,
    pub(in crate::engine) version_id: String,
    /// The number of the version; later versions have higher numbers.
    pub(in crate::engine) number: u64,
    #[serde(with = "kept::secret")]
    pub(in crate::engine) data: SecretString,
    pub(in crate::engine) data_type: SecretDataType,
    /// Empty for a deprecated version.
    pub(in crate::engine) stages: BTreeSet<String>,
    pub(in crate::engine) create_time: SystemTime,
}

impl SecretType {
    /// Returns the type named `name`, or `Generic` if `name` is empty.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "" | "Generic" => Ok(Self::Generic),
            "Rds" => Ok(Self::Rds),
            "Redis" => Ok(Self::Redis),
            "PolarDB" => Ok(Self::PolarDb),
            "RAMCredentials" => Ok(Self::RamCredentials),
            "ECS" => Ok(Self::Ecs),
            _ => Err(Fault::invalid("SecretType")),
        }
    }

    /// Returns the type's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Generic => "Generic",
            Self::Rds => "Rds",
            Self::Redis => "Redis",
            Self::PolarDb => "PolarDB",
            Self::RamCredentials => "RAMCredentials",
            Self::Ecs => "ECS",
        }
    }

    /// Returns `true` if the service creates new versions of such secrets.
    pub(crate) fn is_managed(self) -> bool {
        self != Self::Generic
    }
}

impl Secret {
    /// Returns the time of the next rotation, or `None` without rotation.
    pub(in crate::engine) fn next_rotation(&self) -> Option<SystemTime> {
        let last = self.last_rotation.unwrap_or(self.create_time);
        last.checked_add(self.rotation_interval?)
    }
}

impl SecretDataType {
    /// Returns the type named `name`, or `text` if `name` is empty.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "" | "text" => Ok(Self::Text),
            "binary" => Ok(Self::Binary),
            _ => Err(Fault::invalid("SecretDataType")),
        }
    }

    /// Returns the type's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Binary => "binary",
        }
    }
}
