//! ISO-8859-1 and ASCII: a character's code point is its octet, up to a limit.

/// Writes an octet for each character; the error is the position of one above the limit.
pub(super) fn write(limit: u8, text: &str, put: &mut dyn FnMut(&[u8])) -> Result<(), usize> {
    for (position, c) in text.chars().enumerate() {
        match u8::try_from(c) {
            Ok(octet) if octet <= limit => put(&[octet]),
            _ => return Err(position),
        }
    }
    Ok(())
}

/// Reads a character from each octet; the error is the offset of one above the limit.
pub(super) fn read(limit: u8, bytes: &[u8], put: &mut dyn FnMut(char)) -> Result<(), usize> {
    for (offset, &octet) in bytes.iter().enumerate() {
        if octet > limit {
            return Err(offset);
        }
        put(char::from(octet));
    }
    Ok(())
}
