//! The parameters of the RPC dialect: a payload flattened to names and texts.
//!
//! Lists become `Name.1`, `Name.2`, objects `Name.Key`, and lists of objects `Name.1.Key`; a
//! parameter declared as JSON is one compact JSON text. Empty lists send nothing, empty texts are
//! sent, and booleans are `true` and `false`.

mod read;

use std::fmt;

use zeroize::Zeroizing;

pub use self::read::{fill, parse};
use super::{base64_text, json, percent};
use crate::action::Gateway;
use crate::payload::{FieldInfo, Payload, Position, Required, Value};
use crate::secret_bytes::{append, reserve};

/// The parameters of a request, by their place. All are wiped on drop.
#[derive(Default)]
#[non_exhaustive]
pub struct Parameters {
    /// The parameters of the URL's query, in the order of their declaration.
    pub query: Vec<Parameter>,
    /// The parameters of the form body.
    pub form: Vec<Parameter>,
}

/// A parameter: a name and its value.
#[non_exhaustive]
pub struct Parameter {
    /// The flattened wire name.
    pub name: String,
    /// The value as text.
    pub value: Zeroizing<String>,
}

impl Parameters {
    /// Flattens a request.
    pub fn new(request: &dyn Payload) -> Self {
        let mut out = Self::default();
        for_each(request, &mut |position, name, value| {
            let target = match position {
                Position::Query => &mut out.query,
                Position::Body => &mut out.form,
            };
            target.push(Parameter::new(name, Zeroizing::new(value.to_owned())));
        });
        out
    }
}

impl Parameter {
    /// Creates a parameter.
    pub fn new(name: impl Into<String>, value: Zeroizing<String>) -> Self {
        Self { name: name.into(), value }
    }
}

/// Joins parameters as percent-encoded `a=b&c=d`.
pub fn encode<'a>(
    parameters: impl IntoIterator<Item = &'a Parameter, IntoIter: Clone>,
) -> Zeroizing<String> {
    let mut out = Joined::default();
    let parameters = parameters.into_iter();
    let size = |Parameter { name, value }: &Parameter| {
        percent::encoded_len(name) + percent::encoded_len(value) + 2
    };
    reserve(&mut out.text, parameters.clone().map(size).sum());
    parameters.for_each(|Parameter { name, value }| out.push(name, value));
    // Percent-encoding is ASCII.
    Zeroizing::new(String::from_utf8(std::mem::take(&mut *out.text)).unwrap_or_default())
}

/// A request's parameters as they are sent.
pub(crate) struct Written {
    /// The path `/` with the query.
    pub(crate) path: Zeroizing<Vec<u8>>,
    /// The form.
    pub(crate) form: Zeroizing<Vec<u8>>,
}

/// Writes a request's parameters, percent-encoded: the same as [`Parameters::new`] and [`encode`],
/// without the copies in between.
pub(crate) fn write(request: &dyn Payload, more: &[Parameter]) -> Written {
    let [mut query, mut form] = [Joined::after(b"/?"), Joined::default()];
    for (info, field) in request.fields() {
        let text = match field.value() {
            Value::Text(text) => percent::encoded_len(text),
            Value::Bytes(bytes) => bytes.len().saturating_mul(2),
            // A guess: a buffer that is outgrown is wiped.
            _ => 0,
        };
        let pairs = if info.position == Position::Query { &mut query } else { &mut form };
        pairs.expected += percent::encoded_len(info.name) + text + 2;
    }
    for_each(request, &mut |position, name, value| match position {
        Position::Query => query.push(name, value),
        Position::Body => form.push(name, value),
    });
    more.iter().for_each(|Parameter { name, value }| query.push(name, value));
    let mut path = query.text;
    if path.is_empty() {
        path.push(b'/');
    }
    Written { path, form: form.text }
}

/// `a=b&c=d` that is being written.
#[derive(Default)]
struct Joined {
    text: Zeroizing<Vec<u8>>,
    /// What is written before the first pair.
    start: &'static [u8],
    /// How many bytes are expected in all.
    expected: usize,
}

impl Joined {
    fn after(start: &'static [u8]) -> Self {
        Self { start, expected: start.len(), ..Self::default() }
    }

    fn push(&mut self, name: &str, value: &str) {
        if self.text.is_empty() {
            reserve(&mut self.text, self.expected);
            append(&mut self.text, self.start);
        } else {
            append(&mut self.text, b"&");
        }
        percent::encode_pair_to(&mut self.text, name, value);
    }
}

/// Calls a function with the position, the flattened name and the text of each parameter.
fn for_each(request: &dyn Payload, out: &mut dyn FnMut(Position, &str, &str)) {
    for (info, field) in request.fields() {
        let mut out = |name: &str, text: &str| out(info.position, name, text);
        match (info.json, field.value()) {
            (_, Value::Absent) => {}
            (true, value) => out(info.name, &json::text_of(value)),
            (false, Value::Text(text)) if info.base64 => {
                let compact = base64_text::without_white_space(text);
                out(info.name, compact.as_ref().map_or(text, |compact| compact));
            }
            (false, value) => flatten(&mut out, info.name, value),
        }
    }
}

