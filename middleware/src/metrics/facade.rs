//! The connection to the facade, with the feature `metrics`.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

pub use metrics::Label;
use metrics::{IntoF64, Key, Level, Metadata, Unit, with_recorder};
use tokio::time::Instant;

use super::table::{METRICS, Metric, MetricKind};
use crate::action::ActionInfo;

/// Creates a label.
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

static METADATA: Metadata<'static> =
    Metadata::new(module_path!(), Level::INFO, Some(module_path!()));

/// A metric with its labels, created once, so that the hash by which recorders look it up is
/// computed once.
pub(super) struct Prepared(Key);

impl Prepared {
    pub(super) fn new(metric: &Metric, labels: Vec<Label>) -> Self {
        Self(Key::from_parts(metric.name, labels))
    }

    /// Records a value of a histogram.
    pub(super) fn record(&self, value: f64) {
        with_recorder(|recorder| recorder.register_histogram(&self.0, &METADATA)).record(value);
    }

    /// Records the time of a stopwatch, which is read only if there is a recorder.
    pub(super) fn record_time(&self, time: &Stopwatch) {
        with_recorder(|recorder| recorder.register_histogram(&self.0, &METADATA)).record(time);
    }

    /// Adds one to a counter.
    pub(super) fn count(&self) {
        with_recorder(|recorder| recorder.register_counter(&self.0, &METADATA)).increment(1);
    }

    /// Adds one to a gauge until the result is dropped.
    pub(super) fn hold(&self) -> Held {
        let gauge = with_recorder(|recorder| recorder.register_gauge(&self.0, &METADATA));
        gauge.increment(1);
        Held(gauge)
    }
}

/// What was prepared for each action and label. Found without a lock.
pub(super) struct ByAction<T>([OnceLock<Box<Known<T>>>; SLOTS]);

/// More than there are actions.
const SLOTS: usize = 256;

/// The number of slots that are tried. What finds no slot is created anew each time.
const STEPS: usize = 32;

struct Known<T> {
    action: &'static ActionInfo,
    word: &'static str,
    made: T,
}

impl<T> ByAction<T> {
    pub(super) const fn new() -> Self {
        Self([const { OnceLock::new() }; SLOTS])
    }

    pub(super) fn get(
        &self,
        action: &'static ActionInfo,
        word: &'static str,
        prepare: impl Fn() -> T,
    ) -> Made<'_, T> {
        let addresses = std::ptr::from_ref(action).addr() ^ word.as_ptr().addr().rotate_left(32);
        // Fibonacci hashing: the upper bits of the product depend on all bits of the addresses.
        let hash = (addresses as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56;
        for step in 0..STEPS {
            let slot = &self.0[(hash as usize + step) % SLOTS];
            let known = slot.get_or_init(|| Box::new(Known { action, word, made: prepare() }));
            if std::ptr::eq(known.action, action) && std::ptr::eq(known.word, word) {
                return Made::Kept(&known.made);
            }
        }
        Made::Own(Box::new(prepare()))
    }
}

impl<T> fmt::Debug for ByAction<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ByAction")
    }
}

/// What was prepared for an action.
pub(super) enum Made<'a, T> {
    Kept(&'a T),
    Own(Box<T>),
}

impl<T> Made<'_, T> {
    pub(super) fn with<R>(&self, of: impl FnOnce(&T) -> R) -> R {
        match self {
            Self::Kept(made) => of(made),
            Self::Own(made) => of(made),
        }
    }
}

/// One unit of a gauge, for as long as this lives.
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

/// The time since its creation.
#[derive(Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts a stopwatch.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Returns the time since the start, in seconds.
    pub fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// A histogram without a recorder does not read the clock.
impl IntoF64 for &Stopwatch {
    fn into_f64(self) -> f64 {
        self.seconds()
    }
}
