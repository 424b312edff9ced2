//! The algorithms of the signature.

use std::fmt;

use aws_lc_rs::{digest, hmac};
use secrecy::{ExposeSecret, SecretString};

use crate::hex::{HexHash, hex};
use crate::piecewise::PiecewiseSha256;

/// The hash and MAC of the signature.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Acs3Algorithm {
    /// `ACS3-HMAC-SHA256`.
    #[default]
    HmacSha256,
    /// `ACS3-HMAC-SM3`: SM3 for both.
    #[cfg(feature = "sm3")]
    HmacSm3,
}

impl Acs3Algorithm {
    /// Returns the name in the `authorization` header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HmacSha256 => "ACS3-HMAC-SHA256",
            #[cfg(feature = "sm3")]
            Self::HmacSm3 => "ACS3-HMAC-SM3",
        }
    }

    /// Returns the hash in lower-case hexadecimal.
    pub fn hash(self, data: &[u8]) -> String {
        match self {
            Self::HmacSha256 => hex(digest::digest(&digest::SHA256, data).as_ref()),
            #[cfg(feature = "sm3")]
            Self::HmacSm3 => {
                use sm3::Digest as _;
                hex(&sm3::Sm3::digest(data))
            }
        }
    }

    /// Returns the signature of a string to sign in lower-case hexadecimal.
    pub fn sign(self, secret: &SecretString, string_to_sign: &str) -> String {
        let key = MacKey::new(self, secret);
        key.sign([string_to_sign.as_bytes()]).as_str().to_owned()
    }
}

/// A hash that takes its input piece by piece.
#[cfg_attr(
    feature = "sm3",
    expect(clippy::large_enum_variant, reason = "it stays where it is made")
)]
pub(super) enum Hash {
    /// The buffer has room for the canonical form of most requests.
    Sha256(PiecewiseSha256<1024>),
    #[cfg(feature = "sm3")]
    Sm3(sm3::Sm3),
}

impl Hash {
    pub(super) fn new(algorithm: Acs3Algorithm) -> Self {
        match algorithm {
            Acs3Algorithm::HmacSha256 => Self::Sha256(PiecewiseSha256::new()),
            #[cfg(feature = "sm3")]
            Acs3Algorithm::HmacSm3 => Self::Sm3(sm3::Digest::new()),
        }
    }

    pub(super) fn update(&mut self, piece: &[u8]) {
        match self {
            Self::Sha256(hash) => hash.update(piece),
            #[cfg(feature = "sm3")]
            Self::Sm3(hash) => sm3::Digest::update(hash, piece),
        }
    }

    pub(super) fn finish(self) -> HexHash {
        match self {
            Self::Sha256(hash) => HexHash::lower(hash.finish()),
            #[cfg(feature = "sm3")]
            Self::Sm3(hash) => hex_of(&sm3::Digest::finalize(hash)),
        }
    }
}

/// The secret of an access key, prepared for one algorithm.
#[cfg_attr(feature = "sm3", expect(clippy::large_enum_variant, reason = "it is shared, not moved"))]
pub(super) enum MacKey {
    Sha256(hmac::Key),
    #[cfg(feature = "sm3")]
    Sm3(::hmac::Hmac<sm3::Sm3>),
}

impl MacKey {
    pub(super) fn new(algorithm: Acs3Algorithm, secret: &SecretString) -> Self {
        let secret = secret.expose_secret().as_bytes();
        match algorithm {
            Acs3Algorithm::HmacSha256 => Self::Sha256(hmac::Key::new(hmac::HMAC_SHA256, secret)),
            #[cfg(feature = "sm3")]
            Acs3Algorithm::HmacSm3 => {
                use ::hmac::KeyInit as _;
                let mac = ::hmac::Hmac::new_from_slice(secret);
                Self::Sm3(mac.expect("HMAC takes keys of every length"))
            }
        }
    }

    /// Signs the concatenation of these pieces.
    pub(super) fn sign<const N: usize>(&self, string_to_sign: [&[u8]; N]) -> HexHash {
        match self {
            Self::Sha256(key) => {
                let mut mac = hmac::Context::with_key(key);
                string_to_sign.iter().for_each(|piece| mac.update(piece));
                hex_of(mac.sign().as_ref())
            }
            #[cfg(feature = "sm3")]
            Self::Sm3(mac) => {
                use ::hmac::Mac as _;
                let mut mac = mac.clone();
                string_to_sign.iter().for_each(|piece| mac.update(piece));
                hex_of(&mac.finalize().into_bytes())
            }
        }
    }
}

/// Both algorithms have 256 bits.
fn hex_of(hash: &[u8]) -> HexHash {
    let mut bits = [0; 32];
    bits.copy_from_slice(hash);
    HexHash::lower(bits)
}

impl fmt::Display for Acs3Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
