//! Why a call may be repeated: what an error says of that.

use http::StatusCode;

use super::{Error, ErrorKind, Outcome};

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

impl Error {
    /// Returns `true` if repeating this very call is harmless and may succeed.
    pub fn is_retryable(&self) -> bool {
        self.retry_reason().is_some()
    }

    /// Returns why this very call may be repeated, or `None` if it may not: the table is in
    /// [`retry`](crate::retry).
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
            _ => None,
        }
    }

    /// Returns `true` if the gateway refused the call because of its rate.
    pub fn is_throttled(&self) -> bool {
        let throttling =
            |code: &str| code.starts_with("Throttling") || code.starts_with("Rejected.Throttling");
        self.kind() == ErrorKind::Service
            && (self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
                || self.code().is_some_and(throttling))
    }

    /// Returns `true` if the gateway refused the call because of its date.
    pub fn is_clock_skew(&self) -> bool {
        let Some(service) = self.service().filter(|_| self.kind() == ErrorKind::Service) else {
            return false;
        };
        match service.code() {
            Some("IllegalTimestamp" | "InvalidTimeStamp.Expired") => true,
            // The instance's own words.
            Some("InvalidParam") => service.message() == Some("The Param Date is invalid."),
            _ => false,
        }
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
        status || matches!(self.code(), Some("InternalFailure" | "ServiceUnavailableTemporary"))
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
                let reasons = (reason(&error, false), reason(&error, true));
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
