//! Requests and responses as tables of fields.
//!
//! A [`Payload`] is a plain struct whose fields can also be accessed by position and are described
//! by a static [`PayloadInfo`]. Every codec (query and form, protobuf, JSON in both directions,
//! `Debug`) is one loop over that table, compiled once for all actions: an action costs its struct
//! and two `match`es.
//!
//! ```
//! use alibabacloud_kms_middleware::payload::{Field, Value};
//!
//! let text = "alias/app".to_owned();
//! assert!(matches!(text.value(), Value::Text("alias/app")));
//! assert!(matches!(None::<String>.value(), Value::Absent));
//! ```

mod field;
mod info;
pub(crate) mod pairs;

use std::any::Any;
use std::fmt;

use serde_json::{Map, Value as Json};

pub use self::info::{FieldInfo, FieldKind, PayloadInfo, Position, Required};
use self::pairs::Pairs;

/// A request, a response, or an object inside one.
///
/// `kms_api!` implements it; the emitted `Debug` redacts secret fields.
pub trait Payload: Any + Send + Sync + fmt::Debug {
    /// Returns the table of the fields.
    fn info(&self) -> &'static PayloadInfo;

    /// Returns the field at this position of the table.
    fn field(&self, index: usize) -> Option<&dyn Field>;

    /// Returns the field at this position of the table, for writing.
    fn field_mut(&mut self, index: usize) -> Option<&mut dyn Field>;
}

impl dyn Payload {
    /// Returns the payload as a `T`, if it is one.
    pub fn downcast_ref<T: Payload>(&self) -> Option<&T> {
        (self as &dyn Any).downcast_ref()
    }

    /// Returns the fields with their descriptions.
    pub fn fields(&self) -> impl Iterator<Item = (&'static FieldInfo, &dyn Field)> {
        let infos = self.info().fields.iter().enumerate();
        infos.filter_map(|(index, info)| Some((info, self.field(index)?)))
    }

    /// Returns the field with this wire name, for writing, and its description.
    pub fn named_mut(&mut self, name: &str) -> Option<(&'static FieldInfo, &mut dyn Field)> {
        let info = self.info();
        let index = info.fields.iter().position(|field| field.name == name)?;
        Some((&info.fields[index], self.field_mut(index)?))
    }
}

/// A payload type's table, known at compile time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type of a list's items",
    label = "expected `String` or an object",
    note = "an object is declared with `object Name {{ .. }}`"
)]
pub trait Table: Payload {
    /// The table.
    const TABLE: &'static PayloadInfo;
}

/// A field of a payload, whatever its type.
pub trait Field {
    /// Returns the value. Secrets are exposed: this is for encoders.
    fn value(&self) -> Value<'_>;

    /// Returns the slot that a decoder fills.
    fn slot(&mut self) -> Slot<'_>;
}

/// A field's type, known at compile time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type of a field",
    label = "not a type of a field",
    note = "expected String, i32, i64, bool, Vec<u8>, SecretString, SecretBytes, Pairs, JsonObject, \
            declared `values`, a declared `object`, Timestamp, an Option of one of them, Vec<String>, or a Vec \
            of a declared `object`"
)]
pub trait FieldType: Field {
    /// The type on the wire.
    const KIND: FieldKind;

    /// Whether values of the type must never be shown.
    const SECRET: bool = false;
}

impl FieldInfo {
    /// Creates the description of a field of the type `T`, which determines its kind and whether it
    /// is secret. Everything else has its default.
    pub const fn new<T: FieldType>(name: &'static str) -> Self {
        Self::with_kind(name, T::KIND, T::SECRET)
    }
}

/// The value of a field, borrowed.
#[derive(Clone, Copy)]
#[expect(clippy::exhaustive_enums, reason = "a codec that skipped a kind would lose data")]
pub enum Value<'a> {
    /// No value: the field is not sent.
    Absent,
    /// A text. An empty one is sent in the RPC dialect and not in protobuf.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
    /// Texts.
    Texts(&'a [String]),
    /// Names with text values.
    Pairs(&'a Pairs),
    /// Names with JSON values.
    Json(&'a Map<String, Json>),
    /// An object.
    Object(&'a dyn Payload),
    /// Objects.
    Objects(&'a dyn PayloadList),
}

/// The slot of a field that a decoder fills.
#[expect(clippy::exhaustive_enums, reason = "a codec that skipped a kind would lose data")]
pub enum Slot<'a> {
    /// A text, number, boolean or bytes.
    Scalar(&'a mut dyn ScalarField),
    /// Texts.
    Texts(&'a mut Vec<String>),
    /// Names with text values.
    Pairs(&'a mut Pairs),
    /// Names with JSON values.
    Json(&'a mut Map<String, Json>),
    /// An object.
    Object(&'a mut dyn Payload),
    /// Objects.
    Objects(&'a mut dyn PayloadList),
}

/// A list of objects.
pub trait PayloadList {
    /// Returns the object at this position.
    fn get(&self, index: usize) -> Option<&dyn Payload>;

    /// Adds an empty object and returns it to be filled.
    fn push(&mut self) -> &mut dyn Payload;
}

/// A field that takes a single value.
pub trait ScalarField {
    /// Sets the value. Returns `false` if it is not of the field's type.
    ///
    /// Numbers and booleans are also accepted as text, and texts as numbers and booleans: the
    /// service is not consistent.
    fn set(&mut self, scalar: Scalar<'_>) -> bool;
}

/// A single decoded value.
#[derive(Clone, Copy)]
#[expect(clippy::exhaustive_enums, reason = "a codec that skipped a kind would lose data")]
pub enum Scalar<'a> {
    /// A text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Boolean(bool),
}

impl Value<'_> {
    /// Returns the value for `Debug`. Only for fields that are not secret.
    fn shown(self) -> impl fmt::Debug {
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

/// Returns the objects of a list, in order.
pub(crate) fn objects(list: &dyn PayloadList) -> impl Iterator<Item = &dyn Payload> {
    (0..).map_while(|index| list.get(index))
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

/// Writes a payload's fields, with secrets redacted and absent fields left out.
///
/// # Errors
///
/// Those of the formatter.
pub fn fmt_redacted(payload: &dyn Payload, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut out = f.debug_struct(payload.info().name);
    for (info, field) in payload.fields() {
        match field.value() {
            Value::Absent => {}
            _ if info.secret => {
                out.field(info.name, &format_args!("[redacted]"));
            }
            value => {
                out.field(info.name, &value.shown());
            }
        }
    }
    out.finish()
}
