//! A charset as pairs of code and character.
//!
//! The table is made once, from what `encoding_rs` decodes each single code to. Its encoders, which
//! are the web's, are not used, and no plaintext passes through it.

use encoding_rs::Encoding;

/// A run of codes that stand for consecutive characters: first code, first character, length.
pub(super) type Run = (u32, u32, u32);

/// Marks a character that is read but never written.
pub(super) const UNWRITTEN: u32 = u32::MAX;

/// How the table of a charset is made.
pub(super) struct Spec {
    /// The encoding that decodes the codes.
    pub(super) base: &'static Encoding,
    /// The lengths of codes.
    pub(super) width: Width,
    /// Selects the pairs of code and character that belong to the charset.
    pub(super) keep: fn(u32, u32) -> bool,
    /// Codes of another character than the decoder's.
    pub(super) read: &'static [Run],
    /// Characters that are not written as the lowest of their codes.
    pub(super) write: &'static [(u32, u32)],
}

/// The lengths of a charset's codes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// One byte.
    One,
    /// One byte or two.
    Two,
    /// One byte or two, or three that begin with 8F.
    EucJp,
    /// One byte, two or four.
    Gb18030,
}

/// Both directions of a charset. A code is its bytes as a big-endian number: no code of several
/// bytes begins with 00, and none is the beginning of another.
pub(super) struct Table {
    /// (code, character), by code.
    read: Vec<(u32, char)>,
    /// (character, code), by character.
    write: Vec<(u32, u32)>,
}

impl Table {
    pub(super) fn new(spec: &Spec) -> Self {
        let mut read: Vec<(u32, char)> = codes(spec.width)
            .filter_map(|code| {
                let c = decode(spec.base, code)?;
                (spec.keep)(code, u32::from(c)).then_some((code, c))
            })
            .collect();
        for &(first_code, first_char, length) in spec.read {
            for step in 0..length {
                let code = first_code + step;
                let Some(c) = char::from_u32(first_char + step) else {
                    continue;
                };
                match read.binary_search_by_key(&code, |pair| pair.0) {
                    Ok(index) => read[index].1 = c,
                    Err(index) => read.insert(index, (code, c)),
                }
            }
        }
        let mut write: Vec<(u32, u32)> =
            read.iter().map(|&(code, c)| (u32::from(c), code)).collect();
        write.retain(|(c, _)| !spec.write.iter().any(|(other, _)| other == c));
        write.extend(spec.write.iter().filter(|(_, code)| *code != UNWRITTEN));
        write.sort_unstable();
        write.dedup_by_key(|pair| pair.0);
        Self { read, write }
    }

    /// Returns the character at the beginning of the bytes, and its length in bytes.
    pub(super) fn next_char(&self, bytes: &[u8]) -> Option<(char, usize)> {
        let mut code = 0;
        for (index, &byte) in bytes.iter().take(4).enumerate() {
            if index > 0 && code == 0 {
                return None;
            }
            code = code << 8 | u32::from(byte);
            if let Ok(found) = self.read.binary_search_by_key(&code, |pair| pair.0) {
                return Some((self.read[found].1, index + 1));
            }
        }
        None
    }

    /// Returns the code of a character.
    pub(super) fn code(&self, c: char) -> Option<u32> {
        let found = self.write.binary_search_by_key(&u32::from(c), |pair| pair.0).ok()?;
        Some(self.write[found].1)
    }
}

/// Returns the bytes of a code.
pub(super) fn code_bytes(code: &[u8; 4]) -> &[u8] {
    let leading = code.iter().take(3).take_while(|byte| **byte == 0).count();
    &code[leading..]
}

fn codes(width: Width) -> impl Iterator<Item = u32> {
    let two = match width {
        Width::One => 0..0,
        _ => 0x8130..0xfeff,
    };
    let three = match width {
        Width::EucJp => 0x8f_a1a1..0x8f_feff,
        _ => 0..0,
    };
    // The codes of the Basic Multilingual Plane: 81308130 to 8431A439.
    let four = match width {
        Width::Gb18030 => 0..39_420,
        _ => 0..0,
    };
    (0..0x100).chain(two).chain(three).chain(four.map(gb18030_code))
}

/// Returns GB 18030's four-byte code with this ordinal.
pub(super) fn gb18030_code(ordinal: u32) -> u32 {
    let (rest, fourth) = (ordinal / 10, ordinal % 10 + 0x30);
    let (rest, third) = (rest / 126, rest % 126 + 0x81);
    let (first, second) = (rest / 10 + 0x81, rest % 10 + 0x30);
    first << 24 | second << 16 | third << 8 | fourth
}

fn decode(base: &'static Encoding, code: u32) -> Option<char> {
    let code = code.to_be_bytes();
    let text = base.decode_without_bom_handling_and_without_replacement(code_bytes(&code))?;
    let mut chars = text.chars();
    let c = chars.next()?;
    chars.next().is_none().then_some(c)
}
