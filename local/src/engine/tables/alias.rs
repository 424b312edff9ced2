//! Aliases.

use serde::{Deserialize, Serialize};

/// A row of the table of aliases.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::engine) struct Alias {
    pub(in crate::engine) key_id: String,
}
