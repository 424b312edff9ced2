//! The canonical form of headers and query, which both signatures cover: the same for any order in
//! which they are sent.
//!
//! Both are written piece by piece, straight into a hash: no copy of a token is left in a buffer.

use std::cmp::Ordering;

use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use percent_encoding::percent_decode_str;

use crate::few::Few;

/// A name and its value.
type Pair<'a> = (&'a str, &'a [u8]);

/// The headers that are signed, sorted by their names.
pub(super) struct SignedHeaders<'a>(Few<Pair<'a>>);

impl<'a> SignedHeaders<'a> {
    /// Collects the headers whose names are signed.
    pub(super) fn new(headers: &'a HeaderMap, is_signed: impl Fn(&str) -> bool) -> Self {
        let pair = |(name, value): (&'a HeaderName, &'a HeaderValue)| (name.as_str(), value);
        let signed = headers.iter().map(pair).filter(|(name, _)| is_signed(name));
        let mut signed: Few<_> =
            signed.map(|(name, value)| (name, trimmed(value.as_bytes()))).collect();
        // Values of one name stay in their order.
        sort(signed.as_mut_slice(), |(one, _), (other, _)| one.cmp(other));
        Self(signed)
    }

    /// Writes `name:value\n` of each; several values are joined by `,`.
    ///
    /// Values are signed as they are on the wire, byte for byte, without the spaces and tabs around
    /// them.
    pub(super) fn lines(&self, mut write: impl FnMut(&[u8])) {
        for values in self.by_name() {
            write(values[0].0.as_bytes());
            for (index, (_, value)) in values.iter().enumerate() {
                write(if index == 0 { b":" } else { b"," });
                write(value);
            }
            write(b"\n");
        }
    }

    /// Writes the names, joined by `;`.
    pub(super) fn names(&self, mut write: impl FnMut(&[u8])) {
        for (index, values) in self.by_name().enumerate() {
            if index > 0 {
                write(b";");
            }
            write(values[0].0.as_bytes());
        }
    }

    fn by_name(&self) -> impl Iterator<Item = &[Pair<'a>]> {
        self.0.as_slice().chunk_by(|(one, _), (next, _)| one == next)
    }
}

/// Returns the number of bytes that this writes.
pub(super) fn size_of(writes: impl FnOnce(&mut dyn FnMut(&[u8]))) -> usize {
    let mut size = 0;
    writes(&mut |piece| size += piece.len());
    size
}

/// Writes the query's pairs with their percent-encoding as it is, sorted by their decoded names.
pub(super) fn query(uri: &Uri, mut write: impl FnMut(&[u8])) {
    let mut pairs: Few<Pair<'_>> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (name, value.as_bytes()))
        .collect();
    sort(pairs.as_mut_slice(), |one, other| by_decoded_name(one.0, other.0).then(one.cmp(other)));
    for (index, (name, value)) in pairs.as_slice().iter().enumerate() {
        if index > 0 {
            write(b"&");
        }
        write(name.as_bytes());
        write(b"=");
        write(value);
    }
}

/// Sorts pairs; equal ones stay in their order. The order is behind a pointer, so that there is one
/// copy of the standard library's code for it.
fn sort(pairs: &mut [Pair<'_>], order: fn(&Pair<'_>, &Pair<'_>) -> Ordering) {
    pairs.sort_by(order);
}

fn by_decoded_name(one: &str, other: &str) -> Ordering {
    if one.contains('%') || other.contains('%') {
        percent_decode_str(one).cmp(percent_decode_str(other))
    } else {
        one.cmp(other)
    }
}

/// Returns a header value without the white space that HTTP allows around it.
fn trimmed(value: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = value.iter().position(is_text).unwrap_or(value.len());
    let end = value.iter().rposition(is_text).map_or(start, |last| last + 1);
    &value[start..end]
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn values_are_signed_byte_for_byte_without_the_white_space_of_http() {
        let mut given = HeaderMap::new();
        for value in [&b" \ta b\t "[..], b"\xe9\xff", "\u{3000}中\u{a0}".as_bytes(), b"", b" "] {
            given.append("x-own", HeaderValue::from_bytes(value).expect("a value"));
        }
        given.insert("unsigned", HeaderValue::from_static("x"));
        given.insert("a", HeaderValue::from_static("1"));
        let signed = SignedHeaders::new(&given, |name| name != "unsigned");
        let expected =
            [b"a:1\nx-own:a b,\xe9\xff,", "\u{3000}中\u{a0}".as_bytes(), b",,\n"].concat();
        assert_eq!(written(|write| signed.lines(write)), expected);
        assert_eq!(written(|write| signed.names(write)), b"a;x-own");
        assert_eq!(size_of(|write| signed.lines(write)), expected.len());
    }

    fn written(writes: impl FnOnce(&mut dyn FnMut(&[u8]))) -> Vec<u8> {
        let mut out = Vec::new();
        writes(&mut |piece| out.extend_from_slice(piece));
        out
    }

    #[test]
    fn pairs_are_sorted_by_their_raw_names_and_then_by_their_values() {
        let sorted = |query: &str| {
            let uri: Uri = format!("https://kms.invalid/?{query}").parse().expect("a URI");
            String::from_utf8(written(|write| super::query(&uri, write))).expect("text")
        };
        // `%7B` is `{`, which is after `a`; `%E4…` is after all of ASCII.
        assert_eq!(sorted("Xa%7B=1&Xaa=2&%E4%B8%AD=3&X~=4"), "Xaa=2&Xa%7B=1&X~=4&%E4%B8%AD=3");
        assert_eq!(sorted("b=2&a=%7E&a=1&&c"), "a=%7E&a=1&b=2&c=");
        assert_eq!(sorted("A%20b=1&A=2&A.b=3"), "A=2&A%20b=1&A.b=3");
        assert_eq!(sorted(""), "");
    }
}
