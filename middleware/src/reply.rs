//! An answer on its way up the stack.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, StatusCode};

use crate::action::{Action, Gateway};
use crate::error::{Error, ErrorKind, Outcome};
use crate::payload::Payload;

/// The response type of call-level services: the typed response of the action, and where it came
/// from.
///
/// A reply is cheap to clone: the response is shared, and so is its head.
#[derive(Clone)]
pub struct Reply {
    response: Arc<dyn Payload>,
    head: ReplyHead,
}

/// A reply without its response: where it came from, and how many attempts it took.
///
/// A layer that translates actions takes a reply apart with [`Reply::into_parts`], and combines the
/// head with another response by [`with_response`](Self::with_response).
#[derive(Debug, Clone)]
pub struct ReplyHead {
    answer: Arc<AnswerHead>,
    attempts: u32,
}

/// The metadata of an answer: its id, status and headers.
#[derive(Debug, Clone)]
struct AnswerHead {
    request_id: Option<String>,
    gateway: Gateway,
    status: StatusCode,
    headers: HeaderMap,
}

impl Reply {
    /// Creates a reply with status 200, no headers and one attempt.
    pub fn new(response: impl Payload, gateway: Gateway) -> Self {
        Self::from_payload(Arc::new(response), gateway)
    }

    /// Creates a reply with a response whose type is not known at compile time.
    pub fn from_payload(response: Arc<dyn Payload>, gateway: Gateway) -> Self {
        Self { response, head: ReplyHead::new(gateway) }
    }

    /// Sets the request id. An empty one is ignored.
    #[must_use]
    pub fn with_request_id(mut self, request_id: impl Into<String>) -> Self {
        self.head.answer_mut().request_id = Some(request_id.into()).filter(|id| !id.is_empty());
        self
    }

    /// Sets the HTTP status and headers.
    #[must_use]
    pub fn with_http(mut self, status: StatusCode, headers: HeaderMap) -> Self {
        let answer = self.head.answer_mut();
        (answer.status, answer.headers) = (status, headers);
        self
    }

    /// Sets the number of attempts.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.head.attempts = attempts;
        self
    }

    /// Sets the number of attempts.
    pub(crate) fn set_attempts(&mut self, attempts: u32) {
        self.head.attempts = attempts;
    }

    /// Returns the same reply with another response.
    #[must_use]
    pub fn with_response(self, response: impl Payload) -> Self {
        self.head.with_response(response)
    }

    /// Returns the response as its type, or `None` if it is of another type.
    pub fn response<T: Payload>(&self) -> Option<&T> {
        let response: &dyn Any = &*self.response;
        response.downcast_ref()
    }

    /// Returns the action's response. It is moved out, or copied if a clone of the reply is alive.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Layer`]: a layer answered with another action's response.
    pub fn into_response<A: Action>(self) -> Result<A::Response, Error> {
        self.into_parts::<A>().map(|(response, _)| response)
    }

    /// Returns the action's response, as [`into_response`](Self::into_response) does, and the rest
    /// of the reply.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Layer`]: a layer answered with another action's response.
    pub fn into_parts<A: Action>(self) -> Result<(A::Response, ReplyHead), Error> {
        let response: Arc<dyn Any + Send + Sync> = self.response;
        match response.downcast::<A::Response>() {
            Ok(response) => Ok((Arc::unwrap_or_clone(response), self.head)),
            Err(_) => Err(Error::new(
                ErrorKind::Layer,
                "a layer answered with the response of another action",
            )
            .with_outcome(Outcome::Answered)
            .with_action(A::INFO)),
        }
    }

    /// Returns the response as a table of fields.
    pub fn payload(&self) -> &dyn Payload {
        &*self.response
    }

    /// Returns the request id, which the service's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.head.answer.request_id.as_deref()
    }

    /// Returns the gateway that answered.
    pub fn gateway(&self) -> Gateway {
        self.head.answer.gateway
    }

    /// Returns the HTTP status.
    pub fn status(&self) -> StatusCode {
        self.head.answer.status
    }

    /// Returns the HTTP headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        self.head.headers()
    }

    /// Returns the number of attempts: 0 if the answer came from a cache.
    pub fn attempts(&self) -> u32 {
        self.head.attempts
    }
}

impl ReplyHead {
    /// Creates a head with status 200, no headers, one attempt.
    pub fn new(gateway: Gateway) -> Self {
        let answer = AnswerHead {
            request_id: None,
            gateway,
            status: StatusCode::OK,
            headers: HeaderMap::new(),
        };
        Self { answer: Arc::new(answer), attempts: 1 }
    }

    fn answer_mut(&mut self) -> &mut AnswerHead {
        Arc::make_mut(&mut self.answer)
    }

    /// Sets the number of attempts.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Returns a reply with this head and the given response.
    pub fn with_response(self, response: impl Payload) -> Reply {
        Reply { response: Arc::new(response), head: self }
    }

    /// Returns the HTTP headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.answer.headers
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("response", &self.response)
            .field("request_id", &self.head.answer.request_id)
            .field("gateway", &self.head.answer.gateway)
            .field("status", &self.head.answer.status)
            .field("attempts", &self.head.attempts)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{CreateRequest, SealRequest, SealResponse};

    fn reply() -> Reply {
        let response = SealResponse { blob: vec![7; 32], ..SealResponse::default() };
        let mut headers = HeaderMap::new();
        headers.insert("x-name", http::HeaderValue::from_static("value"));
        let reply =
            Reply::new(response, Gateway::Instance).with_http(StatusCode::ACCEPTED, headers);
        reply.with_request_id("r").with_attempts(2)
    }

    #[test]
    fn a_response_with_one_owner_is_moved_out() {
        let reply = reply();
        let bytes = reply.response::<SealResponse>().expect("its type").blob.as_ptr();
        let (response, _) = reply.into_parts::<SealRequest>().expect("its type");
        assert_eq!(response.blob.as_ptr(), bytes);
    }

    #[test]
    fn a_head_keeps_everything_but_the_response() {
        let (_, head) = reply().into_parts::<SealRequest>().expect("its type");
        assert_eq!(head.headers()["x-name"], "value");
        let reply = head.with_response(SealResponse { count: 3, ..SealResponse::default() });
        assert_eq!(reply.response::<SealResponse>().map(|response| response.count), Some(3));
        assert_eq!((reply.request_id(), reply.attempts()), (Some("r"), 2));
        assert_eq!((reply.gateway(), reply.status()), (Gateway::Instance, StatusCode::ACCEPTED));
        assert_eq!(reply.headers()["x-name"], "value");
    }

    #[test]
    fn another_actions_response_is_an_error_of_the_layer_that_gave_it() {
        let error = reply().into_parts::<CreateRequest>().expect_err("another type");
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Layer, Outcome::Answered));
    }
}
