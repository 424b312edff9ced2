//! What both dialects do with an answer before they read it.

use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body::Body;
use zeroize::Zeroizing;

use super::hint;
use crate::action::Gateway;
use crate::call::Call;
use crate::error::{BoxError, Error, ErrorKind, Outcome, ServiceError};
use crate::identity::Identity;
use crate::payload::{Payload, Value};
use crate::reply::Reply;
use crate::secret_bytes;
use crate::signals::SignedBy;

/// The default limit of an answer's body, in octets.
pub(super) const MAX_ANSWER: usize = 4 << 20;

/// An answer, read to its end.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Zeroizing<Vec<u8>>,
    signed_by: Option<Identity>,
}

impl Answer {
    /// Reads the body, up to the limit.
    pub(super) async fn read<B>(response: http::Response<B>, limit: usize) -> Result<Self, Error>
    where
        B: Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        let (parts, body) = response.into_parts();
        let body = match collect(body, limit).await? {
            Some(body) => body,
            None if parts.status.is_success() => return Err(too_large(limit)),
            // The status of an error answer says more than the limit does.
            None => Zeroizing::default(),
        };
        let signed_by = parts.extensions.get().map(|signed_by: &SignedBy| signed_by.identity());
        Ok(Self { status: parts.status, headers: parts.headers, body, signed_by })
    }

    /// The reply that a decoded response makes.
    pub(super) fn into_reply(self, response: Box<dyn Payload>, gateway: Gateway) -> Reply {
        let request_id = request_id(&*response).unwrap_or_default();
        Reply::from_payload(Arc::from(response), gateway)
            .with_request_id(request_id)
            .with_http(self.status, self.headers)
    }

    /// The error that an error answer makes.
    pub(super) fn into_error(self, mut service: ServiceError) -> Error {
        if service.code().is_none() && is_refusal_of_plain_http(&self.body) {
            service
                .set_message("the gateway's port is one of https, and the request was plain http");
        }
        let date = hint::date(&self.headers);
        Error::from_service(service.with_status(self.status).with_date(date))
            .with_retry_after(hint::retry_after(&self.headers))
            .with_signed_by(self.signed_by)
    }

    /// A success that is not an answer of this action.
    pub(super) fn not_an_answer(&self, why: &'static str) -> Error {
        Error::new(ErrorKind::Decode, format!("status {}, but {why}", self.status.as_u16()))
            .with_outcome(Outcome::Answered)
            .with_status(self.status)
    }

    /// A redirect: following one would send a signed request to whoever is named in it.
    pub(super) fn redirect(self) -> Error {
        let mut service = ServiceError::from_status(self.status);
        service.set_message("the gateway answered with a redirect; redirects are not followed");
        self.into_error(service)
    }
}

/// Whether a web server says so: nginx and its kin answer plain HTTP on a port of https, all in the
/// same words.
fn is_refusal_of_plain_http(body: &[u8]) -> bool {
    const WORDS: &[u8] = b"plain HTTP request was sent to HTTPS port";
    body.windows(WORDS.len()).any(|words| words == WORDS)
}

/// Puts on an error what the call knows.
pub(super) fn of_call(error: BoxError, call: &Call, gateway: Gateway) -> Error {
    Error::from_boxed(error)
        .with_action(call.action())
        .with_gateway(gateway)
        .with_idempotent(call.is_idempotent())
}

/// A body's octets; none if they are more than the limit.
async fn collect<B>(body: B, limit: usize) -> Result<Option<Zeroizing<Vec<u8>>>, Error>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let expected = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if expected > limit {
        return Ok(None);
    }
    let mut out = Zeroizing::new(Vec::with_capacity(expected));
    let mut body = pin!(body);
    while let Some(frame) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        let frame = frame.map_err(|error| broken_body(error.into()))?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        if data.len() > limit - out.len() {
            return Ok(None);
        }
        secret_bytes::append(&mut out, data);
    }
    Ok(Some(out))
}

fn too_large(limit: usize) -> Error {
    Error::new(ErrorKind::Decode, format!("the answer is larger than {limit} octets"))
        .with_outcome(Outcome::Answered)
}

/// A layer's own error, such as a time limit, or a connection that broke.
fn broken_body(error: BoxError) -> Error {
    if Error::find(&*error).is_some() {
        return Error::from_boxed(error);
    }
    Error::new(ErrorKind::Transport, "the connection broke before the whole answer was read")
        .with_outcome(Outcome::Unknown)
        .with_source(error)
}

fn request_id(response: &dyn Payload) -> Option<String> {
    let (_, field) = response.fields().find(|(info, _)| info.name == "RequestId")?;
    match field.value() {
        Value::Text(id) => Some(id.to_owned()),
        _ => None,
    }
}
