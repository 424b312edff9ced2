//! The instance dialect: protobuf both ways, the operation named in a header.

use std::task::{Context, Poll};

use http::{HeaderName, HeaderValue};
use tower::{Layer, Service};

use super::answer::Answer;
use super::scrub::scrub;
use super::target::{Target, Written};
use crate::action::Gateway;
use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::{BoxError, Error, ErrorKind, ServiceError};
use crate::payload::Payload;
use crate::reply::Reply;
use crate::secret_bytes;
use crate::wire::protobuf;
use crate::wire::protobuf::Wire;
use crate::{Body, BoxFuture, HttpService};

const NAME: HeaderName = HeaderName::from_static("x-kms-apiname");
const VERSION: HeaderName = HeaderName::from_static("x-kms-apiversion");
const PROTOBUF: HeaderValue = HeaderValue::from_static("application/x-protobuf");

/// Makes [`EncodeProtobuf`]s for one instance.
#[derive(Debug, Clone)]
pub struct EncodeProtobufLayer {
    target: Target,
}

impl EncodeProtobufLayer {
    /// Writes requests to this endpoint.
    pub fn new(endpoint: Endpoint) -> Self {
        Self { target: Target::new(Gateway::Instance, endpoint) }
    }

    /// Sends this `user-agent`.
    #[must_use]
    pub fn user_agent(mut self, user_agent: HeaderValue) -> Self {
        self.target.user_agent = user_agent;
        self
    }

    /// Refuses answers of more octets than this; 4 MiB unless told.
    #[must_use]
    pub fn max_answer(mut self, octets: usize) -> Self {
        self.target.max_answer = octets;
        self
    }
}

impl<S> Layer<S> for EncodeProtobufLayer {
    type Service = EncodeProtobuf<S>;

    fn layer(&self, inner: S) -> EncodeProtobuf<S> {
        EncodeProtobuf { inner, target: self.target.clone() }
    }
}

/// Writes calls of native operations as protobuf and reads the answers.
#[derive(Debug, Clone)]
pub struct EncodeProtobuf<S> {
    inner: S,
    target: Target,
}

impl<S: HttpService> Service<Call> for EncodeProtobuf<S> {
    type Response = Reply;
    type Error = BoxError;
    type Future = BoxFuture<Reply>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, call: Call) -> BoxFuture<Reply> {
        let sent = request(&self.target, &call).map(|request| self.inner.call(request));
        self.target.reply(call, sent, decode)
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
            query: "",
            accept: PROTOBUF,
            content_type: Some(PROTOBUF),
            names: [NAME, VERSION],
            body: secret_bytes::wiped_on_drop(protobuf::encode(call.payload())),
        },
    )
}

fn decode(answer: Answer, call: &Call, gateway: Gateway) -> Result<Reply, Error> {
    let status = answer.status;
    if status.is_redirection() {
        return Err(answer.redirect());
    }
    if !status.is_success() {
        let service = service_error(&answer.body, call.payload()).unwrap_or_default();
        return Err(answer.into_error(service));
    }
    // An empty body is an empty message, but no operation answers one: all have a request id.
    if answer.body.is_empty() {
        return Err(answer.not_an_answer("the answer is empty"));
    }
    let mut response = (call.action().new_response)();
    match protobuf::decode(&answer.body, &mut *response) {
        Ok(()) => Ok(answer.into_reply(response, gateway)),
        Err(error) => Err(answer
            .not_an_answer("the answer is not the operation's protobuf")
            .with_source(error)),
    }
}

/// The message `Error`: status 1, code 2, message 3, request id 4. None if the body is not one.
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
