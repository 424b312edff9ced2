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
use tokio::sync::{Mutex, MutexGuard};

/// A clock and its offset, which clones share.
#[derive(Clone)]
pub(crate) struct MovableClock {
    base: Clock,
    /// In milliseconds.
    offset: Arc<AtomicI64>,
    /// Held while the clock is moved and its offset is stored.
    moving: Arc<Mutex<()>>,
}

impl MovableClock {
    pub(crate) fn new(base: Clock) -> Self {
        Self { base, offset: Arc::default(), moving: Arc::default() }
    }

    /// Returns this as a [`Clock`].
    pub(crate) fn clock(&self) -> Clock {
        let clock = self.clone();
        Clock::new(move || clock.now())
    }

    /// Returns the time, which is 1970 at the earliest, also if the builder's clock jumps back: the
    /// store has no form for earlier ones.
    pub(crate) fn now(&self) -> SystemTime {
        self.moved().max(SystemTime::UNIX_EPOCH)
    }

    fn moved(&self) -> SystemTime {
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

    /// Waits until no other move is under way. The next one waits until the guard is dropped.
    pub(crate) async fn move_alone(&self) -> MutexGuard<'_, ()> {
        self.moving.lock().await
    }

    /// Returns a copy that is moved apart from this one.
    pub(crate) fn apart(&self) -> Self {
        let offset = Arc::new(self.offset().into());
        Self { offset, ..Self::new(self.base.clone()) }
    }

    /// Checks that the clock is not before 1970, and that its dates can be written: those after the
    /// year 9999 have no form.
    ///
    /// # Errors
    ///
    /// Returns a text that says which times are possible.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let moved = self.moved();
        let is_writable =
            moved >= SystemTime::UNIX_EPOCH && parse_iso8601(&iso8601(moved)).is_some();
        if is_writable {
            Ok(())
        } else {
            Err("The clock can be set to the years 1970 to 9999 only.")
        }
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
    use std::sync::atomic::AtomicU32;

    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

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

    #[test]
    fn it_is_writable_from_1970_to_9999() {
        let clock = MovableClock::new(Clock::fixed(SystemTime::UNIX_EPOCH));
        assert_eq!(clock.check(), Ok(()));
        let years = |years: u64| Duration::from_secs(years * 365 * 86_400);
        for (to, is_writable) in [
            (SystemTime::UNIX_EPOCH - Duration::from_secs(1), false),
            (SystemTime::UNIX_EPOCH + years(8_000), true),
            (SystemTime::UNIX_EPOCH + years(8_100), false),
        ] {
            clock.set(to);
            assert_eq!(clock.check().is_ok(), is_writable, "{to:?}");
        }
        assert!(MovableClock::new(Clock::fixed(SystemTime::UNIX_EPOCH - DAY)).check().is_err());
    }

    #[test]
    fn it_is_never_before_1970() {
        let at = |days| SystemTime::UNIX_EPOCH + DAY * days;
        let base = Arc::new(AtomicU32::new(2));
        let days = Arc::clone(&base);
        let clock = MovableClock::new(Clock::new(move || at(days.load(Ordering::SeqCst))));
        clock.set(at(1));
        for (days, now, is_possible) in [(2, at(1), true), (1, at(0), true), (0, at(0), false)] {
            base.store(days, Ordering::SeqCst);
            assert_eq!((clock.now(), clock.check().is_ok()), (now, is_possible), "{days}");
        }
        base.store(2, Ordering::SeqCst);
        assert_eq!(clock.now(), at(1));
    }
}
