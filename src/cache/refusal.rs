//! Decides which errors are cached: refusals that the same call would get again.

use crate::{Error, ErrorKind, Outcome};

/// Prefixes of the codes of refusals. All other errors, such as those about the credential or the
/// date, may be gone at the next attempt.
const REFUSALS: &[&str] = &[
    "Forbidden",
    "InvalidParameter",
    "MissingParameter",
    "NoPermission",
    "Rejected.Disabled",
    "Rejected.PendingDeletion",
    "Rejected.ResourceInDeleteWindow",
];

/// Returns `true` if the same call will be refused again, for a while at least.
pub(super) fn is_refusal(error: &Error) -> bool {
    error.kind() == ErrorKind::Service
        && error.outcome() == Outcome::Answered
        && !error.is_throttled()
        // The code of a refusal may come with the status of success.
        && error.status().is_none_or(|status| status.is_client_error() || status.is_success())
        && error.code().is_some_and(|code| REFUSALS.iter().any(|begin| code.starts_with(begin)))
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::ServiceError;

    fn service(status: u16, code: &str) -> Error {
        let status = StatusCode::from_u16(status).expect("a status");
        Error::from_service(ServiceError::new(code, "message").with_status(status))
    }

    #[test]
    fn a_word_of_the_service_on_the_secret_is_a_refusal() {
        for (status, code) in [
            (404, "Forbidden.ResourceNotFound"),
            (404, "Forbidden.KeyNotFound"),
            (403, "Forbidden.NoPermission"),
            (403, "NoPermission"),
            (409, "Rejected.Disabled"),
            (400, "InvalidParameter"),
            (200, "Forbidden.NoPermission"),
        ] {
            assert!(is_refusal(&service(status, code)), "{code}");
        }
    }

    #[test]
    fn what_may_be_over_at_the_next_try_is_none() {
        for (status, code) in [
            (400, "Throttling.User"),
            (403, "Rejected.Throttling"),
            (429, "Forbidden.ResourceNotFound"),
            (200, "Throttling.User"),
            (200, "ServiceUnavailable"),
            (500, "InternalFailure"),
            (503, "ServiceUnavailableTemporary"),
            (503, "Forbidden.ResourceNotFound"),
            // About the caller and the time: a key may be on its way, a clock may be corrected.
            (404, "InvalidAccessKeyId.NotFound"),
            (403, "InvalidSecurityToken.Expired"),
            (400, "SignatureDoesNotMatch"),
            (400, "SignatureNonceUsed"),
            (400, "IllegalTimestamp"),
        ] {
            assert!(!is_refusal(&service(status, code)), "{code}");
        }
        assert!(!is_refusal(&Error::from_service(ServiceError::from_status(
            StatusCode::NOT_FOUND
        ))));
        for kind in [ErrorKind::Connect, ErrorKind::Timeout, ErrorKind::Transport] {
            assert!(!is_refusal(&Error::new(kind, "no answer")));
        }
        // Refused by this library, before anything was sent.
        assert!(!is_refusal(&Error::missing_parameter("SecretName")));
    }
}
