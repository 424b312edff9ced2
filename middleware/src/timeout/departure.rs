//! Whether a request has left this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// An extension of a request that has a time limit: the transport says whether it still holds the
/// request, waiting for a connection, or has begun to send it.
///
/// Where nobody says anything the request may have been sent. A layer around the transport may send
/// copies of a request, one after another or at once: one that may have left is enough.
#[derive(Debug, Clone, Default)]
pub(crate) struct Departure(Arc<Copies>);

#[derive(Debug, Default)]
struct Copies {
    /// Whether one was held: the transport is one that says so.
    is_held: AtomicBool,
    /// How many may have been sent.
    left: AtomicU32,
}

impl Departure {
    /// Not an octet of this copy was sent.
    pub(crate) fn hold(&self) {
        self.0.is_held.store(true, Ordering::Relaxed);
    }

    /// From now on it may have been sent.
    pub(crate) fn leave(&self) {
        self.0.left.fetch_add(1, Ordering::Relaxed);
    }

    /// What left came back, with every octet.
    pub(crate) fn come_back(&self) {
        self.0.left.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether it is known not to have been sent.
    pub(crate) fn is_held(&self) -> bool {
        self.0.is_held.load(Ordering::Relaxed) && self.0.left.load(Ordering::Relaxed) == 0
    }
}
