//! Requests and responses as tables of fields.
//!
//! A [`Payload`] is a plain struct whose fields can also be reached by position, described by a
//! static [`PayloadInfo`]. Every codec (query and form, protobuf, JSON both ways, `Debug`) is one
//! loop over that table, compiled once for all actions: an action costs its struct and two `match`es.
//!
//! ```
//! use alibabacloud_kms_middleware::payload::{Field, Value};
//!
//! let text = "alias/app".to_owned();
//! assert!(matches!(text.value(), Value::Text("alias/app")));
//! assert!(matches!(None::<String>.value(), Value::Absent));
//! ```

mod field;
mod pairs;

use std::any::Any;
use std::fmt;

use serde_json::{Map, Value as Json};

pub use self::pairs::Pairs;

/// A request, a response, or an object inside one.
///
/// `kms_api!` implements it; the emitted `Debug` redacts secret fields.
pub trait Payload: Any + Send + Sync + fmt::Debug {
    /// The table of the fields.
    fn info(&self) -> &'static PayloadInfo;

    /// The field at this position of the table.
    fn field(&self, index: usize) -> Option<&dyn Field>;

    /// The field at this position of the table, to be written to.
    fn field_mut(&mut self, index: usize) -> Option<&mut dyn Field>;
}

impl dyn Payload {
    /// The payload as the type it is, if it is that type.
    pub fn downcast_ref<T: Payload>(&self) -> Option<&T> {
        (self as &dyn Any).downcast_ref()
    }

    /// The fields, each with its description.
    pub fn fields(&self) -> impl Iterator<Item = (&'static FieldInfo, &dyn Field)> {
        let infos = self.info().fields.iter().enumerate();
        infos.filter_map(|(index, info)| Some((info, self.field(index)?)))
    }

    /// The field of this wire name, to be written to, with its description.
    pub fn named_mut(&mut self, name: &str) -> Option<(&'static FieldInfo, &mut dyn Field)> {
        let info = self.info();
        let index = info.fields.iter().position(|field| field.name == name)?;
        Some((&info.fields[index], self.field_mut(index)?))
    }
}

/// The table of a payload's fields.
#[non_exhaustive]
pub struct PayloadInfo {
    /// The Rust type's name.
    pub name: &'static str,
    /// The fields, in the order of their declaration.
    pub fields: &'static [FieldInfo],
}

impl PayloadInfo {
    /// Creates the table of the payload type of this name.
    pub const fn new(name: &'static str, fields: &'static [FieldInfo]) -> Self {
        Self { name, fields }
    }
}

impl fmt::Debug for PayloadInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The description of a field.
///
/// ```
/// use alibabacloud_kms_middleware::payload::{FieldInfo, Required};
/// use secrecy::SecretString;
///
/// const PASSWORD: FieldInfo =
///     FieldInfo::new::<SecretString>("Password").required(Required::Always).in_body();
/// assert!(PASSWORD.secret);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct FieldInfo {
    /// The wire name, such as `KeyId`.
    pub name: &'static str,
    /// What it means, in a line; empty where the name says it.
    pub docs: &'static str,
    /// Its type on the wire.
    pub kind: FieldKind,
    /// Whether a request must have it.
    pub required: Required,
    /// Where a request carries it.
    pub position: Position,
    /// Whether it is one JSON text rather than flattened parameters.
    pub json: bool,
    /// The protobuf field number; 0 in the RPC dialect.
    pub number: u32,
    /// Whether its value must never be shown, as its type says.
    pub secret: bool,
    /// The name of the list inside the object that the wire wraps it in (`Keys.Key`).
    pub each: Option<&'static str>,
}

impl FieldInfo {
    /// Creates the description of a field of the type `T`, which says what it is on the wire and
    /// whether it is secret. All else is as in a field with nothing but a name.
    pub const fn new<T: FieldType>(name: &'static str) -> Self {
        Self {
            name,
            docs: "",
            kind: T::KIND,
            required: Required::No,
            position: Position::Query,
            json: false,
            number: 0,
            secret: T::SECRET,
            each: None,
        }
    }

    /// Sets the wire name.
    #[must_use]
    pub const fn name(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Sets what the field means (default empty).
    #[must_use]
    pub const fn docs(mut self, docs: &'static str) -> Self {
        self.docs = docs;
        self
    }

    /// Sets whether a request must have the field (default [`Required::No`]).
    #[must_use]
    pub const fn required(mut self, required: Required) -> Self {
        self.required = required;
        self
    }

    /// Puts the field in the form body (default: in the query).
    #[must_use]
    pub const fn in_body(mut self) -> Self {
        self.position = Position::Body;
        self
    }

    /// Writes the field as one JSON text (default: as flattened parameters).
    #[must_use]
    pub const fn as_json(mut self) -> Self {
        self.json = true;
        self
    }

    /// Sets the protobuf number of an operation's field.
    ///
    /// # Panics
    ///
    /// If the type is a map or an object, which no message of the instance's dialect holds: at
    /// compile time, where tables are made.
    #[must_use]
    #[track_caller]
    pub const fn number(mut self, number: u32) -> Self {
        if let FieldKind::Map | FieldKind::Object(_) | FieldKind::ObjectList(_) = self.kind {
            panic!("messages of the instance's dialect are flat: no maps and no objects");
        }
        self.number = number;
        self
    }

    /// Sets the name of the list inside the object that the wire wraps the list in (default none).
    #[must_use]
    pub const fn each(mut self, each: &'static str) -> Self {
        self.each = Some(each);
        self
    }
}

/// Whether a request must have a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// It may be left out.
    No,
    /// The service's description says so, and the service lets some calls do without it: it is left
    /// to the service. A setter.
    ByService,
    /// The shared gateway must have it, the instance need not: a setter.
    OnShared,
    /// It is an argument of `new`.
    Always,
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

/// A field's type on the wire.
#[derive(Debug, Clone, Copy)]
pub enum FieldKind {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// Octets; Base64 in JSON.
    Bytes,
    /// Names with values.
    Map,
    /// A list of texts.
    StringList,
    /// An object.
    Object(&'static PayloadInfo),
    /// A list of objects.
    ObjectList(&'static PayloadInfo),
}

/// Where an RPC request carries a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// In the URL's query.
    Query,
    /// In the form body: secrets must not travel in a URL.
    Body,
}

/// A field of a payload, whatever its type.
pub trait Field {
    /// What it holds. Secrets are exposed: this is for encoders.
    fn value(&self) -> Value<'_>;

    /// Where a decoder puts what it read.
    fn slot(&mut self) -> Slot<'_>;
}

/// A field's type, known at compile time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type of a field",
    label = "not a type of a field",
    note = "expected String, i32, i64, bool, Vec<u8>, SecretString, SecretBytes, Pairs, JsonObject, \
            declared `values`, a declared `object`, an Option of one of them, Vec<String>, or a Vec \
            of a declared `object`"
)]
pub trait FieldType: Field {
    /// The type on the wire.
    const KIND: FieldKind;

    /// Whether a value of the type must never be shown.
    const SECRET: bool = false;
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
    /// A text, number, boolean or bytes.
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

/// The objects of a list, in order.
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

/// Shows a payload's fields, the secret ones redacted and the absent ones left out.
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
