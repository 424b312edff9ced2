//! How far a call has come, for the time limits that end it from outside.
//!
//! Who knows that a request cannot have left yet says so: signing while it waits for a credential,
//! the transport while it waits for a connection. Where nobody says so, as in a stack with a
//! transport of the user's own, it may have left.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Departure;
use crate::error::Outcome;

/// The requests of a call: an extension of the [`Call`](crate::Call), and so of its requests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress(Arc<Requests>);

#[derive(Debug, Default)]
struct Requests {
    begun: AtomicU32,
    /// Of these, those that wait for a credential, or waited and got none.
    held: AtomicU32,
    /// Of these, those that came to the transport.
    departures: Mutex<Vec<Departure>>,
}

impl Progress {
    /// One request more.
    pub(crate) fn begin(&self) {
        self.0.begun.fetch_add(1, Ordering::Relaxed);
    }

    /// How many requests were made: those that are kept back are none yet.
    pub(crate) fn made(&self) -> u32 {
        self.begun().saturating_sub(self.0.held.load(Ordering::Relaxed))
    }

    fn begun(&self) -> u32 {
        self.0.begun.load(Ordering::Relaxed)
    }

    /// Keeps a request back.
    pub(crate) fn hold(&self) {
        self.0.held.fetch_add(1, Ordering::Relaxed);
    }

    /// Lets go of a request that was kept back.
    pub(crate) fn let_go(&self) {
        self.0.held.fetch_sub(1, Ordering::Relaxed);
    }

    /// The departure of a request on its way to the transport.
    pub(crate) fn depart(&self, departure: Departure) {
        self.departures().push(departure);
    }

    /// Whether one of the requests can have reached the service, as far as is known.
    pub(crate) fn outcome(&self) -> Outcome {
        let departures = self.departures();
        let held = self.0.held.load(Ordering::Relaxed) as usize;
        let known = departures.len() + held;
        let all_are_known = known > 0 && known >= self.begun() as usize;
        match all_are_known && departures.iter().all(Departure::is_held) {
            true => Outcome::NotSent,
            false => Outcome::Unknown,
        }
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
        progress.depart(departure.clone());
        if waits {
            departure.hold();
        }
    }

    #[test]
    fn a_call_of_which_nobody_says_anything_may_have_been_sent() {
        let progress = Progress::default();
        assert_eq!(progress.outcome(), Outcome::Unknown);
        progress.begin();
        assert_eq!(progress.outcome(), Outcome::Unknown);
        depart(&progress, false);
        assert_eq!(progress.outcome(), Outcome::Unknown);
    }

    #[test]
    fn a_request_that_waits_for_a_credential_or_for_a_connection_was_not_sent() {
        let progress = Progress::default();
        progress.begin();
        progress.hold();
        assert_eq!(progress.outcome(), Outcome::NotSent);
        progress.let_go();
        assert_eq!(progress.outcome(), Outcome::Unknown);
        depart(&progress, true);
        assert_eq!(progress.outcome(), Outcome::NotSent);
    }

    #[test]
    fn one_request_that_may_have_left_is_enough() {
        for waits in [[true, false], [false, true]] {
            let progress = Progress::default();
            for waits in waits {
                progress.begin();
                depart(&progress, waits);
            }
            assert_eq!(progress.outcome(), Outcome::Unknown);
        }
    }
}
