//! AES-256-GCM, and the layouts of a ciphertext.
//!
//! The shared gateway's blob is the key version's id (36 ASCII bytes), the nonce (12) and the
//! ciphertext with its tag (16). The instance's Advance operations put 24 00 02 before the same;
//! its older operations carry the three parts separately.

use std::fmt;
use std::str;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::material::Drawn;
use super::{Engine, Fault, Outcome};

const KEY_VERSION_ID_LEN: usize = 36;
const IV_LEN: usize = 12;
const TAG_LEN: usize = 16;
const ADVANCE_HEADER: [u8; 3] = [0x24, 0x00, 0x02];

/// What encryption made, for its dialect to lay out.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SealedParts {
    pub(crate) key_id: String,
    /// A UUID, 36 characters.
    pub(crate) key_version_id: String,
    pub(crate) iv: [u8; IV_LEN],
    pub(crate) ciphertext_and_tag: Vec<u8>,
}

/// A blob taken apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlobParts<'a> {
    pub(crate) key_version_id: &'a str,
    pub(crate) iv: &'a [u8],
    pub(crate) ciphertext_and_tag: &'a [u8],
}

impl SealedParts {
    /// The blob of the shared gateway.
    pub(crate) fn shared_blob(&self) -> Vec<u8> {
        [self.key_version_id.as_bytes(), &self.iv, &self.ciphertext_and_tag].concat()
    }

    /// The blob of the instance's Advance operations.
    pub(crate) fn advance_blob(&self) -> Vec<u8> {
        [&ADVANCE_HEADER, self.key_version_id.as_bytes(), &self.iv, &self.ciphertext_and_tag]
            .concat()
    }
}

impl<'a> BlobParts<'a> {
    /// Takes a blob of the shared gateway apart.
    pub(crate) fn of_shared_blob(blob: &'a [u8]) -> Result<Self, Fault> {
        let parts = blob.split_at_checked(KEY_VERSION_ID_LEN).and_then(|(version, rest)| {
            let (iv, ciphertext_and_tag) = rest.split_at_checked(IV_LEN)?;
            let key_version_id = str::from_utf8(version).ok()?;
            Some(Self { key_version_id, iv, ciphertext_and_tag })
        });
        parts.ok_or_else(Fault::invalid_ciphertext)
    }

    /// Takes a blob of the instance's Advance operations apart.
    pub(crate) fn of_advance_blob(blob: &'a [u8]) -> Result<Self, Fault> {
        let shared = blob.strip_prefix(&ADVANCE_HEADER).ok_or_else(Fault::invalid_ciphertext)?;
        Self::of_shared_blob(shared)
    }
}

impl Engine {
    /// Encrypts with the primary version of a symmetric key. `aad` is authenticated with it and
    /// has to be given again to decrypt.
    pub(crate) fn encrypt(
        &self,
        key: &str,
        plaintext: &[u8],
        aad: &[u8],
    ) -> Result<SealedParts, Fault> {
        let version = self.active_key(key)?;
        let cipher = cipher(version.material()?)?;
        let iv = self.random_array()?;
        // From a buffer of its own, so that no copy of the plaintext is left in the answer.
        let mut ciphertext_and_tag = vec![0; plaintext.len() + TAG_LEN];
        let (ciphertext, tag) = ciphertext_and_tag.split_at_mut(plaintext.len());
        let nonce = Nonce::assume_unique_for_key(iv);
        cipher.seal_out_of_place_scatter(nonce, Aad::from(aad), plaintext, ciphertext, &[], tag)?;
        Ok(SealedParts {
            key_id: version.key_id,
            key_version_id: version.key_version_id,
            iv,
            ciphertext_and_tag,
        })
    }

    /// Decrypts with the version of that id. `expected_key`, if the request names one, has to be
    /// the version's key.
    pub(crate) fn decrypt(
        &self,
        key_version_id: &str,
        iv: &[u8],
        ciphertext_and_tag: &[u8],
        aad: &[u8],
        expected_key: Option<&str>,
    ) -> Result<Outcome<Zeroizing<Vec<u8>>>, Fault> {
        let version = self.active_version(key_version_id)?;
        if let Some(expected) = expected_key
            && self.key_id(expected)? != version.key_id
        {
            return Err(Fault::invalid_ciphertext());
        }
        let cipher = cipher(version.material()?)?;
        let nonce = Nonce::try_assume_unique_for_key(iv).map_err(|_| Fault::invalid("Iv"))?;
        let length = ciphertext_and_tag.len().saturating_sub(TAG_LEN);
        let mut plaintext = Zeroizing::new(vec![0; length]);
        let (ciphertext, tag) = ciphertext_and_tag.split_at(length);
        cipher
            .open_separate_gather(nonce, Aad::from(aad), ciphertext, tag, &mut plaintext)
            .map_err(|_| Fault::invalid_ciphertext())?;
        Ok(Outcome {
            key_id: version.key_id,
            key_version_id: version.key_version_id,
            value: plaintext,
        })
    }
}

