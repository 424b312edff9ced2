//! Metrics, through the `metrics` facade (feature `metrics`).
//!
//! [`MetricsLayer`] belongs just inside [`TraceLayer`](crate::trace::TraceLayer), and
//! [`MetricsAttemptLayer`] just inside [`TraceAttemptLayer`](crate::trace::TraceAttemptLayer), so that
//! spans and metrics measure the same. `Retry` and the transport report by themselves. The layers are
//! in the stack with and without the feature, and without it they record nothing.
//!
//! What is recorded goes to the recorder that the program installs:
//! `metrics-exporter-prometheus`, `metrics-opentelemetry` or another of the facade's.
//!
//! # Metrics
//!
//! These and no others; [`METRICS`] is this table.
//!
//! | metric | kind | unit | what | labels |
//! |---|---|---|---|---|
//! | `rpc.client.call.duration` | histogram | `s` | the time of a call, retries and waits included | `rpc.system.name`, `rpc.method`, `kms.gateway`, `rpc.response.status_code`, `error.type` |
//! | `kms.client.active_calls` | gauge | `{call}` | calls that have not ended | `rpc.method` |
//! | `kms.client.call.attempts` | histogram | `{request}` | how many requests a call took | `rpc.method`, `kms.gateway` |
//! | `http.client.request.duration` | histogram | `s` | the time of an attempt, to the answer's end | `http.request.method`, `server.address`, `server.port`, `http.response.status_code`, `error.type`, `kms.operation`, `kms.gateway` |
//! | `kms.client.throttles` | counter | `{answer}` | attempts that were refused for their rate | `kms.operation`, `kms.gateway` |
//! | `kms.client.retries` | counter | `{request}` | attempts that repeat another, by why | `kms.operation`, `kms.gateway`, `kms.retry.reason` |
//! | `kms.client.cache.lookups` | counter | `{lookup}` | calls that a cache was asked to answer, by what came of it | `rpc.method`, `kms.cache.outcome` |
//! | `kms.client.connections` | gauge | `{connection}` | connections that are open, idle ones included | `server.address`, `server.port` |
//! | `kms.client.connect.duration` | histogram | `s` | the time it took to connect, TLS included, or to fail | `server.address`, `server.port`, `error.type` |
//! | `kms.client.connection.requests` | histogram | `{request}` | how many requests a connection answered, once it is closed | `server.address`, `server.port` |
//! | `http.client.connection.duration` | histogram | `s` | how long a connection was open, once it is closed | `server.address`, `server.port` |
//!
//! Names and labels are OpenTelemetry's where it has them, and mean what the
//! [spans'](crate::trace#fields) fields of the same name mean. Connections that were made are those
//! of `kms.client.connect.duration` without an `error.type`; with one they are failures, by kind.
//!
//! Every label has few values. Actions, gateways, reasons and kinds are known sets, addresses are the
//! endpoints that you configure. The service's codes are a stranger's texts: the first 100 that look
//! like codes are labels, later ones are `_OTHER`.

pub(crate) mod codes;
#[cfg(feature = "metrics")]
pub(crate) mod facade;
#[cfg(not(feature = "metrics"))]
#[path = "metrics/nowhere.rs"]
pub(crate) mod facade;
mod labels;
mod measured;
pub(crate) mod table;

use std::task::{Context, Poll};

use tower::{Layer, Service};

use self::facade::label;
use self::labels::{gateway_label, method, operation};
use self::measured::{Measured, Of};
pub use self::table::{METRICS, Metric, MetricKind};
use crate::action::{ActionInfo, Gateway};
use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::BoxError;
use crate::reply::Reply;
use crate::service::CallService;
use crate::telemetry::observe::Observed;

/// Tells the recorder of each metric's unit and meaning.
///
/// [`MetricsLayer`] does so when a stack is built; this is for a recorder that is installed later.
pub fn describe() {
    facade::describe();
}

/// Counts a call that a cache was asked to answer: `hit`, `miss` or whatever else can come of it.
///
/// For caches, ours and others: layers that may answer a call themselves.
pub fn cache_lookup(action: &'static ActionInfo, outcome: &'static str) {
    facade::count(&table::CACHE_LOOKUPS, || {
        vec![method(action), label("kms.cache.outcome", outcome)]
    });
}

/// Counts a retry.
pub(crate) fn retried(action: &'static ActionInfo, gateway: Option<Gateway>, reason: &'static str) {
    facade::count(&table::RETRIES, || {
        let mut labels = vec![operation(action), label("kms.retry.reason", reason)];
        labels.extend(gateway.map(gateway_label));
        labels
    });
}

/// Makes [`Metrics`] of whole calls.
#[derive(Debug, Clone, Copy, Default)]
pub struct MetricsLayer;

impl<S> Layer<S> for MetricsLayer {
    type Service = Metrics<S>;

    fn layer(&self, inner: S) -> Metrics<S> {
        describe();
        Metrics { inner, of: Of::Call }
    }
}

/// Makes [`Metrics`] of single attempts on one gateway.
#[derive(Debug, Clone)]
pub struct MetricsAttemptLayer {
    gateway: Gateway,
    endpoint: Endpoint,
}

impl MetricsAttemptLayer {
    /// Metrics that name this gateway and its address.
    pub fn new(gateway: Gateway, endpoint: Endpoint) -> Self {
        Self { gateway, endpoint }
    }
}

impl<S> Layer<S> for MetricsAttemptLayer {
    type Service = Metrics<S>;

    fn layer(&self, inner: S) -> Metrics<S> {
        Metrics { inner, of: Of::Attempt(self.gateway, self.endpoint.clone()) }
    }
}

/// Measures calls or attempts.
#[derive(Debug, Clone)]
pub struct Metrics<S> {
    inner: S,
    of: Of,
}

impl<S: CallService> Service<Call> for Metrics<S> {
    type Response = Reply;
    type Error = BoxError;
    type Future = Observed<S::Future, Measured>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let measured = Measured::begin(self.of.clone(), call.action());
        Observed::new(measured, || self.inner.call(call))
    }
}

#[cfg(all(test, feature = "metrics"))]
mod tests;
