//! Import tokens, which allow the import of key material.

use std::fmt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::super::wrap::{WrappingAlgorithm, WrappingKey};

/// A row of the table of import tokens; the token is its primary key.
#[derive(Serialize, Deserialize)]
pub(in crate::engine) struct ImportToken {
    pub(in crate::engine) key_id: String,
    pub(in crate::engine) algorithm: WrappingAlgorithm,
    pub(in crate::engine) wrapping_key: WrappingKey,
    pub(in crate::engine) expires: Option<SystemTime>,
}

impl fmt::Debug for ImportToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportToken").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}
