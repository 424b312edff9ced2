//! UTF-8, UTF-16 and UTF-32, with or without a byte order mark.
//!
//! Errors are the offset of the first wrong byte.

/// UTF-8's byte order mark.
pub(super) const UTF_8_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

const MARK: char = '\u{feff}';

/// The order of the bytes of a unit.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Order {
    /// Little endian after a byte order mark; read as the mark says, or else in little endian.
    Marked,
    /// The lowest byte first; a mark is a character like any other.
    Little,
    /// The highest byte first; a mark is a character like any other.
    Big,
}

/// Reads UTF-8; a byte order mark is a character like any other.
pub(super) fn read_utf8(bytes: &[u8], put: &mut dyn FnMut(char)) -> Result<(), usize> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.valid_up_to())?;
    text.chars().for_each(put);
    Ok(())
}

/// Reads UTF-8 without the byte order mark that it may begin with.
pub(super) fn read_utf8_signed(bytes: &[u8], put: &mut dyn FnMut(char)) -> Result<(), usize> {
    match bytes.strip_prefix(&UTF_8_MARK) {
        Some(rest) => read_utf8(rest, put).map_err(|offset| offset + UTF_8_MARK.len()),
        None => read_utf8(bytes, put),
    }
}

/// Writes UTF-16.
pub(super) fn write_utf16(order: Order, text: &str, put: &mut dyn FnMut(&[u8])) {
    let mark = (order == Order::Marked).then_some(MARK);
    for c in mark.into_iter().chain(text.chars()) {
        for unit in c.encode_utf16(&mut [0; 2]) {
            match order {
                Order::Big => put(&unit.to_be_bytes()),
                Order::Marked | Order::Little => put(&unit.to_le_bytes()),
            }
        }
    }
}

/// Reads UTF-16; a lone surrogate is malformed.
pub(super) fn read_utf16(
    order: Order,
    bytes: &[u8],
    put: &mut dyn FnMut(char),
) -> Result<(), usize> {
    let (order, start) = match (order, bytes) {
        (Order::Marked, [0xff, 0xfe, ..]) => (Order::Little, 2),
        (Order::Marked, [0xfe, 0xff, ..]) => (Order::Big, 2),
        _ => (order, 0),
    };
    let unit = |offset: usize| match (order, bytes.get(offset..offset + 2)) {
        (Order::Big, Some(&[high, low])) => Some(u16::from_be_bytes([high, low])),
        (_, Some(&[low, high])) => Some(u16::from_le_bytes([low, high])),
        _ => None,
    };
    let mut offset = start;
    while offset < bytes.len() {
        let units = [unit(offset), unit(offset + 2)];
        let c = char::decode_utf16(units.into_iter().flatten()).next();
        let c = c.and_then(Result::ok).filter(|_| units[0].is_some()).ok_or(offset)?;
        put(c);
        offset += 2 * c.len_utf16();
    }
    Ok(())
}

/// Writes UTF-32.
pub(super) fn write_utf32(order: Order, text: &str, put: &mut dyn FnMut(&[u8])) {
    let mark = (order == Order::Marked).then_some(MARK);
    for c in mark.into_iter().chain(text.chars()) {
        match order {
            Order::Big => put(&u32::from(c).to_be_bytes()),
            Order::Marked | Order::Little => put(&u32::from(c).to_le_bytes()),
        }
    }
}

/// Reads UTF-32; a surrogate is malformed.
pub(super) fn read_utf32(
    order: Order,
    bytes: &[u8],
    put: &mut dyn FnMut(char),
) -> Result<(), usize> {
    let (order, start) = match (order, bytes) {
        (Order::Marked, [0xff, 0xfe, 0, 0, ..]) => (Order::Little, 4),
        (Order::Marked, [0, 0, 0xfe, 0xff, ..]) => (Order::Big, 4),
        _ => (order, 0),
    };
    for (index, unit) in bytes[start..].chunks(4).enumerate() {
        let offset = start + 4 * index;
        let unit: [u8; 4] = unit.try_into().map_err(|_| offset)?;
        let code = match order {
            Order::Big => u32::from_be_bytes(unit),
            Order::Marked | Order::Little => u32::from_le_bytes(unit),
        };
        put(char::from_u32(code).ok_or(offset)?);
    }
    Ok(())
}
