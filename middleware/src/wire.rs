//! The codecs: loops over a payload's table, compiled once for all actions.

pub mod json;
pub mod parameters;
pub mod percent;
pub mod protobuf;
pub use crate::secret_bytes;
