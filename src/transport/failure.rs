//! What a failed request means: which kind of error, whether it can have been acted on, and what to
//! do about it.

mod tls;

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use super::connection::Unanswered;
use super::resolve::NotFound;
use super::target::Target;
use super::tunnel::ProxyError;
use crate::middleware::__private::find;
use crate::middleware::timeout::TimeLimit;
use crate::{BoxError, Error, ErrorKind, Outcome};

/// No connection within the limit.
pub(super) fn connect_timeout(limit: Duration, target: &Target) -> Error {
    let target = target.authority();
    let message = format!("no connection to {target} within the connect timeout of {limit:?}");
    Error::new(ErrorKind::Timeout, message).with_time_limit(TimeLimit::Connect(limit))
}

/// No connection.
pub(super) fn connecting(error: BoxError, target: &Target) -> Error {
    let target = target.authority();
    let (kind, message) = if let Some(of_proxy) = find::<ProxyError>(&*error) {
        match find(of_proxy) {
            Some(error) => (ErrorKind::Tls, tls::explain(error, of_proxy.proxy())),
            None => (ErrorKind::Connect, of_proxy.to_string().into()),
        }
    } else if let Some(error) = find(&*error) {
        (ErrorKind::Tls, tls::explain(error, target))
    } else if find::<NotFound>(&*error).is_some() {
        let message = format!("no address is known for {target}: check the endpoint and the DNS");
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
                format!("{target} ended the TLS handshake: is its port one of https?")
            }
            _ => format!("no connection to {target}"),
        };
        (ErrorKind::Connect, message.into())
    };
    Error::new(kind, message).with_source(error)
}

/// A connection, but no answer's head.
pub(super) fn unanswered(unanswered: Unanswered, target: &Target) -> Error {
    let Unanswered { error, unsent } = unanswered;
    let (kind, outcome, message): (_, _, Cow<'_, str>) = match find(&error) {
        // TLS 1.3 lets a client send before the server has looked at its certificate.
        Some(refusal) if tls::refuses_the_client(refusal) => {
            (ErrorKind::Tls, Outcome::NotSent, tls::explain(refusal, target.authority()))
        }
        _ if unsent.is_some() || is_refused_stream(&error) => (
            ErrorKind::Transport,
            Outcome::NotSent,
            format!("{} ended the connection before the request", target.authority()).into(),
        ),
        _ => {
            let what = match error.is_parse() {
                true => "what came is not an HTTP answer",
                false => "the connection broke before an answer came",
            };
            let hint = if target.is_https() { "" } else { ": is the port one of https?" };
            (ErrorKind::Transport, Outcome::Unknown, format!("{what}{hint}").into())
        }
    };
    Error::new(kind, message.into_owned()).with_outcome(outcome).with_source(error)
}

/// Whether the server has said that it did not act on the request (RFC 9113, sections 6.8 and 8.7).
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
