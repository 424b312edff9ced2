//! Bounds the number of connections, and chooses the one to close when there are too many.
//!
//! A client that holds connections without sending complete requests cannot keep others out: such a
//! connection is closed for a new one.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use alibabacloud_kms::__private::lock;
use tokio::sync::Notify;

/// The maximum number of connections. It leaves some of the usual limit of 1,024 open files.
pub(super) const MAX_CONNECTIONS: usize = 768;

/// The connections that are open.
#[derive(Clone, Default)]
pub(super) struct Connections {
    open: Arc<Mutex<Vec<Weak<ConnectionState>>>>,
    turns: Arc<AtomicU64>,
}

/// The place of one connection. Dropping it frees the place.
pub(super) struct ConnectionState {
    turns: Arc<AtomicU64>,
    /// The turn in which it was last answered, or opened.
    last: AtomicU64,
    /// Whether a request on it was ever answered.
    is_used: AtomicBool,
    /// Whether a whole request is being answered.
    is_busy: AtomicBool,
    evicted: Notify,
}

/// A whole request that is being answered.
pub(super) struct BusyGuard(Arc<ConnectionState>);

impl Connections {
    /// Returns a place for a new connection. If there are too many, a connection that waits for its
    /// client is closed: the oldest one without any request, or else the one whose last answer is
    /// oldest. Returns `None` if all are busy.
    pub(super) fn admit(&self) -> Option<Arc<ConnectionState>> {
        let mut open = lock(&self.open);
        open.retain(|place| place.strong_count() > 0);
        if open.len() >= MAX_CONNECTIONS {
            let places = open.iter().enumerate();
            let (index, place) = places
                .filter_map(|(index, place)| Some((index, place.upgrade()?)))
                .filter(|(_, place)| !place.is_busy.load(Ordering::Acquire))
                .min_by_key(|(_, place)| {
                    (place.is_used.load(Ordering::Acquire), place.last.load(Ordering::Acquire))
                })?;
            open.swap_remove(index);
            place.evicted.notify_one();
        }
        let place = Arc::new(ConnectionState {
            last: self.turns.fetch_add(1, Ordering::AcqRel).into(),
            turns: Arc::clone(&self.turns),
            is_used: AtomicBool::default(),
            is_busy: AtomicBool::default(),
            evicted: Notify::new(),
        });
        open.push(Arc::downgrade(&place));
        Some(place)
    }
}

impl ConnectionState {
    /// Records that a whole request has arrived. It counts as answered once the returned value is
    /// dropped.
    pub(super) fn answering(self: &Arc<Self>) -> BusyGuard {
        self.is_busy.store(true, Ordering::Release);
        BusyGuard(Arc::clone(self))
    }

    /// Waits until this connection must be closed.
    pub(super) async fn evicted(&self) {
        self.evicted.notified().await;
    }
}

impl Drop for BusyGuard {
    fn drop(&mut self) {
        let ConnectionState { turns, last, is_used, is_busy, .. } = &*self.0;
        last.store(turns.fetch_add(1, Ordering::AcqRel), Ordering::Release);
        is_used.store(true, Ordering::Release);
        is_busy.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::{Connections, MAX_CONNECTIONS};

    #[tokio::test]
    async fn who_waits_the_longest_for_its_client_makes_room() {
        let connections = Connections::default();
        let places: Vec<_> = (0..MAX_CONNECTIONS).filter_map(|_| connections.admit()).collect();
        assert_eq!(places.len(), MAX_CONNECTIONS);
        drop(places[0].answering());
        let newest = connections.admit().expect("one makes room");
        places[1].evicted().await;
        let answered = [&newest].into_iter().chain(&places[2..]).chain(&places[..1]);
        let busy: Vec<_> = answered.map(super::ConnectionState::answering).collect();
        assert!(connections.admit().is_none(), "all are busy");
        // In that order.
        busy.into_iter().for_each(drop);
        let _next = connections.admit().expect("one makes room");
        newest.evicted().await;
        drop(places);
        assert!(connections.admit().is_some());
    }
}
