//! The resources through which applications reach an instance: access points, their policies and
//! network rules.

use serde::{Deserialize, Serialize};

/// A row of the table of application access points.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccessPoint {
    pub(crate) name: String,
    pub(crate) policies: Vec<String>,
    pub(crate) description: String,
}

/// A row of the table of policies: what access points permit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccessPolicy {
    pub(crate) name: String,
    pub(crate) permissions: Vec<String>,
    pub(crate) resources: Vec<String>,
    pub(crate) instance_id: Option<String>,
    pub(crate) network_rules: Vec<String>,
    pub(crate) description: String,
}

/// A row of the table of network rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NetworkRule {
    pub(crate) name: String,
    /// Comma-separated addresses and networks.
    pub(crate) source_private_ip: String,
    pub(crate) description: String,
}
