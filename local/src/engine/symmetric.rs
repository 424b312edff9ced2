//! Encryption with symmetric keys, and the layouts of a ciphertext.
//!
//! The shared gateway's blob is the key version's id (36 ASCII bytes), the nonce (12 bytes) and the
//! ciphertext with its tag (16 bytes). The instance's Advance operations put the bytes `24 00 02`
//! before this blob; its older operations carry the three parts separately.

mod blob;
mod mode;

use std::fmt;

use zeroize::Zeroizing;

pub(crate) use self::blob::BlobParts;
pub(crate) use self::mode::Mode;
use super::cipher::Cipher;
use super::key::KeyAction;
use super::{Engine, Fault, Outcome};

/// The parts of a ciphertext, which each dialect arranges in its own way.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SealedParts {
    pub(crate) key_id: String,
    /// A UUID, 36 characters.
    pub(crate) key_version_id: String,
    pub(crate) iv: Vec<u8>,
    pub(crate) ciphertext_and_tag: Vec<u8>,
    /// The algorithm's name on the wire.
    pub(crate) algorithm: &'static str,
}

/// The result of decryption.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) plaintext: Zeroizing<Vec<u8>>,
    /// The algorithm's name on the wire.
    pub(crate) algorithm: &'static str,
}

impl SealedParts {
    /// Returns the blob of the shared gateway.
    pub(crate) fn shared_blob(&self) -> Vec<u8> {
        self.parts().shared_blob()
    }

    /// Returns the blob of the instance's Advance operations.
    pub(crate) fn advance_blob(&self) -> Vec<u8> {
        self.parts().advance_blob()
    }

    fn parts(&self) -> BlobParts<'_> {
        BlobParts {
            key_version_id: &self.key_version_id,
            iv: &self.iv,
            ciphertext_and_tag: &self.ciphertext_and_tag,
        }
    }
}

impl Engine {
    /// Encrypts with the primary version of a symmetric key. `aad` is authenticated with the
    /// plaintext, and must be given again to decrypt it.
    pub(crate) fn encrypt(
        &self,
        key: &str,
        plaintext: &[u8],
        aad: &[u8],
    ) -> Result<SealedParts, Fault> {
        self.encrypt_for(KeyAction::Encrypt, key, plaintext, aad)
    }

    /// Encrypts as part of another action.
    pub(crate) fn encrypt_for(
        &self,
        action: KeyAction,
        key: &str,
        plaintext: &[u8],
        aad: &[u8],
    ) -> Result<SealedParts, Fault> {
        self.encrypt_in(action, key, Mode::default(), b"", plaintext, aad)
    }

    /// Encrypts in a mode, with the initialization vector `iv` if it is not empty and the mode
    /// allows it.
    pub(crate) fn encrypt_in(
        &self,
        action: KeyAction,
        key: &str,
        mode: Mode,
        iv: &[u8],
        plaintext: &[u8],
        aad: &[u8],
    ) -> Result<SealedParts, Fault> {
        let version = self.active_key(key, action)?;
        let cipher = Cipher::new(version.spec(), version.material()?)?;
        let algorithm = mode.algorithm(version.spec())?;
        let iv = match mode.iv_to_draw(iv)? {
            Some(length) => {
                let mut drawn = vec![0; length];
                self.fill_random(&mut drawn)?;
                drawn
            }
            None => iv.to_vec(),
        };
        Ok(SealedParts {
            ciphertext_and_tag: mode.seal(&cipher, &iv, plaintext, aad)?,
            key_id: version.key_id,
            key_version_id: version.key_version_id,
            iv,
            algorithm,
        })
    }

    /// Decrypts the result of [`Engine::encrypt`].
    #[cfg(test)]
    pub(crate) fn decrypt(
        &self,
        key_version_id: &str,
        iv: &[u8],
        ciphertext_and_tag: &[u8],
        aad: &[u8],
        expected_key: Option<&str>,
    ) -> Result<Outcome<Zeroizing<Vec<u8>>>, Fault> {
        let parts = BlobParts { key_version_id, iv, ciphertext_and_tag };
        let opened =
            self.decrypt_in(KeyAction::Decrypt, Mode::default(), parts, aad, expected_key)?;
        let Outcome { key_id, key_version_id, value } = opened;
        Ok(Outcome { key_id, key_version_id, value: value.plaintext })
    }

    /// Decrypts in a mode, as part of an action, with the key version that `parts` names. If
    /// `expected_key` is given, the version must belong to that key.
    pub(crate) fn decrypt_in(
        &self,
        action: KeyAction,
        mode: Mode,
        parts: BlobParts<'_>,
        aad: &[u8],
        expected_key: Option<&str>,
    ) -> Result<Outcome<Opened>, Fault> {
        let version = self.active_version(parts.key_version_id, action)?;
        if let Some(expected) = expected_key
            && self.key_id(expected)? != version.key_id
        {
            return Err(Fault::invalid_ciphertext());
        }
        let cipher = Cipher::new(version.spec(), version.material()?)?;
        let algorithm = mode.algorithm(version.spec())?;
        let plaintext = mode.open(&cipher, parts.iv, parts.ciphertext_and_tag, aad)?;
        Ok(version.outcome(Opened { plaintext, algorithm }))
    }
}

