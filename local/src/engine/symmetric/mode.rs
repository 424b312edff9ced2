//! The modes of symmetric encryption. The RPC dialect has only GCM; the instance's dialect has all
//! modes.

use zeroize::Zeroizing;

use super::super::Fault;
use super::super::cipher::{BlockMode, Cipher, IV_LEN, Padding};
use super::super::spec::KeySpec;

const BLOCK_IV_LEN: usize = 16;

/// The mode in which a symmetric key encrypts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// GCM with the cipher of the key, AES or SM4.
    #[default]
    Gcm,
    AesGcm,
    Sm4Gcm,
    AesCbc(Padding),
    AesEcb(Padding),
}

impl Mode {
    /// Returns `true` if `algorithm` is empty, or names an algorithm of symmetric keys.
    pub(crate) fn is_symmetric(algorithm: &str) -> bool {
        matches!(algorithm, "" | "AES_GCM" | "SM4_GCM" | "AES_CBC" | "AES_ECB")
    }

    /// Returns the mode for the names of an algorithm and a padding, each of which may be empty.
    pub(crate) fn parse(algorithm: &str, padding: &str) -> Result<Self, Fault> {
        let padded = match padding {
            "" | "PKCS7_PADDING" => Some(Padding::Pkcs7),
            "NO_PADDING" => Some(Padding::None),
            _ => None,
        };
        let padded = padded.ok_or_else(|| Fault::invalid("PaddingMode"));
        let mode = match algorithm {
            "AES_CBC" => return padded.map(Self::AesCbc),
            "AES_ECB" => return padded.map(Self::AesEcb),
            "" => Self::Gcm,
            "AES_GCM" => Self::AesGcm,
            "SM4_GCM" => Self::Sm4Gcm,
            _ => return Err(Fault::invalid("Algorithm")),
        };
        if !padding.is_empty() {
            return Err(Fault::invalid("PaddingMode"));
        }
        Ok(mode)
    }

    /// Returns the padding's name on the wire, or an empty text if the mode has no padding.
    pub(crate) fn padding(self) -> &'static str {
        match self {
            Self::AesCbc(Padding::Pkcs7) | Self::AesEcb(Padding::Pkcs7) => "PKCS7_PADDING",
            Self::AesCbc(Padding::None) | Self::AesEcb(Padding::None) => "NO_PADDING",
            Self::Gcm | Self::AesGcm | Self::Sm4Gcm => "",
        }
    }

    /// Returns the algorithm's name on the wire, if keys of this spec support it.
    pub(super) fn algorithm(self, spec: KeySpec) -> Result<&'static str, Fault> {
        let name = match (self, spec == KeySpec::Sm4) {
            (Self::Gcm | Self::AesGcm, false) => "AES_GCM",
            (Self::Gcm | Self::Sm4Gcm, true) => "SM4_GCM",
            (Self::AesCbc(_), false) => "AES_CBC",
            (Self::AesEcb(_), false) => "AES_ECB",
            _ => return Err(Fault::invalid("Algorithm")),
        };
        Ok(name)
    }

    pub(super) fn iv_len(self) -> usize {
        match self {
            Self::Gcm | Self::AesGcm | Self::Sm4Gcm => IV_LEN,
            Self::AesCbc(_) => BLOCK_IV_LEN,
            Self::AesEcb(_) => 0,
        }
    }

    /// Returns the length of the initialization vector to generate, or `None` if `given` is used.
    pub(super) fn iv_to_draw(self, given: &[u8]) -> Result<Option<usize>, Fault> {
        match self {
            _ if given.is_empty() => Ok(Some(self.iv_len())),
            Self::AesCbc(_) if given.len() == BLOCK_IV_LEN => Ok(None),
            // A repeated GCM nonce breaks the key, so only the gateway chooses nonces.
            _ => Err(Fault::invalid("Iv")),
        }
    }

    pub(super) fn seal(
        self,
        cipher: &Cipher<'_>,
        iv: &[u8],
        plaintext: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, Fault> {
        match self.blocks(iv, aad)? {
            Some((mode, padding)) => cipher.encrypt_blocks(mode, padding, plaintext),
            None => {
                let iv = <[u8; IV_LEN]>::try_from(iv).map_err(|_| Fault::invalid("Iv"))?;
                cipher.seal(iv, aad, plaintext)
            }
        }
    }

    pub(super) fn open(
        self,
        cipher: &Cipher<'_>,
        iv: &[u8],
        ciphertext: &[u8],
        aad: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        match self.blocks(iv, aad)? {
            Some((mode, padding)) => cipher.decrypt_blocks(mode, padding, ciphertext),
            None => cipher.open(iv, aad, ciphertext),
        }
    }

    /// Returns the block mode and its padding, or `None` for GCM. Refuses `aad` in block modes,
    /// which do not authenticate.
    fn blocks(self, iv: &[u8], aad: &[u8]) -> Result<Option<(BlockMode, Padding)>, Fault> {
        let mode = match self {
            Self::Gcm | Self::AesGcm | Self::Sm4Gcm => return Ok(None),
            Self::AesCbc(padding) => {
                let iv = <[u8; BLOCK_IV_LEN]>::try_from(iv).map_err(|_| Fault::invalid("Iv"))?;
                (BlockMode::Cbc(iv), padding)
            }
            Self::AesEcb(padding) => (BlockMode::Ecb, padding),
        };
        if aad.is_empty() { Ok(Some(mode)) } else { Err(Fault::invalid("Aad")) }
    }
}
