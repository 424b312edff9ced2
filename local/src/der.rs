//! Writes DER: what PKCS#8 and PKCS#12 need of it.

pub(crate) const NULL: u8 = 0x05;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const CONTEXT_0: u8 = 0xa0;

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(SEQUENCE, parts)
}

pub(crate) fn set(parts: &[&[u8]]) -> Vec<u8> {
    tlv(SET, parts)
}

pub(crate) fn explicit(inner: &[u8]) -> Vec<u8> {
    tlv(CONTEXT_0, &[inner])
}

pub(crate) fn object(oid: &[u8]) -> Vec<u8> {
    tlv(OID, &[oid])
}

pub(crate) fn octet_string(bytes: &[u8]) -> Vec<u8> {
    tlv(OCTET_STRING, &[bytes])
}

/// A positive integer of these bytes, the highest first. DER wants the shortest form, and a leading
/// zero where the first bit is set.
pub(crate) fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    match &bytes[zeros..] {
        significant @ [first, ..] if *first < 0x80 => tlv(INTEGER, &[significant]),
        significant => tlv(INTEGER, &[&[0], significant]),
    }
}

/// A value of that tag in parts. Its buffer never moves, so that no copy is left behind.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let len = parts.iter().map(|part| part.len()).sum::<usize>();
    let bytes = len.to_be_bytes();
    let mut out = Vec::with_capacity(2 + bytes.len() + len);
    out.push(tag);
    let significant = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
    match significant {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            // At most eight bytes of length, so this never reaches the tag's other bits.
            out.push(0x80 | long.len() as u8);
            out.extend_from_slice(long);
        }
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{integer, tlv};

    #[test]
    fn lengths_and_integers_have_the_shortest_form() {
        assert_eq!(tlv(4, &[&[]]), [4, 0]);
        assert_eq!(tlv(4, &[&[7; 127]])[..2], [4, 127]);
        assert_eq!(tlv(4, &[&[7; 128]])[..3], [4, 0x81, 128]);
        assert_eq!(tlv(4, &[&[7; 200], &[7; 100]])[..4], [4, 0x82, 1, 44]);
        assert_eq!(integer(&[]), [2, 1, 0]);
        assert_eq!(integer(&[0, 3]), [2, 1, 3]);
        assert_eq!(integer(&[128]), [2, 2, 0, 128]);
        assert_eq!(integer(&[0x27, 0x10]), [2, 2, 0x27, 0x10]);
        assert_eq!(integer(&[0x9c, 0x40]), [2, 3, 0, 0x9c, 0x40]);
    }
}
