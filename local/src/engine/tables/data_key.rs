//! Managed data keys.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::super::kept;

/// A row of the table of the versions of managed data keys.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::engine) struct DataKeyVersion {
    pub(in crate::engine) data_key: String,
    /// The number of this version of the data key, from 1.
    pub(in crate::engine) number: u64,
    /// 8 letters and digits.
    pub(in crate::engine) version_id: String,
    #[serde(with = "kept::bytes")]
    pub(in crate::engine) key: Zeroizing<Vec<u8>>,
}

impl DataKeyVersion {
    /// Returns the row's primary key.
    pub(in crate::engine) fn id(&self) -> (String, u64) {
        (self.data_key.clone(), self.number)
    }
}