/// Returns the first field that the gateway requires and the request lacks.
pub fn missing(request: &dyn Payload, gateway: Gateway) -> Option<&'static FieldInfo> {
    let is_required = |info: &FieldInfo| match info.required {
        Required::No | Required::ByService => false,
        Required::OnShared => gateway == Gateway::Shared,
        Required::Always => true,
    };
    let is_absent = |info: &FieldInfo, value| match value {
        Value::Absent => true,
        // A plaintext may be empty on purpose, and so may what a setter set; an empty name or
        // ciphertext was forgotten.
        _ if info.secret || info.required == Required::OnShared => false,
        Value::Text(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        _ => false,
    };
    request
        .fields()
        .find(|(info, field)| is_required(info) && is_absent(info, field.value()))
        .map(|(info, _)| info)
}

fn flatten(out: &mut dyn FnMut(&str, &str), name: &str, value: Value<'_>) {
    match value {
        Value::Absent => {}
        Value::Text(text) => out(name, text),
        Value::Bytes(bytes) => out(name, &Zeroizing::new(base64_text::encode(bytes))),
        Value::Integer(number) => out(name, &number.to_string()),
        Value::Boolean(boolean) => out(name, if boolean { "true" } else { "false" }),
        Value::Texts(texts) => {
            for (index, text) in (1..).zip(texts) {
                out(&format!("{name}.{index}"), text);
            }
        }
        Value::Pairs(pairs) => {
            for (key, text) in pairs.iter() {
                out(&format!("{name}.{key}"), text);
            }
        }
        Value::Json(map) => {
            for (key, value) in map {
                flatten_json(out, &format!("{name}.{key}"), value);
            }
        }
        Value::Object(object) => {
            for (info, field) in object.fields() {
                flatten(out, &format!("{name}.{}", info.name), field.value());
            }
        }
        Value::Objects(list) => {
            for (index, object) in (1..).zip(crate::payload::objects(list)) {
                flatten(out, &format!("{name}.{index}"), Value::Object(object));
            }
        }
    }
}

