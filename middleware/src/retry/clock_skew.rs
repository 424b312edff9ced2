//! Corrects a wrong clock: measures the skew when a gateway refuses a date, and remembers it for
//! that gateway.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use super::remedy::Remedy;
use crate::call::Call;
use crate::clock::Clock;
use crate::error::{Error, ServiceError};

/// The maximum skew: a century.
const MOST: Duration = Duration::from_secs(100 * 365 * 86_400);

/// The difference between a gateway's clock and this machine's.
///
/// Gateways refuse dates that are more than 15 minutes off. As a [`Remedy`], this measures the
/// difference from the `date` header of the refusal. Give [`clock`](Self::clock) to the layer that
/// signs: it returns the gateway's time from then on. The skew is measured again whenever a date is
/// refused, so a clock that is corrected meanwhile costs one more request and no error. An answer
/// without a `date` header cannot be remedied.
///
/// Over plain HTTP, `date` can be changed on the way like everything else.
///
/// ```
/// use std::sync::Arc;
///
/// use alibabacloud_kms_middleware::Clock;
/// use alibabacloud_kms_middleware::retry::{ClockSkew, RetryPolicy};
///
/// let skew = ClockSkew::default();
/// let policy = RetryPolicy::default().remedy(Arc::new(skew.clone()));
/// let clock = skew.clock(); // for the layer that signs
/// # let _ = (policy, clock);
/// ```
#[derive(Debug, Clone, Default)]
pub struct ClockSkew {
    clock: Clock,
    /// Positive if the gateway is ahead.
    seconds: Arc<AtomicI64>,
}

impl ClockSkew {
    /// Creates a skew of zero relative to this clock (default: the system's clock).
    pub fn new(clock: Clock) -> Self {
        Self { clock, seconds: Arc::default() }
    }

    /// Returns the seconds by which the gateway's clock is ahead; negative if it is behind.
    pub fn seconds(&self) -> i64 {
        self.seconds.load(Ordering::Relaxed)
    }

    /// Returns the gateway's clock: this machine's, corrected by the skew as it is known at each
    /// reading.
    pub fn clock(&self) -> Clock {
        let skew = self.clone();
        Clock::new(move || skew.at_the_gateway(skew.clock.now()))
    }

    fn at_the_gateway(&self, here: SystemTime) -> SystemTime {
        let seconds = self.seconds();
        let distance = Duration::from_secs(seconds.unsigned_abs());
        match seconds.is_negative() {
            true => here.checked_sub(distance),
            false => here.checked_add(distance),
        }
        .unwrap_or(here)
    }
}

impl Remedy for ClockSkew {
    fn name(&self) -> &'static str {
        "clock_skew"
    }

    /// Also returns `true` if another call has measured the skew in the meantime, since this call
    /// was dated before that.
    fn repair(&self, _: &Call, error: &Error) -> bool {
        if !error.is_clock_skew() {
            return false;
        }
        let Some(there) = error.service().and_then(ServiceError::date) else {
            return false;
        };
        let seconds = seconds_between(self.clock.now(), there);
        if seconds.unsigned_abs() > MOST.as_secs() {
            return false;
        }
        // Dates are whole seconds, so calls that measure the same skew may differ by one.
        if self.seconds.swap(seconds, Ordering::Relaxed).abs_diff(seconds) > 1 {
            tracing::warn!(
                kms.clock_skew_s = seconds,
                "the gateway's clock differs from this machine's: signatures now use the gateway's",
            );
        }
        true
    }
}

/// Returns a positive number if `other` is later.
fn seconds_between(one: SystemTime, other: SystemTime) -> i64 {
    let seconds = |distance: Duration| i64::try_from(distance.as_secs()).unwrap_or(i64::MAX);
    match other.duration_since(one) {
        Ok(later) => seconds(later),
        Err(earlier) => -seconds(earlier.duration()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::test_support::create_call;

    const HOUR: Duration = Duration::from_secs(3600);

    fn noon() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_435_200)
    }

    fn refused(code: &str, date: Option<SystemTime>) -> Error {
        Error::from_service(ServiceError::new(code, "m").with_date(date))
    }

    fn is_put_right(skew: &ClockSkew, there: SystemTime) -> bool {
        skew.repair(&create_call(), &refused("IllegalTimestamp", Some(there)))
    }

    #[test]
    fn the_clock_is_the_gateways_once_it_has_refused_a_date() {
        for there in [noon() + HOUR, noon() - HOUR] {
            let skew = ClockSkew::new(Clock::fixed(noon()));
            let clock = skew.clock();
            assert_eq!(clock.now(), noon());
            assert!(is_put_right(&skew, there));
            assert_eq!(clock.now(), there);
        }
    }

    #[test]
    fn calls_that_were_dated_before_the_measurement_are_dated_anew_too() {
        let skew = ClockSkew::new(Clock::fixed(noon()));
        assert!(is_put_right(&skew, noon() + HOUR));
        assert!(is_put_right(&skew.clone(), noon() + HOUR));
        assert_eq!(skew.seconds(), 3600);
    }

    #[test]
    fn a_clock_that_was_put_right_is_measured_again_from_what_it_is() {
        let here = Arc::new(Mutex::new(noon()));
        let now = Arc::clone(&here);
        let skew = ClockSkew::new(Clock::new(move || *now.lock().expect("no panic")));
        assert!(is_put_right(&skew, noon() + HOUR));
        *here.lock().expect("no panic") = noon() + HOUR;
        assert_eq!(skew.clock().now(), noon() + 2 * HOUR);
        assert!(is_put_right(&skew, noon() + HOUR));
        assert_eq!((skew.seconds(), skew.clock().now()), (0, noon() + HOUR));
    }

    #[test]
    fn nothing_is_measured_without_a_date_or_by_another_refusal() {
        let skew = ClockSkew::new(Clock::fixed(noon()));
        let there = Some(noon() + HOUR);
        for error in [refused("IllegalTimestamp", None), refused("SignatureDoesNotMatch", there)] {
            assert!(!skew.repair(&create_call(), &error));
            assert_eq!(skew.seconds(), 0);
        }
    }

    #[test]
    fn a_date_of_another_age_is_not_believed() {
        let skew = ClockSkew::new(Clock::fixed(noon()));
        let last = httpdate::parse_http_date("Fri, 31 Dec 9999 23:59:59 GMT").expect("a date");
        assert!(!is_put_right(&skew, last));
        assert!(is_put_right(&skew, SystemTime::UNIX_EPOCH));
        assert_eq!(skew.clock().now(), SystemTime::UNIX_EPOCH);
    }
}
