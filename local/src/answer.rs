//! Encodes the answers of the RPC dialect: in JSON, or in XML if the parameter `Format` says so.
//!
//! Unlike the client's encoder, this one writes empty lists, as the service does: programs read
//! `Keys.Key` without checking whether it exists. Buffers are wiped when they are dropped.

use alibabacloud_kms::__private::append;
use alibabacloud_kms::middleware::payload::{FieldInfo, FieldKind, Payload, PayloadList, Value};
use alibabacloud_kms::middleware::wire::json;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::engine::Fault;

type Buffer = Zeroizing<Vec<u8>>;

/// The format of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Format {
    #[default]
    Json,
    Xml,
}

impl Format {
    /// Returns the format with that name, in upper or lower case; JSON if the name is empty.
    pub(super) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "" => Ok(Self::Json),
            name if name.eq_ignore_ascii_case("JSON") => Ok(Self::Json),
            name if name.eq_ignore_ascii_case("XML") => Ok(Self::Xml),
            _ => Err(Fault::invalid("Format")),
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json;charset=utf-8",
            Self::Xml => "text/xml;charset=utf-8",
        }
    }
}

/// Returns the answer to a request of that action.
pub(super) fn write(format: Format, action: &str, response: &dyn Payload) -> Buffer {
    let mut out = Buffer::default();
    match format {
        Format::Json => json_object(&mut out, response),
        Format::Xml => {
            put(&mut out, DECLARATION);
            let name = format!("{action}Response");
            element(&mut out, &name, |out| xml_fields(out, response));
        }
    }
    out
}

/// Returns an error with these fields.
pub(super) fn write_error(format: Format, fields: &[(&str, &str)]) -> Buffer {
    let mut out = Buffer::default();
    match format {
        Format::Json => {
            for (index, (name, value)) in fields.iter().enumerate() {
                put(&mut out, if index == 0 { "{" } else { "," });
                json_name(&mut out, name);
                json_text(&mut out, value);
            }
            put(&mut out, "}");
        }
        Format::Xml => {
            put(&mut out, DECLARATION);
            element(&mut out, "Error", |out| {
                for (name, value) in fields {
                    element(out, name, |out| xml_text(out, value));
                }
            });
        }
    }
    out
}

const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

fn put(out: &mut Buffer, text: &str) {
    append(out, text.as_bytes());
}

/// Returns the fields that are written: those with a value, and lists.
fn fields(payload: &dyn Payload) -> impl Iterator<Item = (&'static FieldInfo, Value<'_>)> {
    payload.fields().map(|(info, field)| (info, field.value())).filter(|(info, value)| {
        let is_list = matches!(info.kind, FieldKind::StringList | FieldKind::ObjectList(_));
        is_list || !matches!(value, Value::Absent)
    })
}

fn json_object(out: &mut Buffer, payload: &dyn Payload) {
    put(out, "{");
    for (index, (info, value)) in fields(payload).enumerate() {
        if index > 0 {
            put(out, ",");
        }
        json_name(out, info.name);
        if let Some(each) = info.each {
            put(out, "{");
            json_name(out, each);
        }
        json_value(out, value);
        if info.each.is_some() {
            put(out, "}");
        }
    }
    put(out, "}");
}

fn json_value(out: &mut Buffer, value: Value<'_>) {
    match value {
        // Only lists are written when they are absent.
        Value::Absent => put(out, "[]"),
        Value::Text(text) => json_text(out, text),
        Value::Bytes(bytes) => json_text(out, &Zeroizing::new(STANDARD.encode(bytes))),
        Value::Integer(number) => put(out, &number.to_string()),
        Value::Boolean(boolean) => put(out, if boolean { "true" } else { "false" }),
        Value::Texts(texts) => json_list(out, texts, |out, text| json_text(out, text)),
        Value::Pairs(pairs) => put(out, &json::pairs(pairs)),
        // A JSON tree has only text keys.
        Value::Json(map) => {
            let text = serde_json::to_vec(map).map(Zeroizing::new).unwrap_or_default();
            append(out, &text);
        }
        Value::Object(object) => json_object(out, object),
        Value::Objects(list) => json_list(out, objects(list), json_object),
    }
}

fn json_list<T>(
    out: &mut Buffer,
    items: impl IntoIterator<Item = T>,
    write: impl Fn(&mut Buffer, T),
) {
    put(out, "[");
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            put(out, ",");
        }
        write(out, item);
    }
    put(out, "]");
}

fn objects(list: &dyn PayloadList) -> impl Iterator<Item = &dyn Payload> {
    (0..).map_while(|index| list.get(index))
}

fn json_name(out: &mut Buffer, name: &str) {
    json_text(out, name);
    put(out, ":");
}

