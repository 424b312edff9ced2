//! The ciphers of symmetric keys: AES and SM4.

mod block;
#[cfg(feature = "sm")]
mod sm4;

use aws_lc_rs::aead::{
    AES_128_GCM, AES_192_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, Nonce, UnboundKey,
};
use zeroize::Zeroizing;

pub(crate) use self::block::{BlockMode, Padding};
#[cfg(feature = "sm")]
pub(super) use self::sm4::decrypt_blocks as sm4_decrypt_blocks;
use super::Fault;
use super::material::Drawn;
use super::spec::KeySpec;

pub(super) const IV_LEN: usize = 12;
pub(super) const TAG_LEN: usize = 16;

/// A symmetric key: AES or SM4.
pub(super) struct Cipher<'a> {
    spec: KeySpec,
    key: &'a [u8],
}

impl<'a> Cipher<'a> {
    /// Creates the cipher of a symmetric key.
    pub(super) fn new(spec: KeySpec, material: &'a Drawn) -> Result<Self, Fault> {
        match material {
            Drawn::Bytes(key) if spec.is_symmetric() => Ok(Self { spec, key }),
            _ => Err(Fault::unsupported_operation()),
        }
    }

    /// Encrypts with GCM. Returns the ciphertext followed by its tag.
    pub(super) fn seal(
        &self,
        iv: [u8; IV_LEN],
        aad: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, Fault> {
        #[cfg(feature = "sm")]
        if self.spec == KeySpec::Sm4 {
            return sm4::seal(self.key, iv, aad, plaintext);
        }
        // A separate buffer, so that no copy of the plaintext is left in the memory of the answer.
        let mut ciphertext_and_tag = vec![0; plaintext.len() + TAG_LEN];
        let (ciphertext, tag) = ciphertext_and_tag.split_at_mut(plaintext.len());
        let nonce = Nonce::assume_unique_for_key(iv);
        let key = self.gcm()?;
        key.seal_out_of_place_scatter(nonce, Aad::from(aad), plaintext, ciphertext, &[], tag)?;
        Ok(ciphertext_and_tag)
    }

    /// Decrypts the result of [`Cipher::seal`].
    pub(super) fn open(
        &self,
        iv: &[u8],
        aad: &[u8],
        ciphertext_and_tag: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let iv = <[u8; IV_LEN]>::try_from(iv).map_err(|_| Fault::invalid("Iv"))?;
        #[cfg(feature = "sm")]
        if self.spec == KeySpec::Sm4 {
            return sm4::open(self.key, iv, aad, ciphertext_and_tag);
        }
        let length = ciphertext_and_tag.len().saturating_sub(TAG_LEN);
        let mut plaintext = Zeroizing::new(vec![0; length]);
        let (ciphertext, tag) = ciphertext_and_tag.split_at(length);
        let nonce = Nonce::assume_unique_for_key(iv);
        self.gcm()?
            .open_separate_gather(nonce, Aad::from(aad), ciphertext, tag, &mut plaintext)
            .map_err(|_| Fault::invalid_ciphertext())?;
        Ok(plaintext)
    }

    fn gcm(&self) -> Result<LessSafeKey, Fault> {
        let algorithm: &'static Algorithm = match self.spec {
            KeySpec::Aes256 => &AES_256_GCM,
            KeySpec::Aes192 => &AES_192_GCM,
            KeySpec::Aes128 => &AES_128_GCM,
            _ => return Err(Fault::unsupported_operation()),
        };
        Ok(LessSafeKey::new(UnboundKey::new(algorithm, self.key)?))
    }
}
