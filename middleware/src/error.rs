//! The one error type of the framework.
//!
//! An [`Error`] says what failed ([`kind`](Error::kind)), whether the request may have reached the
//! service ([`outcome`](Error::outcome)), and what the service answered
//! ([`service`](Error::service)). Its `Display` is one sentence, which does not repeat the
//! underlying error: [`source`](std::error::Error::source) returns that one, and `{error:#}` adds
//! all causes, as `anyhow` does. Only the causes of the kind [`Layer`](ErrorKind::Layer) are always
//! added: nothing else says why a layer of your own failed the call.
//!
//! No error that the framework makes contains a secret, a body, a query or a string to sign,
//! neither in `Display` nor in `Debug`. A source that comes from a layer, a provider or a transport
//! of your own is shown as it is, so keep secrets out of such errors.
//!
//! ```
//! use alibabacloud_kms_middleware::{Error, ErrorKind, Outcome};
//!
//! let error = Error::new(ErrorKind::Config, "the endpoint is empty: give it as `host[:port]`");
//! assert_eq!(error.kind(), ErrorKind::Config);
//! assert_eq!(error.outcome(), Outcome::NotSent);
//! ```

pub(crate) mod advice;
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
use crate::identity::Identity;

/// The error type of `tower` services, which layers pass on.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a call failed.
///
/// Cloning shares the source, so all callers that waited for the same answer can get the error.
#[derive(Clone)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    outcome: Outcome,
    message: Cow<'static, str>,
    /// What follows the message, and remains if the service's error is replaced.
    note: Option<String>,
    /// Shared, so that an error can be cloned out of a wrapper that returns only a reference to it.
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

/// Whether the service may have acted on the request.
///
/// No variants will be added, so a `match` on these three is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "closed")]
pub enum Outcome {
    /// No connection was made, or no part of the request was sent: the service did not act on it.
    NotSent,
    /// The request was sent, completely or in part, and no complete answer came: the service may
    /// have acted on it.
    Unknown,
    /// The gateway answered.
    Answered,
}

impl Error {
    /// Creates an error of this kind. `message` is one sentence that names the cause and the
    /// remedy.
    ///
    /// The outcome is [`NotSent`](Outcome::NotSent), which [`with_outcome`](Self::with_outcome)
    /// changes. The message must not contain secrets.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                outcome: Outcome::NotSent,
                message: message.into(),
                note: None,
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

    /// Creates the error of a gateway that answered with an error.
    pub fn from_service(service: ServiceError) -> Self {
        let mut error = Self::new(ErrorKind::Service, service.sentence());
        error.inner.outcome = Outcome::Answered;
        error.inner.service = Some(service);
        error
    }

    /// Creates the error of a missing required parameter, with the service's code and message.
    pub fn missing_parameter(name: &str) -> Self {
        Self::refused("MissingParameter", format!("The parameter {name} needed but no provided."))
    }

    /// Creates the error of an invalid parameter, with the service's code and message.
    pub fn invalid_parameter(name: &str) -> Self {
        // Two spaces on either side: the official clients' text.
        Self::refused("InvalidParameter", format!("The parameter  {name}  is invalid."))
    }

