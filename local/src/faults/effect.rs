//! The effects of faults on requests and connections.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::Dialect;
use alibabacloud_kms::middleware::wire::{protobuf, time::http_date};
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, RETRY_AFTER};
use http::{HeaderName, HeaderValue};
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::exchange::{PROTOBUF, Response, ServedResponse, request_id, respond};

/// What a fault does to a request, in addition to its delay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultEffect {
    /// Nothing: the request is answered as usual.
    #[default]
    None,
    /// An error of the service.
    #[non_exhaustive]
    Error {
        /// The HTTP status.
        status: u16,
        /// The service's code.
        code: String,
        /// The service's message.
        message: String,
    },
    /// A refusal because of too many requests: `429`, `Rejected.Throttling`.
    #[non_exhaustive]
    Throttle {
        /// The time after which to retry, if the answer has one.
        #[serde(default)]
        hint: Option<RetryHint>,
    },
    /// A status without a body.
    #[non_exhaustive]
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The connection is closed as soon as it is accepted.
    RefuseConnection,
    /// The request is carried out, and the connection is closed before the answer.
    LoseConnection,
    /// The request is carried out, and the connection is closed in the middle of the answer's body.
    BreakBody,
    /// The request is neither carried out nor answered.
    Hang,
    /// The gateway presents a certificate of a CA that clients do not trust.
    WrongCertificate,
}

/// How an answer tells a throttled client when to retry: a header and its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RetryHint {
    /// `x-acs-retry-after`, in milliseconds.
    Milliseconds(u64),
    /// `Retry-After`, in seconds.
    Seconds(u64),
    /// `Retry-After`, as the date this number of seconds from now.
    Date(u64),
}

impl FaultEffect {
    /// Returns the effect's name, for the request log.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::None => "delay",
            Self::Error { .. } => "error",
            Self::Throttle { .. } => "throttle",
            Self::Status { .. } => "status",
            Self::RefuseConnection => "refuse_connection",
            Self::LoseConnection => "lose_connection",
            Self::BreakBody => "break_body",
            Self::Hang => "hang",
            Self::WrongCertificate => "wrong_certificate",
        }
    }

    /// Returns the answer that replaces the gateway's own, if the effect has one.
    pub(crate) fn answer(&self, dialect: Dialect, now: SystemTime) -> Option<Response> {
        Some(match self {
            Self::Error { status, code, message } => refusal(dialect, *status, code, message),
            Self::Throttle { hint } => {
                let mut response =
                    refusal(dialect, 429, "Rejected.Throttling", "QPS Limit Exceeded");
                if let Some((name, value)) = hint.and_then(|hint| hint.header(now)) {
                    response.headers_mut().insert(name, value);
                }
                response
            }
            Self::Status { status } => {
                let mut response = respond(*status, "text/plain", Zeroizing::default());
                response.headers_mut().remove(http::header::CONTENT_TYPE);
                response
            }
            _ => return None,
        })
    }
}

impl RetryHint {
    fn header(self, now: SystemTime) -> Option<(HeaderName, HeaderValue)> {
        let (name, value) = match self {
            Self::Milliseconds(count) => {
                (HeaderName::from_static("x-acs-retry-after"), count.to_string())
            }
            Self::Seconds(count) => (RETRY_AFTER, count.to_string()),
            Self::Date(count) => {
                (RETRY_AFTER, http_date(now.checked_add(Duration::from_secs(count))?))
            }
        };
        Some((name, HeaderValue::try_from(value).ok()?))
    }
}

fn refusal(dialect: Dialect, status: u16, code: &str, message: &str) -> Response {
    let id = request_id();
    match dialect {
        Dialect::Protobuf => {
            let body = protobuf::encode_error(status, code, message, &id);
            respond(status, PROTOBUF, Zeroizing::new(body))
        }
        Dialect::Rpc => {
            let body = serde_json::json!({ "Code": code, "Message": message, "RequestId": id });
            let body = Zeroizing::new(body.to_string().into_bytes());
            respond(status, "application/json;charset=utf-8", body)
        }
    }
}

/// Returns the answer with the first half of its body, followed by the end of the connection.
pub(crate) fn broken(response: ServedResponse) -> ServedResponse {
    let (mut head, body) = response.into_parts();
    let Some(length) = body.size_hint().exact() else {
        return http::Response::from_parts(head, body);
    };
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    let half = Half { left: length / 2, body, is_flushed: false };
    http::Response::from_parts(head, half.boxed_unsync())
}

struct Half<B> {
    left: u64,
    body: B,
    /// Whether the server had a turn to send what it has of the answer. With a body's error, it
    /// closes the connection at once and drops what it has not sent.
    is_flushed: bool,
}

impl<B: Body<Data = Bytes, Error = io::Error> + Unpin> Body for Half<B> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let end = || Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
        if self.left == 0 {
            if std::mem::replace(&mut self.is_flushed, true) {
                return end();
            }
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                let Ok(data) = frame.into_data() else { return end() };
                let taken = usize::try_from(self.left).map_or(data.len(), |it| it.min(data.len()));
                self.left -= taken as u64;
                Poll::Ready(Some(Ok(Frame::data(data.slice(..taken)))))
            }
            Poll::Ready(None) => end(),
            other => other,
        }
    }
}
