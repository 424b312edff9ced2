//! The JSON of a client key file: `{"KeyId": "…", "PrivateKeyData": "…"}`.
//!
//! The first step of `from_file` and `from_content`. The private key data goes into memory that is
//! wiped. The parser's own buffer, which a string with escapes passes through, is not wiped, but
//! there the data is still encrypted. Other fields are ignored, and the last of several equal
//! fields counts, as in the official clients.

use std::cell::Cell;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use zeroize::Zeroizing;

use super::error::ClientKeyErrorKind;

const KEY_ID: &str = "KeyId";
const PRIVATE_KEY_DATA: &str = "PrivateKeyData";

/// The fields of a client key file; neither is empty.
pub(super) struct ClientKeyFile {
    pub(super) key_id: String,
    pub(super) private_key_data: Zeroizing<String>,
}

impl ClientKeyFile {
    /// Parses the file's text, which may begin with a byte order mark.
    pub(super) fn parse(text: &str) -> Result<Self, ClientKeyErrorKind> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let field = Cell::new(None);
        let mut json = serde_json::Deserializer::from_str(text);
        let fields = json
            .deserialize_map(FieldsVisitor { field: &field })
            .and_then(|fields| json.end().map(|()| fields))
            .map_err(|error| match field.get() {
                Some(name) if error.is_data() => ClientKeyErrorKind::MissingField(name),
                _ => ClientKeyErrorKind::NotJson { line: error.line(), column: error.column() },
            })?;
        Ok(Self {
            key_id: non_empty(KEY_ID, fields.key_id, String::is_empty)?,
            private_key_data: non_empty(PRIVATE_KEY_DATA, fields.private_key_data, |data| {
                data.0.is_empty()
            })?
            .0,
        })
    }
}

fn non_empty<T>(
    name: &'static str,
    value: Option<T>,
    is_empty: impl Fn(&T) -> bool,
) -> Result<T, ClientKeyErrorKind> {
    match value {
        None => Err(ClientKeyErrorKind::MissingField(name)),
        Some(value) if is_empty(&value) => Err(ClientKeyErrorKind::EmptyField(name)),
        Some(value) => Ok(value),
    }
}

#[derive(Default)]
struct Fields {
    key_id: Option<String>,
    private_key_data: Option<Wiped>,
}

struct FieldsVisitor<'f> {
    /// The field whose value is being read, which serde's error does not name.
    field: &'f Cell<Option<&'static str>>,
}

impl<'de> Visitor<'de> for FieldsVisitor<'_> {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a client key's JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                KEY_ID => {
                    self.field.set(Some(KEY_ID));
                    fields.key_id = map.next_value()?;
                }
                PRIVATE_KEY_DATA => {
                    self.field.set(Some(PRIVATE_KEY_DATA));
                    fields.private_key_data = map.next_value()?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            self.field.set(None);
        }
        Ok(fields)
    }
}

/// A string that moves from the parser's buffer into memory that is wiped.
struct Wiped(Zeroizing<String>);

impl<'de> Deserialize<'de> for Wiped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WipedVisitor;

        impl Visitor<'_> for WipedVisitor {
            type Value = Wiped;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, text: &str) -> Result<Wiped, E> {
                Ok(Wiped(Zeroizing::new(text.to_owned())))
            }
        }

        deserializer.deserialize_str(WipedVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientKeyFile, KEY_ID, PRIVATE_KEY_DATA};
    use crate::{ClientKeyError, ClientKeyErrorKind as Kind};

    #[test]
    fn both_fields_are_read_in_any_order_among_others() {
        for json in [
            r#"{"KeyId": "id", "PrivateKeyData": "a/b+"}"#,
            r#"{"PrivateKeyData":"a\/b+","KeyId":"\u0069d"}"#,
            r#"{"V": [1, {"KeyId": "no"}], "KeyId": "id", "N": null, "PrivateKeyData": "a/b+"}"#,
            r#"{"KeyId": "no", "KeyId": "id", "PrivateKeyData": "a/b+"}"#,
            "\u{feff}{\"KeyId\": \"id\", \"PrivateKeyData\": \"a/b+\"}\r\n",
        ] {
            let Ok(file) = ClientKeyFile::parse(json) else {
                panic!("not read: {json}");
            };
            assert_eq!(file.key_id, "id");
            assert_eq!(*file.private_key_data, "a/b+");
        }
    }

    #[test]
    fn a_field_that_is_missing_or_no_string_is_named() {
        for (json, name) in [
            (r#"{"PrivateKeyData": "x"}"#, KEY_ID),
            (r#"{"KeyId": "id"}"#, PRIVATE_KEY_DATA),
            (r#"{"keyid": "id", "PrivateKeyData": "x"}"#, KEY_ID),
            (r#"{"KeyId": null, "PrivateKeyData": "x"}"#, KEY_ID),
            (r#"{"KeyId": 12345, "PrivateKeyData": "x"}"#, KEY_ID),
            (r#"{"KeyId": "id", "PrivateKeyData": {"a": 1}}"#, PRIVATE_KEY_DATA),
            ("{}", KEY_ID),
        ] {
            assert_eq!(problem(json), Kind::MissingField(name), "{json}");
        }
    }

    #[test]
    fn an_empty_field_is_named() {
        assert_eq!(problem(r#"{"KeyId": "", "PrivateKeyData": "x"}"#), Kind::EmptyField(KEY_ID));
        assert_eq!(
            problem(r#"{"KeyId": "id", "PrivateKeyData": ""}"#),
            Kind::EmptyField(PRIVATE_KEY_DATA)
        );
    }

    #[test]
    fn what_is_not_a_json_object_is_named_with_its_place() {
        assert_eq!(problem("{\n  \"KeyId\": \"id"), Kind::NotJson { line: 2, column: 14 });
        for json in [
            "",
            "KAAP.key",
            "[]",
            "\"x\"",
            "{",
            r#"{"KeyId": "id", "PrivateKeyData": "x"} more"#,
            r#"{"KeyId": "id", "PrivateKeyData": "x",}"#,
        ] {
            assert!(matches!(problem(json), Kind::NotJson { .. }), "{json}");
        }
    }

    #[test]
    fn no_error_quotes_the_content() {
        for json in [
            "canary",
            r#""canary""#,
            r#"["canary"]"#,
            r#"{"canary": canary}"#,
            r#"{"KeyId": {"canary": "canary"}}"#,
            r#"{"KeyId": "id", "PrivateKeyData": ["canary"]}"#,
            r#"{"KeyId": "id", "PrivateKeyData": "canary\u00zz"}"#,
        ] {
            let error = ClientKeyError::from(problem(json));
            assert!(!format!("{error} {error:?}").contains("canary"), "{json}");
        }
    }

    fn problem(json: &str) -> Kind {
        match ClientKeyFile::parse(json) {
            Ok(_) => panic!("read: {json}"),
            Err(kind) => kind,
        }
    }
}
