//! The header of an envelope, as FORMAT.md describes it.

use std::ops::RangeInclusive;

use super::context;
use super::error::damaged;
use crate::{Error, ErrorKind, Pairs};

pub(super) const SALT: usize = 32;
pub(super) const COMMITMENT: usize = 32;
/// The length of magic, version, algorithm and header length: what must be read to find out how
/// much more there is.
pub(super) const PREFIX: usize = 8;

const MAGIC: [u8; 4] = *b"\x89KMS";
const VERSION: u8 = 1;
const ALGORITHM: u8 = 1;
const KEY_ID_MAX: usize = 1024;
const DATA_KEY_MAX: usize = 8 * 1024;
/// The length of the shortest header: no key id, an encrypted data key of one byte, no context.
const SHORTEST: usize = PREFIX + 1 + SALT + 2 + 2 + 1 + 2 + COMMITMENT;
const LONGEST: usize = SHORTEST - 3 + KEY_ID_MAX + DATA_KEY_MAX + context::MAX;

/// The header of an envelope: its key and its context, readable without opening it.
///
/// Anyone can write a header. Opening the envelope proves that its header is unchanged and names
/// the key that KMS decrypted the data key with.
/// [`Envelope::only_keys`](super::Envelope::only_keys) restricts which key that may be.
///
/// ```
/// # #[cfg(feature = "test-util")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), alibabacloud_kms::Error> {
/// use alibabacloud_kms::envelope::{Envelope, Header};
/// # use alibabacloud_kms::Pairs;
/// # use alibabacloud_kms::api::data_key::GenerateDataKeyRequest;
/// # let mock = alibabacloud_kms::testing::MockGateway::new();
/// # mock.on::<GenerateDataKeyRequest>().answer_with(|_, key| {
/// #     key.plaintext = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".into();
/// #     key.ciphertext_blob = "AA==".into();
/// # });
/// # let client = mock.client();
/// let context = Pairs::from([("tenant", "a")]);
/// let sealed = Envelope::new(client).seal("alias/default", b"text", &context).await?;
/// assert_eq!(Header::parse(&sealed)?.context().get("tenant"), Some("a"));
/// # Ok(()) }
/// # #[cfg(not(feature = "test-util"))]
/// # fn main() {}
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    pub(super) chunk_size: ChunkSize,
    pub(super) salt: [u8; SALT],
    pub(super) key_id: String,
    pub(super) encrypted_data_key: Vec<u8>,
    /// Sorted by name.
    pub(super) context: Pairs,
}

impl Header {
    /// Reads the header at the beginning of an envelope.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Envelope`]: the data is not an envelope, is of an unsupported version or
    /// algorithm, is damaged, or ends inside the header.
    pub fn parse(envelope: &[u8]) -> Result<Self, Error> {
        Parsed::new(envelope).map(|parsed| parsed.header)
    }

    /// Returns the id of the key in KMS that encrypted the data key.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Returns the context that the envelope is bound to, sorted by name.
    pub fn context(&self) -> &Pairs {
        &self.context
    }

    /// Returns the number of plaintext bytes in a chunk.
    pub fn chunk_size(&self) -> usize {
        self.chunk_size.bytes()
    }

    /// Returns the bytes of the header without the commitment.
    pub(super) fn encode(&self) -> Result<Vec<u8>, Error> {
        let too_long = |what| {
            Error::new(
                ErrorKind::Decode,
                format!("the {what} in the service's answer is too long for an envelope"),
            )
        };
        let mut rest = vec![self.chunk_size.0];
        rest.extend_from_slice(&self.salt);
        for (what, bytes, limit) in [
            ("key id", self.key_id.as_bytes(), KEY_ID_MAX),
            ("encrypted data key", &self.encrypted_data_key, DATA_KEY_MAX),
        ] {
            let fits = bytes.len() <= limit;
            fits.then(|| context::put(&mut rest, bytes)).flatten().ok_or_else(|| too_long(what))?;
        }
        rest.extend_from_slice(&context::encode(&self.context)?);
        let length = PREFIX + rest.len() + COMMITMENT;
        let length = u16::try_from(length).map_err(|_| too_long("header"))?;
        Ok([&MAGIC[..], &[VERSION, ALGORITHM], &length.to_be_bytes(), &rest].concat())
    }
}

