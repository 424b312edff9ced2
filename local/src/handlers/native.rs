//! The operations of the instance's own dialect: octets in and out.

mod advance;
mod classic;
mod random;
mod secret;
mod signature;

use alibabacloud_kms::api::values::EncryptionAlgorithm;

use super::{Answer, Fault, optional};

/// The symmetric algorithm, which is what no algorithm means.
const AES_GCM: &str = "AES_GCM";

/// Whether a request is about a symmetric key.
fn is_symmetric(algorithm: Option<&EncryptionAlgorithm>) -> bool {
    optional(algorithm).is_none_or(|algorithm| algorithm == AES_GCM)
}

/// Refuses another algorithm than the one there is, and settings that it has not.
fn check_symmetric(
    algorithm: Option<&EncryptionAlgorithm>,
    padding_mode: Option<&String>,
) -> Result<(), Fault> {
    if !is_symmetric(algorithm) {
        return Err(Fault::invalid("Algorithm"));
    }
    match optional(padding_mode) {
        None => Ok(()),
        Some(_) => Err(Fault::invalid("PaddingMode")),
    }
}

/// Octets that may be left out, or empty, which is the same.
fn octets(value: Option<&Vec<u8>>) -> &[u8] {
    value.map(Vec::as_slice).unwrap_or_default()
}

impl<R> Answer<R> {
    /// The response with the key version for its header.
    fn of_version(response: R, key_version_id: String) -> Self {
        Self { response, key_version_id: Some(key_version_id) }
    }
}
