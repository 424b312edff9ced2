//! The header: what an envelope says of itself, by the table in FORMAT.md.

use std::ops::RangeInclusive;

use super::context;
use super::error::damaged;
use crate::{Error, ErrorKind, Pairs};

pub(super) const SALT: usize = 32;
pub(super) const COMMITMENT: usize = 32;
/// Magic, version, algorithm and the header's length: what tells how much more there is to read.
pub(super) const PREFIX: usize = 8;

const MAGIC: [u8; 4] = *b"\x89KMS";
const VERSION: u8 = 1;
const ALGORITHM: u8 = 1;
const KEY_ID_MAX: usize = 1024;
const DATA_KEY_MAX: usize = 8 * 1024;
/// The shortest header: no key id, an encrypted data key of one octet, no context.
const SHORTEST: usize = PREFIX + 1 + SALT + 2 + 2 + 1 + 2 + COMMITMENT;
const LONGEST: usize = SHORTEST - 3 + KEY_ID_MAX + DATA_KEY_MAX + context::MAX;

/// What an envelope says of itself without being opened: its key, its context.
///
/// Nobody vouches for it until the envelope is opened.
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
    /// Sorted.
    pub(super) context: Pairs,
}

impl Header {
    /// Reads the header at the beginning of an envelope.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Envelope`]: it is no envelope, is of a version or algorithm that is not known
    /// here, is damaged, or ends early.
    pub fn parse(envelope: &[u8]) -> Result<Self, Error> {
        Parsed::of(envelope).map(|parsed| parsed.header)
    }

    /// The id of the key in KMS that encrypted the data key.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The context that it is bound to, sorted by name.
    pub fn context(&self) -> &Pairs {
        &self.context
    }

    /// How many octets of plaintext a chunk holds.
    pub fn chunk_size(&self) -> usize {
        self.chunk_size.octets()
    }

    /// The header's octets, all but the commitment.
    pub(super) fn encode(&self) -> Result<Vec<u8>, Error> {
        let too_long = |what| {
            Error::new(ErrorKind::Decode, format!("the answer's {what} does not fit an envelope"))
        };
        let mut rest = vec![self.chunk_size.0];
        rest.extend_from_slice(&self.salt);
        for (what, octets, limit) in [
            ("key id", self.key_id.as_bytes(), KEY_ID_MAX),
            ("encrypted data key", &self.encrypted_data_key, DATA_KEY_MAX),
        ] {
            let fits = octets.len() <= limit;
            fits.then(|| context::put(&mut rest, octets))
                .flatten()
                .ok_or_else(|| too_long(what))?;
        }
        rest.extend_from_slice(&context::encode(&self.context)?);
        let length = PREFIX + rest.len() + COMMITMENT;
        let length = u16::try_from(length).map_err(|_| too_long("header"))?;
        Ok([&MAGIC[..], &[VERSION, ALGORITHM], &length.to_be_bytes(), &rest].concat())
    }
}

/// A chunk's octets of plaintext: a power of two, kept as its exponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ChunkSize(u8);

impl ChunkSize {
    /// 1 KiB to 1 MiB: the reader holds chunks in memory, whatever the header says.
    const EXPONENTS: RangeInclusive<u8> = 10..=20;

    pub(super) fn of_octets(octets: usize) -> Option<Self> {
        let exponent = octets.is_power_of_two().then(|| octets.trailing_zeros())?;
        u8::try_from(exponent).ok().and_then(Self::of_exponent)
    }

    fn of_exponent(exponent: u8) -> Option<Self> {
        Self::EXPONENTS.contains(&exponent).then_some(Self(exponent))
    }

    pub(super) fn octets(self) -> usize {
        1 << self.0
    }
}

impl Default for ChunkSize {
    fn default() -> Self {
        Self(16)
    }
}

/// A header with the octets that keys and commitment are checked by.
pub(super) struct Parsed<'e> {
    pub(super) header: Header,
    /// The header's octets, all but the commitment.
    pub(super) octets: &'e [u8],
    pub(super) commitment: &'e [u8],
    /// What follows the header.
    pub(super) body: &'e [u8],
}

