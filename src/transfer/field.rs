//! Checks of fields in requests and answers, and their errors.

use std::borrow::Cow;

use crate::middleware::payload::Value;
use crate::middleware::wire::{base64_text, parameters};
use crate::{BoxError, Call, Error, ErrorKind, Gateway, Outcome};

/// Refuses a call that lacks what the instance needs, or sets what no operation has.
#[inline]
pub(super) fn check(call: &Call) -> Result<(), Error> {
    if let Some(field) = parameters::missing(call.payload(), Gateway::Instance) {
        return Err(Error::missing_parameter(field.name));
    }
    for (info, field) in call.payload().fields() {
        // An empty text is the same as an absent one.
        let unsupported = match (info.name, field.value()) {
            ("Recipient", Value::Text(text)) => !text.is_empty(),
            ("DryRun", Value::Text(text)) => {
                !text.is_empty() && !text.eq_ignore_ascii_case("false")
            }
            _ => false,
        };
        if unsupported {
            return Err(Error::invalid_parameter(info.name).with_source(
                "the instance gateway does not support this parameter: send the call to the \
                 shared gateway",
            ));
        }
    }
    Ok(())
}

/// Decodes the Base64 of a parameter. Line ends and spaces in it are ignored.
#[inline]
pub(super) fn base64(parameter: &'static str, text: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = base64_text::decode(text)
        .ok_or_else(|| Error::invalid_parameter(parameter).with_source(NOT_BASE64))?;
    Ok(std::mem::take(&mut *bytes))
}

/// Returns a field that an answer must have; proto3 cannot distinguish empty from absent.
pub(super) fn required<T: AsRef<[u8]>>(name: &'static str, field: T) -> Result<T, Error> {
    if field.as_ref().is_empty() {
        return Err(answer(format!("the answer lacks the required field {name}")));
    }
    Ok(field)
}

/// Returns `None` for an empty field, which is absent in the action's response.
pub(super) fn some<T: AsRef<str>>(text: T) -> Option<T> {
    Some(text).filter(|text| !text.as_ref().is_empty())
}

/// Returns the error of an answer that cannot be transferred.
pub(super) fn answer(why: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Decode, why).with_outcome(Outcome::Answered)
}

/// Decodes the Base64 in a mock's answer.
#[inline]
pub(super) fn back_base64(field: &'static str, text: &str) -> Result<Vec<u8>, Error> {
    let bytes = base64_text::decode(text);
    let mut bytes = bytes.ok_or_else(|| inexpressible(field, "Base64", NOT_BASE64))?;
    Ok(std::mem::take(&mut *bytes))
}

/// Returns the error of a mock's answer that no operation's answer can become.
#[inline]
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

const NOT_BASE64: &str = "the value is not standard Base64 with padding";
