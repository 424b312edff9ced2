//! Fields of requests and answers: what is refused, and in which words.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::payload::Value;
use crate::wire::parameters;
use crate::{BoxError, Call, Error, ErrorKind, Gateway, Outcome};

/// Refuses a call that lacks what the instance needs, or sets what no operation has.
pub(super) fn check(call: &Call) -> Result<(), Error> {
    if let Some(field) = parameters::missing(call.payload(), Gateway::Instance) {
        return Err(Error::missing_parameter(field.name));
    }
    for (info, field) in call.payload().fields() {
        let unsupported = match (info.name, field.value()) {
            ("Recipient", Value::Text(_)) => true,
            ("DryRun", Value::Text(text)) => !text.eq_ignore_ascii_case("false"),
            _ => false,
        };
        if unsupported {
            return Err(Error::invalid_parameter(info.name).with_source(
                "the instance gateway has no such parameter: send the call to the shared gateway",
            ));
        }
    }
    Ok(())
}

/// Reads a parameter's Base64.
pub(super) fn base64(parameter: &'static str, text: &str) -> Result<Vec<u8>, Error> {
    STANDARD.decode(text).map_err(|_| {
        // The decoder's own words quote a character of what may be a plaintext.
        Error::invalid_parameter(parameter).with_source(NOT_BASE64)
    })
}

/// A field that an answer must have; proto3 cannot tell empty from absent.
pub(super) fn required<T: AsRef<[u8]>>(name: &'static str, field: T) -> Result<T, Error> {
    if field.as_ref().is_empty() {
        return Err(answer(format!("the answer lacks the field {name}, which it must have")));
    }
    Ok(field)
}

/// A field that is empty where the action's is absent.
pub(super) fn some<T: AsRef<str>>(text: T) -> Option<T> {
    Some(text).filter(|text| !text.as_ref().is_empty())
}

/// An answer that cannot be handed up.
pub(super) fn answer(why: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Decode, why).with_outcome(Outcome::Answered)
}

/// Reads the Base64 of a mock's answer.
pub(super) fn back_base64(field: &'static str, text: &str) -> Result<Vec<u8>, Error> {
    STANDARD.decode(text).map_err(|_| inexpressible(field, "Base64", NOT_BASE64))
}

/// A mock's answer that no operation's answer becomes.
pub(super) fn inexpressible(
    field: &'static str,
    expected: &'static str,
    why: impl Into<BoxError>,
) -> Error {
    let message = format!(
        "the mock's answer is not one that an instance can give: its {field} is not {expected}; \
         correct it, or send the call to the shared gateway",
    );
    Error::new(ErrorKind::Layer, message).with_source(why)
}

const NOT_BASE64: &str = "it is not standard Base64 with padding";
