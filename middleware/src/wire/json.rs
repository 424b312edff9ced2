//! JSON to payloads and back.
//!
//! Decoding is tolerant, because the service grows: unknown fields are skipped, missing and null
//! ones keep the default, and numbers are accepted as texts and the other way round. It fills the
//! fields directly from the text, without a tree in between.

mod write;

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use zeroize::Zeroizing;

pub(crate) use self::write::text_of;
use super::{base64_text, promised};
use crate::payload::pairs::Pairs;
use crate::payload::{
    Field, FieldInfo, FieldKind, Payload, PayloadList, Required, Scalar, Slot, Value,
};

/// Decodes a JSON object into an empty payload, and returns the number of known fields in it.
///
/// # Errors
///
/// The text is not a JSON object, or a known field is of another type. The error names the
/// position, and never quotes the text.
pub fn decode(text: &[u8], into: &mut dyn Payload) -> Result<usize, serde_json::Error> {
    decode_answer(text, into).map(|answer| answer.known)
}

/// What was found in an answer.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// The number of known fields that were not null.
    pub(crate) known: usize,
    /// The first required field that it lacks, such as `KeyMetadata.KeyId`.
    pub(crate) lacks: Option<String>,
    /// Whether it has a name with which the service's refusals begin, `Code` or `Error`.
    pub(crate) may_be_refusal: bool,
    is_null: bool,
}

/// Decodes a JSON object into an empty response.
///
/// # Errors
///
/// Those of [`decode`].
pub(crate) fn decode_answer(
    text: &[u8],
    into: &mut dyn Payload,
) -> Result<Answer, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let answer = Destination::payload(into).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(answer)
}

/// Decodes one field from its JSON text.
///
/// # Errors
///
/// Those of [`decode`].
pub fn decode_field(
    text: &[u8],
    info: &FieldInfo,
    field: &mut dyn Field,
) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    Destination::field(info, field).deserialize(&mut deserializer)?;
    deserializer.end()
}

/// Decodes a payload from any serde format: the emitted `Deserialize` calls this.
///
/// # Errors
///
/// Those of the format. A known field is of another type.
pub fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
    into: &mut dyn Payload,
) -> Result<(), D::Error> {
    Destination::payload(into).deserialize(deserializer).map(drop)
}

/// Encodes a payload as a compact JSON object with wire names, without absent fields.
///
/// This exposes secrets: it is for code that must pass them on, such as a command's output. The
/// buffer is wiped on drop.
pub fn expose(payload: &dyn Payload) -> Zeroizing<String> {
    text_of(Value::Object(payload))
}

/// Returns the compact JSON text of pairs, in their order.
pub fn pairs(pairs: &Pairs) -> Zeroizing<String> {
    text_of(Value::Pairs(pairs))
}

/// Decodes any value into a payload or one of its fields.
///
/// It accepts every type itself, because serde's own error for a wrong one quotes the value.
struct Destination<'a> {
    name: &'static str,
    each: Option<&'static str>,
    /// Whether it takes a text and nothing else, as a required text does: `true` is no ciphertext.
    is_text: bool,
    place: Target<'a>,
}

enum Target<'a> {
    Payload(&'a mut dyn Payload),
    Field(&'a mut dyn Field),
}

impl<'a> Destination<'a> {
    fn payload(payload: &'a mut dyn Payload) -> Self {
        Self::of(payload.info().name, Target::Payload(payload))
    }

    fn field(info: &FieldInfo, field: &'a mut dyn Field) -> Self {
        let is_text = info.required == Required::Always && matches!(info.kind, FieldKind::String);
        Self { each: info.each, is_text, ..Self::of(info.name, Target::Field(field)) }
    }

    fn of(name: &'static str, place: Target<'a>) -> Self {
        Self { name, each: None, is_text: false, place }
    }

    fn slot(self) -> Slot<'a> {
        match self.place {
            Target::Payload(payload) => Slot::Object(payload),
            Target::Field(field) => field.slot(),
        }
    }

    fn scalar<E: serde::de::Error>(self, value: Scalar<'_>) -> Result<Answer, E> {
        let name = self.name;
        if self.is_text && !matches!(value, Scalar::Text(_)) {
            return Err(mismatch(name));
        }
        let Slot::Scalar(field) = self.slot() else {
            return Err(mismatch(name));
        };
        let taken = field.set(value)
            || match value {
                Scalar::Text(text) => {
                    base64_text::decode(text).is_some_and(|bytes| field.set(Scalar::Bytes(&bytes)))
                }
                _ => false,
            };
        if taken { Ok(Answer::default()) } else { Err(mismatch(name)) }
    }
}

fn mismatch<E: serde::de::Error>(name: &str) -> E {
    E::custom(format_args!("{name} is of another type than declared"))
}

impl<'de> DeserializeSeed<'de> for Destination<'_> {
    type Value = Answer;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Answer, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Each visit returns what an object contained; other values have no known fields and lack none.
