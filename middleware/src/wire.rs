//! Encoding and decoding of bytes: loops over a payload's table, compiled once for all actions.

pub mod base64_text;
pub mod json;
pub mod parameters;
pub(crate) mod percent;
pub(crate) mod promised;
#[cfg(feature = "client-key")]
pub mod protobuf;
pub(crate) mod repeated;
pub mod time;
