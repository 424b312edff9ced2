//! The instance's own dialect: protobuf in both directions, with the operation in a header.

use bytes::Bytes;
use http::{HeaderName, HeaderValue};

use super::answer::{RawResponse, filled};
use super::error_answer;
use super::layer::{Dialect, Encode, EncodeLayer};
use super::scrub::scrub;
use super::target::{Target, Written};
use crate::action::Gateway;
use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, ServiceError};
use crate::payload::Payload;
use crate::reply::Reply;
use crate::wire::protobuf::Wire;
use crate::wire::{promised, protobuf};
use crate::{Body, secret_bytes};

const NAME: HeaderName = HeaderName::from_static("x-kms-apiname");
const VERSION: HeaderName = HeaderName::from_static("x-kms-apiversion");
const PROTOBUF: HeaderValue = HeaderValue::from_static("application/x-protobuf");

/// Encodes calls in the instance's own dialect: protobuf in both directions, with the operation in
/// a header.
///
/// Creates [`EncodeProtobuf`] services.
pub type EncodeProtobufLayer = EncodeLayer<Protobuf>;

/// Encodes calls of native operations as protobuf, and decodes the answers.
pub type EncodeProtobuf<S> = Encode<S, Protobuf>;

/// The instance's own dialect.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Protobuf;

impl EncodeLayer<Protobuf> {
    /// Creates a layer that encodes requests to this endpoint.
    pub fn new(endpoint: Endpoint) -> Self {
        Self::in_dialect(Protobuf, Target::new(Gateway::Instance, endpoint))
    }
}

impl Dialect for Protobuf {
    fn request(&self, target: &Target, call: &Call) -> Result<http::Request<Body>, Error> {
        request(target, call)
    }

    fn decode(answer: RawResponse, call: &Call, gateway: Gateway) -> Result<Reply, Error> {
        decode(answer, call, gateway)
    }
}

fn request(target: &Target, call: &Call) -> Result<http::Request<Body>, Error> {
    target.check(call)?;
    if let Some((name, _)) = call.options().parameters.first() {
        return Err(Error::new(
            ErrorKind::Encode,
            format!(
                "the instance's own dialect has no place for the call's own parameter {name:?}: \
                 send the call to the shared gateway"
            ),
        ));
    }
    target.request(
        call,
        Written {
            path: Bytes::from_static(b"/"),
            accept: PROTOBUF,
            content_type: Some(PROTOBUF),
            names: [NAME, VERSION],
            body: secret_bytes::wiped_on_drop(protobuf::encode(call.payload())),
        },
    )
}

fn decode(answer: RawResponse, call: &Call, gateway: Gateway) -> Result<Reply, Error> {
    let status = answer.status;
    if status.is_redirection() {
        return Err(answer.redirect(call));
    }
    if !status.is_success() {
        let service = service_error(&answer.body, call.payload());
        // A gateway before the instance may refuse in its own dialect.
        let service = service.unwrap_or_else(|| error_answer::read(&answer.body, call.payload()));
        return Err(answer.into_error(call, service));
    }
    // An empty body is an empty message, but no operation answers with one: all have a request id.
    if answer.body.is_empty() {
        return Err(answer.not_an_answer("the answer is empty"));
    }
    let (response, decoded) = filled(call, |fields| protobuf::decode(&answer.body, fields));
    if let Err(error) = decoded {
        return Err(match refusal_in_success(&answer.body, call.payload()) {
            Some(service) => answer.into_error(call, service),
            None => {
                let why = "the answer is not a protobuf message of the operation";
                answer.not_an_answer(why).with_source(error)
            }
        });
    }
    // Proto3 cannot distinguish empty from absent: a field that is not empty was present.
    match promised::lacking(&*response, &|_| true) {
        Some(field) if !answer.may_be_partial => Err(answer.lacks(field.name)),
        _ => Ok(answer.into_reply(response, gateway)),
    }
}

/// Returns the refusal in a success: the message `Error` with another status, or a refusal in
/// another dialect.
fn refusal_in_success(body: &[u8], request: &dyn Payload) -> Option<ServiceError> {
    let mut status = None;
    let message = protobuf::for_each_field(body, |number, value| {
        match (number, value) {
            (1, Wire::Varint(value)) => status = Some(value),
            (1, _) => return None,
            _ => {}
        }
        Some(())
    });
    // Without a status it may be a broken response, whose fields 2 and 3 are plaintexts.
    let is_refused = |status| status != 0 && !(200..300).contains(&status);
    if message.is_ok() && status.is_some_and(is_refused) {
        service_error(body, request)
    } else {
        error_answer::read_in_success(body, request)
    }
}

/// Reads the message `Error`: status 1, code 2, message 3, request id 4. Returns `None` for
/// anything else.
fn service_error(body: &[u8], request: &dyn Payload) -> Option<ServiceError> {
    let (mut code, mut message, mut request_id) = ("", "", "");
    protobuf::for_each_field(body, |number, value| {
        let target = match (number, &value) {
            (2, _) => &mut code,
            (3, _) => &mut message,
            (4, _) => &mut request_id,
            _ => return Some(()),
        };
        let Wire::Bytes(bytes) = value else {
            return None;
        };
        *target = std::str::from_utf8(bytes).ok()?;
        Some(())
    })
    .ok()?;
    if code.is_empty() {
        return None;
    }
    let [code, message, request_id] = [code, message, request_id].map(|text| scrub(text, request));
    Some(ServiceError::new(code, message).with_request_id(request_id))
}

#[cfg(test)]
mod tests;
