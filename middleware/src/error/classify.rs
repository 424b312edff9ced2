//! What may be repeated: the whole table.
//!
//! | what happened | repeated |
//! |---|---|
//! | not sent: no name, refused, TLS handshake cut, connect timeout | always |
//! | throttled (`Throttling*`, `Rejected.Throttling`, 429) | always: the service refused it |
//! | lost or truncated answer, attempt timeout | if idempotent |
//! | 500, 502, 503, 504, `InternalFailure`, `ServiceUnavailableTemporary` | if idempotent |
//! | refused for its date, with a date of the gateway's own | once, by it: [`ClockSkew`] |
//! | refused for its signer, who has another credential | once, by it: [`RenewCredential`] |
//! | everything else, a certificate that was not accepted too | never |
//!
//! "Not sent" is about the last attempt. That an earlier one may have arrived is said by the outcome
//! of the error, which is [`Outcome::Unknown`] then.
//!
//! [`ClockSkew`]: crate::retry::ClockSkew
//! [`RenewCredential`]: crate::retry::RenewCredential

use http::StatusCode;

use crate::error::{Error, ErrorKind, Outcome};

/// Why a call is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// It never left.
    NotSent,
    /// The service refused it because of its rate.
    Throttled,
    /// No complete answer came.
    LostAnswer,
    /// The service failed.
    ServerFault,
}

impl Reason {
    /// The reason as events and metrics name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Throttled => "throttled",
            Self::LostAnswer => "lost_answer",
            Self::ServerFault => "server_fault",
        }
    }
}

/// Why this error's call may be repeated, if it may.
pub fn classify(error: &Error, idempotent: bool) -> Option<Reason> {
    match (error.kind(), error.outcome()) {
        (ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport, Outcome::NotSent) => {
            Some(Reason::NotSent)
        }
        (ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport, Outcome::Unknown)
            if idempotent =>
        {
            Some(Reason::LostAnswer)
        }
        (ErrorKind::Service, _) if is_throttled(error) => Some(Reason::Throttled),
        (ErrorKind::Service, _) if idempotent && is_server_fault(error) => {
            Some(Reason::ServerFault)
        }
        _ => None,
    }
}

/// Whether the gateway refused the call because of its rate.
pub fn is_throttled(error: &Error) -> bool {
    let throttling =
        |code: &str| code.starts_with("Throttling") || code.starts_with("Rejected.Throttling");
    error.kind() == ErrorKind::Service
        && (error.status() == Some(StatusCode::TOO_MANY_REQUESTS)
            || error.code().is_some_and(throttling))
}

/// Whether the gateway refused the call because of its date.
pub fn is_skewed(error: &Error) -> bool {
    let Some(service) = error.service().filter(|_| error.kind() == ErrorKind::Service) else {
        return false;
    };
    match service.code() {
        Some("IllegalTimestamp" | "InvalidTimeStamp.Expired") => true,
        // The instance's own words.
        Some("InvalidParam") => service.message() == Some("The Param Date is invalid."),
        _ => false,
    }
}

fn is_server_fault(error: &Error) -> bool {
    let status = matches!(
        error.status(),
        Some(
            StatusCode::INTERNAL_SERVER_ERROR
                | StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT
        )
    );
    status || matches!(error.code(), Some("InternalFailure" | "ServiceUnavailableTemporary"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ServiceError;

    #[test]
    fn every_kind_and_outcome_has_its_row() {
        use ErrorKind::{
            ClientKey, Config, Connect, Credential, Decode, Encode, Envelope, Io, Layer, Route,
            Service, Sign, Timeout, Tls, Transport,
        };
        use Outcome::{Answered, NotSent, Unknown};

        let always = Some((Some(Reason::NotSent), Some(Reason::NotSent)));
        let if_idempotent = Some((None, Some(Reason::LostAnswer)));
        let never = None;
        for (kind, not_sent, unknown) in [
            // Unknown: an earlier attempt may have arrived.
            (Connect, always, if_idempotent),
            (Timeout, always, if_idempotent),
            (Transport, always, if_idempotent),
            // The same certificate will be there the next time.
            (Tls, never, never),
            (Config, never, never),
            (Credential, never, never),
            (ClientKey, never, never),
            (Route, never, never),
            (Encode, never, never),
            (Sign, never, never),
            (Decode, never, never),
            (Service, never, never),
            (Layer, never, never),
            (Envelope, never, never),
            (Io, never, never),
        ] {
            for (outcome, row) in [(NotSent, not_sent), (Unknown, unknown), (Answered, never)] {
                let error = Error::new(kind, "").with_outcome(outcome);
                let reasons = (classify(&error, false), classify(&error, true));
                assert_eq!(reasons, row.unwrap_or_default(), "{kind:?} {outcome:?}");
            }
        }
    }

    #[test]
    fn service_errors_are_told_by_code_and_status() {
        let throttled = (Some(Reason::Throttled), Some(Reason::Throttled));
        let fault = (None, Some(Reason::ServerFault));
        let never = (None, None);
        for (status, code, row) in [
            (400, "Throttling", throttled),
            (400, "Throttling.User", throttled),
            (503, "Throttling.Api", throttled),
            (400, "Rejected.Throttling", throttled),
            (429, "", throttled),
            (500, "", fault),
            (502, "", fault),
            (503, "ServiceUnavailable", fault),
            (504, "", fault),
            (400, "InternalFailure", fault),
            (400, "ServiceUnavailableTemporary", fault),
            (501, "", never),
            (505, "", never),
            (302, "", never),
            (400, "InvalidParameter", never),
            (403, "Forbidden.KeyNotFound", never),
            (403, "NotThrottling", never),
            (404, "", never),
        ] {
            let service = match code {
                "" => ServiceError::default(),
                code => ServiceError::new(code, "m"),
            };
            let status = StatusCode::from_u16(status).expect("a status");
            let error = Error::from_service(service.with_status(status));
            let reasons = (classify(&error, false), classify(&error, true));
            assert_eq!(reasons, row, "{status} {code}");
            assert_eq!(is_throttled(&error), row == throttled);
        }
    }

    #[test]
    fn refusals_of_a_date_are_told_by_code_and_message() {
        for (code, message, row) in [
            ("IllegalTimestamp", "m", true),
            ("InvalidTimeStamp.Expired", "m", true),
            ("InvalidParam", "The Param Date is invalid.", true),
            ("InvalidParam", "The Param Authorization is invalid.", false),
            ("InvalidTimeStamp.Format", "m", false),
            ("SignatureDoesNotMatch", "m", false),
            ("SignatureNotMatch", "m", false),
        ] {
            let service = ServiceError::new(code, message).with_status(StatusCode::BAD_REQUEST);
            let error = Error::from_service(service);
            assert_eq!(is_skewed(&error), row, "{code} {message}");
            // Repeating it with the same clock would not help.
            assert_eq!(classify(&error, true), None, "{code}");
        }
        assert!(!is_skewed(&Error::refused("IllegalTimestamp", "not the service's own")));
    }

    #[test]
    fn parameters_refused_in_the_services_words_are_never_repeated() {
        let error = Error::refused("Throttling", "not the service's own");
        assert_eq!(classify(&error, true), None);
        assert!(!is_throttled(&error));
    }

    #[test]
    fn an_error_says_itself_whether_it_may_be_repeated() {
        let lost = || Error::new(ErrorKind::Transport, "").with_outcome(Outcome::Unknown);
        assert!(!lost().is_retryable());
        assert!(lost().with_idempotent(true).is_retryable());
    }
}
