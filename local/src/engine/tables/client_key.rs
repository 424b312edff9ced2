//! Client keys.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::engine::kept;

/// A row of the table of client keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClientKey {
    pub(crate) id: String,
    /// The application access point that the client key belongs to.
    pub(crate) access_point: String,
    /// An `RSAPublicKey` of RFC 8017.
    #[serde(with = "kept::bytes")]
    pub(crate) public_key: Vec<u8>,
    pub(crate) not_before: SystemTime,
    pub(crate) not_after: SystemTime,
    pub(crate) create_time: SystemTime,
}
