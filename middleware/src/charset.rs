//! Charsets: how the text of a plaintext becomes the bytes that an instance gateway encrypts.
//!
//! The transfer to an instance gateway encodes and decodes with the call's
//! [`Charset`](crate::Charset), which [`CharsetLayer`] sets.

pub(crate) mod encoding;
pub(crate) mod error;
#[cfg(feature = "encodings")]
mod hangul;
#[cfg(feature = "encodings")]
mod iso2022_jp;
mod labels;
mod layer;
#[cfg(feature = "encodings")]
mod legacy;
mod single_byte;
#[cfg(feature = "encodings")]
mod specs;
#[cfg(feature = "encodings")]
mod table;
#[cfg(test)]
mod tests;
mod unicode;

pub use self::layer::{CharsetLayer, ResolveCharset};
