//! Spans and metrics of calls and of attempts.
//!
//! [`TelemetryLayer`] belongs around the whole stack, [`TelemetryAttemptLayer`] between `Retry` and
//! the codec. One observer of a call's end feeds both spans and metrics, so they always agree:
//! [`trace`](crate::trace) lists the spans and their fields, [`metrics`](crate::metrics) the
//! metrics and their labels.

pub(crate) mod error_type;
mod layer;
pub(crate) mod names;
pub(crate) mod observe;

pub use self::layer::{Telemetry, TelemetryAttemptLayer, TelemetryLayer};