/// Without the ciphertext.
impl fmt::Debug for SealedParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedParts")
            .field("key_id", &self.key_id)
            .field("key_version_id", &self.key_version_id)
            .finish_non_exhaustive()
    }
}

/// Without the ciphertext.
impl fmt::Debug for BlobParts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobParts").finish_non_exhaustive()
    }
}

fn cipher(material: &Drawn) -> Result<LessSafeKey, Fault> {
    match material {
        Drawn::Aes(bytes) => Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, bytes)?)),
        Drawn::RsaDecrypt(_) | Drawn::RsaSign(_) | Drawn::EcSign(_) => {
            Err(Fault::unsupported_operation())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::engine;
    use super::super::{KeySpec, MAX_PLAINTEXT, NewKey};
    use super::{BlobParts, Engine, Fault, SealedParts};

    #[test]
    fn what_is_encrypted_is_decrypted() {
        let engine = seeded();
        for length in [0, 1, 32, MAX_PLAINTEXT] {
            let plaintext = vec![0x5a; length];
            let sealed = engine.encrypt("alias/default", &plaintext, b"aad").expect("it encrypts");
            assert_eq!(sealed.ciphertext_and_tag.len(), length + 16);
            let opened = open(&engine, &sealed, b"aad").expect("it decrypts");
            assert_eq!(opened, plaintext);
        }
    }

    #[test]
    fn every_encryption_has_a_nonce_of_its_own() {
        let engine = seeded();
        let seal = || engine.encrypt("alias/default", b"text", b"").expect("it encrypts");
        let (first, second) = (seal(), seal());
        assert_ne!(first.iv, second.iv);
        assert_ne!(first.ciphertext_and_tag, second.ciphertext_and_tag);
        assert_eq!(first.key_version_id, second.key_version_id);
    }

    #[test]
    fn another_aad_is_refused() {
        let engine = seeded();
        let sealed = engine.encrypt("alias/default", b"text", b"aad").expect("it encrypts");
        for aad in [&b""[..], b"aae", b"aad "] {
            assert_eq!(open(&engine, &sealed, aad), Err(Fault::invalid_ciphertext()));
        }
    }

    #[test]
    fn a_change_of_any_bit_is_refused() {
        let engine = seeded();
        let blob =
            engine.encrypt("alias/default", b"text", b"").expect("it encrypts").shared_blob();
        for index in 0..blob.len() {
            let mut tampered = blob.clone();
            tampered[index] ^= 1;
            let parts = BlobParts::of_shared_blob(&tampered).expect("it still has three parts");
            let expected =
                if index < 36 { Fault::key_not_found() } else { Fault::invalid_ciphertext() };
            assert_eq!(open_parts(&engine, parts, b"", None), Err(expected), "byte {index}");
        }
    }

    #[test]
    fn the_version_of_another_key_is_refused() {
        let engine = seeded();
        let other = engine.create_key(NewKey::default()).expect("the key is valid");
        let sealed = engine.encrypt("alias/default", b"text", b"").expect("it encrypts");
        let moved = SealedParts { key_version_id: other.primary_key_version, ..sealed };
        assert_eq!(open(&engine, &moved, b""), Err(Fault::invalid_ciphertext()));
    }

    #[test]
    fn the_expected_key_has_to_be_the_one_that_encrypted() {
        let engine = seeded();
        let other = engine.create_key(NewKey::default()).expect("the key is valid");
        let blob =
            engine.encrypt("alias/default", b"text", b"").expect("it encrypts").shared_blob();
        let parts = BlobParts::of_shared_blob(&blob).expect("the blob is whole");
        let open = |key: &str| open_parts(&engine, parts, b"", Some(key));
        assert_eq!(open("alias/default").as_deref(), Ok(&b"text"[..]));
        assert_eq!(open(&other.key_id), Err(Fault::invalid_ciphertext()));
        assert_eq!(open("key-0"), Err(Fault::key_not_found()));
    }

    #[test]
    fn a_disabled_key_neither_encrypts_nor_decrypts() {
        let engine = seeded();
        let sealed = engine.encrypt("alias/default", b"text", b"").expect("it encrypts");
        engine.disable_key("alias/default").expect("the key exists");
        assert_eq!(engine.encrypt("alias/default", b"", b""), Err(Fault::key_disabled()));
        assert_eq!(open(&engine, &sealed, b""), Err(Fault::key_disabled()));
        engine.enable_key("alias/default").expect("the key exists");
        assert_eq!(open(&engine, &sealed, b"").as_deref(), Ok(&b"text"[..]));
    }

    #[test]
    fn an_asymmetric_key_does_not_encrypt_symmetrically() {
        let engine = engine();
        let key = engine.create_key(KeySpec::EcP256.into()).expect("the key is valid");
        assert_eq!(engine.encrypt(&key.key_id, b"", b""), Err(Fault::unsupported_operation()));
        let opened = engine.decrypt(&key.primary_key_version, &[0; 12], &[0; 16], b"", None);
        assert_eq!(opened, Err(Fault::unsupported_operation()));
    }

    #[test]
    fn blobs_are_laid_out_as_on_the_wire() {
        let sealed = SealedParts {
            key_id: "key-1".to_owned(),
            key_version_id: "5fad90f8-398e-46c2-ab6f-f897fccb8da1".to_owned(),
            iv: *b"twelve bytes",
            ciphertext_and_tag: b"sixteen byte tag".to_vec(),
        };
        let shared = sealed.shared_blob();
        assert_eq!(shared, b"5fad90f8-398e-46c2-ab6f-f897fccb8da1twelve bytessixteen byte tag");
        let advance = sealed.advance_blob();
        assert_eq!(advance[..3], [0x24, 0x00, 0x02]);
        assert_eq!(advance[3..], shared);
        for parts in [BlobParts::of_shared_blob(&shared), BlobParts::of_advance_blob(&advance)] {
            let parts = parts.expect("the blob is whole");
            assert_eq!(parts.key_version_id, sealed.key_version_id);
            assert_eq!(parts.iv, sealed.iv);
            assert_eq!(parts.ciphertext_and_tag, sealed.ciphertext_and_tag);
        }
    }

    #[test]
    fn malformed_blobs_are_refused() {
        let malformed = Err(Fault::invalid_ciphertext());
        assert_eq!(BlobParts::of_shared_blob(b""), malformed);
        assert_eq!(BlobParts::of_shared_blob(&[b'a'; 47]), malformed);
        assert_eq!(BlobParts::of_shared_blob(&[0xff; 64]), malformed);
        assert_eq!(BlobParts::of_advance_blob(&[b'a'; 67]), malformed);
        assert_eq!(BlobParts::of_advance_blob(&[0x24, 0x00, 0x02]), malformed);
    }

    #[test]
    fn a_short_ciphertext_or_nonce_is_refused() {
        let engine = seeded();
        let version =
            engine.describe_key("alias/default").expect("it is seeded").primary_key_version;
        for length in [0, 15] {
            let opened = engine.decrypt(&version, &[0; 12], &vec![0; length], b"", None);
            assert_eq!(opened, Err(Fault::invalid_ciphertext()));
        }
        let opened = engine.decrypt(&version, &[0; 11], &[0; 32], b"", None);
        assert_eq!(opened, Err(Fault::invalid("Iv")));
    }

    fn open(engine: &Engine, sealed: &SealedParts, aad: &[u8]) -> Result<Vec<u8>, Fault> {
        let blob = sealed.shared_blob();
        open_parts(engine, BlobParts::of_shared_blob(&blob)?, aad, None)
    }

    fn open_parts(
        engine: &Engine,
        parts: BlobParts<'_>,
        aad: &[u8],
        key: Option<&str>,
    ) -> Result<Vec<u8>, Fault> {
        let BlobParts { key_version_id, iv, ciphertext_and_tag } = parts;
        let opened = engine.decrypt(key_version_id, iv, ciphertext_and_tag, aad, key)?;
        Ok(opened.value.to_vec())
    }

    fn seeded() -> Engine {
        let engine = engine();
        engine.seed().expect("an empty engine is seeded");
        engine
    }
}
