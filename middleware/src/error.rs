//! The one error type of the framework.
//!
//! An [`Error`] says what went wrong ([`kind`](Error::kind)), whether the request can have reached
//! the service ([`outcome`](Error::outcome)), and what the service answered
//! ([`service`](Error::service)). Its `Display` is one sentence; the cause is in
//! [`source`](std::error::Error::source). Neither `Display` nor `Debug` ever holds a secret, a body,
//! a query or a string to sign.
//!
//! ```
//! use alibabacloud_kms_middleware::{Error, ErrorKind, Outcome};
//!
//! let error = Error::new(ErrorKind::Config, "the endpoint is empty: give it as `host[:port]`");
//! assert_eq!(error.kind(), ErrorKind::Config);
//! assert_eq!(error.outcome(), Outcome::NotSent);
//! ```

mod chain;
mod classify;
mod kind;
mod service;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

pub use self::chain::find;
pub use self::classify::Reason;
pub use self::kind::{ErrorKind, TimeLimit};
pub use self::service::ServiceError;
use crate::action::{ActionInfo, Gateway};
use crate::credential::Identity;

/// The error type of `tower`: what layers pass on.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a call failed.
///
/// Cheap to clone next to a call: the cause is shared, so that an error can be told to all who waited
/// for the same answer.
#[derive(Clone)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    outcome: Outcome,
    message: Cow<'static, str>,
    /// Shared, so that an error can be copied out of a wrapper that only lends it.
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
    service: Option<ServiceError>,
    status: Option<StatusCode>,
    action: Option<&'static ActionInfo>,
    gateway: Option<Gateway>,
    attempts: u32,
    idempotent: bool,
    retry_after: Option<Duration>,
    time_limit: Option<TimeLimit>,
    signed_by: Option<Identity>,
}

/// Whether the service can have acted on the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Nothing of the request left this process, or no connection came to be: it was not acted on.
    NotSent,
    /// It was sent, wholly or in part, and no complete answer came: it may have been acted on.
    Unknown,
    /// The gateway answered.
    Answered,
}

