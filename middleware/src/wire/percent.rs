//! Percent-encoding as the service signs it: RFC 3986, with only the unreserved characters
//! unencoded.

use zeroize::Zeroizing;

use crate::secret_bytes::append;

/// Returns whether a byte is `%` and two digits: `A-Z a-z 0-9 - _ . ~` stay as they are, and a space
/// is `%20`, never `+`.
const fn is_encoded(byte: u8) -> bool {
    !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~'))
}

/// [`is_encoded`] of every byte.
const ENCODED: [bool; 256] = {
    let mut encoded = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        encoded[byte] = is_encoded(byte as u8);
        byte += 1;
    }
    encoded
};

/// Returns the length of a percent-encoded text in bytes.
pub(super) fn encoded_len(text: &str) -> usize {
    // Counted without the table and in bytes, so that vector instructions do it.
    let count = |piece: &[u8]| piece.iter().map(|byte| u8::from(is_encoded(*byte))).sum::<u8>();
    let encoded: usize = text.as_bytes().chunks(255).map(|piece| usize::from(count(piece))).sum();
    text.len() + 2 * encoded
}

/// Appends the text, percent-encoded. A buffer that is outgrown is wiped.
pub(super) fn encode_to(out: &mut Zeroizing<Vec<u8>>, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| ENCODED[usize::from(*byte)]) {
        let (plain, encoded) = rest.split_at(at);
        append(out, plain);
        let byte = encoded[0];
        let digits = [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]);
        append(out, &[b'%', digits[0], digits[1]]);
        rest = &encoded[1..];
    }
    append(out, rest);
}

/// Appends `name=value`.
pub(super) fn encode_pair_to(out: &mut Zeroizing<Vec<u8>>, name: &str, value: &str) {
    encode_to(out, name);
    append(out, b"=");
    encode_to(out, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unreserved_characters_stay() {
        let mut out = Zeroizing::default();
        let text = "~-._*'()!/中 +%";
        encode_pair_to(&mut out, "a b", text);
        let expected = "~-._%2A%27%28%29%21%2F%E4%B8%AD%20%2B%25";
        assert_eq!(&**out, format!("a%20b={expected}").as_bytes());
        assert_eq!(encoded_len(text), expected.len());
        assert_eq!(encoded_len(""), 0);
        assert_eq!(encoded_len(&text.repeat(100)), 100 * expected.len());
        assert_eq!(encoded_len(&"%".repeat(1000)), 3000);
    }
}
