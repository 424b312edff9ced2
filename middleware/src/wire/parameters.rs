//! The RPC dialect's parameters: a payload flattened to names and texts.
//!
//! Lists become `Name.1`, `Name.2`, objects `Name.Key`, lists of objects `Name.1.Key`; a parameter
//! marked as JSON is one compact JSON text. Empty lists send nothing, empty texts are sent, booleans
//! are `true` and `false`.

use std::fmt;

use zeroize::Zeroizing;

use super::{json, percent};
use crate::action::Gateway;
use crate::payload::{FieldInfo, Payload, Position, Required, Value};

/// The parameters of a request, each where it belongs; all wiped on drop.
#[derive(Default)]
pub struct Parameters {
    /// Those of the URL's query, in the order of their declaration.
    pub query: Vec<Parameter>,
    /// Those of the form body.
    pub form: Vec<Parameter>,
}

/// One name and its value.
pub struct Parameter {
    /// The flattened wire name.
    pub name: String,
    /// The value as text.
    pub value: Zeroizing<String>,
}

impl Parameters {
    /// Flattens a request.
    pub fn of(request: &dyn Payload) -> Self {
        let mut out = Self::default();
        for (info, field) in request.fields() {
            let target = match info.position {
                Position::Query => &mut out.query,
                Position::Body => &mut out.form,
            };
            match (info.json, field.value()) {
                (_, Value::Absent) => {}
                (true, value) => target.push(Parameter::new(info.name, json::text_of(value))),
                (false, value) => flatten(target, info.name, value),
            }
        }
        out
    }
}

impl Parameter {
    /// A parameter.
    pub fn new(name: impl Into<String>, value: Zeroizing<String>) -> Self {
        Self { name: name.into(), value }
    }
}

/// Joins parameters to a percent-encoded `a=b&c=d`.
pub fn encode<'a>(
    parameters: impl IntoIterator<Item = &'a Parameter, IntoIter: Clone>,
) -> Zeroizing<String> {
    let parameters = parameters.into_iter();
    let bound =
        |Parameter { name, value }: &Parameter| percent::bound(name) + percent::bound(value) + 2;
    let mut out = Zeroizing::new(String::with_capacity(parameters.clone().map(bound).sum()));
    for Parameter { name, value } in parameters {
        percent::encode_pair_to(&mut out, name, value);
    }
    out
}

/// The first field that the gateway must have and the request lacks.
pub fn missing(request: &dyn Payload, gateway: Gateway) -> Option<&'static FieldInfo> {
    let is_required = |info: &FieldInfo| match info.required {
        Required::No | Required::ByService => false,
        Required::OnShared => gateway == Gateway::Shared,
        Required::Always => true,
    };
    let is_absent = |info: &FieldInfo, value| match value {
        Value::Absent => true,
        // A plaintext can be meant to be empty, and what a setter was given too; a name or a
        // ciphertext that is was forgotten.
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

fn flatten(out: &mut Vec<Parameter>, name: &str, value: Value<'_>) {
    let text = match value {
        Value::Absent => return,
        Value::Text(text) => text.to_owned(),
        Value::Bytes(bytes) => json::base64(bytes),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(boolean) => boolean.to_string(),
        Value::Texts(texts) => {
            for (index, text) in (1..).zip(texts) {
                flatten(out, &format!("{name}.{index}"), Value::Text(text));
            }
            return;
        }
        Value::Pairs(pairs) => {
            for (key, text) in pairs.iter() {
                flatten(out, &format!("{name}.{key}"), Value::Text(text));
            }
            return;
        }
        Value::Json(map) => {
            for (key, value) in map {
                flatten_json(out, &format!("{name}.{key}"), value);
            }
            return;
        }
        Value::Object(object) => {
            for (info, field) in object.fields() {
                flatten(out, &format!("{name}.{}", info.name), field.value());
            }
            return;
        }
        Value::Objects(list) => {
            for (index, object) in (1..).zip(crate::payload::objects(list)) {
                flatten(out, &format!("{name}.{index}"), Value::Object(object));
            }
            return;
        }
    };
    out.push(Parameter::new(name, Zeroizing::new(text)));
}

fn flatten_json(out: &mut Vec<Parameter>, name: &str, value: &serde_json::Value) {
    match value {
        serde_json::Value::Null => {}
        serde_json::Value::String(text) => flatten(out, name, Value::Text(text)),
        serde_json::Value::Object(map) => flatten(out, name, Value::Json(map)),
        serde_json::Value::Array(items) => {
            for (index, item) in (1..).zip(items) {
                flatten_json(out, &format!("{name}.{index}"), item);
            }
        }
        scalar => flatten(out, name, Value::Text(&scalar.to_string())),
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
    use crate::payload::Pairs;
    use crate::test_support::{CreateRequest, OpenRequest, Part, SealRequest, Tag, shows_secret};

    fn flattened(request: &CreateRequest) -> Vec<(String, String)> {
        let Parameters { query, form } = Parameters::of(request);
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
    fn body_parameters_go_into_the_form_and_octets_are_base64() {
        let request = CreateRequest {
            data: Some("s&c".into()),
            recipient: Some(vec![0xfb, 0xff]),
            ..CreateRequest::default()
        };
        let parameters = Parameters::of(&request);
        assert_eq!(parameters.query.len(), 2);
        assert_eq!(*encode(&parameters.form), "SecretData=s%26c&Recipient=%2B%2F8%3D");
    }

    #[test]
    fn debug_shows_names_and_no_value() {
        let parameters = Parameters::of(&CreateRequest::valid());
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
        let parameters = Parameters::of(&request).query;
        let bound: usize = parameters
            .iter()
            .map(|Parameter { name, value }| 3 * (name.len() + value.len()) + 2)
            .sum();
        let text = encode(&parameters);
        assert!(text.len() <= bound);
        assert_eq!(text.capacity(), bound);
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
    fn a_ciphertext_of_no_octets_is_missing() {
        let of = |blob| missing(&OpenRequest { blob }, Gateway::Instance).map(|info| info.name);
        assert_eq!(of(Vec::new()), Some("CiphertextBlob"));
        assert_eq!(of(vec![0]), None);
    }

    #[test]
    fn a_secret_of_no_octets_is_not_missing() {
        let request = SealRequest { plaintext: Vec::new().into(), ..SealRequest::valid() };
        assert!(missing(&request, Gateway::Instance).is_none());
    }
}
