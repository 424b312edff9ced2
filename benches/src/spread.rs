//! How long calls took: a histogram.

use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;

const PERCENTILES: [f64; 8] = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999];
/// An hour; a longer call counts as one of an hour.
const LONGEST: u64 = 3_600_000_000;
const WIDTH: f64 = 50.0;

/// The times of calls, in microseconds, to three digits.
pub struct Spread(Mutex<Histogram<u64>>);

impl Default for Spread {
    fn default() -> Self {
        Self(Mutex::new(
            Histogram::new_with_bounds(1, LONGEST, 3).expect("bounds that are allowed"),
        ))
    }
}

impl Spread {
    /// Counts a call.
    pub fn record(&self, time: Duration) {
        let time = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.times().saturating_record(time);
    }

    /// Returns the number of calls.
    pub fn calls(&self) -> u64 {
        self.times().len()
    }

    /// Returns the time that this part of the calls did not exceed.
    pub fn at(&self, part: f64) -> f64 {
        self.times().value_at_quantile(part) as f64
    }

    /// Writes percentiles, and the histogram in twenty rows of equal width.
    pub fn table(&self) -> String {
        let mut out = String::from("| part of the calls | ms at most |\n|--:|--:|\n");
        let mut row = |part: String, time: f64| {
            writeln!(out, "| {part} | {:.1} |", time / 1e3).expect("a string takes every write");
        };
        for part in PERCENTILES {
            row(format!("{} %", part * 100.0), self.at(part));
        }
        let times = self.times();
        row("all".to_owned(), times.max() as f64);
        out.push('\n');
        let rows: Vec<_> = times.iter_linear((times.max() / 20).max(1)).collect();
        let most = rows.iter().map(|row| row.count_since_last_iteration()).max().unwrap_or(1);
        for row in rows {
            let count = row.count_since_last_iteration();
            let bar = "#".repeat((count as f64 / most as f64 * WIDTH).ceil() as usize);
            let to = row.value_iterated_to() as f64 / 1e3;
            writeln!(out, "    {to:8.1} ms {count:9} {bar}").expect("a string takes every write");
        }
        out
    }

    fn times(&self) -> MutexGuard<'_, Histogram<u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
