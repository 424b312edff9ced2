//! Tags.

use serde::{Deserialize, Serialize};

use super::super::Fault;

/// The type of a resource that can have tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum ResourceType {
    Key,
    Secret,
    Certificate,
}

/// A row of the table of tags.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tag {
    pub(crate) resource_type: ResourceType,
    /// The id of the key or certificate, or the name of the secret.
    pub(crate) resource_id: String,
    pub(crate) key: String,
    pub(crate) value: String,
}

/// The primary key of a tag: its resource and its key.
pub(in crate::engine) type TagId = (ResourceType, String, String);

impl ResourceType {
    /// Returns the type named `name`.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "key" => Ok(Self::Key),
            "secret" => Ok(Self::Secret),
            // A certificate has no type on the wire: a separate parameter names it.
            "" => Err(Fault::missing("ResourceType")),
            _ => Err(Fault::invalid("ResourceType")),
        }
    }

    /// Returns the type's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Secret => "secret",
            Self::Certificate => "certificate",
        }
    }
}