impl<'de> Visitor<'de> for Destination<'_> {
    type Value = Answer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }

    /// Null counts as absent.
    fn visit_unit<E>(self) -> Result<Answer, E> {
        Ok(Answer { is_null: true, ..Answer::default() })
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Answer, E> {
        self.scalar(Scalar::Boolean(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Answer, E> {
        self.scalar(Scalar::Integer(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Answer, E> {
        match i64::try_from(value) {
            Ok(value) => self.scalar(Scalar::Integer(value)),
            Err(_) if self.is_text => Err(mismatch(self.name)),
            Err(_) => self.scalar(Scalar::Text(&value.to_string())),
        }
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Answer, E> {
        if self.is_text {
            return Err(mismatch(self.name));
        }
        self.scalar(Scalar::Text(&value.to_string()))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Answer, E> {
        self.scalar(Scalar::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Answer, A::Error> {
        let name = self.name;
        let mut lacks = None;
        match (self.each, self.slot()) {
            (None, Slot::Texts(texts)) => {
                while items.next_element_seed(NextText { name, texts })?.is_some() {}
            }
            (None, Slot::Objects(list)) => {
                while let Some(item) = items.next_element_seed(NextObject { name, list })? {
                    lacks = lacks.or(item.lacks);
                }
            }
            _ => return Err(mismatch(name)),
        }
        Ok(Answer { lacks, ..Answer::default() })
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<Answer, A::Error> {
        if let Some(each) = self.each.take() {
            return self.visit_wrapper(each, entries);
        }
        let name = self.name;
        match self.slot() {
            Slot::Object(object) => return read_object(object, entries),
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
        Ok(Answer::default())
    }
}

/// Decodes the fields of an object, and finds the first required one that it lacks.
fn read_object<'de, A: MapAccess<'de>>(
    object: &mut dyn Payload,
    mut entries: A,
) -> Result<Answer, A::Error> {
    let fields = object.info().fields;
    let mut answer = Answer::default();
    // Fields beyond the last bit are not checked for absence.
    let mut read = 0_u128;
    let bit = |index: usize| u32::try_from(index).ok().and_then(|index| 1_u128.checked_shl(index));
    while let Some(name) = entries.next_key_seed(Named(fields))? {
        answer.may_be_refusal |= name.is_of_refusals;
        let known = name.index.and_then(|index| Some((index, object.field_mut(index)?)));
        let Some((index, field)) = known else {
            entries.next_value::<IgnoredAny>()?;
            continue;
        };
        let inner = entries.next_value_seed(Destination::field(&fields[index], field))?;
        if inner.is_null {
            continue;
        }
        answer.known += 1;
        read |= bit(index).unwrap_or_default();
        if let Some(lacks) = inner.lacks {
            answer.lacks.get_or_insert_with(|| format!("{}.{lacks}", fields[index].name));
        }
    }
    if answer.lacks.is_none() {
        let was_read = |index| bit(index).is_none_or(|bit| read & bit != 0);
        answer.lacks = promised::lacking(object, &was_read).map(|info| info.name.to_owned());
    }
    Ok(answer)
}

/// Reads the name of a field as its place among these.
struct Named<'a>(&'a [FieldInfo]);

struct Name {
    /// `None` if it is not one of them.
    index: Option<usize>,
    is_of_refusals: bool,
}

impl<'de> DeserializeSeed<'de> for Named<'_> {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Named<'_> {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        Ok(Name {
            index: self.0.iter().position(|info| info.name == name),
            is_of_refusals: is("Code") || is("Error"),
        })
    }
}

impl Destination<'_> {
    /// `{"Key": [...]}`: the object that the wire wraps some lists in.
    fn visit_wrapper<'de, A: MapAccess<'de>>(
        self,
        each: &'static str,
        mut entries: A,
    ) -> Result<Answer, A::Error> {
        let Target::Field(field) = self.place else {
            return Err(mismatch(self.name));
        };
        let mut answer = Answer::default();
        while let Some(key) = entries.next_key::<String>()? {
            if key == each {
                let list = Destination::of(self.name, Target::Field(&mut *field));
                answer = entries.next_value_seed(list)?;
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(answer)
    }
}

/// Adds an object to a list.
struct NextObject<'a> {
    name: &'static str,
    list: &'a mut dyn PayloadList,
}

impl<'de> DeserializeSeed<'de> for NextObject<'_> {
    type Value = Answer;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Answer, D::Error> {
        let item = self.list.push();
        let object = Destination::of(self.name, Target::Payload(&mut *item));
        let mut answer = object.deserialize(deserializer)?;
        if answer.is_null {
            answer.lacks = promised::lacking(item, &|_| false).map(|info| info.name.to_owned());
        }
        Ok(answer)
    }
}

/// Adds a text to a list, or nothing for `null`.
struct NextText<'a> {
    name: &'static str,
    texts: &'a mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for NextText<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let mut text = None::<String>;
        let target = Destination::of(self.name, Target::Field(&mut text));
        target.deserialize(deserializer)?;
        self.texts.extend(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