impl Error {
    /// An error of this kind, with one sentence that says what would be right.
    ///
    /// The outcome is [`NotSent`](Outcome::NotSent) unless [`with_outcome`](Self::with_outcome) says
    /// otherwise. The message must not hold secrets.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                outcome: Outcome::NotSent,
                message: message.into(),
                source: None,
                service: None,
                status: None,
                action: None,
                gateway: None,
                attempts: 0,
                idempotent: false,
                retry_after: None,
                time_limit: None,
                signed_by: None,
            }),
        }
    }

    /// An error that the gateway answered with.
    pub fn from_service(service: ServiceError) -> Self {
        let mut error = Self::new(ErrorKind::Service, service.sentence());
        error.inner.outcome = Outcome::Answered;
        error.inner.service = Some(service);
        error
    }

    /// A required parameter that is not there, in the service's own words.
    pub fn missing_parameter(name: &str) -> Self {
        Self::refused("MissingParameter", format!("The parameter {name} needed but no provided."))
    }

    /// A parameter that cannot be right, in the service's own words.
    pub fn invalid_parameter(name: &str) -> Self {
        // Two spaces on either side: the official clients' text.
        Self::refused("InvalidParameter", format!("The parameter  {name}  is invalid."))
    }

    /// A request refused before any IO, with the code and message that the service would give.
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        let service = ServiceError::new(code, message);
        let mut error = Self::new(ErrorKind::Encode, service.sentence());
        error.inner.service = Some(service);
        error
    }

    /// Finds our error in a layer's boxed one, or wraps what is not ours.
    ///
    /// Layers such as `tower`'s `Buffer` put an error of their own around the one that they pass
    /// on: the first of ours among the causes is taken. What has none becomes
    /// [`Layer`](ErrorKind::Layer).
    pub fn from_boxed(error: BoxError) -> Self {
        let wrapped = match error.downcast::<Self>() {
            Ok(ours) => return *ours,
            Err(other) => other,
        };
        match Self::find(&*wrapped) {
            Some(ours) => ours.clone(),
            None => Self::new(ErrorKind::Layer, "a layer of the client's stack failed the call")
                .with_outcome(Outcome::Unknown)
                .with_source(wrapped),
        }
    }

    /// The first error of ours among an error and its causes.
    ///
    /// What a layer asks that must decide by the error and passes it on as it is.
    pub fn find<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Self> {
        find(error)
    }

    /// Sets the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.inner.source = Some(Arc::from(source.into()));
        self
    }

    /// Sets whether the service can have acted on the request.
    #[must_use]
    pub fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.inner.outcome = outcome;
        self
    }

    /// Sets the action, unless one is known already.
    #[must_use]
    pub fn with_action(mut self, action: &'static ActionInfo) -> Self {
        self.inner.action.get_or_insert(action);
        self
    }

    /// Sets the action, even if another is known: a transferred call reports the action that the
    /// user called, not the operation that it became.
    #[must_use]
    pub fn for_action(mut self, action: &'static ActionInfo) -> Self {
        self.inner.action = Some(action);
        self
    }

    /// Sets the gateway, unless one is known already.
    #[must_use]
    pub fn with_gateway(mut self, gateway: Gateway) -> Self {
        self.inner.gateway.get_or_insert(gateway);
        self
    }

    /// Sets the number of requests made so far.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.inner.attempts = attempts;
        self
    }

    /// Sets the number of requests made so far.
    pub(crate) fn set_attempts(&mut self, attempts: u32) {
        self.inner.attempts = attempts;
    }

    /// Sets whether the service can have acted on the request.
    pub(crate) fn set_outcome(&mut self, outcome: Outcome) {
        self.inner.outcome = outcome;
    }

    /// Says whether repeating the call is harmless.
    #[must_use]
    pub fn with_idempotent(mut self, idempotent: bool) -> Self {
        self.set_idempotent(idempotent);
        self
    }

    /// Says whether repeating the call is harmless.
    pub(crate) fn set_idempotent(&mut self, idempotent: bool) {
        self.inner.idempotent = idempotent;
    }

    /// Sets how long the gateway asked to wait before the next attempt.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.inner.retry_after = wait;
        self
    }

    /// Sets whose credential signed the request that was refused.
    #[must_use]
    pub fn with_signed_by(mut self, credential: Option<Identity>) -> Self {
        self.inner.signed_by = credential;
        self
    }

    /// Sets the HTTP status of an answer that is not the service's error.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.inner.status = Some(status);
        self
    }

    /// Says which time limit ran out.
    #[must_use]
    pub fn with_time_limit(mut self, limit: TimeLimit) -> Self {
        self.inner.time_limit = Some(limit);
        self
    }

    /// Replaces what the gateway said, keeping everything else.
    #[must_use]
    pub fn map_service(mut self, map: impl FnOnce(ServiceError) -> ServiceError) -> Self {
        if let Some(service) = self.inner.service.take() {
            let service = map(service);
            self.inner.message = service.sentence().into();
            self.inner.service = Some(service);
        }
        self
    }

    /// What kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Whether the service can have acted on the call: on the last of its requests, or on an earlier
    /// one that it was repeated after.
    pub fn outcome(&self) -> Outcome {
        self.inner.outcome
    }

    /// What the gateway answered, if it answered with an error.
    ///
    /// Also set, with the code and message that the service would give, on parameters refused
    /// before any IO.
    pub fn service(&self) -> Option<&ServiceError> {
        self.inner.service.as_ref()
    }

    /// The service's error code, such as `Forbidden.KeyNotFound`.
    pub fn code(&self) -> Option<&str> {
        self.inner.service.as_ref().and_then(ServiceError::code)
    }

    /// The request's id, if the gateway gave one.
    pub fn request_id(&self) -> Option<&str> {
        self.inner.service.as_ref().and_then(ServiceError::request_id)
    }

    /// The HTTP status, if the gateway answered.
    pub fn status(&self) -> Option<StatusCode> {
        let service = self.inner.service.as_ref();
        service.and_then(ServiceError::status).or(self.inner.status)
    }

    /// The action that was called.
    pub fn action(&self) -> Option<&'static str> {
        self.inner.action.map(|info| info.name)
    }

    /// The gateway that the call went to.
    pub fn gateway(&self) -> Option<Gateway> {
        self.inner.gateway
    }

    /// How many requests were made: 0 if the call failed before the first.
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// The time limit that ran out, if that is what went wrong.
    pub fn time_limit(&self) -> Option<TimeLimit> {
        self.inner.time_limit
    }

    /// How long the gateway asked to wait, if it did.
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// The credential that signed the request that the gateway refused: what tells whether another
    /// one is in use by now.
    pub fn signed_by(&self) -> Option<Identity> {
        self.inner.signed_by
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.inner;
        match (inner.action, inner.gateway) {
            (Some(action), Some(gateway)) => {
                write!(f, "{} on the {gateway} gateway: ", action.name)?;
            }
            (Some(action), None) => write!(f, "{}: ", action.name)?,
            (None, Some(gateway)) => write!(f, "the {gateway} gateway: ")?,
            (None, None) => {}
        }
        f.write_str(&inner.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.inner;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("outcome", &inner.outcome)
            .field("message", &inner.message)
            .field("action", &self.action())
            .field("gateway", &inner.gateway)
            .field("attempts", &inner.attempts)
            .field("service", &inner.service)
            .field("retry_after", &inner.retry_after)
            .field("source", &inner.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.inner.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests;
