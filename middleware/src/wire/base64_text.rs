//! Base64 in parameters and JSON: standard, with padding, and possibly with white space.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// Encodes bytes as standard Base64 with padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Decodes standard Base64 with padding into memory that is wiped on drop. Returns `None` if the
/// text is invalid.
///
/// Line ends, spaces and tabs are ignored wherever they are: `base64`, `openssl`, editors and
/// shells add them, and the official clients accept them.
pub fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let compact = without_white_space(text);
    let text = compact.as_ref().map_or(text, |compact| compact.as_str());
    STANDARD.decode(text).ok().map(Zeroizing::new)
}

/// Returns the text without line ends, spaces and tabs, or `None` if it has none.
pub(crate) fn without_white_space(text: &str) -> Option<Zeroizing<String>> {
    if !text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return None;
    }
    let mut compact = Zeroizing::new(String::with_capacity(text.len()));
    compact.extend(text.chars().filter(|character| !character.is_ascii_whitespace()));
    Some(compact)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_passed_over_wherever_it_is() {
        for text in
            ["aGVsbG8=", "aGVsbG8=\n", "aGVs\r\nbG8=\r\n", " \taG Vsb\tG8 =", "\x0caGVsbG8="]
        {
            assert_eq!(decode(text).as_deref().map(Vec::as_slice), Some(&b"hello"[..]), "{text:?}");
        }
        for text in ["", "\n", "  "] {
            assert_eq!(decode(text).as_deref().map(Vec::as_slice), Some(&b""[..]), "{text:?}");
        }
    }

    #[test]
    fn other_text_is_none() {
        for text in ["aGVsbG8", "aGVs-G8=", "aGVsbG8=aGVs", "päd=", "a\u{a0}GVsbG8=", "aGVsbG8=\0"]
        {
            assert!(decode(text).is_none(), "{text:?}");
        }
    }
}