/// The number of plaintext bytes in a chunk: a power of two, kept as its exponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ChunkSize(u8);

impl ChunkSize {
    /// 1 KiB to 1 MiB. The reader holds chunks in memory, so the header cannot ask for more.
    const EXPONENTS: RangeInclusive<u8> = 10..=20;

    pub(super) fn from_bytes(bytes: usize) -> Option<Self> {
        let exponent = bytes.is_power_of_two().then(|| bytes.trailing_zeros())?;
        u8::try_from(exponent).ok().and_then(Self::from_exponent)
    }

    fn from_exponent(exponent: u8) -> Option<Self> {
        Self::EXPONENTS.contains(&exponent).then_some(Self(exponent))
    }

    pub(super) fn bytes(self) -> usize {
        1 << self.0
    }
}

impl Default for ChunkSize {
    fn default() -> Self {
        Self(16)
    }
}

/// A header with the bytes that key and commitment are derived from.
pub(super) struct Parsed<'e> {
    pub(super) header: Header,
    /// The bytes of the header without the commitment.
    pub(super) bytes: &'e [u8],
    pub(super) commitment: &'e [u8],
    /// The bytes after the header.
    pub(super) body: &'e [u8],
}

impl<'e> Parsed<'e> {
    pub(super) fn new(envelope: &'e [u8]) -> Result<Self, Error> {
        let length = length(envelope)?;
        let (header, body) = envelope.split_at_checked(length).ok_or_else(ends_early)?;
        let (bytes, commitment) = header.split_at(length - COMMITMENT);
        let mut rest = Rest(&bytes[PREFIX..]);
        let chunk_size = rest.take(1)?[0];
        let chunk_size = ChunkSize::from_exponent(chunk_size)
            .ok_or_else(|| damaged("its header gives a chunk size outside 1 KiB to 1 MiB"))?;
        let mut salt = [0; SALT];
        salt.copy_from_slice(rest.take(SALT)?);
        let key_id = rest.text(KEY_ID_MAX)?;
        let encrypted_data_key = rest.sized(DATA_KEY_MAX)?.to_vec();
        if encrypted_data_key.is_empty() {
            return Err(damaged("its header has an empty data key"));
        }
        let context = rest.context()?;
        let header = Header { chunk_size, salt, key_id, encrypted_data_key, context };
        Ok(Self { header, bytes, commitment, body })
    }
}

/// Returns the length of the header that begins with these bytes.
pub(super) fn length(prefix: &[u8]) -> Result<usize, Error> {
    let rest = prefix.strip_prefix(&MAGIC);
    let rest =
        rest.ok_or_else(|| damaged("it does not begin with the magic bytes of an envelope"))?;
    match rest {
        [VERSION, ALGORITHM, high, low, ..] => {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            match (SHORTEST..=LONGEST).contains(&length) {
                true => Ok(length),
                false => Err(damaged("its header gives a length that no header has")),
            }
        }
        [VERSION, ALGORITHM, ..] | [VERSION] | [] => Err(ends_early()),
        [VERSION, algorithm, ..] => Err(damaged(format!(
            "its algorithm is {algorithm}, and this version supports only {ALGORITHM}"
        ))),
        [version, ..] => Err(damaged(format!(
            "its version is {version}, and this version supports only {VERSION}"
        ))),
    }
}

pub(super) fn ends_early() -> Error {
    damaged("it is truncated: it ends inside its header")
}

/// The part of a header that has not been read.
struct Rest<'e>(&'e [u8]);

