//! What the fields of the instance's dialect mean to more than one operation.

use alibabacloud_kms::api::values::EncryptionAlgorithm;

use super::super::{Fault, optional};
use crate::engine::Mode;

/// Whether a request is about a symmetric key.
pub(super) fn is_symmetric(algorithm: Option<&EncryptionAlgorithm>) -> bool {
    Mode::is_symmetric(optional(algorithm).unwrap_or_default())
}

/// The mode that a request names.
pub(super) fn mode(
    algorithm: Option<&EncryptionAlgorithm>,
    padding_mode: Option<&String>,
) -> Result<Mode, Fault> {
    let algorithm = optional(algorithm).unwrap_or_default();
    Mode::parse(algorithm, optional(padding_mode).unwrap_or_default())
}

/// Bytes that may be left out, or empty, which is the same.
pub(super) fn bytes(value: Option<&Vec<u8>>) -> &[u8] {
    value.map(Vec::as_slice).unwrap_or_default()
}
