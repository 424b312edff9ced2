//! The result of a benchmark, as text or JSON.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::histogram::Histogram;

/// The result of a run.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) case: String,
    pub(super) concurrency: u32,
    pub(super) elapsed: Duration,
    pub(super) tally: Tally,
    /// The processor time of the whole process, if the system reports it.
    pub(super) cpu: Option<Duration>,
}

/// The counts of a run.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// The times of successful calls.
    pub(super) succeeded: Histogram,
    /// All calls.
    pub(super) requests: u64,
    /// The failed calls, by the service's code or the kind of failure.
    pub(super) errors: BTreeMap<String, u64>,
}

impl Tally {
    pub(super) fn merge(&mut self, other: Self) {
        self.succeeded.merge(&other.succeeded);
        self.requests += other.requests;
        for (class, count) in other.errors {
            *self.errors.entry(class).or_default() += count;
        }
    }
}

impl Report {
    /// Returns the calls per second, including failed ones.
    fn throughput(&self) -> f64 {
        let exact = self.tally.requests as f64 / self.elapsed.as_secs_f64();
        (exact * 10.0).round() / 10.0
    }

    fn cpu_micros_per_call(&self) -> Option<u64> {
        let micros = u64::try_from(self.cpu?.as_micros()).ok()?;
        micros.checked_div(self.tally.requests)
    }

    /// Returns percentiles and maximum in microseconds.
    fn latencies(&self) -> [(&'static str, u64); 4] {
        let times = &self.tally.succeeded;
        [
            ("p50", times.percentile(50.0)),
            ("p90", times.percentile(90.0)),
            ("p99", times.percentile(99.0)),
            ("max", times.max()),
        ]
    }

    pub(super) fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "case         {}", self.case)?;
        writeln!(out, "concurrency  {}", self.concurrency)?;
        writeln!(out, "seconds      {:.1}", self.elapsed.as_secs_f64())?;
        writeln!(out, "requests     {}", self.tally.requests)?;
        writeln!(out, "errors       {}", self.tally.errors.values().sum::<u64>())?;
        for (class, count) in &self.tally.errors {
            writeln!(out, "  {class}  {count}")?;
        }
        writeln!(out, "throughput   {:.1} calls/s", self.throughput())?;
        for (name, micros) in self.latencies() {
            writeln!(out, "{name}          {micros} µs")?;
        }
        match self.cpu_micros_per_call() {
            Some(micros) => writeln!(out, "cpu          {micros} µs/call"),
            None => Ok(()),
        }
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("case", &self.case)?;
        map.serialize_entry("concurrency", &self.concurrency)?;
        map.serialize_entry("seconds", &self.elapsed.as_secs_f64())?;
        map.serialize_entry("requests", &self.tally.requests)?;
        map.serialize_entry("errors", &self.tally.errors)?;
        map.serialize_entry("throughput", &self.throughput())?;
        map.serialize_entry("latency_micros", &BTreeMap::from(self.latencies()))?;
        if let Some(micros) = self.cpu_micros_per_call() {
            map.serialize_entry("cpu_micros_per_call", &micros)?;
        }
        map.end()
    }
}
