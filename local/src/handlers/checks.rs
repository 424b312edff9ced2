//! Checks of parameters, which return the service's errors.

use alibabacloud_kms::middleware::wire::base64_text;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::engine::{Fault, MAX_PLAINTEXT, PageRequest};

/// Creates a refusal: the local gateway does not do `what`.
pub(super) fn unsupported(what: &str) -> Fault {
    let message = format!("The local gateway does not {what}.");
    Fault::new(400, "UnsupportedOperation", message)
}

/// Returns a parameter that the RPC dialect requires.
pub(super) fn required<'a>(value: Option<&'a String>, name: &str) -> Result<&'a str, Fault> {
    optional(value).ok_or_else(|| Fault::missing(name))
}

/// Returns an optional parameter, or `None` if it is absent or empty.
pub(super) fn optional<T: AsRef<str>>(value: Option<&T>) -> Option<&str> {
    value.map(AsRef::as_ref).filter(|value| !value.is_empty())
}

/// Returns a plaintext, unless it is too long to be encrypted.
pub(super) fn plaintext(bytes: &[u8]) -> Result<&[u8], Fault> {
    if bytes.len() > MAX_PLAINTEXT {
        return Err(Fault::invalid("Plaintext"));
    }
    Ok(bytes)
}

/// Returns the page that a request asks for.
pub(super) fn page(number: Option<i32>, size: Option<i32>) -> Result<PageRequest, Fault> {
    let count = |value: Option<i32>, name: &str| {
        let count = value.map(usize::try_from).transpose();
        count.map_err(|_| Fault::invalid(name))
    };
    PageRequest::new(count(number, "PageNumber")?, count(size, "PageSize")?)
}

/// Returns a count in the type that it has on the wire.
pub(super) fn count(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Decodes the Base64 of a parameter, which may contain white space.
pub(super) fn decode(name: &str, text: &str) -> Result<Zeroizing<Vec<u8>>, Fault> {
    base64_text::decode(text).ok_or_else(|| Fault::invalid(name))
}

/// Encodes bytes as the RPC dialect does, in Base64.
pub(super) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Parses a parameter that is `true` or `false`, in any case (default `false`).
pub(super) fn flag(value: Option<&String>, name: &str) -> Result<bool, Fault> {
    match optional(value) {
        None => Ok(false),
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        Some(_) => Err(Fault::invalid(name)),
    }
}

/// Parses a parameter that is a JSON list of texts.
pub(super) fn text_list(json: &str, name: &str) -> Result<Vec<String>, Fault> {
    serde_json::from_str(json).map_err(|_| Fault::invalid(name))
}
