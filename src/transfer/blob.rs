//! The layouts of symmetric ciphertexts.
//!
//! The shared gateway's: key version id (36 ASCII octets), nonce (12), ciphertext and tag. The
//! instance's `AdvanceEncrypt` puts `24 00 02` before it; the older `Encrypt` gives the parts.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Error, ErrorKind, Outcome};

const ADVANCE_PREFIX: [u8; 3] = [0x24, 0x00, 0x02];
const KEY_VERSION: usize = 36;
const NONCE: usize = 12;

/// A ciphertext in the shared gateway's layout.
pub(crate) struct Blob(Vec<u8>);

impl Blob {
    /// Reads a request's `CiphertextBlob`.
    pub(crate) fn of_parameter(text: &str) -> Result<Self, Error> {
        let octets = base64("CiphertextBlob", text)?;
        match octets.len() > KEY_VERSION + NONCE {
            true => Ok(Self(octets)),
            false => Err(Error::invalid_parameter("CiphertextBlob")),
        }
    }

    /// Takes the prefix off `AdvanceEncrypt`'s.
    pub(super) fn of_advance(octets: &[u8]) -> Result<Self, Error> {
        match octets.strip_prefix(&ADVANCE_PREFIX) {
            Some(blob) if blob.len() > KEY_VERSION + NONCE => Ok(Self(blob.to_vec())),
            // Cut all the same it would be a blob that never opens again.
            _ => Err(answer(
                "the key's ciphertexts cannot be expressed in the shared gateway's form: call the \
                 native operation AdvanceEncrypt instead",
            )),
        }
    }

    /// Joins what the older `Encrypt` gives in parts.
    pub(super) fn of_parts(
        key_version: Option<&str>,
        nonce: &[u8],
        ciphertext: &[u8],
    ) -> Result<Self, Error> {
        match key_version {
            Some(version) if version.len() == KEY_VERSION && nonce.len() == NONCE => {
                Ok(Self([version.as_bytes(), nonce, ciphertext].concat()))
            }
            Some(_) => Err(answer(
                "the answer's key version or nonce has not the length that the shared gateway's \
                 form has",
            )),
            None => Err(answer("the answer lacks the header x-kms-migrationkeyversionid")),
        }
    }

    pub(crate) fn key_version(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.0[..KEY_VERSION])
            .ok()
            .filter(|version| version.bytes().all(|octet| octet.is_ascii_graphic()))
            .ok_or_else(|| Error::invalid_parameter("CiphertextBlob"))
    }

    pub(crate) fn nonce(&self) -> &[u8] {
        &self.0[KEY_VERSION..KEY_VERSION + NONCE]
    }

    pub(crate) fn ciphertext(&self) -> &[u8] {
        &self.0[KEY_VERSION + NONCE..]
    }

    pub(crate) fn to_advance(&self) -> Vec<u8> {
        [&ADVANCE_PREFIX, &self.0[..]].concat()
    }

    pub(super) fn to_base64(&self) -> String {
        STANDARD.encode(&self.0)
    }
}

/// Reads a parameter's Base64.
pub(super) fn base64(parameter: &'static str, text: &str) -> Result<Vec<u8>, Error> {
    STANDARD.decode(text).map_err(|_| {
        // The decoder's own words quote a character of what may be a plaintext.
        Error::invalid_parameter(parameter).with_source("it is not standard Base64 with padding")
    })
}

/// An answer that cannot be handed up.
pub(super) fn answer(why: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Decode, why).with_outcome(Outcome::Answered)
}
