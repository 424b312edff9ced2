//! A reader of DER, and of as much BER as PKCS#12 exporters write.
//!
//! The bottom of the client key reader: PKCS#12 and the private key inside it are both read through
//! [`Reader`]. Old exporters write the outer layers of a PKCS#12 file as a stream, in BER: with
//! indefinite lengths, and with octet strings in pieces. Strict DER readers, `aws-lc-rs` among
//! them, refuse such files; this one takes both.
//!
//! Nesting is bounded by [`MAX_DEPTH`], the size by the input: a length never goes past its
//! parent's end, and no length is allocated before it is checked.

use std::ops::Deref;

use zeroize::Zeroizing;

/// How deep elements may nest; a real file stays below 20.
const MAX_DEPTH: u8 = 32;

/// The longest object identifier in bytes: those of PKCS#12 have at most 11.
const MAX_OID: usize = 64;

/// Something that is not the expected ASN.1: damaged, truncated or another kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// The tags (class, constructed bit and number in one byte) that PKCS#12 uses.
pub(super) mod tag {
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;
    pub(crate) const CONTEXT_0_PRIMITIVE: u8 = 0x80;
    pub(crate) const CONTEXT_0: u8 = 0xa0;
}

const CONSTRUCTED: u8 = 0x20;
const INDEFINITE: u8 = 0x80;
const END_OF_CONTENTS: [u8; 2] = [0, 0];

/// The elements of one level, in order.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    depth: u8,
}

/// One element: its tag and its content, which is another level if the tag says constructed.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    encoding: &'a [u8],
    depth: u8,
}

/// The value of an octet string: borrowed, or put together from pieces and wiped on drop.
pub(super) enum Octets<'a> {
    Whole(&'a [u8]),
    Joined(Zeroizing<Vec<u8>>),
}

impl<'a> Reader<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self { rest: input, depth: MAX_DEPTH }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next element, if there is one.
    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(super) fn any(&mut self) -> Result<Element<'a>, Malformed> {
        let header = Header::parse(self.rest)?;
        let body = &self.rest[header.len..];
        let (content, end) = match header.content_len {
            Some(len) => (body.get(..len).ok_or(Malformed)?, len),
            None => {
                let len = contents_before_end(body, self.depth)?;
                (&body[..len], len + END_OF_CONTENTS.len())
            }
        };
        let (encoding, rest) = self.rest.split_at(header.len + end);
        self.rest = rest;
        Ok(Element { tag: header.tag, content, encoding, depth: self.depth })
    }

    pub(super) fn expect(&mut self, tag: u8) -> Result<Element<'a>, Malformed> {
        let element = self.any()?;
        if element.tag == tag { Ok(element) } else { Err(Malformed) }
    }

    /// The next element if it has this tag.
    pub(super) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Malformed> {
        match self.peek() {
            Some(found) if found == tag => self.any().map(Some),
            _ => Ok(None),
        }
    }

    pub(super) fn sequence(&mut self) -> Result<Reader<'a>, Malformed> {
        self.expect(tag::SEQUENCE)?.children()
    }

    pub(super) fn oid(&mut self) -> Result<&'a [u8], Malformed> {
        let oid = self.expect(tag::OID)?.content;
        if oid.is_empty() || oid.len() > MAX_OID { Err(Malformed) } else { Ok(oid) }
    }

    /// A non-negative integer of at most 32 bits.
    pub(super) fn small_integer(&mut self) -> Result<u32, Malformed> {
        let magnitude = self.unsigned_integer()?;
        if magnitude.len() > 4 {
            return Err(Malformed);
        }
        Ok(magnitude.iter().fold(0, |value, byte| value << 8 | u32::from(*byte)))
    }

    /// A non-negative integer's big-endian bytes, without leading zeros.
    pub(super) fn unsigned_integer(&mut self) -> Result<&'a [u8], Malformed> {
        let content = self.expect(tag::INTEGER)?.content;
        if content.first().is_none_or(|first| first & 0x80 != 0) {
            return Err(Malformed);
        }
        let zeros = content.iter().take_while(|byte| **byte == 0).count();
        Ok(&content[zeros..])
    }

    pub(super) fn octets(&mut self) -> Result<Octets<'a>, Malformed> {
        self.any()?.octets(tag::OCTET_STRING)
    }

    /// Fails if anything is left.
    pub(super) fn finish(self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}

