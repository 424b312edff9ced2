//! The progress of a call, for the time limits that end it from outside.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Departure;
use super::requests::Requests;
use crate::error::Outcome;
use crate::lock::lock;

/// Records how far each request of a call has come: an extension of the [`Call`](crate::Call), and
/// so of its requests.
///
/// A layer that holds a request back records it: signing while it waits for a credential, the
/// transport (by its [`Departure`]) while it waits for a connection. A request for which nothing is
/// recorded may have been sent.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Requests>);

impl Progress {
    /// Records that the call begins another request.
    pub fn begin_request(&self) {
        self.0.begun.fetch_add(1, Ordering::Relaxed);
    }

    /// Records that a request is held back before it reaches the transport.
    pub fn hold_request(&self) {
        self.0.held.fetch_add(1, Ordering::Relaxed);
    }

    /// Undoes [`hold_request`](Self::hold_request): the request goes on to the transport.
    pub fn release_request(&self) {
        self.0.held.fetch_sub(1, Ordering::Relaxed);
    }

    /// Adds the departure of a request on its way to the transport.
    pub fn add_departure(&self, departure: Departure) {
        // The state of the first is here already.
        if let Some(copies) = departure.of_its_own() {
            lock(&self.0.more).push(Arc::clone(copies));
        }
    }

    /// Returns the departure of a request that is on its way to the transport now.
    pub(crate) fn depart(&self) -> Departure {
        if !self.0.has_first.swap(true, Ordering::Relaxed) {
            return Departure::first(Arc::clone(&self.0));
        }
        let departure = Departure::default();
        self.add_departure(departure.clone());
        departure
    }

    /// Returns the number of requests that were made; those that are held back do not count.
    pub fn requests(&self) -> u32 {
        self.begun().saturating_sub(self.0.held.load(Ordering::Relaxed))
    }

    /// Returns [`NotSent`](Outcome::NotSent) if every request is known not to have been sent, else
    /// [`Unknown`](Outcome::Unknown).
    pub fn outcome(&self) -> Outcome {
        let more = lock(&self.0.more);
        let has_first = self.0.has_first.load(Ordering::Relaxed);
        let held = self.0.held.load(Ordering::Relaxed) as usize;
        let known = usize::from(has_first) + more.len() + held;
        let all_are_known = known > 0 && known >= self.begun() as usize;
        let is_first_held = !has_first || self.0.first.are_held();
        if all_are_known && is_first_held && more.iter().all(|copies| copies.are_held()) {
            Outcome::NotSent
        } else {
            Outcome::Unknown
        }
    }

    fn begun(&self) -> u32 {
        self.0.begun.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets a request reach a transport, which may wait for a connection and record that.
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
    fn departures_of_its_own_are_like_those_that_are_added() {
        let progress = Progress::default();
        for requests in 1..4 {
            progress.begin_request();
            let departure = progress.depart();
            // It is recorded already.
            progress.add_departure(departure.clone());
            assert_eq!(progress.outcome(), Outcome::Unknown, "{requests}");
            departure.mark_held();
            assert_eq!(progress.outcome(), Outcome::NotSent, "{requests}");
        }
        let last = progress.depart();
        last.mark_held();
        last.mark_sent();
        assert_eq!(progress.outcome(), Outcome::Unknown);
        last.mark_unsent();
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
