//! Percent-encoding as the service signs it: RFC 3986, with only the unreserved characters
//! unencoded.

use zeroize::Zeroizing;

use crate::secret_bytes::append;

/// How many bytes each byte takes. `A-Z a-z 0-9 - _ . ~` stay as they are; a space is `%20`, never `+`.
const WIDTH: [u8; 256] = {
    let mut width = [3; 256];
    let mut byte = 0;
    while byte < 128 {
        let is_unreserved =
            (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'-' | b'_' | b'.' | b'~');
        if is_unreserved {
            width[byte] = 1;
        }
        byte += 1;
    }
    width
};

/// Returns how many bytes a text takes.
pub(super) fn encoded_len(text: &str) -> usize {
    text.bytes().map(|byte| usize::from(WIDTH[usize::from(byte)])).sum()
}

/// Appends the text, percent-encoded. A buffer that is outgrown is wiped.
pub(super) fn encode_to(out: &mut Zeroizing<Vec<u8>>, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| WIDTH[usize::from(*byte)] > 1) {
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
    }
}
