//! The error answers of RPC services: JSON, or XML with the feature `xml`, with names in the case
//! that the service or a gateway before it uses, or something that is not the service's.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::foreign;
use super::scrub::scrub;
#[cfg(feature = "xml")]
use super::xml;
use crate::error::ServiceError;
use crate::payload::Payload;

/// Reads the error answer of an RPC service. Anything else becomes an error without a code.
///
/// Names are read in either case (`Code`, `code`), and a code as text or number. The request's
/// secrets are removed from the message.
pub fn read(body: &[u8], request: &dyn Payload) -> ServiceError {
    fields(body).map(|fields| from_fields(&fields, request)).unwrap_or_default()
}

/// Reads the error in an answer with the status of success: a `Code` other than success.
pub fn read_in_success(body: &[u8], request: &dyn Payload) -> Option<ServiceError> {
    let service = read(body, request);
    let is_success = |code: &str| match code.parse::<u16>() {
        Ok(number) => number == 0 || (200..300).contains(&number),
        Err(_) => ["ok", "success"].iter().any(|word| code.eq_ignore_ascii_case(word)),
    };
    service.code().is_some_and(|code| !is_success(code)).then_some(service)
}

/// Returns the fields of the error document, whatever is around them.
fn fields(body: &[u8]) -> Option<Map<String, Json>> {
    let body = foreign::without_bom(body);
    let mut fields = match json(body) {
        Some(Json::Object(fields)) => fields,
        Some(_) => return None,
        #[cfg(feature = "xml")]
        None => xml::read(body)?,
        #[cfg(not(feature = "xml"))]
        None => return None,
    };
    // Some gateways put the error into an object of its own, with the request id beside it.
    if field(&fields, "Code").is_none()
        && let Some(Json::Object(inner)) = field(&fields, "Error").cloned()
    {
        fields.extend(inner);
    }
    Some(fields)
}

/// Reads the JSON value that a body begins with. What is wrong in a message costs no code: bytes of
/// another encoding, and control characters such as line ends, which JSON has only escaped.
fn json(body: &[u8]) -> Option<Json> {
    let first = |text: &str| serde_json::Deserializer::from_str(text).into_iter().next()?.ok();
    let text = String::from_utf8_lossy(body);
    first(&text).or_else(|| first(&text.replace(char::is_control, " ")))
}

/// Returns the field with this name, in any case; the service's own spelling wins. Null counts as
/// absent.
fn field<'a>(fields: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    let given = |value: &&Json| !value.is_null();
    let in_any_case = || {
        let values = fields.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        values.map(|(_, value)| value).find(given)
    };
    fields.get(name).filter(given).or_else(in_any_case)
}

fn from_fields(fields: &Map<String, Json>, request: &dyn Payload) -> ServiceError {
    let text = |name| {
        let text = match field(fields, name)? {
            Json::String(text) => text.clone(),
            other @ (Json::Number(_) | Json::Bool(_)) => other.to_string(),
            _ => return None,
        };
        Some(scrub(&text, request)).filter(|text| !text.is_empty())
    };
    let code = text("Code");
    let message = match &code {
        // The service may append the string to sign.
        Some(code) if code.starts_with("SignatureDoesNotMatch") => {
            Some("The request's signature does not match.".to_owned())
        }
        _ => text("Message"),
    };
    let mut service = ServiceError::default();
    match (code, message) {
        (Some(code), message) => service = ServiceError::new(code, message.unwrap_or_default()),
        (None, Some(message)) => service.set_message(message),
        (None, None) => {}
    }
    let service = service
        .with_request_id(text("RequestId").unwrap_or_default())
        .with_host_id(text("HostId").unwrap_or_default())
        .with_recommend(text("Recommend").unwrap_or_default());
    match field(fields, "AccessDeniedDetail") {
        Some(Json::Object(detail)) => service.with_access_denied_detail(texts(detail, request)),
        _ => service,
    }
}

/// Returns the names and values of the detail. Both may echo parts of the request.
fn texts(detail: &Map<String, Json>, request: &dyn Payload) -> BTreeMap<String, String> {
    let text = |value: &Json| match value {
        Json::String(text) => scrub(text, request),
        other => scrub(&other.to_string(), request),
    };
    let mut texts = BTreeMap::new();
    // Not collected: that would compile the standard library's sort for this type.
    texts.extend(detail.iter().map(|(name, value)| (scrub(name, request), text(value))));
    texts
}
