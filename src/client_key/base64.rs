//! Base64 text to bytes that are wiped on drop.
//!
//! For the JSON's `PrivateKeyData` and for PEM. White space is passed over, and padding may be left
//! out.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes `text`; `None` if it is not Base64, or nothing at all.
pub(super) fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut compact = Zeroizing::new(Vec::with_capacity(text.len()));
    compact.extend(text.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    let mut decoded = Zeroizing::new(vec![0; compact.len() / 4 * 3 + 3]);
    let len = ENGINE.decode_slice(&*compact, &mut decoded).ok()?;
    decoded.truncate(len);
    (len > 0).then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn white_space_and_missing_padding_are_passed_over() {
        for text in ["aGVsbG8=", "aGVsbG8", " aGVs\r\nbG8=\n"] {
            assert_eq!(decode(text).as_deref().map(Vec::as_slice), Some(&b"hello"[..]));
        }
    }

    #[test]
    fn other_text_is_not_decoded() {
        for text in ["", "\n", "aGVsb", "aGVs-G8=", "aGVsbG8=aGVs", "päd="] {
            assert!(decode(text).is_none(), "{text}");
        }
    }
}
