//! SM4: GCM, and decryption with ECB for importing pairs.

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{AesGcm, Nonce};
use sm4::Sm4;
use sm4::cipher::{Array, BlockCipherDecrypt};
use zeroize::Zeroizing;

use super::super::Fault;

type Sm4Gcm = AesGcm<Sm4, U12>;

pub(super) fn seal(
    key: &[u8],
    iv: [u8; 12],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, Fault> {
    let payload = Payload { msg: plaintext, aad };
    cipher(key)?.encrypt(&Nonce::from(iv), payload).map_err(|_| Fault::internal())
}

pub(super) fn open(
    key: &[u8],
    iv: [u8; 12],
    aad: &[u8],
    ciphertext_and_tag: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let payload = Payload { msg: ciphertext_and_tag, aad };
    let opened = cipher(key)?.decrypt(&Nonce::from(iv), payload);
    opened.map(Zeroizing::new).map_err(|_| Fault::invalid_ciphertext())
}

/// Decrypts whole blocks with ECB.
pub(in crate::engine) fn decrypt_blocks(
    key: &[u8],
    ciphertext: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = Sm4::new_from_slice(key).ok()?;
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    let (blocks, []) = Array::slice_as_chunks_mut(&mut buffer) else { return None };
    cipher.decrypt_blocks(blocks);
    Some(buffer)
}

fn cipher(key: &[u8]) -> Result<Sm4Gcm, Fault> {
    Sm4Gcm::new_from_slice(key).map_err(|_| Fault::internal())
}

#[cfg(test)]
mod tests {
    use super::{Fault, open, seal};
    use crate::engine::hex;

    const KEY: &[u8] = b"\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10";
    const IV: [u8; 12] = *b"\0\0\x12\x34\x56\x78\0\0\0\0\xab\xcd";
    const AAD: &[u8] =
        b"\xfe\xed\xfa\xce\xde\xad\xbe\xef\xfe\xed\xfa\xce\xde\xad\xbe\xef\xab\xad\xda\xd2";

    /// The example A.1 of RFC 8998.
    #[test]
    fn the_example_of_rfc_8998_is_reproduced() {
        let plaintext: Vec<u8> = [0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0xee, 0xaa].repeat_each(8);
        let sealed = seal(KEY, IV, AAD, &plaintext).expect("it encrypts");
        assert_eq!(
            hex(&sealed),
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735\
             d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d\
             83de3541e4c2b58177e065a9bf7b62ec"
        );
        let opened = open(KEY, IV, AAD, &sealed).expect("it decrypts");
        assert_eq!(*opened, plaintext);
        assert_eq!(open(KEY, IV, b"", &sealed), Err(Fault::invalid_ciphertext()));
    }

    trait RepeatEach {
        fn repeat_each(self, times: usize) -> Vec<u8>;
    }

    impl<const N: usize> RepeatEach for [u8; N] {
        fn repeat_each(self, times: usize) -> Vec<u8> {
            self.iter().flat_map(|byte| std::iter::repeat_n(*byte, times)).collect()
        }
    }
}
