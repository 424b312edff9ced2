//! The charsets from before Unicode, behind the feature `encodings`.
//!
//! Most of them are tables that are made on first use. GB 18030's supplementary planes, EUC-KR's
//! composed syllables and ISO-2022-JP's shifts are computed.

use std::sync::OnceLock;

use super::labels::{LEGACY_COUNT, Legacy};
use super::table::{Table, code_bytes, gb18030_code};
use super::{hangul, iso2022_jp};

/// The ordinal of U+10000 among GB 18030's four-byte codes.
const GB18030_SUPPLEMENTARY: u32 = 189_000;

impl Legacy {
    /// Writes text. The error is the position of a missing character.
    pub(super) fn write(self, text: &str, put: &mut dyn FnMut(&[u8])) -> Result<(), usize> {
        if self == Self::Iso2022Jp {
            return iso2022_jp::write(self.table(), text, put);
        }
        let table = self.table();
        for (position, c) in text.chars().enumerate() {
            if let Some(code) = table.code(c).or_else(|| self.computed_code(c)) {
                put(code_bytes(&code.to_be_bytes()));
            } else if let Some(code) = (self == Self::EucKr).then(|| hangul::compose(c)).flatten() {
                put(&code);
            } else {
                return Err(position);
            }
        }
        Ok(())
    }

    /// Reads bytes. The error is the offset of the first that begin no character.
    pub(super) fn read(self, bytes: &[u8], put: &mut dyn FnMut(char)) -> Result<(), usize> {
        if self == Self::Iso2022Jp {
            return iso2022_jp::read(self.table(), bytes, put);
        }
        let table = self.table();
        let mut offset = 0;
        while let rest @ [_, ..] = &bytes[offset..] {
            let (c, length) =
                self.computed_char(rest).or_else(|| table.next_char(rest)).ok_or(offset)?;
            put(c);
            offset += length;
        }
        Ok(())
    }

    fn computed_code(self, c: char) -> Option<u32> {
        let above = u32::from(c).checked_sub(0x1_0000)?;
        (self == Self::Gb18030).then(|| gb18030_code(GB18030_SUPPLEMENTARY + above))
    }

    fn computed_char(self, bytes: &[u8]) -> Option<(char, usize)> {
        match self {
            Self::Gb18030 => {
                let above = gb18030_supplementary(*bytes.first_chunk()?)?;
                Some((char::from_u32(above + 0x1_0000)?, 4))
            }
            Self::EucKr => hangul::read(bytes).map(|c| (c, 8)),
            _ => None,
        }
    }

    fn table(self) -> &'static Table {
        static TABLES: [OnceLock<Table>; LEGACY_COUNT] = [const { OnceLock::new() }; LEGACY_COUNT];
        TABLES[self as usize].get_or_init(|| Table::new(&self.spec()))
    }
}

/// Returns the ordinal of a four-byte code beyond the Basic Multilingual Plane.
fn gb18030_supplementary(code: [u8; 4]) -> Option<u32> {
    let [first @ 0x90..=0xe3, second @ 0x30..=0x39, third @ 0x81..=0xfe, fourth @ 0x30..=0x39] =
        code.map(u32::from)
    else {
        return None;
    };
    let ordinal = (first - 0x81) * 10 + second - 0x30;
    let ordinal = ordinal * 126 + third - 0x81;
    (ordinal * 10 + fourth - 0x30).checked_sub(GB18030_SUPPLEMENTARY)
}
