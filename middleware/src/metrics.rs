//! Metrics, through the `metrics` facade (feature `metrics`).
//!
//! The layers of [`telemetry`](crate::telemetry) record calls and attempts; `Retry` and the
//! transport record their own metrics. Without the feature nothing is recorded.
//!
//! The values go to the recorder of the `metrics` facade that the program installs, such as
//! `metrics-exporter-prometheus` or `metrics-opentelemetry`.
//!
//! # Metrics
//!
//! The table is complete; [`METRICS`] has the same content.
//!
//! | metric | kind | unit | what | labels |
//! |---|---|---|---|---|
//! | `rpc.client.call.duration` | histogram | `s` | the time of a call, including retries and waits | `rpc.system.name`, `rpc.method`, `kms.gateway`, `rpc.response.status_code`, `error.type` |
//! | `kms.client.active_calls` | gauge | `{call}` | calls in progress | `rpc.method` |
//! | `kms.client.call.attempts` | histogram | `{request}` | the number of requests of a call | `rpc.method`, `kms.gateway` |
//! | `http.client.request.duration` | histogram | `s` | the time of an attempt, until the end of the answer | `http.request.method`, `server.address`, `server.port`, `http.response.status_code`, `error.type`, `kms.operation`, `kms.gateway` |
//! | `kms.client.throttles` | counter | `{answer}` | attempts that were throttled | `kms.operation`, `kms.gateway` |
//! | `kms.client.retries` | counter | `{request}` | retries, by reason | `kms.operation`, `kms.gateway`, `kms.retry.reason` |
//! | `kms.client.cache.lookups` | counter | `{lookup}` | look-ups of calls in a cache, by outcome | `rpc.method`, `kms.cache.outcome` |
//! | `kms.client.connections` | gauge | `{connection}` | open connections, including idle ones | `server.address`, `server.port` |
//! | `kms.client.connect.duration` | histogram | `s` | the time to connect, including TLS, or to fail | `server.address`, `server.port`, `error.type` |
//! | `kms.client.connection.requests` | histogram | `{request}` | the number of requests that a connection answered, recorded when it closes | `server.address`, `server.port` |
//! | `http.client.connection.duration` | histogram | `s` | the time that a connection was open, recorded when it closes | `server.address`, `server.port` |
//!
//! Names and labels are OpenTelemetry's where it defines them, and have the meaning of the
//! [spans'](crate::trace#fields) fields of the same name. In `kms.client.connect.duration`,
//! successful connections have no `error.type`; for failed ones it is the kind of the error.
//!
//! Every label has few values. Actions, gateways, reasons and kinds are fixed sets, and addresses
//! are the endpoints that you configure. The service's codes are open-ended: the first 100 texts
//! that look like codes become labels, later ones become `_OTHER`.

pub(crate) mod codes;
#[cfg(feature = "metrics")]
pub(crate) mod facade;
#[cfg(not(feature = "metrics"))]
#[path = "metrics/nowhere.rs"]
pub(crate) mod facade;
mod labels;
mod measured;
pub(crate) mod table;

use self::facade::{ByAction, Prepared, label};
use self::labels::{gateway_label, method, operation};
pub(crate) use self::measured::{AttemptSuccesses, Measured};
pub use self::table::{METRICS, Metric, MetricKind};
use crate::action::{ActionInfo, Gateway};

/// Describes the unit and the meaning of each metric to the recorder.
///
/// [`TelemetryLayer`](crate::telemetry::TelemetryLayer) does this when a stack is built. If the
/// recorder is installed after that, call this function.
pub fn describe() {
    facade::describe();
}

/// Counts a look-up in a cache. `outcome` is its result, such as `hit` or `miss`.
///
/// The cache of `alibabacloud-kms` calls it, and a caching layer of your own can, too.
pub fn cache_lookup(action: &'static ActionInfo, outcome: &'static str) {
    static LOOKUPS: ByAction<Prepared> = ByAction::new();
    let lookup = LOOKUPS.get(action, outcome, || {
        let labels = vec![method(action), label("kms.cache.outcome", outcome)];
        Prepared::new(&table::CACHE_LOOKUPS, labels)
    });
    lookup.with(Prepared::count);
}

/// Counts a retry.
pub(crate) fn retried(action: &'static ActionInfo, gateway: Option<Gateway>, reason: &'static str) {
    facade::count(&table::RETRIES, || {
        let mut labels = vec![operation(action), label("kms.retry.reason", reason)];
        labels.extend(gateway.map(gateway_label));
        labels
    });
}

#[cfg(all(test, feature = "metrics"))]
mod tests;
