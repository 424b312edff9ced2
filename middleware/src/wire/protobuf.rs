//! The protobuf codec of the instance's own dialect.
//!
//! The service's messages are flat: texts, bytes, `int32`, `bool` and repeated texts. Encoding
//! follows proto3: a field that is unset, empty, zero or false is not written. Decoding skips
//! unknown fields and takes the last of a repeated scalar.

use std::fmt;

use zeroize::Zeroizing;

use crate::payload::{FieldKind, Payload, Scalar, Slot, Value};

const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const LENGTH_DELIMITED: u64 = 2;
const FIXED32: u64 = 5;

/// The maximum field number in protobuf.
const MAX_FIELD_NUMBER: u32 = (1 << 29) - 1;

/// Encodes a payload. The buffer never moves, so no copy of a secret is left behind.
pub fn encode(payload: &dyn Payload) -> Zeroizing<Vec<u8>> {
    let size = payload.fields().map(|(_, field)| size_bound(field.value())).sum();
    let mut out = Zeroizing::new(Vec::with_capacity(size));
    for (info, field) in payload.fields() {
        encode_field(&mut out, u64::from(info.number), field.value());
    }
    out
}

/// Decodes a payload into an empty one.
///
/// # Errors
///
/// The bytes are not a protobuf message, or a known field is of another type.
pub fn decode(bytes: &[u8], into: &mut dyn Payload) -> Result<(), ProtobufError> {
    let fields = into.info().fields;
    let mut mismatch = None;
    let read = for_each_field(bytes, |number, value| {
        let Some(index) = fields.iter().position(|info| info.number == number) else {
            return Some(());
        };
        mismatch = Some(fields[index].name);
        take(fields[index].kind, into.field_mut(index)?.slot(), value).then_some(())
    });
    read.map_err(|malformed| match malformed {
        Malformed::Bytes => ProtobufError { field: None },
        Malformed::Field => ProtobufError { field: mismatch },
    })
}

/// Encodes the message `Error`, with which an instance refuses a request.
pub fn encode_error(status: u16, code: &str, message: &str, request_id: &str) -> Vec<u8> {
    let mut out = Vec::new();
    put_varint_field(&mut out, 1, u64::from(status));
    for (number, text) in [(2, code), (3, message), (4, request_id)] {
        encode_field(&mut out, number, Value::Text(text));
    }
    out
}

/// Passes every field of a message to a function, which returns `None` for a field that it does not
/// accept.
pub(crate) fn for_each_field<'a>(
    bytes: &'a [u8],
    mut field: impl FnMut(u32, Wire<'a>) -> Option<()>,
) -> Result<(), Malformed> {
    let mut reader = Reader { rest: bytes };
    while !reader.rest.is_empty() {
        let tag = reader.varint().ok_or(Malformed::Bytes)?;
        let number = u32::try_from(tag >> 3)
            .ok()
            .filter(|number| (1..=MAX_FIELD_NUMBER).contains(number))
            .ok_or(Malformed::Bytes)?;
        let value = reader.value(tag & 7).ok_or(Malformed::Bytes)?;
        field(number, value).ok_or(Malformed::Field)?;
    }
    Ok(())
}

/// Why a message could not be decoded.
#[derive(Debug)]
pub(crate) enum Malformed {
    /// The bytes are not protobuf.
    Bytes,
    /// A field was not accepted.
    Field,
}

/// The value of a field on the wire.
pub(crate) enum Wire<'a> {
    /// An integer or a boolean.
    Varint(u64),
    /// A text or bytes.
    Bytes(&'a [u8]),
    /// A type that no message of the service has.
    Other,
}

/// Stores a value in a field of this kind. Returns `false` if it is of another kind.
///
/// The kind is checked here because fields themselves accept numbers as texts and texts as numbers,
/// which JSON needs.
fn take(kind: FieldKind, slot: Slot<'_>, value: Wire<'_>) -> bool {
    let scalar = match (kind, &value) {
        (FieldKind::Bytes, Wire::Bytes(bytes)) => Some(Scalar::Bytes(bytes)),
        (FieldKind::String | FieldKind::StringList, Wire::Bytes(bytes)) => {
            text(bytes).map(Scalar::Text)
        }
        // A negative int32 is a 64-bit two's complement on the wire.
        (FieldKind::Integer, Wire::Varint(number)) => Some(Scalar::Integer(number.cast_signed())),
        (FieldKind::Boolean, Wire::Varint(number)) => Some(Scalar::Boolean(*number != 0)),
        _ => None,
    };
    match (slot, scalar) {
        (Slot::Scalar(field), Some(scalar)) => field.set(scalar),
        (Slot::Texts(texts), Some(Scalar::Text(text))) => {
            texts.push(text.to_owned());
            true
        }
        _ => false,
    }
}

/// The error of bytes that are not the expected message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtobufError {
    field: Option<&'static str>,
}

impl fmt::Display for ProtobufError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "the field {field} is of another type than declared"),
            None => f.write_str("the bytes are not a protobuf message"),
        }
    }
}

impl std::error::Error for ProtobufError {}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

/// Returns an upper bound of a field's encoded size: tag and length take at most 5 and 10 bytes.
fn size_bound(value: Value<'_>) -> usize {
    match value {
        Value::Text(text) => 15 + text.len(),
        Value::Bytes(bytes) => 15 + bytes.len(),
        Value::Texts(texts) => texts.iter().map(|text| 15 + text.len()).sum(),
        _ => 15,
    }
}

fn encode_field(out: &mut Vec<u8>, number: u64, value: Value<'_>) {
    match value {
        Value::Text(text) if !text.is_empty() => put_bytes(out, number, text.as_bytes()),
        Value::Bytes(bytes) if !bytes.is_empty() => put_bytes(out, number, bytes),
        Value::Integer(value) if value != 0 => put_varint_field(out, number, value.cast_unsigned()),
        Value::Boolean(true) => put_varint_field(out, number, 1),
        Value::Texts(texts) => {
            for text in texts {
                put_bytes(out, number, text.as_bytes());
            }
        }
        _ => {}
    }
}

fn put_bytes(out: &mut Vec<u8>, number: u64, bytes: &[u8]) {
    put_varint(out, number << 3 | LENGTH_DELIMITED);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn put_varint_field(out: &mut Vec<u8>, number: u64, value: u64) {
    put_varint(out, number << 3 | VARINT);
    put_varint(out, value);
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            // The tenth byte has room for one bit.
            if shift == 63 && byte > 1 {
                return None;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn value(&mut self, wire_type: u64) -> Option<Wire<'a>> {
        match wire_type {
            VARINT => self.varint().map(Wire::Varint),
            FIXED64 => self.take(8).map(|_| Wire::Other),
            FIXED32 => self.take(4).map(|_| Wire::Other),
            LENGTH_DELIMITED => {
                let length = self.varint()?.try_into().ok()?;
                self.take(length).map(Wire::Bytes)
            }
            _ => None,
        }
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests;
