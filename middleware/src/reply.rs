//! An answer on its way up the stack.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, StatusCode};

use crate::action::{Action, Gateway};
use crate::error::{Error, ErrorKind, Outcome};
use crate::payload::Payload;

/// What a call-level service answers: the typed response and where it came from.
///
/// Cheap to clone: the response is shared.
#[derive(Clone)]
pub struct Reply {
    response: Arc<dyn Payload>,
    request_id: Option<String>,
    gateway: Gateway,
    status: StatusCode,
    headers: HeaderMap,
    attempts: u32,
}

impl Reply {
    /// A reply with this response, status 200, no headers, one attempt.
    pub fn new(response: impl Payload, gateway: Gateway) -> Self {
        Self::from_payload(Arc::new(response), gateway)
    }

    /// A reply whose response's type is known by its table only.
    pub fn from_payload(response: Arc<dyn Payload>, gateway: Gateway) -> Self {
        Self {
            response,
            request_id: None,
            gateway,
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            attempts: 1,
        }
    }

    /// Sets the request's id; an empty one is none.
    #[must_use]
    pub fn with_request_id(mut self, request_id: impl Into<String>) -> Self {
        self.request_id = Some(request_id.into()).filter(|id| !id.is_empty());
        self
    }

    /// Sets the HTTP status and headers.
    #[must_use]
    pub fn with_http(mut self, status: StatusCode, headers: HeaderMap) -> Self {
        self.status = status;
        self.headers = headers;
        self
    }

    /// Sets how many requests it took.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets how many requests it took.
    pub(crate) fn set_attempts(&mut self, attempts: u32) {
        self.attempts = attempts;
    }

    /// The same reply with another response: what a layer that translates actions hands up.
    #[must_use]
    pub fn with_response(self, response: impl Payload) -> Self {
        Self { response: Arc::new(response), ..self }
    }

    /// The response as the type it is, if it is that type.
    pub fn response<T: Payload>(&self) -> Option<&T> {
        let response: &dyn Any = &*self.response;
        response.downcast_ref()
    }

    /// The action's response, taken out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Layer`]: a layer answered with another action's response.
    pub fn into_response<A: Action>(self) -> Result<A::Response, Error> {
        let response: Arc<dyn Any + Send + Sync> = self.response;
        match response.downcast::<A::Response>() {
            Ok(response) => Ok(Arc::unwrap_or_clone(response)),
            Err(_) => Err(Error::new(
                ErrorKind::Layer,
                "a layer of the client's stack answered with another action's response",
            )
            .with_outcome(Outcome::Answered)
            .with_action(A::INFO)),
        }
    }

    /// The response, whatever its type.
    pub fn payload(&self) -> &dyn Payload {
        &*self.response
    }

    /// The request's id, to quote to support.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The gateway that answered.
    pub fn gateway(&self) -> Gateway {
        self.gateway
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The HTTP headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// How many requests were made: 0 if the answer came out of a cache.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("response", &self.response)
            .field("request_id", &self.request_id)
            .field("gateway", &self.gateway)
            .field("status", &self.status)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
