//! The layouts of a ciphertext.

use std::fmt;
use std::str;

use super::super::Fault;
use super::super::cipher::IV_LEN;
use super::mode::Mode;

const KEY_VERSION_ID_LEN: usize = 36;
const ADVANCE_HEADER: [u8; 3] = [0x24, 0x00, 0x02];

/// The parts of a blob.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlobParts<'a> {
    pub(crate) key_version_id: &'a str,
    pub(crate) iv: &'a [u8],
    pub(crate) ciphertext_and_tag: &'a [u8],
}

impl BlobParts<'_> {
    /// Returns the blob of the shared gateway.
    pub(crate) fn shared_blob(&self) -> Vec<u8> {
        [self.key_version_id.as_bytes(), self.iv, self.ciphertext_and_tag].concat()
    }

    /// Returns the blob of the instance's Advance operations.
    pub(crate) fn advance_blob(&self) -> Vec<u8> {
        [&ADVANCE_HEADER[..], &self.shared_blob()].concat()
    }
}

impl<'a> BlobParts<'a> {
    /// Splits a blob of the shared gateway.
    pub(crate) fn from_shared_blob(blob: &'a [u8]) -> Result<Self, Fault> {
        Self::split(blob, IV_LEN)
    }

    /// Splits a blob of the instance's Advance operations.
    pub(crate) fn from_advance_blob(blob: &'a [u8], mode: Mode) -> Result<Self, Fault> {
        let shared = blob.strip_prefix(&ADVANCE_HEADER).ok_or_else(Fault::invalid_ciphertext)?;
        Self::split(shared, mode.iv_len())
    }

    fn split(blob: &'a [u8], iv_len: usize) -> Result<Self, Fault> {
        let parts = blob.split_at_checked(KEY_VERSION_ID_LEN).and_then(|(version, rest)| {
            let (iv, ciphertext_and_tag) = rest.split_at_checked(iv_len)?;
            let key_version_id = str::from_utf8(version).ok()?;
            Some(Self { key_version_id, iv, ciphertext_and_tag })
        });
        parts.ok_or_else(Fault::invalid_ciphertext)
    }
}

/// Omits the ciphertext.
impl fmt::Debug for BlobParts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobParts").finish_non_exhaustive()
    }
}
