//! Whether a request has left this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// An extension of a request that has a time limit: the transport says whether it still holds the
/// request, waiting for a connection, or has begun to send it.
///
/// Where nobody says anything the request may have been sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Departure(Arc<AtomicBool>);

impl Departure {
    /// Not an octet was sent.
    pub(crate) fn hold(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// From now on it may have been sent.
    pub(crate) fn leave(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// Whether it is known not to have been sent.
    pub(crate) fn is_held(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
