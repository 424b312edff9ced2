//! Whether a request has left this process.

use std::sync::Arc;

use super::requests::{Copies, Requests};

/// Whether a request has left this process: an extension of a request that has a time limit.
///
/// The transport marks the request as held while it waits for a connection, and as sent when it
/// begins to write it. If the transport marks nothing, the request may have been sent.
///
/// A layer around the transport may send copies of a request, one after another or concurrently.
/// Their clones of the signal share one state: if one copy may have been sent, the request may have
/// been sent.
///
/// ```
/// use alibabacloud_kms_middleware::signals::Departure;
///
/// let departure = Departure::default();
/// assert!(!departure.is_held());
/// departure.mark_held();
/// assert!(departure.is_held());
/// departure.mark_sent();
/// assert!(!departure.is_held());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Departure(State);

/// The place of the state.
#[derive(Debug, Clone)]
enum State {
    Own(Arc<Copies>),
    /// Together with the call's, for its first request: most calls have no other.
    First(Arc<Requests>),
}

impl Default for State {
    fn default() -> Self {
        Self::Own(Arc::default())
    }
}

impl Departure {
    /// Creates the departure of the first of these requests.
    pub(super) fn first(requests: Arc<Requests>) -> Self {
        Self(State::First(requests))
    }

    /// Returns the copies of the request, unless it is a call's first.
    pub(super) fn of_its_own(&self) -> Option<&Arc<Copies>> {
        match &self.0 {
            State::Own(copies) => Some(copies),
            State::First(_) => None,
        }
    }

    fn copies(&self) -> &Copies {
        match &self.0 {
            State::Own(copies) => copies,
            State::First(requests) => &requests.first,
        }
    }

    /// Marks this copy as held: no byte of it was sent.
    pub fn mark_held(&self) {
        self.copies().mark_held();
    }

    /// Marks this copy as sent: from now on it may have reached the server.
    pub fn mark_sent(&self) {
        self.copies().mark_sent();
    }

    /// Undoes [`mark_sent`](Self::mark_sent): the connection returned the request without having
    /// sent any of it.
    pub fn mark_unsent(&self) {
        self.copies().mark_unsent();
    }

    /// Returns `true` if the request is known not to have been sent.
    pub fn is_held(&self) -> bool {
        self.copies().are_held()
    }
}
