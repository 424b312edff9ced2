//! Fields of the instance's dialect that several operations share.

use alibabacloud_kms::api::values::EncryptionAlgorithm;

use super::super::{Fault, optional};
use crate::engine::Mode;

/// Returns `true` if the request is for a symmetric key.
pub(super) fn is_symmetric(algorithm: Option<&EncryptionAlgorithm>) -> bool {
    Mode::is_symmetric(optional(algorithm).unwrap_or_default())
}

/// Returns the mode that a request names.
pub(super) fn mode(
    algorithm: Option<&EncryptionAlgorithm>,
    padding_mode: Option<&String>,
) -> Result<Mode, Fault> {
    let algorithm = optional(algorithm).unwrap_or_default();
    Mode::parse(algorithm, optional(padding_mode).unwrap_or_default())
}

/// Returns an optional field, or no bytes if it is absent.
pub(super) fn bytes(value: Option<&Vec<u8>>) -> &[u8] {
    value.map(Vec::as_slice).unwrap_or_default()
}