fn json_text(out: &mut Buffer, text: &str) {
    let text = serde_json::to_vec(text).map(Zeroizing::new).unwrap_or_default();
    append(out, &text);
}

fn xml_fields(out: &mut Buffer, payload: &dyn Payload) {
    for (info, value) in fields(payload) {
        if let Some(each) = info.each {
            element(out, info.name, |out| xml_value(out, each, value));
        } else {
            xml_value(out, info.name, value);
        }
    }
}

/// A list repeats its name for each item.
fn xml_value(out: &mut Buffer, name: &str, value: Value<'_>) {
    match value {
        Value::Absent => {}
        Value::Texts(texts) => {
            for text in texts {
                element(out, name, |out| xml_text(out, text));
            }
        }
        Value::Objects(list) => {
            for object in objects(list) {
                element(out, name, |out| xml_fields(out, object));
            }
        }
        Value::Object(object) => element(out, name, |out| xml_fields(out, object)),
        Value::Text(text) => element(out, name, |out| xml_text(out, text)),
        // JSON writes the other values without quotation marks.
        other => {
            let mut text = Buffer::default();
            json_value(&mut text, other);
            let text = std::str::from_utf8(&text).unwrap_or_default();
            element(out, name, |out| xml_text(out, text.trim_matches('"')));
        }
    }
}

fn element(out: &mut Buffer, name: &str, content: impl FnOnce(&mut Buffer)) {
    for text in ["<", name, ">"] {
        put(out, text);
    }
    content(out);
    for text in ["</", name, ">"] {
        put(out, text);
    }
}

fn xml_text(out: &mut Buffer, text: &str) {
    for part in text.split_inclusive(['&', '<', '>', '"', '\r']) {
        let Some(last) = part.chars().next_back() else { continue };
        let reference = match last {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            // Readers would turn it into a line feed.
            '\r' => "&#13;",
            _ => {
                put(out, part);
                continue;
            }
        };
        put(out, &part[..part.len() - last.len_utf8()]);
        put(out, reference);
    }
}

#[cfg(test)]
mod tests {
    use alibabacloud_kms::api::key::{KeyEntry, ListKeysResponse};
    use alibabacloud_kms::api::secret::GetSecretValueResponse;

    use super::*;

    fn text(format: Format, action: &str, response: &dyn Payload) -> String {
        String::from_utf8(write(format, action, response).to_vec()).expect("answers are text")
    }

    fn keys(ids: &[&str]) -> ListKeysResponse {
        let mut response = ListKeysResponse::default();
        for id in ids {
            let mut entry = KeyEntry::default();
            entry.key_id = (*id).to_owned();
            response.keys.push(entry);
        }
        response
    }

    #[test]
    fn lists_are_there_when_they_are_empty() {
        let json = text(Format::Json, "ListKeys", &keys(&[]));
        assert!(json.contains(r#""Keys":{"Key":[]}"#), "{json}");
        let xml = text(Format::Xml, "ListKeys", &keys(&[]));
        assert!(xml.contains("<Keys></Keys>"), "{xml}");
        let secret = text(Format::Json, "GetSecretValue", &GetSecretValueResponse::default());
        assert!(secret.contains(r#""VersionStages":{"VersionStage":[]}"#), "{secret}");
        assert!(!secret.contains("ExtendedConfig"), "{secret}");
    }

    #[test]
    fn both_formats_say_the_same() {
        let response = keys(&["a<b>&\"c", "中\r\n"]);
        let json = text(Format::Json, "ListKeys", &response);
        let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
        assert_eq!(json["Keys"]["Key"][1]["KeyId"], "中\r\n");
        assert_eq!(json["TotalCount"], 0);
        let xml = text(Format::Xml, "ListKeys", &response);
        assert!(xml.starts_with(DECLARATION) && xml.ends_with("</ListKeysResponse>"), "{xml}");
        let keys = "<Keys><Key><KeyId>a&lt;b&gt;&amp;&quot;c</KeyId></Key>\
                    <Key><KeyId>中&#13;\n</KeyId></Key></Keys>";
        assert!(xml.contains(keys) && xml.contains("<TotalCount>0</TotalCount>"), "{xml}");
    }

    #[test]
    fn json_is_the_clients_own_where_no_list_is_empty() {
        let response = keys(&["\"\\\n\u{1}中"]);
        assert_eq!(text(Format::Json, "ListKeys", &response), *json::expose(&response));
    }

    #[test]
    fn formats_are_named_in_any_case_and_others_are_refused() {
        assert_eq!(Format::parse(""), Ok(Format::Json));
        assert_eq!(Format::parse("json"), Ok(Format::Json));
        assert_eq!(Format::parse("xml"), Ok(Format::Xml));
        assert_eq!(Format::parse("yaml"), Err(Fault::invalid("Format")));
    }
}