/// Omits the ciphertext.
impl fmt::Debug for SealedParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedParts")
            .field("key_id", &self.key_id)
            .field("key_version_id", &self.key_version_id)
            .finish_non_exhaustive()
    }
}

/// Omits the plaintext.
impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::spec::{KeySpec, KeyState};
    use super::super::testing::engine;
    use super::super::{MAX_PLAINTEXT, NewKey};
    use super::{BlobParts, Engine, Fault, Mode, SealedParts};

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
            let parts = BlobParts::from_shared_blob(&tampered).expect("it still has three parts");
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
        let moved = SealedParts {
            key_version_id: other.primary_key_version.expect("it has a version"),
            ..sealed
        };
        assert_eq!(open(&engine, &moved, b""), Err(Fault::invalid_ciphertext()));
    }

    #[test]
    fn the_expected_key_has_to_be_the_one_that_encrypted() {
        let engine = seeded();
        let other = engine.create_key(NewKey::default()).expect("the key is valid");
        let blob =
            engine.encrypt("alias/default", b"text", b"").expect("it encrypts").shared_blob();
        let parts = BlobParts::from_shared_blob(&blob).expect("the blob is whole");
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
        assert_eq!(engine.encrypt("alias/default", b"", b""), Err(KeyState::Disabled.rejected()));
        assert_eq!(open(&engine, &sealed, b""), Err(KeyState::Disabled.rejected()));
        engine.enable_key("alias/default").expect("the key exists");
        assert_eq!(open(&engine, &sealed, b"").as_deref(), Ok(&b"text"[..]));
    }

    #[test]
    fn an_asymmetric_key_does_not_encrypt_symmetrically() {
        let engine = engine();
        let key = engine.create_key(KeySpec::EcP256.into()).expect("the key is valid");
        assert_eq!(engine.encrypt(&key.key_id, b"", b""), Err(Fault::unsupported_operation()));
        let version = key.primary_key_version.expect("it has a version");
        let opened = engine.decrypt(&version, &[0; 12], &[0; 16], b"", None);
        assert_eq!(opened, Err(Fault::unsupported_operation()));
    }

    #[test]
    fn blobs_are_laid_out_as_on_the_wire() {
        let sealed = SealedParts {
            key_id: "key-1".to_owned(),
            key_version_id: "5fad90f8-398e-46c2-ab6f-f897fccb8da1".to_owned(),
            iv: b"twelve bytes".to_vec(),
            algorithm: "AES_GCM",
            ciphertext_and_tag: b"sixteen byte tag".to_vec(),
        };
        let shared = sealed.shared_blob();
        assert_eq!(shared, b"5fad90f8-398e-46c2-ab6f-f897fccb8da1twelve bytessixteen byte tag");
        let advance = sealed.advance_blob();
        assert_eq!(advance[..3], [0x24, 0x00, 0x02]);
        assert_eq!(advance[3..], shared);
        for parts in [
            BlobParts::from_shared_blob(&shared),
            BlobParts::from_advance_blob(&advance, Mode::default()),
        ] {
            let parts = parts.expect("the blob is whole");
            assert_eq!(parts.key_version_id, sealed.key_version_id);
            assert_eq!(parts.iv, sealed.iv);
            assert_eq!(parts.ciphertext_and_tag, sealed.ciphertext_and_tag);
        }
    }

    #[test]
    fn malformed_blobs_are_refused() {
        let malformed = Err(Fault::invalid_ciphertext());
        assert_eq!(BlobParts::from_shared_blob(b""), malformed);
        assert_eq!(BlobParts::from_shared_blob(&[b'a'; 47]), malformed);
        assert_eq!(BlobParts::from_shared_blob(&[0xff; 64]), malformed);
        let mode = Mode::default();
        assert_eq!(BlobParts::from_advance_blob(&[b'a'; 67], mode), malformed);
        assert_eq!(BlobParts::from_advance_blob(&[0x24, 0x00, 0x02], mode), malformed);
    }

    #[test]
    fn a_short_ciphertext_or_nonce_is_refused() {
        let engine = seeded();
        let key = engine.describe_key("alias/default").expect("it is seeded");
        let version = key.primary_key_version.expect("it has a version");
        for length in [0, 15] {
            let opened = engine.decrypt(&version, &[0; 12], &vec![0; length], b"", None);
            assert_eq!(opened, Err(Fault::invalid_ciphertext()));
        }
        let opened = engine.decrypt(&version, &[0; 11], &[0; 32], b"", None);
        assert_eq!(opened, Err(Fault::invalid("Iv")));
    }

    fn open(engine: &Engine, sealed: &SealedParts, aad: &[u8]) -> Result<Vec<u8>, Fault> {
        let blob = sealed.shared_blob();
        open_parts(engine, BlobParts::from_shared_blob(&blob)?, aad, None)
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
