//! Percent-encoding as the service signs it: RFC 3986, unreserved characters only.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use zeroize::Zeroizing;

/// Everything but `A-Z a-z 0-9 - _ . ~`; a space is `%20`, never `+`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Appends the text, percent-encoded.
pub fn encode_to(out: &mut Zeroizing<String>, text: &str) {
    reserve(out, bound(text));
    out.extend(percent_encode(text.as_bytes(), RESERVED));
}

/// The most octets that a text can take: three for each of its own.
pub(super) fn bound(text: &str) -> usize {
    text.len().saturating_mul(3)
}

/// Appends `name=value`, with a `&` before it unless it is the first.
pub fn encode_pair_to(out: &mut Zeroizing<String>, name: &str, value: &str) {
    reserve(out, bound(name) + bound(value) + 2);
    if !out.is_empty() {
        out.push('&');
    }
    encode_to(out, name);
    out.push('=');
    encode_to(out, value);
}

/// Makes room; a secret must not stay behind in a buffer that was outgrown.
fn reserve(out: &mut Zeroizing<String>, more: usize) {
    let needed = out.len().saturating_add(more);
    if needed > out.capacity() {
        let mut larger = String::with_capacity(needed);
        larger.push_str(out);
        *out = Zeroizing::new(larger);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Growing a `String` bit by bit would leave its beginnings behind.
    #[test]
    fn room_is_made_for_the_whole_pair_before_it_is_written() {
        let mut out = Zeroizing::new("first=1".to_owned());
        encode_pair_to(&mut out, "b", &"a".repeat(100));
        assert!(out.starts_with("first=1&b=aaa"));
        assert!(out.capacity() >= "first=1".len() + 3 * 101 + 2);
    }

    #[test]
    fn only_unreserved_characters_stay() {
        let mut out = Zeroizing::new(String::new());
        encode_pair_to(&mut out, "a b", "~-._*'()!/中");
        encode_pair_to(&mut out, "c", "");
        assert_eq!(*out, "a%20b=~-._%2A%27%28%29%21%2F%E4%B8%AD&c=");
    }
}
