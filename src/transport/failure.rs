//! The errors of failed requests: their kind, whether the request may have taken effect, and the
//! remedy.

pub(super) mod tls;

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use alibabacloud_kms_middleware::__private::find;

use super::connection::Unanswered;
use super::origin::Origin;
use super::resolve::NotFound;
use super::unreadable::Unreadable;
use crate::middleware::timeout::TimeLimit;
use crate::{BoxError, Error, ErrorKind, Outcome};

/// Returns the error of a connection that took longer than the limit. `note` ends the message.
pub(super) fn connect_timeout(limit: Duration, target: &Origin, note: &str) -> Error {
    let message = format!(
        "connecting to {} took longer than the connect timeout of {limit:?}: check the endpoint, \
         and firewalls on the way{note}",
        target.authority()
    );
    Error::new(ErrorKind::Timeout, message).with_time_limit(TimeLimit::Connect(limit))
}

/// Returns the error of a failed connection to the gateway. `note` ends the message of one that
/// made no connection.
pub(super) fn connecting(error: BoxError, target: &Origin, note: &str) -> Error {
    let target = target.authority();
    let (kind, message) = if let Some(error) = find(&*error) {
        (ErrorKind::Tls, tls::explain(error, target))
    } else if find::<NotFound>(&*error).is_some() {
        let message = format!(
            "the host name of {target} cannot be resolved: check the region or the endpoint, and \
             the DNS{note}"
        );
        (ErrorKind::Connect, message.into())
    } else {
        let message = match find(&*error).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => {
                format!("{target} refused the connection: check the endpoint's host and port")
            }
            Some(io::ErrorKind::TimedOut) => {
                format!("{target} does not answer: check the endpoint, and firewalls on the way")
            }
            Some(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
                format!("{target} ended the TLS handshake: check that its port serves https")
            }
            _ => format!("connecting to {target} failed: check the endpoint and the network"),
        };
        (ErrorKind::Connect, format!("{message}{note}").into())
    };
    Error::new(kind, message).with_source(error)
}

/// Returns the error of a connection on which no response began.
pub(super) fn unanswered(unanswered: Unanswered, target: &Origin) -> Error {
    let Unanswered { error, unsent } = unanswered;
    let (kind, outcome, message): (_, _, Cow<'_, str>) = match find(&error) {
        // In TLS 1.3 a client can send before the server has checked its certificate.
        Some(refusal) if tls::refuses_the_client(refusal) => {
            (ErrorKind::Tls, Outcome::NotSent, tls::explain(refusal, target.authority()))
        }
        _ if unsent.is_some() || is_refused_stream(&error) => (
            ErrorKind::Transport,
            Outcome::NotSent,
            format!("{} closed the connection before the request", target.authority()).into(),
        ),
        _ => {
            let hint = if target.is_https() { "" } else { ": check whether the port serves https" };
            let message = match Unreadable::of(&error) {
                Some(Unreadable::Malformed(what)) => format!(
                    "the answer has {what}: check whether a proxy or another server in between \
                     wrote it"
                ),
                Some(Unreadable::NotHttp) => format!("the answer is not HTTP{hint}"),
                None => format!("the connection broke before the answer{hint}"),
            };
            (ErrorKind::Transport, Outcome::Unknown, message.into())
        }
    };
    Error::new(kind, message.into_owned()).with_outcome(outcome).with_source(error)
}

/// Returns `true` if the server said that it did not act on the request (RFC 9113, sections 6.8 and
/// 8.7).
fn is_refused_stream(error: &hyper::Error) -> bool {
    #[cfg(feature = "http2")]
    if let Some(error) = find::<h2::Error>(error) {
        let is_leaving = error.is_go_away() && error.is_remote();
        return match error.reason() {
            Some(h2::Reason::REFUSED_STREAM) => true,
            Some(h2::Reason::NO_ERROR) => is_leaving,
            _ => false,
        };
    }
    let _ = error;
    false
}