fn flatten_json(out: &mut dyn FnMut(&str, &str), name: &str, value: &serde_json::Value) {
    match value {
        serde_json::Value::Null => {}
        serde_json::Value::String(text) => out(name, text),
        serde_json::Value::Object(map) => flatten(out, name, Value::Json(map)),
        serde_json::Value::Array(items) => {
            for (index, item) in (1..).zip(items) {
                flatten_json(out, &format!("{name}.{index}"), item);
            }
        }
        scalar => out(name, &scalar.to_string()),
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parameters").field("query", &self.query).field("form", &self.form).finish()
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=[redacted]", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pairs;
    use crate::test_support::{CreateRequest, OpenRequest, Part, SealRequest, Tag, shows_secret};

    fn flattened(request: &CreateRequest) -> Vec<(String, String)> {
        let Parameters { query, form } = Parameters::new(request);
        assert!(form.is_empty());
        query.into_iter().map(|Parameter { name, value }| (name, value.to_string())).collect()
    }

    fn pairs<const LEN: usize>(pairs: [(&str, &str); LEN]) -> Vec<(String, String)> {
        pairs.map(|(name, value)| (name.into(), value.into())).into()
    }

    fn tag(key: &str, value: Option<&str>) -> Tag {
        Tag { key: key.into(), value: value.map(Into::into), ..Tag::default() }
    }

    #[test]
    fn required_texts_are_sent_even_if_empty_and_absent_ones_are_not() {
        let request = CreateRequest::default();
        assert_eq!(flattened(&request), pairs([("KeyId", ""), ("Plaintext", "")]));
    }

    #[test]
    fn an_empty_text_that_was_set_is_sent() {
        let request = CreateRequest { region: Some(String::new()), ..CreateRequest::default() };
        assert!(flattened(&request).contains(&("Region".into(), String::new())));
    }

    #[test]
    fn numbers_are_decimal_and_booleans_are_lower_case() {
        let request =
            CreateRequest { bytes: Some(-32), enabled: Some(true), ..CreateRequest::default() };
        assert_eq!(
            flattened(&request)[2..],
            pairs([("NumberOfBytes", "-32"), ("Enabled", "true")])
        );
    }

    #[test]
    fn lists_and_objects_are_flattened_counting_from_one() {
        let request = CreateRequest {
            names: vec!["a".into(), String::new()],
            labels: Some(Pairs::from([("z", "1"), ("a", "2")])),
            owner: Some(tag("k", None)),
            tags: vec![
                tag("a", Some("1")),
                Tag { parts: vec![Part { name: "b".into() }], ..tag("", None) },
            ],
            ..CreateRequest::default()
        };
        assert_eq!(
            flattened(&request)[2..],
            pairs([
                ("Labels.z", "1"),
                ("Labels.a", "2"),
                ("Name.1", "a"),
                ("Name.2", ""),
                ("Owner.Key", "k"),
                ("Tag.1.Key", "a"),
                ("Tag.1.Value", "1"),
                ("Tag.2.Key", ""),
                ("Tag.2.Part.1.Name", "b"),
            ])
        );
    }

    #[test]
    fn free_form_objects_are_flattened_to_their_leaves() {
        let extra = r#"{"a":null,"b":[1,"x",{"c":true}],"d":{"e":1.5},"f":[]}"#;
        let request = CreateRequest {
            extra: Some(serde_json::from_str(extra).expect("an object")),
            ..CreateRequest::default()
        };
        assert_eq!(
            flattened(&request)[2..],
            pairs([
                ("Extra.b.1", "1"),
                ("Extra.b.2", "x"),
                ("Extra.b.3.c", "true"),
                ("Extra.d.e", "1.5"),
            ])
        );
    }

    #[test]
    fn a_json_parameter_is_one_compact_text_in_the_given_order() {
        let request = CreateRequest {
            context: Some(Pairs::from([("租户", "a b"), ("app", "\"1\"")])),
            json_tags: vec![tag("a", None)],
            ..CreateRequest::default()
        };
        assert_eq!(
            flattened(&request)[2..],
            pairs([
                ("EncryptionContext", r#"{"租户":"a b","app":"\"1\""}"#),
                ("JsonTag", r#"[{"Key":"a"}]"#),
            ])
        );
    }

    #[test]
    fn empty_lists_send_nothing_and_an_empty_context_is_an_empty_object() {
        let request = CreateRequest {
            context: Some(Pairs::new()),
            labels: Some(Pairs::new()),
            ..CreateRequest::default()
        };
        assert_eq!(flattened(&request)[2..], pairs([("EncryptionContext", "{}")]));
    }

    #[test]
    fn body_parameters_go_into_the_form_and_bytes_are_base64() {
        let request = CreateRequest {
            data: Some("s&c".into()),
            recipient: Some(vec![0xfb, 0xff]),
            ..CreateRequest::default()
        };
        let parameters = Parameters::new(&request);
        assert_eq!(parameters.query.len(), 2);
        assert_eq!(*encode(&parameters.form), "SecretData=s%26c&Recipient=%2B%2F8%3D");
    }

    #[test]
    fn base64_is_sent_without_the_white_space_in_it() {
        for text in ["aGVsbG8=", "aGVs\r\nbG8=\n", " aGVs bG8=\t"] {
            let request = CreateRequest { digest: Some(text.into()), ..CreateRequest::default() };
            assert_eq!(flattened(&request)[2..], pairs([("Digest", "aGVsbG8=")]), "{text:?}");
        }
        // Invalid Base64 is left to the service to refuse.
        let request = CreateRequest { digest: Some("-".into()), ..CreateRequest::default() };
        assert_eq!(flattened(&request)[2..], pairs([("Digest", "-")]));
    }

    #[test]
    fn debug_shows_names_and_no_value() {
        let parameters = Parameters::new(&CreateRequest::valid());
        let shown = format!("{parameters:?}");
        assert!(shown.contains("Plaintext"));
        assert!(!shows_secret(&shown) && !shown.contains("alias/app"));
    }

    #[test]
    fn encoding_never_outgrows_its_buffer() {
        let request = CreateRequest {
            names: vec!["中".repeat(100), "&".repeat(100), "a".repeat(100)],
            ..CreateRequest::valid()
        };
        let parameters = Parameters::new(&request).query;
        let text = encode(&parameters);
        // Room for a separator more than there are.
        assert_eq!(text.capacity(), text.len() + 1);
    }

    #[test]
    fn the_first_required_field_that_is_absent_or_empty_is_missing() {
        let of = |request: &CreateRequest, gateway| missing(request, gateway).map(|info| info.name);
        let mut request = CreateRequest::default();
        assert_eq!(of(&request, Gateway::Shared), Some("KeyId"));
        request.key_id = "k".into();
        assert_eq!(of(&request, Gateway::Shared), Some("Region"));
        request.region = Some(String::new());
        assert_eq!(of(&request, Gateway::Shared), None, "a setter's text may be empty");
        request.region = Some("r".into());
        assert_eq!(of(&request, Gateway::Shared), None, "a plaintext may be empty");
    }

    #[test]
    fn what_only_the_shared_gateway_requires_the_instance_does_not() {
        let request = CreateRequest { key_id: "k".into(), ..CreateRequest::default() };
        assert!(missing(&request, Gateway::Instance).is_none());
    }

    #[test]
    fn a_ciphertext_of_no_bytes_is_missing() {
        let of = |blob| missing(&OpenRequest { blob }, Gateway::Instance).map(|info| info.name);
        assert_eq!(of(Vec::new()), Some("CiphertextBlob"));
        assert_eq!(of(vec![0]), None);
    }

    #[test]
    fn a_secret_of_no_bytes_is_not_missing() {
        let request = SealRequest { plaintext: Vec::new().into(), ..SealRequest::valid() };
        assert!(missing(&request, Gateway::Instance).is_none());
    }
}
