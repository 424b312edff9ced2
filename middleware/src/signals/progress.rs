//! How far a call has come, for the time limits that end it from outside.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Departure;
use crate::error::Outcome;

/// The requests of a call: an extension of the [`Call`](crate::Call), and so of its requests.
///
/// A layer that knows that a request cannot have left yet records that: signing while it waits for a
/// credential, the transport (by its [`Departure`]) while it waits for a connection. A request of
/// which nothing is recorded may have been sent.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Requests>);

#[derive(Debug, Default)]
struct Requests {
    begun: AtomicU32,
    /// Of these, those that wait for a credential, or waited and got none.
    held: AtomicU32,
    /// Of these, those that came to the transport.
    departures: Mutex<Vec<Departure>>,
}

impl Progress {
    /// Records that one more request of the call begins.
    pub fn begin_request(&self) {
        self.0.begun.fetch_add(1, Ordering::Relaxed);
    }

    /// Records that a request is held back before it reaches the transport.
    pub fn hold_request(&self) {
        self.0.held.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes [`hold_request`](Self::hold_request) back: the request goes on to the transport.
    pub fn release_request(&self) {
        self.0.held.fetch_sub(1, Ordering::Relaxed);
    }

    /// Adds the departure of a request on its way to the transport.
    pub fn add_departure(&self, departure: Departure) {
        self.departures().push(departure);
    }

    /// Returns the number of requests that were made; those that are held back do not count.
    pub fn requests(&self) -> u32 {
        self.begun().saturating_sub(self.0.held.load(Ordering::Relaxed))
    }

    /// Returns [`NotSent`](Outcome::NotSent) if every request is known not to have been sent, else
    /// [`Unknown`](Outcome::Unknown).
    pub fn outcome(&self) -> Outcome {
        let departures = self.departures();
        let held = self.0.held.load(Ordering::Relaxed) as usize;
        let known = departures.len() + held;
        let all_are_known = known > 0 && known >= self.begun() as usize;
        if all_are_known && departures.iter().all(Departure::is_held) {
            Outcome::NotSent
        } else {
            Outcome::Unknown
        }
    }

    fn begun(&self) -> u32 {
        self.0.begun.load(Ordering::Relaxed)
    }

    fn departures(&self) -> MutexGuard<'_, Vec<Departure>> {
        // A thread that panicked left a list that is whole: it is changed in single steps.
        self.0.departures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request comes to a transport, which may wait for a connection and say so.
    fn depart(progress: &Progress, waits: bool) {
        let departure = Departure::default();
        progress.add_departure(departure.clone());
        if waits {
            departure.mark_held();
        }
    }

    #[test]
    fn a_call_of_which_nobody_says_anything_may_have_been_sent() {
        let progress = Progress::default();
        assert_eq!(progress.outcome(), Outcome::Unknown);
        progress.begin_request();
        assert_eq!(progress.outcome(), Outcome::Unknown);
        depart(&progress, false);
        assert_eq!(progress.outcome(), Outcome::Unknown);
    }

    #[test]
    fn a_request_that_waits_for_a_credential_or_for_a_connection_was_not_sent() {
        let progress = Progress::default();
        progress.begin_request();
        progress.hold_request();
        assert_eq!(progress.outcome(), Outcome::NotSent);
        progress.release_request();
        assert_eq!(progress.outcome(), Outcome::Unknown);
        depart(&progress, true);
        assert_eq!(progress.outcome(), Outcome::NotSent);
    }

    #[test]
    fn one_request_that_may_have_left_is_enough() {
        for waits in [[true, false], [false, true]] {
            let progress = Progress::default();
            for waits in waits {
                progress.begin_request();
                depart(&progress, waits);
            }
            assert_eq!(progress.outcome(), Outcome::Unknown);
        }
    }
}
