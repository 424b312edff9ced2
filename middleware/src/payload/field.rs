//! The types that a payload's fields may have, read and written through one trait.

use std::fmt;

use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde_json::{Map, Value as Json};

use super::{FieldKind, Pairs, Payload, Table};

/// A field of a payload, whatever its type.
pub trait Field {
    /// What it holds. Secrets are exposed: this is for encoders.
    fn value(&self) -> Value<'_>;

    /// Where a decoder puts what it read.
    fn slot(&mut self) -> Slot<'_>;
}

/// A field's type, known at compile time.
pub trait FieldType: Field {
    /// The type on the wire.
    const KIND: FieldKind;
}

/// What a field holds, borrowed.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// Nothing: it is not sent.
    Absent,
    /// A text; an empty one is sent in the RPC dialect and not in protobuf.
    Text(&'a str),
    /// Octets.
    Bytes(&'a [u8]),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// Texts.
    Texts(&'a [String]),
    /// Names with text values.
    Pairs(&'a Pairs),
    /// Names with any values.
    Json(&'a Map<String, Json>),
    /// An object.
    Object(&'a dyn Payload),
    /// Objects.
    Objects(&'a dyn PayloadList),
}

/// Where a decoder puts what it read.
pub enum Slot<'a> {
    /// A text, number, boolean or octets.
    Scalar(&'a mut dyn ScalarField),
    /// Texts.
    Texts(&'a mut Vec<String>),
    /// Names with text values.
    Pairs(&'a mut Pairs),
    /// Names with any values.
    Json(&'a mut Map<String, Json>),
    /// An object.
    Object(&'a mut dyn Payload),
    /// Objects.
    Objects(&'a mut dyn PayloadList),
}

/// A list of objects.
pub trait PayloadList {
    /// The object at this position.
    fn get(&self, index: usize) -> Option<&dyn Payload>;

    /// Adds an empty object and gives it to be filled.
    fn push(&mut self) -> &mut dyn Payload;
}

/// A field that takes a single value.
pub trait ScalarField {
    /// Takes the value; `false` if it is not of the field's type.
    ///
    /// Numbers and booleans are taken from their text too, and texts from numbers and booleans:
    /// the service is not consistent about it.
    fn set(&mut self, scalar: Scalar<'_>) -> bool;
}

/// A single value that was read.
#[derive(Clone, Copy)]
pub enum Scalar<'a> {
    /// A text.
    Text(&'a str),
    /// Octets.
    Bytes(&'a [u8]),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
}

impl Value<'_> {
    /// The value as `Debug` shows it. Only for fields that are not secret.
    pub(super) fn shown(self) -> impl fmt::Debug {
        struct Shown<'a>(Value<'a>);
        impl fmt::Debug for Shown<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.0 {
                    Value::Absent => f.write_str("None"),
                    Value::Text(text) => fmt::Debug::fmt(text, f),
                    Value::Bytes(bytes) => write!(f, "[{} bytes]", bytes.len()),
                    Value::Integer(number) => fmt::Debug::fmt(&number, f),
                    Value::Boolean(boolean) => fmt::Debug::fmt(&boolean, f),
                    Value::Texts(texts) => fmt::Debug::fmt(texts, f),
                    Value::Pairs(pairs) => f.debug_map().entries(pairs.iter()).finish(),
                    Value::Json(map) => fmt::Debug::fmt(map, f),
                    Value::Object(object) => fmt::Debug::fmt(object, f),
                    Value::Objects(list) => f.debug_list().entries(objects(list)).finish(),
                }
            }
        }
        Shown(self)
    }
}

/// The objects of a list, in order.
pub(crate) fn objects(list: &dyn PayloadList) -> impl Iterator<Item = &dyn Payload> {
    (0..).map_while(|index| list.get(index))
}

/// A scalar type: what it holds and how it takes a value.
trait ScalarType: Sized {
    fn value(&self) -> Value<'_>;
    fn read(scalar: Scalar<'_>) -> Option<Self>;
}

macro_rules! scalar_field {
    ($($type:ty: $kind:ident),*) => {$(
        impl FieldType for $type {
            const KIND: FieldKind = FieldKind::$kind;
        }

        impl Field for $type {
            fn value(&self) -> Value<'_> {
                ScalarType::value(self)
            }

            fn slot(&mut self) -> Slot<'_> {
                Slot::Scalar(self)
            }
        }

        impl ScalarField for $type {
            fn set(&mut self, scalar: Scalar<'_>) -> bool {
                <$type>::read(scalar).map(|value| *self = value).is_some()
            }
        }
    )*};
}

scalar_field!(
    String: String,
    SecretString: String,
    Vec<u8>: Bytes,
    SecretSlice<u8>: Bytes,
    i32: Integer,
    i64: Integer,
    bool: Boolean
);

impl ScalarType for String {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }

    fn read(scalar: Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Text(text) => Some(text.to_owned()),
            Scalar::Integer(number) => Some(number.to_string()),
            Scalar::Boolean(boolean) => Some(boolean.to_string()),
            Scalar::Bytes(_) => None,
        }
    }
}

impl ScalarType for SecretString {
    fn value(&self) -> Value<'_> {
        Value::Text(self.expose_secret())
    }

    fn read(scalar: Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Text(text) => Some(text.into()),
            _ => String::read(scalar).map(Self::from),
        }
    }
}

impl ScalarType for Vec<u8> {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self)
    }

    fn read(scalar: Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Bytes(bytes) => Some(bytes.to_vec()),
            _ => None,
        }
    }
}

impl ScalarType for SecretSlice<u8> {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self.expose_secret())
    }

    fn read(scalar: Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Bytes(bytes) => Some(bytes.to_vec().into()),
            _ => None,
        }
    }
}

