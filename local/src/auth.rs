//! Who a request is from, and that it is whole: as strict as the service.
//!
//! [`access_key`] verifies the RPC dialect's ACS3 signatures, [`client_key`] the instance's. Both
//! run before anything else looks at a request. No refusal repeats what was signed.

pub(super) mod access_key;
pub(super) mod client_key;
mod date;
mod nonces;

use std::time::{Duration, SystemTime};

use http::HeaderMap;

pub(super) use self::nonces::Nonces;

/// How far a request's date may be off, either way.
const MAX_SKEW: Duration = Duration::from_secs(15 * 60);

/// A header's only value, without white space around it.
fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?.trim();
    (values.next().is_none() && !value.is_empty()).then_some(value)
}

/// A header's values as both dialects sign them: trimmed, joined with commas.
fn signed_value(headers: &HeaderMap, name: &str) -> Option<String> {
    let values: Vec<&str> = headers
        .get_all(name)
        .iter()
        .map(|value| std::str::from_utf8(value.as_bytes()).map(str::trim))
        .collect::<Result<_, _>>()
        .ok()?;
    (!values.is_empty()).then(|| values.join(","))
}

fn is_current(date: SystemTime, now: SystemTime) -> bool {
    let off = now.duration_since(date).unwrap_or_else(|error| error.duration());
    off <= MAX_SKEW
}
