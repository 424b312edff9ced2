//! The clock by which keys and secrets age: the builder's clock with an offset.
//!
//! The dates of requests are compared with the builder's clock itself, so clients with the present
//! time are served whatever the offset is.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::Clock;
use alibabacloud_kms::middleware::wire::time::{iso8601, parse_iso8601};

/// A clock and its offset, which clones share.
#[derive(Clone)]
pub(crate) struct MovableClock {
    base: Clock,
    /// In milliseconds.
    offset: Arc<AtomicI64>,
}

impl MovableClock {
    pub(crate) fn new(base: Clock) -> Self {
        Self { base, offset: Arc::default() }
    }

    /// Returns this as a [`Clock`].
    pub(crate) fn clock(&self) -> Clock {
        let clock = self.clone();
        Clock::new(move || clock.now())
    }

    pub(crate) fn now(&self) -> SystemTime {
        let (base, offset) = (self.base.now(), self.offset());
        let by = Duration::from_millis(offset.unsigned_abs());
        let moved = if offset < 0 { base.checked_sub(by) } else { base.checked_add(by) };
        moved.unwrap_or(base)
    }

    pub(crate) fn offset(&self) -> i64 {
        self.offset.load(Ordering::Acquire)
    }

    pub(crate) fn set_offset(&self, milliseconds: i64) {
        self.offset.store(milliseconds, Ordering::Release);
    }

    /// Returns a copy that is moved apart from this one.
    pub(crate) fn apart(&self) -> Self {
        Self { base: self.base.clone(), offset: Arc::new(self.offset().into()) }
    }

    /// Returns `true` if dates can be written: those after the year 9999 have no form.
    pub(crate) fn is_writable(&self) -> bool {
        parse_iso8601(&iso8601(self.now())).is_some()
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.set_offset(self.offset().saturating_add(by));
    }

    /// Moves the clock to this time.
    pub(crate) fn set(&self, to: SystemTime) {
        let milliseconds = |by: Duration| i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.set_offset(match to.duration_since(self.base.now()) {
            Ok(ahead) => milliseconds(ahead),
            Err(behind) => -milliseconds(behind.duration()),
        });
    }
}

impl fmt::Debug for MovableClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MovableClock").field("offset", &self.offset()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_moved_both_ways_and_its_clones_with_it() {
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let clock = MovableClock::new(Clock::fixed(start));
        let shown = clock.clock();
        clock.advance(Duration::from_secs(60));
        assert_eq!(shown.now(), start + Duration::from_secs(60));
        clock.set(start - Duration::from_millis(1_500));
        assert_eq!((shown.now(), clock.offset()), (start - Duration::from_millis(1_500), -1_500));
        clock.advance(Duration::MAX);
        assert_eq!(shown.now(), clock.now());
    }
}
