//! How long calls took, in bounded space.

use std::time::Duration;

/// Steps within a doubling: an error of less than 1 / 64.
const STEPS: u64 = 64;

/// Counts of durations in microseconds, exact below 128 and then to less than 2 %.
#[derive(Debug, Clone, Default)]
pub(super) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    max: u64,
}

impl Histogram {
    pub(super) fn record(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let bucket = bucket(micros);
        if self.counts.len() <= bucket {
            self.counts.resize(bucket + 1, 0);
        }
        self.counts[bucket] += 1;
        self.total += 1;
        self.max = self.max.max(micros);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
        self.max = self.max.max(other.max);
    }

    /// The longest, in microseconds.
    pub(super) fn max(&self) -> u64 {
        self.max
    }

    /// What so many of 100 calls did not exceed, in microseconds; 0 of none.
    pub(super) fn percentile(&self, of_100: u64) -> u64 {
        let rank = (self.total * of_100).div_ceil(100).max(1);
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return upper_end(bucket).min(self.max);
            }
        }
        self.max
    }
}

/// Below two doublings of the steps each number has its own; then each doubling has 64.
fn bucket(micros: u64) -> usize {
    let doublings = (micros / STEPS).checked_ilog2().unwrap_or(0);
    let index = u64::from(doublings) * STEPS + (micros >> doublings);
    // At most 58 doublings of 64 steps.
    usize::try_from(index).unwrap_or(usize::MAX)
}

fn upper_end(bucket: usize) -> u64 {
    let bucket = u64::try_from(bucket).unwrap_or(u64::MAX);
    let doublings = (bucket / STEPS).saturating_sub(1);
    let step = u128::from(bucket - doublings * STEPS) + 1;
    u64::try_from((step << doublings) - 1).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_what_is_put_into_it_to_less_than_2_percent() {
        let mut before = None;
        for micros in (0..5_000).chain([1 << 20, (1 << 40) + 12_345, u64::MAX]) {
            let bucket = bucket(micros);
            let end = upper_end(bucket);
            assert!(end >= micros && end - micros <= micros / 64, "{micros} {end}");
            assert!(before.is_none_or(|before| before <= bucket));
            before = Some(bucket);
        }
    }

    #[test]
    fn percentiles_of_merged_parts_are_those_of_the_whole() {
        let (mut one, mut two) = (Histogram::default(), Histogram::default());
        for micros in 1..=100 {
            let part = if micros % 3 == 0 { &mut one } else { &mut two };
            part.record(Duration::from_micros(micros));
        }
        one.merge(&two);
        for of_100 in [1, 50, 90, 99, 100] {
            assert_eq!(one.percentile(of_100), of_100);
        }
        assert_eq!(one.max(), 100);
        assert_eq!(Histogram::default().percentile(99), 0);
    }
}
