//! Classifies errors: whether and why a call may be repeated.

use http::StatusCode;

use super::{Error, ErrorKind, Outcome};

/// The codes of faults of the service. The code of some answers is the status that they should have
/// had.
pub(super) const SERVER_FAULTS: &[&str] = &[
    "InternalFailure",
    "InternalError",
    "ServiceUnavailable",
    "ServiceUnavailableTemporary",
    "500",
    "502",
    "503",
    "504",
];

/// Why a call is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The request was not sent.
    NotSent,
    /// The service throttled it.
    Throttled,
    /// No complete answer came.
    LostAnswer,
    /// The service failed.
    ServerFault,
    /// The service had already seen the request's nonce: an earlier copy of the request had
    /// arrived.
    NonceUsed,
}

impl Reason {
    /// Returns its name in events and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Throttled => "throttled",
            Self::LostAnswer => "lost_answer",
            Self::ServerFault => "server_fault",
            Self::NonceUsed => "nonce_used",
        }
    }
}

impl Error {
    /// Returns `true` if repeating this call is harmless and may succeed.
    pub fn is_retryable(&self) -> bool {
        self.retry_reason().is_some()
    }

    /// Returns why this call may be repeated, or `None` if it may not. [`retry`](crate::retry) has
    /// the table.
    pub fn retry_reason(&self) -> Option<Reason> {
        match (self.kind(), self.outcome()) {
            (ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport, Outcome::NotSent) => {
                Some(Reason::NotSent)
            }
            (ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport, Outcome::Unknown)
                if self.inner.idempotent =>
            {
                Some(Reason::LostAnswer)
            }
            (ErrorKind::Service, _) if self.is_throttled() => Some(Reason::Throttled),
            (ErrorKind::Service, _) if self.inner.idempotent && self.is_server_fault() => {
                Some(Reason::ServerFault)
            }
            // The next attempt has another nonce.
            (ErrorKind::Service, _) if self.inner.idempotent && self.is_nonce_used() => {
                Some(Reason::NonceUsed)
            }
            _ => None,
        }
    }

    /// Returns `true` if the gateway throttled the call.
    pub fn is_throttled(&self) -> bool {
        let throttling = |code: &str| {
            // The code of some answers is the status that they should have had.
            code.starts_with("Throttling")
                || code.starts_with("Rejected.Throttling")
                || code == "429"
        };
        self.kind() == ErrorKind::Service
            && (self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
                || self.code().is_some_and(throttling))
    }

    /// Returns `true` if the service has no such key, alias, version, secret or the like.
    ///
    /// The HTTP status does not tell: an access key that the gateway does not know is a 404, too.
    pub fn is_not_found(&self) -> bool {
        let names_resource = |code: &str| {
            let resources = ["Forbidden.", "Certificate."];
            resources.iter().any(|prefix| code.starts_with(prefix)) && code.ends_with("NotFound")
        };
        self.kind() == ErrorKind::Service && self.code().is_some_and(names_resource)
    }

    /// Returns `true` if the gateway refused the call because of its date.
    pub fn is_clock_skew(&self) -> bool {
        let Some(service) = self.service().filter(|_| self.kind() == ErrorKind::Service) else {
            return false;
        };
        match service.code() {
            Some("IllegalTimestamp" | "InvalidTimeStamp.Expired" | "RequestTimeTooSkewed") => true,
            // The instance's message for an unreadable date, which some instances use for a date
            // that is off, too.
            Some("InvalidParam") => service.message() == Some("The Param Date is invalid."),
            _ => false,
        }
    }

    /// Returns `true` if the gateway had already seen the request's nonce.
    fn is_nonce_used(&self) -> bool {
        self.code() == Some("SignatureNonceUsed")
    }

    fn is_server_fault(&self) -> bool {
        let status = matches!(
            self.status(),
            Some(
                StatusCode::INTERNAL_SERVER_ERROR
                    | StatusCode::BAD_GATEWAY
                    | StatusCode::SERVICE_UNAVAILABLE
                    | StatusCode::GATEWAY_TIMEOUT
            )
        );
        status || self.code().is_some_and(|code| SERVER_FAULTS.contains(&code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ServiceError;

    fn reason(error: &Error, idempotent: bool) -> Option<Reason> {
        error.clone().with_idempotent(idempotent).retry_reason()
    }

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
            // The next attempt would meet the same certificate.
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
                let reasons = (reason(&error, false), reason(&error, true));
                assert_eq!(reasons, row.unwrap_or_default(), "{kind:?} {outcome:?}");
            }
        }
    }

    #[test]
    fn service_errors_are_told_by_code_and_status() {
        let throttled = (Some(Reason::Throttled), Some(Reason::Throttled));
        let fault = (None, Some(Reason::ServerFault));
        let nonce_used = (None, Some(Reason::NonceUsed));
        let never = (None, None);
        for (status, code, row) in [
            (400, "Throttling", throttled),
            (400, "Throttling.User", throttled),
            (503, "Throttling.Api", throttled),
            (400, "Rejected.Throttling", throttled),
            (429, "", throttled),
            (200, "429", throttled),
            (200, "Throttling.User", throttled),
            (500, "", fault),
            (502, "", fault),
            (503, "ServiceUnavailable", fault),
            (504, "", fault),
            (400, "InternalFailure", fault),
            (400, "ServiceUnavailableTemporary", fault),
            (200, "InternalFailure", fault),
            (200, "ServiceUnavailable", fault),
            (400, "InternalError", fault),
            (200, "503", fault),
            (400, "SignatureNonceUsed", nonce_used),
            (200, "400", never),
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
            let reasons = (reason(&error, false), reason(&error, true));
            assert_eq!(reasons, row, "{status} {code}");
            assert_eq!(error.is_throttled(), row == throttled);
        }
    }

    #[test]
    fn refusals_of_a_date_are_told_by_code_and_message() {
        for (code, message, row) in [
            ("IllegalTimestamp", "m", true),
            ("InvalidTimeStamp.Expired", "m", true),
            ("RequestTimeTooSkewed", "Request time exceeds server time more than 15 minutes", true),
            ("InvalidParam", "The Param Date is invalid.", true),
            ("InvalidParam", "The Param Authorization is invalid.", false),
            ("InvalidTimeStamp.Format", "m", false),
            ("SignatureDoesNotMatch", "m", false),
            ("SignatureNotMatch", "m", false),
        ] {
            let service = ServiceError::new(code, message).with_status(StatusCode::BAD_REQUEST);
            let error = Error::from_service(service);
            assert_eq!(error.is_clock_skew(), row, "{code} {message}");
            // Repeating it with the same clock would not help.
            assert_eq!(reason(&error, true), None, "{code}");
        }
        assert!(!Error::refused("IllegalTimestamp", "not the service's own").is_clock_skew());
    }

    #[test]
    fn parameters_refused_in_the_services_words_are_never_repeated() {
        let error = Error::refused("Throttling", "not the service's own");
        assert_eq!(reason(&error, true), None);
        assert!(!error.is_throttled());
    }

    #[test]
    fn an_error_says_itself_whether_it_may_be_repeated() {
        let lost = || Error::new(ErrorKind::Transport, "").with_outcome(Outcome::Unknown);
        assert!(!lost().is_retryable());
        assert!(lost().with_idempotent(true).is_retryable());
    }
}
