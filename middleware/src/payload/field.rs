//! The types that a payload's fields may have.

use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde_json::{Map, Value as Json};

use super::{
    Field, FieldKind, FieldType, Pairs, Payload, PayloadList, Scalar, ScalarField, Slot, Table,
    Value,
};

/// A scalar type: its value and how it accepts one.
trait ScalarType: Sized {
    fn value(&self) -> Value<'_>;
    fn read(scalar: Scalar<'_>) -> Option<Self>;
}

macro_rules! scalar_field {
    ($($type:ty: $kind:ident $($secret:ident)?),*) => {$(
        impl FieldType for $type {
            const KIND: FieldKind = FieldKind::$kind;
            $(const $secret: bool = true;)?
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
    SecretString: String SECRET,
    Vec<u8>: Bytes,
    SecretSlice<u8>: Bytes SECRET,
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
    const SECRET: bool = T::SECRET;
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