impl<'e> Parsed<'e> {
    pub(super) fn of(envelope: &'e [u8]) -> Result<Self, Error> {
        let length = length(envelope)?;
        let (header, body) = envelope.split_at_checked(length).ok_or_else(ends_early)?;
        let (octets, commitment) = header.split_at(length - COMMITMENT);
        let mut rest = Rest(&octets[PREFIX..]);
        let chunk_size = rest.take(1)?[0];
        let chunk_size = ChunkSize::of_exponent(chunk_size)
            .ok_or_else(|| damaged("its chunks are not of 1 KiB to 1 MiB"))?;
        let mut salt = [0; SALT];
        salt.copy_from_slice(rest.take(SALT)?);
        let key_id = rest.text(KEY_ID_MAX)?;
        let encrypted_data_key = rest.sized(DATA_KEY_MAX)?.to_vec();
        if encrypted_data_key.is_empty() {
            return Err(damaged("its data key is empty"));
        }
        let context = rest.context()?;
        let header = Header { chunk_size, salt, key_id, encrypted_data_key, context };
        Ok(Self { header, octets, commitment, body })
    }
}

/// The length of the header that begins with these octets.
pub(super) fn length(prefix: &[u8]) -> Result<usize, Error> {
    let rest = prefix.strip_prefix(&MAGIC);
    let rest = rest.ok_or_else(|| damaged("it does not begin as an envelope does"))?;
    match rest {
        [VERSION, ALGORITHM, high, low, ..] => {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            match (SHORTEST..=LONGEST).contains(&length) {
                true => Ok(length),
                false => Err(damaged("no header has the length that it gives")),
            }
        }
        [VERSION, ALGORITHM, ..] | [VERSION] | [] => Err(ends_early()),
        [VERSION, algorithm, ..] => Err(damaged(format!(
            "its algorithm is {algorithm}, and this program knows {ALGORITHM} only"
        ))),
        [version, ..] => Err(damaged(format!(
            "it is of version {version}, and this program knows version {VERSION} only"
        ))),
    }
}

pub(super) fn ends_early() -> Error {
    damaged("it ends inside its header")
}

/// What of a header is still to be read.
struct Rest<'e>(&'e [u8]);

impl<'e> Rest<'e> {
    fn take(&mut self, octets: usize) -> Result<&'e [u8], Error> {
        let split = self.0.split_at_checked(octets);
        let (taken, rest) = split.ok_or_else(|| damaged("a field ends after its header"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<usize, Error> {
        let octets = self.take(2)?;
        Ok(usize::from(u16::from_be_bytes([octets[0], octets[1]])))
    }

    fn sized(&mut self, limit: usize) -> Result<&'e [u8], Error> {
        let length = self.number()?;
        match length <= limit {
            true => self.take(length),
            false => Err(damaged("a field in its header is longer than it may be")),
        }
    }

    fn text(&mut self, limit: usize) -> Result<String, Error> {
        let text = std::str::from_utf8(self.sized(limit)?);
        text.map(str::to_owned).map_err(|_| damaged("a text in its header is not UTF-8"))
    }

    /// The last field.
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
            false => Err(damaged("something stands between its context and its commitment")),
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
        let mut octets = header.encode().expect("it fits");
        octets.extend_from_slice(&[9; COMMITMENT]);
        octets
    }

    #[test]
    fn a_header_is_read_as_it_was_written() {
        let octets = sealed(&header());
        let parsed = Parsed::of(&octets).expect("a header");
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
        for (at, name) in [(4, "version 3"), (5, "algorithm is 3")] {
            let mut octets = sealed(&header());
            octets[at] = 3;
            let error = Header::parse(&octets).expect_err("unknown");
            assert_eq!(error.kind(), ErrorKind::Envelope);
            assert!(error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn chunk_sizes_are_powers_of_two_in_bounds() {
        for (octets, valid) in [
            (0, false),
            (512, false),
            (1024, true),
            (1025, false),
            (64 << 10, true),
            (1 << 20, true),
            (2 << 20, false),
            (1 << 63, false),
        ] {
            let size = ChunkSize::of_octets(octets);
            assert_eq!(size.is_some(), valid, "{octets}");
            assert!(size.is_none_or(|size| size.octets() == octets));
        }
    }
}
