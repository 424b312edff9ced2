//! The cipher of one envelope: derives its keys from the data key and processes chunk by chunk.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use zeroize::Zeroizing;

use super::data_key::DataKey;
use super::error::{failed, not_authentic};
use super::header::{COMMITMENT, SALT};
use crate::{Error, ErrorKind};

/// The length of a tag in bytes.
pub(super) const TAG: usize = 16;

const LABEL: &[u8] = b"alibabacloud-kms envelope v1";
const MESSAGE_KEY: usize = 32;

/// Seals or opens the chunks of one envelope, in order.
pub(super) struct Chunks {
    key: LessSafeKey,
    /// The number of the next chunk; `None` after the last.
    next: Option<u32>,
}

/// The position of a chunk in its envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// Other chunks follow.
    Inner,
    /// No chunk follows.
    Last,
}

impl Chunks {
    /// Returns the cipher of the envelope with this header, and its commitment.
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
            .map_err(|_| failed("the cryptography library did not derive the message key"))?;
        let (message_key, rest) = keys.split_at(MESSAGE_KEY);
        let key = UnboundKey::new(&AES_256_GCM, message_key)
            .map_err(|_| failed("the cryptography library did not accept the message key"))?;
        let mut commitment = [0; COMMITMENT];
        commitment.copy_from_slice(rest);
        Ok((Self { key: LessSafeKey::new(key), next: Some(0) }, commitment))
    }

    /// Writes the chunk of the next piece of plaintext to the beginning of `out`, which must have
    /// room for it, and returns its length.
    pub(super) fn seal(
        &mut self,
        piece: &[u8],
        position: Position,
        out: &mut [u8],
    ) -> Result<usize, Error> {
        let nonce = self.advance_to_seal(position)?;
        let length = piece.len() + TAG;
        let (ciphertext, tag) = out[..length].split_at_mut(piece.len());
        self.key
            .seal_out_of_place_scatter(nonce, Aad::empty(), piece, ciphertext, &[], tag)
            .map_err(|_| not_encrypted())?;
        Ok(length)
    }

    /// Turns the next piece of plaintext into its chunk. Its tag overwrites the last bytes.
    pub(super) fn seal_in_place(
        &mut self,
        chunk: &mut [u8],
        position: Position,
    ) -> Result<(), Error> {
        let nonce = self.advance_to_seal(position)?;
        let sealed = chunk.split_last_chunk_mut::<TAG>().and_then(|(piece, tag)| {
            let made = self.key.seal_in_place_separate_tag(nonce, Aad::empty(), piece).ok()?;
            tag.copy_from_slice(made.as_ref());
            Some(())
        });
        sealed.ok_or_else(not_encrypted)
    }

    /// Returns the nonce of the next chunk.
    fn advance_to_seal(&mut self, position: Position) -> Result<Nonce, Error> {
        let (_, nonce) = self.advance(position).ok_or_else(|| {
            Error::new(
                ErrorKind::Envelope,
                "the plaintext is longer than 2^32 chunks: set a larger chunk_size",
            )
        })?;
        Ok(nonce)
    }

    /// Writes the plaintext of the next chunk to the beginning of `out`, which must have room for
    /// it, and returns its length. What is written is meaningless if the chunk is not authentic.
    pub(super) fn open(
        &mut self,
        chunk: &[u8],
        position: Position,
        out: &mut [u8],
    ) -> Result<usize, Error> {
        let (number, nonce, length) = self.advance_to_open(chunk, position)?;
        let (ciphertext, tag) = chunk.split_at(length);
        self.key
            .open_separate_gather(nonce, Aad::empty(), ciphertext, tag, &mut out[..length])
            .map_err(|_| changed(number, position))?;
        Ok(length)
    }

    /// Decrypts the next chunk in place, and returns the length of its plaintext. The bytes after
    /// it are meaningless, and all bytes are if the chunk is not authentic.
    pub(super) fn open_in_place(
        &mut self,
        chunk: &mut [u8],
        position: Position,
    ) -> Result<usize, Error> {
        let (number, nonce, length) = self.advance_to_open(chunk, position)?;
        let opened = self.key.open_in_place(nonce, Aad::empty(), chunk);
        opened.map_err(|_| changed(number, position))?;
        Ok(length)
    }

    /// Returns number, nonce and length of the plaintext of the next chunk.
    fn advance_to_open(
        &mut self,
        chunk: &[u8],
        position: Position,
    ) -> Result<(u32, Nonce, usize), Error> {
        let (number, nonce) = self.advance(position).ok_or_else(|| {
            not_authentic("it has more than 2^32 chunks, or chunks after its last")
        })?;
        let length = chunk
            .len()
            .checked_sub(TAG)
            .ok_or_else(|| not_authentic("it is truncated: its last chunk ends inside its tag"))?;
        if length == 0 && number > 0 {
            return Err(not_authentic("its last chunk is empty"));
        }
        Ok((number, nonce, length))
    }

    /// Returns the number and nonce of the next chunk, or `None` if no number is left.
    fn advance(&mut self, position: Position) -> Option<(u32, Nonce)> {
        let number = self.next?;
        self.next = match position {
            Position::Inner => number.checked_add(1),
            Position::Last => None,
        };
        let mut nonce = [0; NONCE_LEN];
        nonce[7..11].copy_from_slice(&number.to_be_bytes());
        nonce[11] = u8::from(position == Position::Last);
        Some((number, Nonce::assume_unique_for_key(nonce)))
    }
}