impl<'e> Rest<'e> {
    fn take(&mut self, bytes: usize) -> Result<&'e [u8], Error> {
        let split = self.0.split_at_checked(bytes);
        let (taken, rest) =
            split.ok_or_else(|| damaged("a field in its header ends beyond the header"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<usize, Error> {
        let bytes = self.take(2)?;
        Ok(usize::from(u16::from_be_bytes([bytes[0], bytes[1]])))
    }

    fn sized(&mut self, limit: usize) -> Result<&'e [u8], Error> {
        let length = self.number()?;
        match length <= limit {
            true => self.take(length),
            false => Err(damaged("a field in its header is longer than the format allows")),
        }
    }

    fn text(&mut self, limit: usize) -> Result<String, Error> {
        let text = std::str::from_utf8(self.sized(limit)?);
        text.map(str::to_owned).map_err(|_| damaged("a text in its header is not UTF-8"))
    }

    /// Reads the last field.
    fn context(mut self) -> Result<Pairs, Error> {
        if self.0.len() > context::MAX {
            return Err(damaged("its context is longer than 32 KiB"));
        }
        let count = self.number()?;
        if count > context::MAX_PAIRS {
            return Err(damaged("its context has more than 1024 pairs"));
        }
        let mut pairs: Vec<(String, String)> = Vec::with_capacity(count);
        for _ in 0..count {
            let (name, value) = (self.text(context::MAX)?, self.text(context::MAX)?);
            if pairs.last().is_some_and(|(before, _)| *before >= name) {
                return Err(damaged("the names of its context are not sorted"));
            }
            pairs.push((name, value));
        }
        match self.0.is_empty() {
            true => Ok(pairs.into_iter().collect()),
            false => Err(damaged("its header has extra bytes between context and commitment")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            chunk_size: ChunkSize::default(),
            salt: [7; SALT],
            key_id: "key".to_owned(),
            encrypted_data_key: b"blob".to_vec(),
            context: Pairs::from([("a", "1"), ("b", "")]),
        }
    }

    fn sealed(header: &Header) -> Vec<u8> {
        let mut bytes = header.encode().expect("it fits");
        bytes.extend_from_slice(&[9; COMMITMENT]);
        bytes
    }

    #[test]
    fn a_header_is_read_as_it_was_written() {
        let bytes = sealed(&header());
        let parsed = Parsed::new(&bytes).expect("a header");
        assert_eq!(parsed.header, header());
        assert_eq!(parsed.commitment, [9; COMMITMENT]);
        assert!(parsed.body.is_empty());
    }

    #[test]
    fn the_shortest_and_the_longest_header_are_read() {
        let mut header = header();
        header.key_id = "k".repeat(KEY_ID_MAX);
        header.encrypted_data_key = vec![1; DATA_KEY_MAX];
        header.context = Pairs::from([("", "x".repeat(context::MAX - 6))]);
        let longest = sealed(&header);
        assert_eq!(longest.len(), LONGEST);
        assert_eq!(Header::parse(&longest).expect("a header"), header);
        header.key_id = String::new();
        header.encrypted_data_key = vec![1];
        header.context = Pairs::new();
        let shortest = sealed(&header);
        assert_eq!(shortest.len(), SHORTEST);
        assert_eq!(Header::parse(&shortest).expect("a header"), header);
    }

    #[test]
    fn what_an_answer_has_too_long_is_not_written() {
        let mut long = header();
        long.key_id = "k".repeat(KEY_ID_MAX + 1);
        assert_eq!(long.encode().expect_err("too long").kind(), ErrorKind::Decode);
        let mut long = header();
        long.encrypted_data_key = vec![1; DATA_KEY_MAX + 1];
        assert_eq!(long.encode().expect_err("too long").kind(), ErrorKind::Decode);
    }

    #[test]
    fn an_unknown_version_or_algorithm_is_named() {
        for (at, name) in [(4, "version is 3"), (5, "algorithm is 3")] {
            let mut bytes = sealed(&header());
            bytes[at] = 3;
            let error = Header::parse(&bytes).expect_err("unknown");
            assert_eq!(error.kind(), ErrorKind::Envelope);
            assert!(error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn chunk_sizes_are_powers_of_two_in_bounds() {
        for (bytes, valid) in [
            (0, false),
            (512, false),
            (1024, true),
            (1025, false),
            (64 << 10, true),
            (1 << 20, true),
            (2 << 20, false),
            (1 << 63, false),
        ] {
            let size = ChunkSize::from_bytes(bytes);
            assert_eq!(size.is_some(), valid, "{bytes}");
            assert!(size.is_none_or(|size| size.bytes() == bytes));
        }
    }
}
