//! The cipher of one envelope: keys from the data key, then chunk after chunk.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use zeroize::Zeroizing;

use super::data_key::DataKey;
use super::error::{failed, not_authentic};
use super::header::{COMMITMENT, SALT};
use crate::{Error, ErrorKind};

/// The octets of a tag.
pub(super) const TAG: usize = 16;

const LABEL: &[u8] = b"alibabacloud-kms envelope v1";
const MESSAGE_KEY: usize = 32;

/// Seals or opens the chunks of one envelope, in order.
pub(super) struct Chunks {
    key: LessSafeKey,
    /// The next chunk's number; none is left after the last.
    next: Option<u32>,
}

/// Where a chunk stands in its envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Others follow.
    Inner,
    /// None follows.
    Last,
}

impl Chunks {
    /// The cipher of the envelope with this header, and its commitment.
    pub(super) fn derive(
        data_key: &DataKey,
        salt: &[u8; SALT],
        header: &[u8],
    ) -> Result<(Self, [u8; COMMITMENT]), Error> {
        let mut keys = Zeroizing::new([0; Derived::LENGTH]);
        let header = digest(&SHA256, header);
        Salt::new(HKDF_SHA256, salt)
            .extract(data_key.expose())
            .expand(&[LABEL, header.as_ref()], Derived)
            .and_then(|okm| okm.fill(&mut *keys))
            .map_err(|_| failed("the message key cannot be derived"))?;
        let (message_key, rest) = keys.split_at(MESSAGE_KEY);
        let key = UnboundKey::new(&AES_256_GCM, message_key)
            .map_err(|_| failed("the message key cannot be used"))?;
        let mut commitment = [0; COMMITMENT];
        commitment.copy_from_slice(rest);
        Ok((Self { key: LessSafeKey::new(key), next: Some(0) }, commitment))
    }

    /// Appends the chunk of the next piece of plaintext.
    pub(super) fn seal(
        &mut self,
        piece: &[u8],
        place: Place,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let (_, nonce) = self.advance(place).ok_or_else(|| {
            Error::new(
                ErrorKind::Envelope,
                "the plaintext is longer than 2^32 chunks: larger chunks hold more",
            )
        })?;
        let begin = out.len();
        out.extend_from_slice(piece);
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce, Aad::empty(), &mut out[begin..])
            .map_err(|_| failed("a chunk cannot be encrypted"))?;
        out.extend_from_slice(tag.as_ref());
        Ok(())
    }

    /// Appends the plaintext of the next chunk, and nothing if it is not authentic.
    pub(super) fn open(
        &mut self,
        chunk: &[u8],
        place: Place,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let (number, nonce) = self.advance(place).ok_or_else(|| {
            not_authentic("it has more than 2^32 chunks, or chunks after its last")
        })?;
        let split = chunk.len().checked_sub(TAG).map(|length| chunk.split_at(length));
        let (ciphertext, tag) = split.ok_or_else(|| not_authentic("it ends inside a tag"))?;
        if ciphertext.is_empty() && number > 0 {
            return Err(not_authentic("its last chunk is empty"));
        }
        let begin = out.len();
        out.resize(begin + ciphertext.len(), 0);
        let opened =
            self.key.open_separate_gather(nonce, Aad::empty(), ciphertext, tag, &mut out[begin..]);
        opened.map_err(|_| {
            out.truncate(begin);
            not_authentic(match place {
                Place::Inner => {
                    format!(
                        "chunk {number} is not authentic: changed, moved or of another envelope"
                    )
                }
                Place::Last => {
                    format!(
                        "chunk {number} is not authentic: changed, or not the one that was last"
                    )
                }
            })
        })
    }

    /// The chunk's number and nonce; none if there is no number for it.
    fn advance(&mut self, place: Place) -> Option<(u32, Nonce)> {
        let number = self.next?;
        self.next = match place {
            Place::Inner => number.checked_add(1),
            Place::Last => None,
        };
        let mut nonce = [0; NONCE_LEN];
        nonce[7..11].copy_from_slice(&number.to_be_bytes());
        nonce[11] = u8::from(place == Place::Last);
        Some((number, Nonce::assume_unique_for_key(nonce)))
    }
}

/// What is derived: message key and commitment.
struct Derived;

impl Derived {
    const LENGTH: usize = MESSAGE_KEY + COMMITMENT;
}

impl KeyType for Derived {
    fn len(&self) -> usize {
        Self::LENGTH
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks() -> Chunks {
        let key = DataKey::new(Zeroizing::new(vec![1; 32])).expect("32 octets");
        Chunks::derive(&key, &[2; SALT], b"header").expect("a cipher").0
    }

    #[test]
    fn there_are_at_most_2_to_the_32_chunks() {
        let mut sealing = chunks();
        sealing.next = Some(u32::MAX);
        let mut out = Vec::new();
        sealing.seal(b"a", Place::Inner, &mut out).expect("the last number");
        let error = sealing.seal(b"b", Place::Last, &mut out).expect_err("no number is left");
        assert_eq!(error.kind(), ErrorKind::Envelope);
        let mut opening = chunks();
        opening.next = Some(u32::MAX);
        let mut text = Vec::new();
        opening.open(&out, Place::Inner, &mut text).expect("authentic");
        assert_eq!(text, b"a");
        assert!(opening.open(&out, Place::Last, &mut text).is_err());
    }

    #[test]
    fn nothing_follows_the_last_chunk() {
        let mut sealing = chunks();
        let mut out = Vec::new();
        sealing.seal(b"a", Place::Last, &mut out).expect("sealed");
        assert!(sealing.seal(b"b", Place::Last, &mut out).is_err());
    }

    #[test]
    fn what_is_not_authentic_leaves_nothing_behind() {
        let mut out = Vec::new();
        chunks().seal(b"secret", Place::Last, &mut out).expect("sealed");
        out[0] ^= 1;
        let mut text = b"before".to_vec();
        assert!(chunks().open(&out, Place::Last, &mut text).is_err());
        assert_eq!(text, b"before");
    }
}
