//! The names of failures in spans and metrics.
//!
//! A name is a word from a known set, or the service's own code. A text that does not look like a
//! code becomes [`OTHER`].

use std::borrow::Cow;

use crate::error::{BoxError, Error, ErrorKind};

/// OpenTelemetry's word for everything without a word of its own.
pub(crate) const OTHER: &str = "_OTHER";

/// The call's future was dropped before its end.
pub(crate) const CANCELLED: &str = "cancelled";

/// The maximum length of a code or id that is shown, in bytes.
const LONGEST: usize = 64;

/// Returns the `error.type` of a service's error.
pub(crate) fn of(error: &BoxError) -> Cow<'_, str> {
    Error::find(&**error).map_or(OTHER.into(), of_ours)
}

/// Returns the `error.type` of one of our errors.
pub fn of_ours(error: &Error) -> Cow<'_, str> {
    match error.kind() {
        ErrorKind::Service => of_service(error),
        kind => kind.as_str().into(),
    }
}

/// Returns the service's code, or else the HTTP status, which every HTTP client reports.
fn of_service(error: &Error) -> Cow<'_, str> {
    match (error.code(), error.status()) {
        (Some(_), _) => service_code(error).unwrap_or(OTHER).into(),
        (None, Some(status)) => status.as_str().to_owned().into(),
        (None, None) => ErrorKind::Service.as_str().into(),
    }
}

/// Returns the code that the service answered with, if it looks like one.
pub(crate) fn service_code(error: &Error) -> Option<&str> {
    let code = error.code().filter(|_| error.kind() == ErrorKind::Service);
    code.filter(|code| is_token(code))
}

/// Returns `true` if a text of the service is a code or an id, not a message.
pub(crate) fn is_token(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::error::ServiceError;

    fn of_code(code: &str) -> String {
        of(&Error::from_service(ServiceError::new(code, "m")).into()).into_owned()
    }

    #[test]
    fn what_does_not_look_like_a_code_is_not_shown() {
        assert_eq!(of_code("Forbidden.KeyNotFound"), "Forbidden.KeyNotFound");
        assert_eq!(of_code(&"a".repeat(64)), "a".repeat(64));
        for text in ["", "two words", "line\nbreak", "\u{1b}[31m", "密钥", &"a".repeat(65)] {
            assert_eq!(of_code(text), OTHER, "{text:?}");
        }
    }

    #[test]
    fn without_a_code_the_status_says_it() {
        let page = ServiceError::from_status(StatusCode::BAD_GATEWAY);
        assert_eq!(of(&Error::from_service(page).into()), "502");
        assert_eq!(of(&Error::from_service(ServiceError::default()).into()), "service");
    }

    #[test]
    fn our_own_errors_have_their_kind_and_others_none() {
        let wrapped = std::io::Error::other(Error::new(ErrorKind::Tls, "no"));
        for (error, expected) in [
            (Error::new(ErrorKind::Timeout, "slow").into(), "timeout"),
            (Error::refused("MissingParameter", "m").into(), "encode"),
            (wrapped.into(), "tls"),
            (BoxError::from("overloaded"), OTHER),
        ] {
            assert_eq!(of(&error), expected);
        }
    }
}
