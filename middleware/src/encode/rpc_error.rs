//! The shared gateway's error answers: JSON, sometimes XML, or something that is not the service's.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::scrub::scrub;
use crate::error::ServiceError;
use crate::payload::Payload;

/// Reads the error answer of an RPC service; what is not the service's becomes an error without a code.
///
/// The request's secrets are taken out of what the service says.
pub fn read(body: &[u8], request: &dyn Payload) -> ServiceError {
    let service = match serde_json::from_slice(body) {
        Ok(Json::Object(fields)) => from_fields(request, |name| match fields.get(name)? {
            Json::String(text) => Some(text.clone()),
            _ => None,
        })
        .map(|service| match fields.get("AccessDeniedDetail") {
            Some(Json::Object(detail)) => service.with_access_denied_detail(texts(detail, request)),
            _ => service,
        }),
        _ => std::str::from_utf8(body)
            .ok()
            .filter(|text| text.contains("<Error>"))
            .and_then(|xml| from_fields(request, |name| element(xml, name))),
    };
    service.unwrap_or_default()
}

fn from_fields(
    request: &dyn Payload,
    field: impl Fn(&str) -> Option<String>,
) -> Option<ServiceError> {
    let field = |name| field(name).map_or_else(String::new, |text| scrub(&text, request));
    let code = Some(field("Code")).filter(|code| !code.is_empty())?;
    let message = match code.starts_with("SignatureDoesNotMatch") {
        // The service's text may go on with the string to sign.
        true => "The request's signature does not match.".to_owned(),
        false => field("Message"),
    };
    Some(
        ServiceError::new(code, message)
            .with_request_id(field("RequestId"))
            .with_host_id(field("HostId"))
            .with_recommend(field("Recommend")),
    )
}

fn texts(
    detail: &serde_json::Map<String, Json>,
    request: &dyn Payload,
) -> BTreeMap<String, String> {
    let text = |value: &Json| match value {
        Json::String(text) => scrub(text, request),
        other => scrub(&other.to_string(), request),
    };
    detail.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// The text of the first element of this name. The service's error document is flat.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let unescaped = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
    Some(unescaped)
}
