//! What a call and its requests have in common: who has been held back, and who may have been sent.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// The requests of a call.
#[derive(Debug, Default)]
pub(super) struct Requests {
    pub(super) begun: AtomicU32,
    /// Of these, those that wait for a credential, or waited and got none.
    pub(super) held: AtomicU32,
    /// Of these, the first that reached the transport, and whether one has.
    pub(super) first: Copies,
    pub(super) has_first: AtomicBool,
    /// Those that did after it.
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

    /// Returns `true` if none of them is known to have been sent.
    pub(super) fn are_held(&self) -> bool {
        self.is_marked.load(Ordering::Relaxed) && self.sent.load(Ordering::Relaxed) == 0
    }
}
