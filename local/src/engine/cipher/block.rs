//! AES without authentication: CBC and ECB, for the instance's own operations and for importing
//! pairs.

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, Algorithm, DecryptingKey, DecryptionContext, EncryptingKey,
    EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use zeroize::Zeroizing;

use super::super::Fault;
use super::super::spec::KeySpec;
use super::Cipher;

const BLOCK: usize = 16;

/// The block mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockMode {
    /// Combines each block with the previous one, and the first block with these 16 bytes.
    Cbc([u8; BLOCK]),
    Ecb,
}

/// The padding of the last block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Padding {
    Pkcs7,
    /// No padding: the plaintext consists of whole blocks.
    None,
}

impl Cipher<'_> {
    /// Encrypts without authentication.
    pub(in crate::engine) fn encrypt_blocks(
        &self,
        mode: BlockMode,
        padding: Padding,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, Fault> {
        let mut buffer = plaintext.to_vec();
        let key = self.block_key()?;
        let context = match mode {
            BlockMode::Cbc(iv) => EncryptionContext::Iv128(FixedLength::from(iv)),
            BlockMode::Ecb => EncryptionContext::None,
        };
        match (padding, mode) {
            (Padding::Pkcs7, BlockMode::Cbc(_)) => {
                PaddedBlockEncryptingKey::cbc_pkcs7(key)?.less_safe_encrypt(&mut buffer, context)?
            }
            (Padding::Pkcs7, BlockMode::Ecb) => {
                PaddedBlockEncryptingKey::ecb_pkcs7(key)?.less_safe_encrypt(&mut buffer, context)?
            }
            (Padding::None, _) if !is_whole(plaintext) => return Err(Fault::invalid("Plaintext")),
            (Padding::None, BlockMode::Cbc(_)) => {
                EncryptingKey::cbc(key)?.less_safe_encrypt(&mut buffer, context)?
            }
            (Padding::None, BlockMode::Ecb) => {
                EncryptingKey::ecb(key)?.less_safe_encrypt(&mut buffer, context)?
            }
        };
        Ok(buffer)
    }

    /// Decrypts the result of [`Cipher::encrypt_blocks`].
    pub(in crate::engine) fn decrypt_blocks(
        &self,
        mode: BlockMode,
        padding: Padding,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        if !is_whole(ciphertext) {
            return Err(Fault::invalid_ciphertext());
        }
        let mut buffer = Zeroizing::new(ciphertext.to_vec());
        let key = self.block_key()?;
        let context = match mode {
            BlockMode::Cbc(iv) => DecryptionContext::Iv128(FixedLength::from(iv)),
            BlockMode::Ecb => DecryptionContext::None,
        };
        let plaintext = match (padding, mode) {
            (Padding::Pkcs7, BlockMode::Cbc(_)) => {
                PaddedBlockDecryptingKey::cbc_pkcs7(key)?.decrypt(&mut buffer, context)
            }
            (Padding::Pkcs7, BlockMode::Ecb) => {
                PaddedBlockDecryptingKey::ecb_pkcs7(key)?.decrypt(&mut buffer, context)
            }
            (Padding::None, BlockMode::Cbc(_)) => {
                DecryptingKey::cbc(key)?.decrypt(&mut buffer, context)
            }
            (Padding::None, BlockMode::Ecb) => {
                DecryptingKey::ecb(key)?.decrypt(&mut buffer, context)
            }
        };
        let length = plaintext.map_err(|_| Fault::invalid_ciphertext())?.len();
        buffer.truncate(length);
        Ok(buffer)
    }

    fn block_key(&self) -> Result<UnboundCipherKey, Fault> {
        let algorithm: &'static Algorithm = match self.spec {
            KeySpec::Aes256 => &AES_256,
            KeySpec::Aes192 => &AES_192,
            KeySpec::Aes128 => &AES_128,
            _ => return Err(Fault::invalid("Algorithm")),
        };
        Ok(UnboundCipherKey::new(algorithm, self.key)?)
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.len().is_multiple_of(BLOCK)
}

#[cfg(test)]
mod tests {
    use super::super::super::material::Drawn;
    use super::{BLOCK, BlockMode, Cipher, Fault, KeySpec, Padding};
    use crate::engine::hex;

    const MODES: [BlockMode; 2] = [BlockMode::Cbc(*b"sixteen bytes iv"), BlockMode::Ecb];

    #[test]
    fn what_is_encrypted_is_decrypted_in_every_mode_and_padding() {
        for (spec, length) in [(KeySpec::Aes128, 16), (KeySpec::Aes192, 24), (KeySpec::Aes256, 32)]
        {
            let key = Drawn::Bytes(vec![7; length].into());
            let cipher = Cipher::new(spec, &key).expect("the key is symmetric");
            for (mode, text) in MODES.into_iter().flat_map(|mode| [(mode, 5), (mode, 32)]) {
                let plaintext = vec![b'x'; text];
                for padding in [Padding::Pkcs7, Padding::None] {
                    let sealed = cipher.encrypt_blocks(mode, padding, &plaintext);
                    if padding == Padding::None && text % BLOCK != 0 {
                        assert_eq!(sealed, Err(Fault::invalid("Plaintext")));
                        continue;
                    }
                    let sealed = sealed.expect("it encrypts");
                    let opened = cipher.decrypt_blocks(mode, padding, &sealed);
                    assert_eq!(opened.map(|it| it.to_vec()), Ok(plaintext.clone()));
                    let cut = cipher.decrypt_blocks(mode, padding, &sealed[1..]);
                    assert_eq!(cut, Err(Fault::invalid_ciphertext()));
                }
            }
        }
    }

    /// The first blocks of the examples F.1.1 and F.2.1 in NIST SP 800-38A.
    #[test]
    fn the_examples_of_sp_800_38a_are_reproduced() {
        let bytes = |text: &str| -> Vec<u8> {
            let digits = (0..text.len()).step_by(2);
            digits.map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex")).collect()
        };
        let key = Drawn::Bytes(bytes("2b7e151628aed2a6abf7158809cf4f3c").into());
        let cipher = Cipher::new(KeySpec::Aes128, &key).expect("the key is symmetric");
        let plaintext = bytes("6bc1bee22e409f96e93d7e117393172a");
        let iv = bytes("000102030405060708090a0b0c0d0e0f");
        let iv = BlockMode::Cbc(iv.try_into().expect("16 bytes"));
        for (mode, expected) in [
            (BlockMode::Ecb, "3ad77bb40d7a3660a89ecaf32466ef97"),
            (iv, "7649abac8119b246cee98e9b12e9197d"),
        ] {
            let sealed = cipher.encrypt_blocks(mode, Padding::None, &plaintext);
            assert_eq!(sealed.map(|it| hex(&it)), Ok(expected.to_owned()));
        }
    }
}
