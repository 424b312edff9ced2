//! A clock that is off: measured when a gateway refuses a date, and remembered for that gateway.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use super::remedy::Remedy;
use crate::call::Call;
use crate::clock::Clock;
use crate::error::{Error, ServiceError};

/// No clock is off by more: a century.
const MOST: Duration = Duration::from_secs(100 * 365 * 86_400);

/// How far a gateway's clock is from this machine's.
///
/// Gateways refuse dates that are more than 15 minutes off. As a [`Remedy`] this measures how far, by
/// the `date` of the refusal; [`clock`](Self::clock), which then is the gateway's, dates signatures.
/// It is measured again whenever a date is refused, so that a clock which was put right meanwhile
/// costs one request more and no error. An answer without a `date` remedies nothing.
///
/// Over plain HTTP the `date` can be changed on the way, as everything else can.
///
/// ```
/// use std::sync::Arc;
///
/// use alibabacloud_kms_middleware::clock::Clock;
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
    /// None as yet between a gateway and this clock; the system's unless told.
    pub fn of(clock: Clock) -> Self {
        Self { clock, seconds: Arc::default() }
    }

    /// How many seconds the gateway is ahead; negative if it is behind.
    pub fn seconds(&self) -> i64 {
        self.seconds.load(Ordering::Relaxed)
    }

    /// The gateway's clock, as far as it is known.
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

    /// Also if another call has measured it already: this one was dated before that.
    fn put_right(&self, _: &Call, error: &Error) -> bool {
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
        // Dates are whole seconds: calls that measure the same skew may differ by one.
        if self.seconds.swap(seconds, Ordering::Relaxed).abs_diff(seconds) > 1 {
            tracing::warn!(
                kms.clock_skew_s = seconds,
                "the gateway's clock is another: it dates signatures from now on",
            );
        }
        true
    }
}

/// Positive if the second is later.
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
        skew.put_right(&create_call(), &refused("IllegalTimestamp", Some(there)))
    }

    #[test]
    fn the_clock_is_the_gateways_once_it_has_refused_a_date() {
        for there in [noon() + HOUR, noon() - HOUR] {
            let skew = ClockSkew::of(Clock::fixed(noon()));
            let clock = skew.clock();
            assert_eq!(clock.now(), noon());
            assert!(is_put_right(&skew, there));
            assert_eq!(clock.now(), there);
        }
    }

    #[test]
    fn calls_that_were_dated_before_the_measurement_are_dated_anew_too() {
        let skew = ClockSkew::of(Clock::fixed(noon()));
        assert!(is_put_right(&skew, noon() + HOUR));
        assert!(is_put_right(&skew.clone(), noon() + HOUR));
        assert_eq!(skew.seconds(), 3600);
    }

    #[test]
    fn a_clock_that_was_put_right_is_measured_again_from_what_it_is() {
        let here = Arc::new(Mutex::new(noon()));
        let now = Arc::clone(&here);
        let skew = ClockSkew::of(Clock::new(move || *now.lock().expect("no panic")));
        assert!(is_put_right(&skew, noon() + HOUR));
        *here.lock().expect("no panic") = noon() + HOUR;
        assert_eq!(skew.clock().now(), noon() + 2 * HOUR);
        assert!(is_put_right(&skew, noon() + HOUR));
        assert_eq!((skew.seconds(), skew.clock().now()), (0, noon() + HOUR));
    }

    #[test]
    fn nothing_is_measured_without_a_date_or_by_another_refusal() {
        let skew = ClockSkew::of(Clock::fixed(noon()));
        let there = Some(noon() + HOUR);
        for error in [refused("IllegalTimestamp", None), refused("SignatureDoesNotMatch", there)] {
            assert!(!skew.put_right(&create_call(), &error));
            assert_eq!(skew.seconds(), 0);
        }
    }

    #[test]
    fn a_date_of_another_age_is_not_believed() {
        let skew = ClockSkew::of(Clock::fixed(noon()));
        let last = httpdate::parse_http_date("Fri, 31 Dec 9999 23:59:59 GMT").expect("a date");
        assert!(!is_put_right(&skew, last));
        assert!(is_put_right(&skew, SystemTime::UNIX_EPOCH));
        assert_eq!(skew.clock().now(), SystemTime::UNIX_EPOCH);
    }
}
