//! JSON to payloads and back.
//!
//! Reading is tolerant, as clients of a service that grows must be: unknown fields are skipped,
//! missing and null ones leave the default, numbers are taken where texts are declared and the other
//! way round. It goes straight from the text to the fields, without a tree in between.

use std::{fmt, io};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use zeroize::Zeroizing;

use crate::payload::{Field, FieldInfo, Pairs, Payload, PayloadList, Scalar, Slot, Value, objects};
use crate::secret_bytes;

/// Reads a payload from a JSON object into an empty one, and says how many known fields it had.
///
/// # Errors
///
/// The text is not a JSON object, or a known field is of another type. The error tells the position,
/// never the text.
pub fn decode(text: &[u8], into: &mut dyn Payload) -> Result<usize, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let known = Target::payload(into).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(known)
}

/// Reads one field from its JSON text.
///
/// # Errors
///
/// As those of [`decode`].
pub fn decode_field(
    text: &[u8],
    info: &FieldInfo,
    field: &mut dyn Field,
) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    Target::field(info, field).deserialize(&mut deserializer)?;
    deserializer.end()
}

/// Reads a payload from any serde format: what the emitted `Deserialize` calls.
///
/// # Errors
///
/// Those of the format, and a known field of another type.
pub fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
    into: &mut dyn Payload,
) -> Result<(), D::Error> {
    Target::payload(into).deserialize(deserializer).map(drop)
}

/// Writes a payload as a compact JSON object in wire names, absent fields left out.
///
/// This exposes secrets: it is for those who must hand them on, such as a command's output. The
/// buffer is wiped on drop.
pub fn expose(payload: &dyn Payload) -> Zeroizing<String> {
    text_of(Value::Object(payload))
}

/// The compact JSON text of pairs, in their order.
pub fn pairs(pairs: &Pairs) -> Zeroizing<String> {
    text_of(Value::Pairs(pairs))
}

/// The compact JSON text of a value: no spaces, non-ASCII kept.
pub(crate) fn text_of(value: Value<'_>) -> Zeroizing<String> {
    let mut out = Output::default();
    write_value(&mut out, value);
    let text = std::mem::take(&mut *out.0);
    // The writer emits `str`s and ASCII only.
    Zeroizing::new(String::from_utf8(text).unwrap_or_default())
}

/// Standard Base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Text that is being written: a buffer that is outgrown is wiped.
#[derive(Default)]
struct Output(Zeroizing<Vec<u8>>);

impl Output {
    fn put(&mut self, text: &str) {
        secret_bytes::append(&mut self.0, text.as_bytes());
    }
}

impl io::Write for Output {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        secret_bytes::append(&mut self.0, text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_value(out: &mut Output, value: Value<'_>) {
    match value {
        Value::Absent => out.put("null"),
        Value::Text(text) => write_text(out, text),
        Value::Bytes(bytes) => write_text(out, &Zeroizing::new(base64(bytes))),
        Value::Integer(number) => out.put(&number.to_string()),
        Value::Boolean(boolean) => out.put(if boolean { "true" } else { "false" }),
        Value::Texts(texts) => {
            let items = texts.iter().map(|text| Value::Text(text));
            write_list(out, items);
        }
        Value::Pairs(pairs) => {
            let entries = pairs.iter().map(|(name, text)| (name, None, Value::Text(text)));
            write_object(out, entries);
        }
        // The output takes every write, and a JSON tree has only text keys.
        Value::Json(map) => drop(serde_json::to_writer(out, map)),
        Value::Object(object) => {
            let entries = object
                .fields()
                .map(|(info, field)| (info.name, info.each, field.value()))
                .filter(|(_, _, value)| !matches!(value, Value::Absent));
            write_object(out, entries);
        }
        Value::Objects(list) => write_list(out, objects(list).map(Value::Object)),
    }
}

fn write_list<'a>(out: &mut Output, items: impl Iterator<Item = Value<'a>>) {
    out.put("[");
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.put(",");
        }
        write_value(out, item);
    }
    out.put("]");
}

fn write_object<'a>(
    out: &mut Output,
    entries: impl Iterator<Item = (&'a str, Option<&'static str>, Value<'a>)>,
) {
    out.put("{");
    for (index, (name, each, value)) in entries.enumerate() {
        if index > 0 {
            out.put(",");
        }
        write_text(out, name);
        out.put(":");
        match each {
            Some(each) => write_object(out, std::iter::once((each, None, value))),
            None => write_value(out, value),
        }
    }
    out.put("}");
}

fn write_text(out: &mut Output, text: &str) {
    // The output takes every write.
    let _ = serde_json::to_writer(out, text);
}

/// Reads whatever comes into a payload or one of its fields.
///
/// It takes every type itself: serde's own complaint about a wrong one quotes the value.
struct Target<'a> {
    name: &'static str,
    each: Option<&'static str>,
    place: Place<'a>,
}

