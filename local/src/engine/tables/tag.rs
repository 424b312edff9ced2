//! Tags.

use serde::{Deserialize, Serialize};

use super::super::Fault;

/// What can be tagged.
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
    /// The key's or the certificate's id, or the secret's name.
    pub(crate) resource_id: String,
    pub(crate) key: String,
    pub(crate) value: String,
}

/// The primary key of a tag: its resource and its key.
pub(in crate::engine) type TagId = (ResourceType, String, String);

impl ResourceType {
    /// The type of that name.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "key" => Ok(Self::Key),
            "secret" => Ok(Self::Secret),
            // A certificate is named by a parameter of its own, and by no type.
            "" => Err(Fault::missing("ResourceType")),
            _ => Err(Fault::invalid("ResourceType")),
        }
    }

    /// The type's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Secret => "secret",
            Self::Certificate => "certificate",
        }
    }
}
