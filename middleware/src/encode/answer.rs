//! The part of decoding an answer that both dialects share.

use std::fmt;
use std::sync::Arc;

use http::header::LOCATION;
use http::{HeaderMap, StatusCode, Uri};

use super::scrub::{scrub_secret, scrub_value};
use super::{foreign, hint};
use crate::action::Gateway;
use crate::call::Call;
use crate::endpoint::is_host;
use crate::error::{BoxError, Error, ErrorKind, Outcome, ServiceError};
use crate::payload::{Payload, Value};
use crate::reply::Reply;
use crate::secret_bytes::SecretBuffer;
use crate::signals::SignedBy;

/// The default maximum length of an answer's body, in bytes.
pub(super) const MAX_ANSWER: usize = 4 << 20;

/// An answer, read to its end.
pub struct RawResponse {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: SecretBuffer,
    /// Whether it may lack required fields: a mock's answer may.
    pub(super) may_be_partial: bool,
    signed_by: Option<SignedBy>,
}

/// Marks a response that may lack required fields: a mock's answer has only what its test needs.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "a mark")]
pub struct PartialAnswer;

impl RawResponse {
    /// Creates the answer from its head and the result of reading its body up to the limit.
    pub(super) fn new(
        head: http::response::Parts,
        body: Result<Option<SecretBuffer>, BoxError>,
        limit: usize,
    ) -> Result<Self, Error> {
        let broken = |error| broken_body(error).with_status(head.status);
        let body = match body.map_err(broken)? {
            Some(body) => body,
            None if head.status.is_success() => return Err(too_large(limit, head.status)),
            // The status of an error answer is more useful than the error that its body is too
            // long.
            None => SecretBuffer::default(),
        };
        let signed_by = head.extensions.get().cloned();
        let may_be_partial = head.extensions.get::<PartialAnswer>().is_some();
        Ok(Self { status: head.status, headers: head.headers, body, may_be_partial, signed_by })
    }

    /// Returns the reply of a decoded response.
    pub(super) fn into_reply(self, response: Arc<dyn Payload>, gateway: Gateway) -> Reply {
        let own = request_id(&*response);
        let request_id = own.or_else(|| request_id_of(&self.headers)).unwrap_or_default();
        Reply::from_payload(response, gateway)
            .with_request_id(request_id)
            .with_http(self.status, self.headers)
    }

    /// Returns the error of an error answer to this call.
    pub(super) fn into_error(self, call: &Call, mut service: ServiceError) -> Error {
        let foreign = foreign::name(&self.headers, &self.body);
        let is_readable = service.code().is_some() || service.message().is_some();
        if let Some(what) = self.unread().or(foreign).filter(|_| !is_readable) {
            service.set_message(format!("the gateway's answer {what}"));
        }
        service = with_id_of_headers(service, &self.headers, call.payload());
        let token = self.signed_by.as_ref().and_then(SignedBy::token);
        let own = call.options().parameters.iter().map(|(_, value)| value);
        for secret in token.into_iter().chain(own) {
            service.change_texts(|text| scrub_secret(text, secret));
        }
        let date = hint::date(&self.headers);
        let mut error = Error::from_service(service.with_status(self.status).with_date(date));
        if let Some(what) = foreign.filter(|_| is_readable) {
            error = error.with_source(format!("the answer {what}"));
        }
        let mut wait = hint::retry_after(&self.headers);
        if error.is_throttled() {
            wait = wait.max(hint::quota_window(&self.headers));
        }
        let signed_by = self.signed_by.as_ref().map(SignedBy::identity);
        error.with_retry_after(wait).with_signed_by(signed_by)
    }

