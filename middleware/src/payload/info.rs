//! The tables: the names of a payload's fields, and how each dialect carries them.

use std::fmt;

/// The table of a payload's fields.
#[non_exhaustive]
pub struct PayloadInfo {
    /// The name of the Rust type.
    pub name: &'static str,
    /// The fields, in the order of their declaration.
    pub fields: &'static [FieldInfo],
}

impl PayloadInfo {
    /// Creates the table of the payload type with this name.
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
    /// The meaning as one line; empty if the name is enough.
    pub docs: &'static str,
    /// Its type on the wire.
    pub kind: FieldKind,
    /// Whether a request must have it; for a response, whether an answer must.
    pub required: Required,
    /// Where a request has it.
    pub position: Position,
    /// Whether it is sent as one JSON text and not as flattened parameters.
    pub json: bool,
    /// Whether it is a Base64 text, which is sent without white space.
    pub base64: bool,
    /// The protobuf field number; 0 in the RPC dialect.
    pub number: u32,
    /// Whether its value must never be shown; its type determines this.
    pub secret: bool,
    /// The name of the list inside the object that the wire wraps it in (`Keys.Key`).
    pub each: Option<&'static str>,
    /// Whether it may be empty in an answer; in protobuf, absent too.
    pub may_be_empty: bool,
    /// The name of the field that may replace it in an answer.
    pub instead: Option<&'static str>,
}

impl FieldInfo {
    /// Creates the description of a field with a name and a type only.
    pub(super) const fn with_kind(name: &'static str, kind: FieldKind, secret: bool) -> Self {
        Self {
            name,
            docs: "",
            kind,
            required: Required::No,
            position: Position::Query,
            json: false,
            base64: false,
            number: 0,
            secret,
            each: None,
            may_be_empty: false,
            instead: None,
        }
    }

    /// Sets the wire name.
    #[must_use]
    pub const fn name(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Sets the meaning of the field (default empty).
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

    /// Sends the field in the form body (default: in the query).
    #[must_use]
    pub const fn in_body(mut self) -> Self {
        self.position = Position::Body;
        self
    }

    /// Sends the field as one JSON text (default: as flattened parameters).
    #[must_use]
    pub const fn as_json(mut self) -> Self {
        self.json = true;
        self
    }

    /// Sends the text without white space, which is allowed in Base64 (default: unchanged).
    #[must_use]
    pub const fn as_base64(mut self) -> Self {
        self.base64 = true;
        self
    }

    /// Sets the protobuf number of an operation's field.
    ///
    /// # Panics
    ///
    /// If the type is a map or an object, which no message of the instance's own dialect has.
    /// Tables are constants, so this is a compile error.
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

    /// Allows the field to be empty in an answer, as a decrypted text can be (default: not
    /// allowed).
    #[must_use]
    pub const fn or_empty(mut self) -> Self {
        self.may_be_empty = true;
        self
    }

    /// Allows an answer to have the field with this wire name in place of this one (default: none).
    #[must_use]
    pub const fn or(mut self, name: &'static str) -> Self {
        self.instead = Some(name);
        self
    }
}

/// Whether a request must have a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Required {
    /// It is optional.
    No,
    /// The service's documentation requires it, but the service accepts some calls without it, so
    /// the service decides. It has a setter.
    ByService,
    /// The shared gateway requires it, an instance does not. It has a setter.
    OnShared,
    /// It is an argument of `new`.
    Always,
}

/// A field's type on the wire.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_enums, reason = "a codec that skipped a kind would lose data")]
pub enum FieldKind {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// Bytes, which are Base64 in JSON.
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

/// The place of a parameter in an RPC request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a codec that skipped a position would lose data")]
pub enum Position {
    /// In the URL's query.
    Query,
    /// In the form body, for secrets, which must not travel in a URL.
    Body,
}