impl ScalarType for i64 {
    fn value(&self) -> Value<'_> {
        Value::Integer(*self)
    }

    fn read(scalar: Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Integer(number) => Some(number),
            Scalar::Text(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl ScalarType for i32 {
    fn value(&self) -> Value<'_> {
        Value::Integer(i64::from(*self))
    }

    fn read(scalar: Scalar<'_>) -> Option<Self> {
        i64::read(scalar)?.try_into().ok()
    }
}

impl ScalarType for bool {
    fn value(&self) -> Value<'_> {
        Value::Boolean(*self)
    }

    fn read(scalar: Scalar<'_>) -> Option<Self> {
        match scalar {
            Scalar::Boolean(boolean) => Some(boolean),
            Scalar::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Scalar::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }
}

impl FieldType for Vec<String> {
    const KIND: FieldKind = FieldKind::StringList;
}

impl FieldType for Pairs {
    const KIND: FieldKind = FieldKind::Map;
}

impl FieldType for Map<String, Json> {
    const KIND: FieldKind = FieldKind::Map;
}

impl<T: FieldType + Default> FieldType for Option<T> {
    const KIND: FieldKind = T::KIND;
}

impl<T: Table + Default> FieldType for Vec<T> {
    const KIND: FieldKind = FieldKind::ObjectList(T::TABLE);
}

impl Field for Vec<String> {
    fn value(&self) -> Value<'_> {
        match self.is_empty() {
            true => Value::Absent,
            false => Value::Texts(self),
        }
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Texts(self)
    }
}

impl Field for Pairs {
    fn value(&self) -> Value<'_> {
        Value::Pairs(self)
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Pairs(self)
    }
}

impl Field for Map<String, Json> {
    fn value(&self) -> Value<'_> {
        Value::Json(self)
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Json(self)
    }
}

impl<T: FieldType + Default> Field for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Absent, Field::value)
    }

    fn slot(&mut self) -> Slot<'_> {
        self.get_or_insert_default().slot()
    }
}

impl<T: Payload + Default> Field for Vec<T> {
    fn value(&self) -> Value<'_> {
        match self.is_empty() {
            true => Value::Absent,
            false => Value::Objects(self),
        }
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Objects(self)
    }
}

impl<T: Payload + Default> PayloadList for Vec<T> {
    fn get(&self, index: usize) -> Option<&dyn Payload> {
        <[T]>::get(self, index).map(|object| object as _)
    }

    fn push(&mut self) -> &mut dyn Payload {
        self.push(T::default());
        let last = self.len() - 1;
        &mut self[last]
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value([redacted])")
    }
}

impl fmt::Debug for Slot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slot")
    }
}

impl fmt::Debug for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scalar([redacted])")
    }
}