    /// Describes an answer in XML if the feature that reads it is off.
    fn unread(&self) -> Option<&'static str> {
        let body = foreign::without_bom(&self.body).trim_ascii_start();
        let is_xml = [&b"<?xml"[..], b"<Error"].iter().any(|begin| body.starts_with(begin));
        (cfg!(not(feature = "xml")) && is_xml)
            .then_some("is XML, in which errors are read with the feature `xml`")
    }

    /// Returns the error of a successful answer that is not a response of this action.
    pub(super) fn not_an_answer(&self, why: &str) -> Error {
        let status = self.status.as_u16();
        let foreign = foreign::name(&self.headers, &self.body);
        let message = match self.unread().or(foreign) {
            Some(what) => format!("status {status}, but the answer {what}"),
            None => format!("status {status}, but {why}"),
        };
        self.decode_error(message)
    }

    /// Returns the error of a successful answer that lacks a required field.
    pub(super) fn lacks(&self, field: &str) -> Error {
        self.decode_error(format!("the answer lacks the required field {field}"))
    }

    fn decode_error(&self, message: String) -> Error {
        Error::new(ErrorKind::Decode, message)
            .with_outcome(Outcome::Answered)
            .with_status(self.status)
    }

    /// Returns the error of a redirect, or of another status from 300 to 399: following a redirect
    /// would send a signed request to any host that it names.
    pub(super) fn redirect(self, call: &Call) -> Error {
        let mut service = ServiceError::from_status(self.status);
        service.set_message(match self.status.as_u16() {
            301 | 302 | 303 | 307 | 308 => {
                let to = redirected_to(&self.headers).map(|to| scrub_value(&to, call.payload()));
                let to = to.map(|to| format!(" to {to}"));
                format!(
                    "the gateway answered with a redirect{}, and redirects are not followed: check \
                     the endpoint, and the proxy in between",
                    to.unwrap_or_default()
                )
            }
            status => format!(
                "the gateway answered with status {status}, which KMS does not use: check the \
                 endpoint, and the proxy in between"
            ),
        });
        self.into_error(call, service)
    }
}

/// Returns the scheme and the host that a redirect names, if they are what they should be: the rest
/// of its URL may contain a secret.
fn redirected_to(headers: &HeaderMap) -> Option<String> {
    let location: Uri = headers.get(LOCATION)?.to_str().ok()?.parse().ok()?;
    let scheme = location.scheme_str().filter(|scheme| ["http", "https"].contains(scheme))?;
    let has_user = location.authority()?.as_str().contains('@');
    let host = location.host().filter(|host| is_host(host))?;
    (!has_user).then(|| format!("{scheme}://{host}"))
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Returns an empty response of the call's action, and its fields to be filled.
pub(super) fn filled<T>(
    call: &Call,
    fill: impl FnOnce(&mut dyn Payload) -> T,
) -> (Arc<dyn Payload>, T) {
    let mut response = (call.action().new_shared_response)();
    let filled = fill(Arc::get_mut(&mut response).expect("it is not shared yet"));
    (response, filled)
}

/// Adds what the call knows to an error.
pub(super) fn of_call(error: BoxError, call: &Call, gateway: Gateway) -> Error {
    Error::from_boxed(error)
        .with_action(call.action())
        .with_gateway(gateway)
        .with_idempotent(call.is_idempotent())
}

fn too_large(limit: usize, status: StatusCode) -> Error {
    Error::new(
        ErrorKind::Decode,
        format!("the answer is larger than the limit of {limit} bytes: set a larger max_answer"),
    )
    .with_outcome(Outcome::Answered)
    .with_status(status)
}

/// Returns a layer's own error, such as a time limit, or that of a broken connection.
pub fn broken_body(error: BoxError) -> Error {
    if Error::find(&*error).is_some() {
        return Error::from_boxed(error);
    }
    Error::new(ErrorKind::Transport, "the connection broke before the whole answer was read")
        .with_outcome(Outcome::Unknown)
        .with_source(error)
}

/// Adds the request id of the headers to an error whose body has none, without secrets of the
/// request.
pub fn with_id_of_headers(
    service: ServiceError,
    headers: &HeaderMap,
    request: &dyn Payload,
) -> ServiceError {
    match request_id_of(headers).filter(|_| service.request_id().is_none()) {
        Some(id) => service.with_request_id(scrub_value(&id, request)),
        None => service,
    }
}

/// Returns the request id from a gateway's headers.
fn request_id_of(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-acs-request-id")?.to_str().ok()?.trim();
    Some(id.to_owned()).filter(|id| !id.is_empty())
}

/// Returns the request id from the response's own field.
pub(super) fn request_id(response: &dyn Payload) -> Option<String> {
    let (_, field) = response.fields().find(|(info, _)| info.name == "RequestId")?;
    match field.value() {
        Value::Text(id) if !id.is_empty() => Some(id.to_owned()),
        _ => None,
    }
}
