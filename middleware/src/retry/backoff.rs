//! The waits between attempts: exponential backoff with full jitter.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand;

/// Random waits between zero and a bound that doubles with each attempt.
///
/// If the service asks for a wait, that wait is used instead, up to a maximum.
#[derive(Clone)]
pub struct Backoff {
    base: Duration,
    max: Duration,
    max_hint: Duration,
    random: Arc<dyn Fn() -> f64 + Send + Sync>,
}

impl Backoff {
    /// Creates a backoff. `base` is the bound of the wait before the second attempt (100 ms in
    /// `Backoff::default()`), and `max` is the largest bound (5 s there).
    pub fn new(base: Duration, max: Duration) -> Self {
        Self { base, max, ..Self::default() }
    }

    /// Sets the maximum wait that the service can ask for (default 20 s). A longer one is shortened
    /// to this.
    #[must_use]
    pub fn max_hint(mut self, max: Duration) -> Self {
        self.max_hint = max;
        self
    }

    /// Sets the source of the jitter: numbers from 0 to 1 (default: the system's random source).
    #[must_use]
    pub fn random(mut self, random: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.random = Arc::new(random);
        self
    }

    /// Returns the wait after `attempts` attempts. `hint` is the wait that the service asked for.
    pub fn wait(&self, attempts: u32, hint: Option<Duration>) -> Duration {
        if let Some(hint) = hint {
            return hint.min(self.max_hint);
        }
        let doublings = attempts.saturating_sub(1).min(31);
        let bound = self.base.saturating_mul(1 << doublings).min(self.max);
        // The largest bounds are not representable as an `f64` of seconds.
        Duration::try_from_secs_f64(bound.as_secs_f64() * (self.random)())
            .map_or(bound, |wait| wait.min(bound))
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(100),
            max: Duration::from_secs(5),
            max_hint: Duration::from_secs(20),
            random: Arc::new(|| {
                let mut bits = [0; 4];
                // Without a random source the longest wait is the safe one.
                rand::fill(&mut bits)
                    .map_or(1.0, |()| f64::from(u32::from_ne_bytes(bits)) / f64::from(u32::MAX))
            }),
        }
    }
}

impl fmt::Debug for Backoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backoff")
            .field("base", &self.base)
            .field("max", &self.max)
            .field("max_hint", &self.max_hint)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_double_up_to_the_largest() {
        let backoff =
            Backoff::new(Duration::from_millis(100), Duration::from_millis(350)).random(|| 1.0);
        let waits = [1, 2, 3, 40].map(|attempts| backoff.wait(attempts, None).as_millis());
        assert_eq!(waits, [100, 200, 350, 350]);
    }

    #[test]
    fn the_jitter_is_a_fraction_of_the_bound_and_never_leaves_it() {
        for (random, expected) in [(0.0, 0), (0.25, 25), (1.0, 100), (7.0, 100)] {
            let backoff = Backoff::default().random(move || random);
            assert_eq!(backoff.wait(1, None).as_millis(), expected);
        }
        // A source that returns NaN does not shorten the wait.
        for random in [f64::NAN, f64::INFINITY, -1.0] {
            let backoff = Backoff::default().random(move || random);
            assert_eq!(backoff.wait(1, None).as_millis(), 100);
        }
    }

    #[test]
    fn bounds_that_no_f64_can_hold_are_kept() {
        let backoff = Backoff::new(Duration::MAX, Duration::MAX).random(|| 1.0);
        assert_eq!(backoff.wait(u32::MAX, None), Duration::MAX);
    }

    #[test]
    fn the_services_wish_is_obeyed_up_to_the_cap() {
        let backoff = Backoff::default().max_hint(Duration::from_secs(3));
        let wait = |seconds| backoff.wait(1, Some(Duration::from_secs(seconds))).as_secs();
        assert_eq!((wait(2), wait(60)), (2, 3));
    }

    #[test]
    fn the_default_jitter_stays_in_bounds_and_varies() {
        let backoff = Backoff::default();
        let waits: std::collections::HashSet<_> = (0..50).map(|_| backoff.wait(1, None)).collect();
        assert!(waits.iter().all(|wait| *wait <= Duration::from_millis(100)));
        assert!(waits.len() > 10);
    }
}
