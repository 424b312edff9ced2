//! Durations of calls, in bounded space.

use std::time::Duration;

/// The number of significant digits: every time is precise to a thousandth.
const DIGITS: u8 = 3;

/// Counts of durations in microseconds.
#[derive(Debug, Clone)]
pub(super) struct Histogram(hdrhistogram::Histogram<u64>);

impl Default for Histogram {
    fn default() -> Self {
        Self(hdrhistogram::Histogram::new(DIGITS).expect("up to five digits are allowed"))
    }
}

impl Histogram {
    pub(super) fn record(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        // The histogram grows as needed. A time that it cannot represent counts as the longest one
        // that it can.
        if self.0.record(micros).is_err() {
            self.0.saturating_record(micros);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        // It grows as needed.
        let _ = self.0.add(&other.0);
    }

    /// Returns the maximum in microseconds.
    pub(super) fn max(&self) -> u64 {
        self.0.max()
    }

    /// Returns a percentile in microseconds, or 0 if empty.
    pub(super) fn percentile(&self, percent: f64) -> u64 {
        self.0.value_at_percentile(percent).min(self.max())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_known_to_a_thousandth_of_itself() {
        for micros in (0..5_000).chain([1 << 20, (1 << 40) + 12_345]) {
            let mut histogram = Histogram::default();
            histogram.record(Duration::from_micros(micros));
            let max = histogram.max();
            assert!(max >= micros && max - micros <= micros / 1000, "{micros} {max}");
        }
    }

    #[test]
    fn a_time_of_any_length_is_counted() {
        let mut histogram = Histogram::default();
        histogram.record(Duration::MAX);
        histogram.record(Duration::ZERO);
        assert!(histogram.max() > 1 << 60);
        assert_eq!(histogram.percentile(50.0), 0);
    }

    #[test]
    fn percentiles_of_merged_parts_are_those_of_the_whole() {
        let (mut one, mut two) = (Histogram::default(), Histogram::default());
        for micros in 1..=100 {
            let part = if micros % 3 == 0 { &mut one } else { &mut two };
            part.record(Duration::from_micros(micros));
        }
        one.merge(&two);
        for percent in [1_u32, 50, 90, 99, 100] {
            assert_eq!(one.percentile(f64::from(percent)), u64::from(percent));
        }
        assert_eq!(one.max(), 100);
        assert_eq!(Histogram::default().percentile(99.0), 0);
    }
}
