//! Hexadecimal.

/// Returns bytes as two lower-case digits each.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(2 * bytes.len());
    for byte in bytes {
        out.extend_from_slice(&digits(LOWER, *byte));
    }
    // Digits are ASCII.
    String::from_utf8(out).unwrap_or_default()
}

const LOWER: &[u8; 16] = b"0123456789abcdef";
#[cfg(any(test, feature = "client-key"))]
const UPPER: &[u8; 16] = b"0123456789ABCDEF";

/// A hash of 256 bits in digits, on the stack.
#[derive(Clone, Copy)]
pub(crate) struct HexHash([u8; 64]);

impl HexHash {
    /// Writes a hash in lower-case digits.
    pub(crate) fn lower(hash: [u8; 32]) -> Self {
        Self::of(LOWER, hash)
    }

    /// Writes a hash in upper-case digits.
    #[cfg(any(test, feature = "client-key"))]
    pub(crate) fn upper(hash: [u8; 32]) -> Self {
        Self::of(UPPER, hash)
    }

    fn of(alphabet: &[u8; 16], hash: [u8; 32]) -> Self {
        let mut out = [0; 64];
        for (pair, byte) in out.chunks_exact_mut(2).zip(hash) {
            pair.copy_from_slice(&digits(alphabet, byte));
        }
        Self(out)
    }

    /// Returns the digits as text.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Returns the digits.
    pub(crate) fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

fn digits(alphabet: &[u8; 16], byte: u8) -> [u8; 2] {
    [alphabet[usize::from(byte >> 4)], alphabet[usize::from(byte & 15)]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_two_digits() {
        for byte in 0..=255_u8 {
            assert_eq!(hex(&[byte, 0]), format!("{byte:02x}00"));
            let lower = format!("{byte:02x}").repeat(32);
            assert_eq!(HexHash::lower([byte; 32]).as_bytes(), lower.as_bytes());
            let upper = lower.to_uppercase();
            assert_eq!(HexHash::upper([byte; 32]).as_bytes(), upper.as_bytes());
        }
        assert_eq!(hex(&[]), "");
    }
}
