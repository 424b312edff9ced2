//! A reader of DER, and of as much BER as PKCS#12 exporters write.
//!
//! The bottom of the client key reader: PKCS#12 and the private key inside it are both read through
//! [`Reader`]; the local gateway reads certificates with it. Old exporters write the outer layers
//! of a PKCS#12 file as a stream, in BER: with indefinite lengths, and with octet strings in
//! pieces. Strict DER readers such as `aws-lc-rs` refuse these files; this one accepts both.
//!
//! Nesting is bounded by [`MAX_DEPTH`], the size by the input: a length never exceeds its parent's
//! end, and is checked before anything is allocated.

#![allow(missing_debug_implementations, reason = "what is read may be a private key")]
#![allow(clippy::exhaustive_structs, clippy::exhaustive_enums, reason = "they are not public")]

use std::ops::Deref;

use zeroize::Zeroizing;

/// The maximum nesting of elements; a real file stays below 20.
const MAX_DEPTH: u8 = 32;

/// The maximum length of an object identifier in bytes; those of PKCS#12 have at most 11.
const MAX_OID: usize = 64;

/// The input is not the expected ASN.1: damaged, truncated or another kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// The tags (class, constructed bit and number in one byte) that PKCS#12 uses.
#[allow(missing_docs, reason = "each is its name")]
pub mod tag {
    pub const INTEGER: u8 = 0x02;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OID: u8 = 0x06;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
    pub const CONTEXT_0_PRIMITIVE: u8 = 0x80;
    pub const CONTEXT_0: u8 = 0xa0;
}

const CONSTRUCTED: u8 = 0x20;
const INDEFINITE: u8 = 0x80;
const END_OF_CONTENTS: [u8; 2] = [0, 0];

/// The elements of one level, in order.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
    depth: u8,
}

/// One element: its tag and its content, which is another level if the tag is a constructed one.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    encoding: &'a [u8],
    depth: u8,
}

/// The value of an octet string: borrowed, or joined from pieces and wiped on drop.
pub enum Octets<'a> {
    /// As it is in the input.
    Whole(&'a [u8]),
    /// Put together.
    Joined(Zeroizing<Vec<u8>>),
}

impl<'a> Reader<'a> {
    /// Creates a reader of these bytes.
    pub fn new(input: &'a [u8]) -> Self {
        Self { rest: input, depth: MAX_DEPTH }
    }

    /// Returns `true` if nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Returns the tag of the next element, if there is one.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Returns the next element.
    pub fn any(&mut self) -> Result<Element<'a>, Malformed> {
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

    /// Returns the next element, which must have this tag.
    pub fn expect(&mut self, tag: u8) -> Result<Element<'a>, Malformed> {
        let element = self.any()?;
        if element.tag == tag { Ok(element) } else { Err(Malformed) }
    }

    /// Returns the next element if it has this tag.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Malformed> {
        match self.peek() {
            Some(found) if found == tag => self.any().map(Some),
            _ => Ok(None),
        }
    }

    /// Returns the next element's own, which must be a sequence.
    pub fn sequence(&mut self) -> Result<Reader<'a>, Malformed> {
        self.expect(tag::SEQUENCE)?.children()
    }

    /// Returns the content of the next element, which must be an object identifier.
    pub fn oid(&mut self) -> Result<&'a [u8], Malformed> {
        let oid = self.expect(tag::OID)?.content;
        if oid.is_empty() || oid.len() > MAX_OID { Err(Malformed) } else { Ok(oid) }
    }

    /// Returns a non-negative integer of at most 32 bits.
    pub fn small_integer(&mut self) -> Result<u32, Malformed> {
        let magnitude = self.unsigned_integer()?;
        if magnitude.len() > 4 {
            return Err(Malformed);
        }
        Ok(magnitude.iter().fold(0, |value, byte| value << 8 | u32::from(*byte)))
    }

    /// Returns the big-endian bytes of a non-negative integer, without leading zeros.
    pub fn unsigned_integer(&mut self) -> Result<&'a [u8], Malformed> {
        let content = self.expect(tag::INTEGER)?.content;
        if content.first().is_none_or(|first| first & 0x80 != 0) {
            return Err(Malformed);
        }
        let zeros = content.iter().take_while(|byte| **byte == 0).count();
        Ok(&content[zeros..])
    }

    /// Returns the value of the next element, which must be an octet string.
    pub fn octets(&mut self) -> Result<Octets<'a>, Malformed> {
        self.any()?.octets(tag::OCTET_STRING)
    }

    /// Fails if anything is left.
    pub fn finish(self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}

impl<'a> Element<'a> {
    /// Returns the tag.
    pub fn tag(&self) -> u8 {
        self.tag
    }

    /// Returns the content.
    pub fn content(&self) -> &'a [u8] {
        self.content
    }

    /// Returns the element as it is in the input, with its header.
    pub fn encoding(&self) -> &'a [u8] {
        self.encoding
    }

    /// Returns the elements inside.
    pub fn children(&self) -> Result<Reader<'a>, Malformed> {
        if self.tag & CONSTRUCTED == 0 {
            return Err(Malformed);
        }
        Ok(Reader { rest: self.content, depth: self.depth.checked_sub(1).ok_or(Malformed)? })
    }

    /// Returns the value of an octet string whose tag is `primitive`, or, in pieces, the same with
    /// the constructed bit.
    pub fn octets(&self, primitive: u8) -> Result<Octets<'a>, Malformed> {
        if self.tag == primitive {
            return Ok(Octets::Whole(self.content));
        }
        if self.tag != primitive | CONSTRUCTED {
            return Err(Malformed);
        }
        // The pieces are never longer than what contains them, so the buffer never grows, which
        // would leave an unwiped copy behind.
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

/// The tag and the length of an element. Without a content length it reaches up to its
/// end-of-contents.
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
        // Tag 0 is an end-of-contents out of place; number 31 begins a tag of several bytes, which
        // PKCS#12 does not use.
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

/// Returns the number of bytes of `input` before the end-of-contents that closes it.
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