/// The error of a cipher that fails.
fn not_encrypted() -> Error {
    failed("the cryptography library did not encrypt a chunk")
}

/// The error of a chunk that is not authentic.
fn changed(number: u32, position: Position) -> Error {
    let what = match position {
        Position::Inner => "changed, moved or of another envelope",
        Position::Last => "changed, or not the one that was last",
    };
    not_authentic(format!("chunk {number} is not authentic: {what}"))
}

/// The output of the derivation: message key and commitment.
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
        let key = DataKey::new(Zeroizing::new(vec![1; 32])).expect("32 bytes");
        Chunks::derive(&key, &[2; SALT], b"header").expect("a cipher").0
    }

    #[test]
    fn there_are_at_most_2_to_the_32_chunks() {
        let mut sealing = chunks();
        sealing.next = Some(u32::MAX);
        let mut out = [0; 1 + TAG];
        sealing.seal(b"a", Position::Inner, &mut out).expect("the last number");
        let error = sealing.seal(b"b", Position::Last, &mut out).expect_err("no number is left");
        assert_eq!(error.kind(), ErrorKind::Envelope);
        let mut opening = chunks();
        opening.next = Some(u32::MAX);
        let mut text = [0];
        opening.open(&out, Position::Inner, &mut text).expect("authentic");
        assert_eq!(&text, b"a");
        assert!(opening.open(&out, Position::Last, &mut text).is_err());
    }

    #[test]
    fn in_place_and_beside_are_the_same() {
        for length in [0, 1, 1000] {
            let text = vec![7; length];
            let (mut beside, mut in_place) = (vec![0; length + TAG + 1], text.clone());
            let sealed = chunks().seal(&text, Position::Last, &mut beside).expect("sealed");
            in_place.resize(length + TAG, 0);
            chunks().seal_in_place(&mut in_place, Position::Last).expect("sealed");
            assert_eq!(in_place, beside[..sealed]);
            let mut out = vec![1; length + 1];
            let opened = chunks().open(&in_place, Position::Last, &mut out).expect("opened");
            assert_eq!((&out[..opened], out[opened]), (&text[..], 1));
            let opened = chunks().open_in_place(&mut in_place, Position::Last).expect("opened");
            assert_eq!(in_place[..opened], text);
        }
    }

    #[test]
    fn nothing_follows_the_last_chunk() {
        let mut sealing = chunks();
        let mut out = [0; 1 + TAG];
        sealing.seal(b"a", Position::Last, &mut out).expect("sealed");
        assert!(sealing.seal(b"b", Position::Last, &mut out).is_err());
    }

    #[test]
    fn what_is_not_authentic_does_not_open() {
        let mut out = [0; 6 + TAG];
        chunks().seal(b"secret", Position::Last, &mut out).expect("sealed");
        out[0] ^= 1;
        assert!(chunks().open_in_place(&mut out.clone(), Position::Last).is_err());
        assert!(chunks().open(&out, Position::Last, &mut [0; 6]).is_err());
    }
}
