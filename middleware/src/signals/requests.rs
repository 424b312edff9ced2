//! The state that a call shares with its requests: which were held back, and which may have been
//! sent.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// The requests of a call.
#[derive(Debug, Default)]
pub(super) struct Requests {
    pub(super) begun: AtomicU32,
    /// The number of those that wait for a credential, or waited and got none.
    pub(super) held: AtomicU32,
    /// The first one that reached the transport.
    pub(super) first: Copies,
    pub(super) has_first: AtomicBool,
    /// Those that reached the transport after the first.
    pub(super) more: Mutex<Vec<Arc<Copies>>>,
}

/// The copies of a request.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// Whether a copy was ever held, which shows that the transport marks its requests.
    is_marked: AtomicBool,
    /// The number of copies that may have been sent.
    sent: AtomicU32,
}

impl Copies {
    pub(super) fn mark_held(&self) {
        self.is_marked.store(true, Ordering::Relaxed);
    }

    pub(super) fn mark_sent(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn mark_unsent(&self) {
        self.sent.fetch_sub(1, Ordering::Relaxed);
    }

    /// Returns `true` if all of them are known not to have been sent.
    pub(super) fn are_held(&self) -> bool {
        self.is_marked.load(Ordering::Relaxed) && self.sent.load(Ordering::Relaxed) == 0
    }
}
