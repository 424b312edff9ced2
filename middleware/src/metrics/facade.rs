//! The way to the facade, with the feature `metrics`.

use std::borrow::Cow;
use std::fmt;

pub use metrics::Label;
use metrics::Unit;
use tokio::time::Instant;

use super::table::{METRICS, Metric, MetricKind};

/// Makes a label.
pub fn label(name: &'static str, value: impl Into<Cow<'static, str>>) -> Label {
    Label::new(name, value.into())
}

pub(super) fn describe() {
    for Metric { name, kind, unit, what, .. } in METRICS.iter().copied() {
        let unit = if unit == "s" { Unit::Seconds } else { Unit::Count };
        match kind {
            MetricKind::Counter => metrics::describe_counter!(name, unit, what),
            MetricKind::Gauge => metrics::describe_gauge!(name, unit, what),
            MetricKind::Histogram => metrics::describe_histogram!(name, unit, what),
        }
    }
}

pub(super) fn count(metric: &Metric, labels: impl FnOnce() -> Vec<Label>) {
    metrics::counter!(metric.name, labels()).increment(1);
}

/// Records a value of a histogram.
pub fn record(metric: &Metric, value: f64, labels: impl FnOnce() -> Vec<Label>) {
    metrics::histogram!(metric.name, labels()).record(value);
}

/// One more on a gauge, for as long as this lives.
pub struct Held(metrics::Gauge);

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held")
    }
}

/// Adds one to a gauge until the result is dropped.
pub fn hold(metric: &Metric, labels: impl FnOnce() -> Vec<Label>) -> Held {
    let gauge = metrics::gauge!(metric.name, labels());
    gauge.increment(1);
    Held(gauge)
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

/// The time since this was made.
#[derive(Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Returns the time since the start, in seconds.
    pub fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