    /// Creates the error of a request that is refused before any IO, with the code and message that
    /// the service would send.
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        let service = ServiceError::new(code, message);
        let mut error = Self::new(ErrorKind::Encode, service.sentence());
        error.inner.service = Some(service);
        error
    }

    /// Extracts the `Error` from a boxed error, or wraps a foreign error.
    ///
    /// Layers such as `tower`'s `Buffer` wrap the errors that they pass on, so the first `Error`
    /// among the causes is returned. If there is none, the result has the kind
    /// [`Layer`](ErrorKind::Layer) and `error` as its source, which `Display` shows too.
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

    /// Returns the first `Error` among an error and its causes.
    ///
    /// For layers that inspect an error and pass it on unchanged.
    pub fn find<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Self> {
        find(error)
    }

    /// Sets the source.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.inner.source = Some(Arc::from(source.into()));
        self
    }

    /// Sets whether the service may have acted on the request.
    #[must_use]
    pub fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.inner.outcome = outcome;
        self
    }

    /// Sets the action, unless one is set already.
    #[must_use]
    pub fn with_action(mut self, action: &'static ActionInfo) -> Self {
        self.inner.action.get_or_insert(action);
        self
    }

    /// Sets the action, even if one is set already: a transferred call reports the action that the
    /// program called, not the operation that was sent for it.
    #[must_use]
    pub fn for_action(mut self, action: &'static ActionInfo) -> Self {
        self.inner.action = Some(action);
        self
    }

    /// Sets the gateway, unless one is set already.
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

    /// Sets what a layer adds to the sentence about the failure.
    pub(crate) fn set_note(&mut self, note: String) {
        self.inner.note = Some(note);
    }

    /// Sets whether the service may have acted on the request.
    pub(crate) fn set_outcome(&mut self, outcome: Outcome) {
        self.inner.outcome = outcome;
    }

    /// Sets whether repeating the call is harmless.
    #[must_use]
    pub fn with_idempotent(mut self, idempotent: bool) -> Self {
        self.set_idempotent(idempotent);
        self
    }

    /// Sets whether repeating the call is harmless.
    pub(crate) fn set_idempotent(&mut self, idempotent: bool) {
        self.inner.idempotent = idempotent;
    }

    /// Sets the time that the gateway asked to wait before the next attempt.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.inner.retry_after = wait;
        self
    }

    /// Sets the identity of the credential that signed the refused request.
    #[must_use]
    pub fn with_signed_by(mut self, credential: Option<Identity>) -> Self {
        self.inner.signed_by = credential;
        self
    }

    /// Sets the HTTP status of an answer that is not an error of the service.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.inner.status = Some(status);
        self
    }

    /// Sets the time limit that was exceeded.
    #[must_use]
    pub fn with_time_limit(mut self, limit: TimeLimit) -> Self {
        self.inner.time_limit = Some(limit);
        self
    }

    /// Replaces the service's error, if there is one, and keeps everything else.
    #[must_use]
    pub fn map_service(mut self, map: impl FnOnce(ServiceError) -> ServiceError) -> Self {
        if let Some(service) = self.inner.service.take() {
            let service = map(service);
            self.inner.message = service.sentence().into();
            self.inner.service = Some(service);
        }
        self
    }

    /// Returns the kind of the failure.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Returns whether the service may have acted on any of the call's requests, including those
    /// that were retried.
    pub fn outcome(&self) -> Outcome {
        self.inner.outcome
    }

    /// Returns the error that the service answered with, if it did.
    ///
    /// An invalid parameter that is refused before any IO has one too, with the code and message
    /// that the service would send.
    pub fn service(&self) -> Option<&ServiceError> {
        self.inner.service.as_ref()
    }

    /// Returns the service's error code, such as `Forbidden.KeyNotFound`.
    pub fn code(&self) -> Option<&str> {
        self.inner.service.as_ref().and_then(ServiceError::code)
    }

    /// Returns the request id, if the gateway sent one.
    pub fn request_id(&self) -> Option<&str> {
        self.inner.service.as_ref().and_then(ServiceError::request_id)
    }

    /// Returns the HTTP status, if the gateway answered.
    pub fn status(&self) -> Option<StatusCode> {
        let service = self.inner.service.as_ref();
        service.and_then(ServiceError::status).or(self.inner.status)
    }

    /// Returns the name of the called action.
    pub fn action(&self) -> Option<&'static str> {
        self.inner.action.map(|info| info.name)
    }

    /// Returns the gateway that the call went to.
    pub fn gateway(&self) -> Option<Gateway> {
        self.inner.gateway
    }

    /// Returns the number of requests that were made: 0 if the call failed before the first.
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// Returns the time limit that was exceeded, if the error is that of a time limit.
    pub fn time_limit(&self) -> Option<TimeLimit> {
        self.inner.time_limit
    }

    /// Returns the time that the gateway asked to wait before the next attempt, if it did.
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// Returns the identity of the credential that signed the refused request. Compare it with the
    /// provider's current credential to find out whether another one is in use now.
    pub fn signed_by(&self) -> Option<Identity> {
        self.inner.signed_by
    }
}

/// Returns what was added to an error's sentence, for the command, which shows the service's words
/// in its place.
pub fn note(error: &Error) -> Option<&str> {
    error.inner.note.as_deref()
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
        f.write_str(&inner.message)?;
        if let Some(note) = &inner.note {
            write!(f, "; {note}")?;
        }
        let with_causes = f.alternate() || inner.kind == ErrorKind::Layer;
        let mut cause = std::error::Error::source(self).filter(|_| with_causes);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.inner;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("outcome", &inner.outcome)
            .field("message", &inner.message)
            .field("note", &inner.note)
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
