//! Whether a request has left this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Whether a request has left this process: an extension of a request that has a time limit.
///
/// The transport marks the request as held while it waits for a connection, and as sent when it
/// begins to write it. If the transport marks nothing, the request may have been sent.
///
/// A layer around the transport may send copies of a request, one after another or at once. Clones
/// share their state, and one copy that may have been sent is enough.
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
pub struct Departure(Arc<Copies>);

#[derive(Debug, Default)]
struct Copies {
    /// Whether a copy was ever held: the transport is one that marks its requests.
    is_marked: AtomicBool,
    /// The number of copies that may have been sent.
    sent: AtomicU32,
}

impl Departure {
    /// Marks this copy as held: no byte of it was sent.
    pub fn mark_held(&self) {
        self.0.is_marked.store(true, Ordering::Relaxed);
    }

    /// Marks this copy as sent: from now on it may have reached the server.
    pub fn mark_sent(&self) {
        self.0.sent.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes [`mark_sent`](Self::mark_sent) back: the connection returned the request with every byte.
    pub fn mark_returned(&self) {
        self.0.sent.fetch_sub(1, Ordering::Relaxed);
    }

    /// Returns `true` if the request is known not to have been sent.
    pub fn is_held(&self) -> bool {
        self.0.is_marked.load(Ordering::Relaxed) && self.0.sent.load(Ordering::Relaxed) == 0
    }
}
