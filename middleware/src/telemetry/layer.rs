//! The layers: a span around each call or attempt, with its metrics inside.

use std::sync::Arc;
use std::task::{Context, Poll};

use tower::{Layer, Service};
use tracing::Instrument;
use tracing::instrument::Instrumented;

use super::observe::{Attempted, End, Observe, Observed, Scope};
use crate::action::Gateway;
use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::BoxError;
use crate::metrics::{self, AttemptSuccesses, Measured};
use crate::reply::Reply;
use crate::service::CallService;
use crate::trace::{self, SpanEnd};

/// Creates [`Telemetry`] services for whole calls.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct TelemetryLayer;

impl TelemetryLayer {
    /// Creates the layer.
    pub const fn new() -> Self {
        Self
    }
}

impl<S> Layer<S> for TelemetryLayer {
    type Service = Telemetry<S>;

    fn layer(&self, inner: S) -> Telemetry<S> {
        metrics::describe();
        Telemetry { inner, scope: Scope::Call, successes: None }
    }
}

/// Creates [`Telemetry`] services for single attempts on one gateway.
#[derive(Debug, Clone)]
pub struct TelemetryAttemptLayer {
    scope: Scope,
    successes: Arc<AttemptSuccesses>,
}

impl TelemetryAttemptLayer {
    /// Creates a layer whose spans and metrics name this gateway and its address.
    pub fn new(gateway: Gateway, endpoint: Endpoint) -> Self {
        Self {
            scope: Scope::Attempt(Arc::new(Attempted { gateway, endpoint })),
            successes: Arc::new(AttemptSuccesses::new()),
        }
    }
}

impl<S> Layer<S> for TelemetryAttemptLayer {
    type Service = Telemetry<S>;

    fn layer(&self, inner: S) -> Telemetry<S> {
        let successes = Some(Arc::clone(&self.successes));
        Telemetry { inner, scope: self.scope.clone(), successes }
    }
}

/// Runs calls or attempts in spans of their own, and measures them.
#[derive(Debug, Clone)]
pub struct Telemetry<S> {
    inner: S,
    scope: Scope,
    /// The metrics of successful attempts; `None` for calls.
    successes: Option<Arc<AttemptSuccesses>>,
}

impl<S: CallService> Service<Call> for Telemetry<S> {
    type Response = Reply;
    type Error = BoxError;
    type Future = Observed<Instrumented<S::Future>, Ends>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let span = trace::span(&self.scope, &call);
        let ends = Ends {
            measured: Measured::begin(self.scope.clone(), call.action(), self.successes.clone()),
            span: SpanEnd::new(span.clone(), &self.scope),
        };
        Observed::new(ends, || span.in_scope(|| self.inner.call(call)).instrument(span))
    }
}

/// Records the end of a call or an attempt.
#[derive(Debug)]
pub struct Ends {
    measured: Measured,
    span: SpanEnd,
}

impl Observe for Ends {
    fn ended(&self, end: End<'_>) {
        // Recorders may take labels from the current span.
        self.span.span().in_scope(|| self.measured.ended(end));
        self.span.ended(end);
    }
}
