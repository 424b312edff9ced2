//! A charset as pairs of code and character.
//!
//! `encoding_rs` is asked once, unit by unit, what its decoder makes of a code; its encoders, which
//! are the web's, are not used, and no plaintext passes through it.

use encoding_rs::Encoding;

/// A run of codes that stand for consecutive characters: first code, first character, length.
pub(super) type Run = (u32, u32, u32);

/// Marks a character that is read but never written.
pub(super) const UNWRITTEN: u32 = u32::MAX;

/// How a charset's table is made.
pub(super) struct Spec {
    /// Whose decoder the codes are put to.
    pub(super) base: &'static Encoding,
    /// What else, besides one octet, may be a code.
    pub(super) width: Width,
    /// Which of the decoder's pairs of code and character belong to the charset.
    pub(super) keep: fn(u32, u32) -> bool,
    /// Codes that stand for another character than the decoder says.
    pub(super) read: &'static [Run],
    /// Characters that are not written as the lowest of their codes.
    pub(super) write: &'static [(u32, u32)],
}

/// The lengths of a charset's codes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// One octet.
    One,
    /// One octet or two.
    Two,
    /// One octet or two, or three that begin with 8F.
    EucJp,
    /// One octet, two or four.
    Gb18030,
}

/// Both directions of a charset. A code is its octets as a big-endian number: no code of several
/// octets begins with 00, and none is the beginning of another.
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

    /// The character that the octets begin with, and how many octets it takes.
    pub(super) fn next_char(&self, bytes: &[u8]) -> Option<(char, usize)> {
        let mut code = 0;
        for (index, &octet) in bytes.iter().take(4).enumerate() {
            if index > 0 && code == 0 {
                return None;
            }
            code = code << 8 | u32::from(octet);
            if let Ok(found) = self.read.binary_search_by_key(&code, |pair| pair.0) {
                return Some((self.read[found].1, index + 1));
            }
        }
        None
    }

    /// The character's code.
    pub(super) fn code(&self, c: char) -> Option<u32> {
        let found = self.write.binary_search_by_key(&u32::from(c), |pair| pair.0).ok()?;
        Some(self.write[found].1)
    }
}

/// A code's octets.
pub(super) fn octets(code: &[u8; 4]) -> &[u8] {
    let leading = code.iter().take(3).take_while(|octet| **octet == 0).count();
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

/// GB 18030's four-octet code with this ordinal.
pub(super) fn gb18030_code(ordinal: u32) -> u32 {
    let (rest, fourth) = (ordinal / 10, ordinal % 10 + 0x30);
    let (rest, third) = (rest / 126, rest % 126 + 0x81);
    let (first, second) = (rest / 10 + 0x81, rest % 10 + 0x30);
    first << 24 | second << 16 | third << 8 | fourth
}

fn decode(base: &'static Encoding, code: u32) -> Option<char> {
    let code = code.to_be_bytes();
    let text = base.decode_without_bom_handling_and_without_replacement(octets(&code))?;
    let mut chars = text.chars();
    let c = chars.next()?;
    chars.next().is_none().then_some(c)
}
