//! The layouts of symmetric ciphertexts.
//!
//! The shared gateway's: key version id (36 ASCII bytes), nonce (12), ciphertext and tag. The
//! instance's `AdvanceEncrypt` puts `24 00 02` before it; the older `Encrypt` gives the parts.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::field::{answer, base64, required};
use crate::Error;

const ADVANCE_PREFIX: [u8; 3] = [0x24, 0x00, 0x02];
const KEY_VERSION: usize = 36;
const NONCE: usize = 12;

/// A ciphertext in the shared gateway's layout.
pub(super) struct Blob<'a>(Cow<'a, [u8]>);

impl<'a> Blob<'a> {
    /// Reads the `CiphertextBlob` of a request.
    #[inline]
    pub(super) fn from_parameter(text: &str) -> Result<Self, Error> {
        let bytes = base64("CiphertextBlob", text)?;
        if bytes.len() <= KEY_VERSION + NONCE {
            return Err(Error::invalid_parameter("CiphertextBlob"));
        }
        Ok(Self(bytes.into()))
    }

    /// Removes the prefix of a ciphertext of `AdvanceEncrypt`.
    #[inline]
    pub(super) fn from_advance(bytes: &'a [u8]) -> Result<Self, Error> {
        match bytes.strip_prefix(&ADVANCE_PREFIX) {
            Some(blob) if blob.len() > KEY_VERSION + NONCE => Ok(Self(blob.into())),
            // Removing other bytes would make a ciphertext that cannot be decrypted.
            _ => Err(answer(
                "the key's ciphertexts cannot be expressed in the shared gateway's form: call the \
                 native operation AdvanceEncrypt instead",
            )),
        }
    }

    /// Joins the parts that the older `Encrypt` returns.
    #[inline]
    pub(super) fn from_parts(
        key_version: Option<&str>,
        nonce: &[u8],
        ciphertext: &[u8],
    ) -> Result<Self, Error> {
        match key_version {
            Some(version) if version.len() == KEY_VERSION && nonce.len() == NONCE => {
                Ok(Self([version.as_bytes(), nonce, ciphertext].concat().into()))
            }
            Some(_) => Err(answer(
                "the length of the answer's key version or nonce does not fit the shared gateway's \
                 form: call the native operation Encrypt instead",
            )),
            None => Err(answer("the answer lacks the header x-kms-migrationkeyversionid")),
        }
    }

    #[inline]
    pub(super) fn key_version(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.0[..KEY_VERSION])
            .ok()
            .filter(|version| version.bytes().all(|byte| byte.is_ascii_graphic()))
            .ok_or_else(|| Error::invalid_parameter("CiphertextBlob"))
    }

    /// Returns the key version that the answer names, else the one in the ciphertext, which
    /// encrypted it.
    #[inline]
    pub(super) fn key_version_or(&self, named: Option<String>) -> Result<String, Error> {
        let own = || self.key_version().map(str::to_owned).unwrap_or_default();
        required("KeyVersionId", named.unwrap_or_else(own))
    }

    pub(super) fn nonce(&self) -> &[u8] {
        &self.0[KEY_VERSION..KEY_VERSION + NONCE]
    }

    pub(super) fn ciphertext(&self) -> &[u8] {
        &self.0[KEY_VERSION + NONCE..]
    }

    #[inline]
    pub(super) fn to_advance(&self) -> Vec<u8> {
        [&ADVANCE_PREFIX, &self.0[..]].concat()
    }

    #[inline]
    pub(super) fn to_base64(&self) -> String {
        STANDARD.encode(&self.0)
    }
}