impl<'a> Element<'a> {
    pub(super) fn content(&self) -> &'a [u8] {
        self.content
    }

    /// The element as it stands in the input, header and all.
    pub(super) fn encoding(&self) -> &'a [u8] {
        self.encoding
    }

    pub(super) fn children(&self) -> Result<Reader<'a>, Malformed> {
        if self.tag & CONSTRUCTED == 0 {
            return Err(Malformed);
        }
        Ok(Reader { rest: self.content, depth: self.depth.checked_sub(1).ok_or(Malformed)? })
    }

    /// The value of an octet string whose tag is `primitive`, or, in pieces, the same with the
    /// constructed bit.
    pub(super) fn octets(&self, primitive: u8) -> Result<Octets<'a>, Malformed> {
        if self.tag == primitive {
            return Ok(Octets::Whole(self.content));
        }
        if self.tag != primitive | CONSTRUCTED {
            return Err(Malformed);
        }
        // The pieces are never longer than what holds them: no growth, so no unwiped copy is left
        // behind.
        let mut joined = Zeroizing::new(Vec::with_capacity(self.content.len()));
        self.join_into(&mut joined)?;
        Ok(Octets::Joined(joined))
    }

    fn join_into(&self, joined: &mut Vec<u8>) -> Result<(), Malformed> {
        let mut pieces = self.children()?;
        while !pieces.is_empty() {
            let piece = pieces.any()?;
            match piece.tag {
                tag::OCTET_STRING => joined.extend_from_slice(piece.content),
                // X.690 8.7.3: a piece may itself be in pieces.
                nested if nested == tag::OCTET_STRING | CONSTRUCTED => piece.join_into(joined)?,
                _ => return Err(Malformed),
            }
        }
        Ok(())
    }
}

impl Deref for Octets<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Octets::Whole(bytes) => bytes,
            Octets::Joined(bytes) => bytes,
        }
    }
}

/// The tag and the length of an element; no content length means: up to its end-of-contents.
struct Header {
    tag: u8,
    len: usize,
    content_len: Option<usize>,
}

impl Header {
    fn parse(input: &[u8]) -> Result<Self, Malformed> {
        let [tag, first, rest @ ..] = input else {
            return Err(Malformed);
        };
        // Tag 0 is an end-of-contents outside of its place; number 31 begins a tag of many bytes,
        // which PKCS#12 does not use.
        if *tag == 0 || tag & 0x1f == 0x1f {
            return Err(Malformed);
        }
        let (len, content_len) = match *first {
            short if short < 0x80 => (2, Some(usize::from(short))),
            INDEFINITE if tag & CONSTRUCTED != 0 => (2, None),
            INDEFINITE => return Err(Malformed),
            long => {
                let count = usize::from(long & 0x7f);
                let bytes = rest.get(..count).ok_or(Malformed)?;
                (2 + count, Some(long_length(bytes)?))
            }
        };
        Ok(Self { tag: *tag, len, content_len })
    }
}

fn long_length(bytes: &[u8]) -> Result<usize, Malformed> {
    bytes.iter().try_fold(0usize, |len, byte| {
        let shifted = len.checked_mul(256).ok_or(Malformed)?;
        Ok(shifted | usize::from(*byte))
    })
}

