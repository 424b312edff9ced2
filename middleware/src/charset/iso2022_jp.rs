//! ISO-2022-JP: seven-bit codes whose meaning escape sequences switch.

use super::table::Table;

const ESCAPE: u8 = 0x1b;

/// The current meaning of the bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    Ascii,
    /// ASCII, with the yen sign and the overline in place of two characters.
    Roman,
    /// JIS X 0208, two bytes each.
    Kanji,
}

impl Set {
    fn escape(self) -> &'static [u8; 3] {
        match self {
            Self::Ascii => b"\x1b(B",
            Self::Roman => b"\x1b(J",
            Self::Kanji => b"\x1b$B",
        }
    }
}

/// Writes text, which ends in ASCII. The error is the position of a missing character.
pub(super) fn write(table: &Table, text: &str, put: &mut dyn FnMut(&[u8])) -> Result<(), usize> {
    let mut current = Set::Ascii;
    let mut switch = |set, put: &mut dyn FnMut(&[u8])| {
        if current != set {
            put(set.escape());
            current = set;
        }
    };
    for (position, c) in text.chars().enumerate() {
        match (c, u8::try_from(c)) {
            // It would be read as the beginning of an escape sequence.
            ('\x1b', _) => return Err(position),
            ('\u{a5}', _) => {
                switch(Set::Roman, put);
                put(b"\\");
            }
            ('\u{203e}', _) => {
                switch(Set::Roman, put);
                put(b"~");
            }
            (_, Ok(byte @ ..0x80)) => {
                switch(Set::Ascii, put);
                put(&[byte]);
            }
            _ => {
                let [.., first, second] = table.code(c).ok_or(position)?.to_be_bytes();
                switch(Set::Kanji, put);
                put(&[first & 0x7f, second & 0x7f]);
            }
        }
    }
    switch(Set::Ascii, put);
    Ok(())
}

/// Reads bytes. The error is the offset of the first that begin no character.
pub(super) fn read(table: &Table, bytes: &[u8], put: &mut dyn FnMut(char)) -> Result<(), usize> {
    let mut current = Set::Ascii;
    let mut offset = 0;
    while let rest @ [first, ..] = &bytes[offset..] {
        offset += match (current, *first) {
            (_, ESCAPE) => {
                current = match rest.first_chunk() {
                    Some(b"\x1b(B") => Set::Ascii,
                    Some(b"\x1b(J") => Set::Roman,
                    Some(b"\x1b$@" | b"\x1b$B") => Set::Kanji,
                    _ => return Err(offset),
                };
                3
            }
            (_, 0x80..) => return Err(offset),
            (Set::Kanji, 0x20..) => {
                let pair: [u8; 2] = *rest.first_chunk().ok_or(offset)?;
                let (c, _) = table.next_char(&pair.map(|byte| byte | 0x80)).ok_or(offset)?;
                put(c);
                2
            }
            (set, byte) => {
                put(match (set, byte) {
                    (Set::Roman, b'\\') => '\u{a5}',
                    (Set::Roman, b'~') => '\u{203e}',
                    _ => char::from(byte),
                });
                1
            }
        };
    }
    Ok(())
}