enum Place<'a> {
    Payload(&'a mut dyn Payload),
    Field(&'a mut dyn Field),
}

impl<'a> Target<'a> {
    fn payload(payload: &'a mut dyn Payload) -> Self {
        Self { name: payload.info().name, each: None, place: Place::Payload(payload) }
    }

    fn field(info: &FieldInfo, field: &'a mut dyn Field) -> Self {
        Self { name: info.name, each: info.each, place: Place::Field(field) }
    }

    fn slot(self) -> Slot<'a> {
        match self.place {
            Place::Payload(payload) => Slot::Object(payload),
            Place::Field(field) => field.slot(),
        }
    }

    fn scalar<E: serde::de::Error>(self, value: Scalar<'_>) -> Result<usize, E> {
        let name = self.name;
        let Slot::Scalar(field) = self.slot() else {
            return Err(mismatch(name));
        };
        let taken = field.set(value)
            || match value {
                Scalar::Text(text) => STANDARD
                    .decode(text)
                    .map(Zeroizing::new)
                    .is_ok_and(|bytes| field.set(Scalar::Bytes(&bytes))),
                _ => false,
            };
        match taken {
            true => Ok(0),
            false => Err(mismatch(name)),
        }
    }
}

fn mismatch<E: serde::de::Error>(name: &str) -> E {
    E::custom(format_args!("{name} is of another type than declared"))
}

impl<'de> DeserializeSeed<'de> for Target<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// The value of each visit is the number of known fields, which only an object has.
impl<'de> Visitor<'de> for Target<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }

    fn visit_unit<E>(self) -> Result<usize, E> {
        Ok(0)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<usize, E> {
        self.scalar(Scalar::Boolean(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<usize, E> {
        self.scalar(Scalar::Integer(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<usize, E> {
        match i64::try_from(value) {
            Ok(value) => self.scalar(Scalar::Integer(value)),
            Err(_) => self.scalar(Scalar::Text(&value.to_string())),
        }
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<usize, E> {
        self.scalar(Scalar::Text(&value.to_string()))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<usize, E> {
        self.scalar(Scalar::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<usize, A::Error> {
        let name = self.name;
        match (self.each, self.slot()) {
            (None, Slot::Texts(texts)) => {
                while items.next_element_seed(NextText { name, texts })?.is_some() {}
            }
            (None, Slot::Objects(list)) => {
                while items.next_element_seed(NextObject { name, list })?.is_some() {}
            }
            _ => return Err(mismatch(name)),
        }
        Ok(0)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<usize, A::Error> {
        if let Some(each) = self.each.take() {
            return self.visit_wrapper(each, entries);
        }
        let name = self.name;
        let mut known = 0;
        match self.slot() {
            Slot::Object(object) => {
                while let Some(key) = entries.next_key::<String>()? {
                    match object.named_mut(&key) {
                        Some((info, field)) => {
                            entries.next_value_seed(Target::field(info, field))?;
                            known += 1;
                        }
                        None => drop(entries.next_value::<IgnoredAny>()?),
                    }
                }
            }
            Slot::Pairs(pairs) => {
                while let Some((key, value)) = entries.next_entry::<String, Json>()? {
                    match value {
                        Json::String(text) => pairs.insert(key, text),
                        other => pairs.insert(key, other.to_string()),
                    }
                }
            }
            Slot::Json(map) => {
                while let Some((key, value)) = entries.next_entry()? {
                    map.insert(key, value);
                }
            }
            _ => return Err(mismatch(name)),
        }
        Ok(known)
    }
}

impl Target<'_> {
    /// `{"Key": [...]}`: the object that the wire puts around some lists.
    fn visit_wrapper<'de, A: MapAccess<'de>>(
        self,
        each: &'static str,
        mut entries: A,
    ) -> Result<usize, A::Error> {
        let Place::Field(field) = self.place else {
            return Err(mismatch(self.name));
        };
        while let Some(key) = entries.next_key::<String>()? {
            if key == each {
                let list = Target { name: self.name, each: None, place: Place::Field(&mut *field) };
                entries.next_value_seed(list)?;
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(0)
    }
}

/// Adds an object to a list.
struct NextObject<'a> {
    name: &'static str,
    list: &'a mut dyn PayloadList,
}

impl<'de> DeserializeSeed<'de> for NextObject<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        let object =
            Target { name: self.name, each: None, place: Place::Payload(self.list.push()) };
        object.deserialize(deserializer)
    }
}

/// Adds a text to a list, nothing for `null`.
struct NextText<'a> {
    name: &'static str,
    texts: &'a mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for NextText<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let mut text = None::<String>;
        let target = Target { name: self.name, each: None, place: Place::Field(&mut text) };
        target.deserialize(deserializer)?;
        self.texts.extend(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