/// How many bytes of `input` come before the end-of-contents that closes it.
fn contents_before_end(input: &[u8], depth: u8) -> Result<usize, Malformed> {
    let depth = depth.checked_sub(1).ok_or(Malformed)?;
    let mut at = 0;
    loop {
        // `at` never passes the end: every step below is checked against it.
        let rest = &input[at..];
        if rest.starts_with(&END_OF_CONTENTS) {
            return Ok(at);
        }
        let header = Header::parse(rest)?;
        let body = &rest[header.len..];
        let len = match header.content_len {
            Some(len) if len <= body.len() => len,
            Some(_) => return Err(Malformed),
            None => contents_before_end(body, depth)? + END_OF_CONTENTS.len(),
        };
        at += header.len + len;
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_DEPTH, Malformed, Reader, tag};

    #[test]
    fn definite_lengths_of_every_form_are_read() {
        for input in [&[4, 1, 7][..], &[4, 0x81, 1, 7], &[4, 0x84, 0, 0, 0, 1, 7]] {
            let mut reader = Reader::new(input);
            assert_eq!(*reader.octets().expect("an octet string"), [7]);
            assert_eq!(reader.finish(), Ok(()));
        }
    }

    #[test]
    fn an_indefinite_length_ends_at_its_own_end_of_contents() {
        let input = [0x30, 0x80, 0x30, 0x80, 2, 1, 5, 0, 0, 4, 2, 0, 0, 0, 0, 2, 1, 9];
        let mut reader = Reader::new(&input);
        let mut outer = reader.sequence().expect("the outer sequence");
        let mut inner = outer.sequence().expect("the inner sequence");
        assert_eq!(inner.small_integer(), Ok(5));
        assert_eq!(inner.finish(), Ok(()));
        assert_eq!(*outer.octets().expect("two zeros"), [0, 0]);
        assert_eq!(outer.finish(), Ok(()));
        assert_eq!(reader.small_integer(), Ok(9));
    }

    #[test]
    fn an_octet_string_in_pieces_is_joined() {
        let input = [0x24, 0x80, 4, 2, 1, 2, 0x24, 0x80, 4, 1, 3, 0, 0, 4, 0, 4, 1, 4, 0, 0];
        let mut reader = Reader::new(&input);
        assert_eq!(*reader.octets().expect("joined"), [1, 2, 3, 4]);
    }

    #[test]
    fn an_octet_string_of_other_pieces_is_refused() {
        assert!(Reader::new(&[0x24, 3, 2, 1, 5]).octets().is_err());
    }

    #[test]
    fn lengths_past_the_end_or_past_any_number_are_refused() {
        for input in [
            &[4, 2, 1][..],
            &[4, 0x81],
            &[4, 0x82, 1],
            &[4, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[4, 0x89, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[4, 0xff],
            &[4, 0x80, 0, 0],
            &[0x30, 0x80, 2, 1, 5],
            &[0x30, 0x80, 2, 1, 5, 0],
            &[0x30, 0x80, 2, 5, 1, 0, 0],
            &[0, 0],
            &[0x1f, 0x20, 0],
            &[4],
            &[],
        ] {
            assert!(Reader::new(input).any().is_err(), "{input:x?}");
        }
    }

    #[test]
    fn nesting_is_bounded_for_both_kinds_of_length() {
        let indefinite = [0x30, 0x80].repeat(100_000);
        assert!(Reader::new(&indefinite).any().is_err());

        let mut definite = vec![tag::NULL, 0];
        for _ in 0..=MAX_DEPTH {
            let len = u8::try_from(definite.len()).expect("below 128");
            definite.splice(0..0, [tag::SEQUENCE, len]);
        }
        let mut reader = Reader::new(&definite);
        let refused = (0..=MAX_DEPTH).find_map(|_| match reader.sequence() {
            Ok(inner) => {
                reader = inner;
                None
            }
            Err(Malformed) => Some(()),
        });
        assert_eq!(refused, Some(()));
    }

    #[test]
    fn integers_lose_leading_zeros_and_may_not_be_negative_or_large() {
        assert_eq!(Reader::new(&[2, 2, 0, 0x80]).small_integer(), Ok(128));
        assert_eq!(Reader::new(&[2, 4, 0x7f, 0xff, 0xff, 0xff]).small_integer(), Ok(0x7fff_ffff));
        for input in [&[2, 1, 0x80][..], &[2, 0], &[2, 5, 1, 0, 0, 0, 0], &[4, 1, 1]] {
            assert_eq!(Reader::new(input).small_integer(), Err(Malformed));
        }
    }
}
