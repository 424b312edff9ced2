//! ISO-8859-1 and ASCII: a character's code point is its byte, up to a limit.

/// Writes a byte for each character. The error is the position of one above the limit.
pub(super) fn write(limit: u8, text: &str, put: &mut dyn FnMut(&[u8])) -> Result<(), usize> {
    for (position, c) in text.chars().enumerate() {
        match u8::try_from(c) {
            Ok(byte) if byte <= limit => put(&[byte]),
            _ => return Err(position),
        }
    }
    Ok(())
}

/// Reads a character from each byte. The error is the offset of one above the limit.
pub(super) fn read(limit: u8, bytes: &[u8], put: &mut dyn FnMut(char)) -> Result<(), usize> {
    for (offset, &byte) in bytes.iter().enumerate() {
        if byte > limit {
            return Err(offset);
        }
        put(char::from(byte));
    }
    Ok(())
}
