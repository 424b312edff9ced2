//! A connection while a request uses it.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::entries::{PoolKey, Usable};
use super::idle::Idle;

/// A connection that a request is using, with the request's turn.
pub(super) struct Lease {
    pub(super) usable: Usable,
    pub(super) key: PoolKey,
    pub(super) idle: Arc<Idle>,
    pub(super) turn: OwnedSemaphorePermit,
}

impl Lease {
    /// Makes the connection idle, if it is open, and then ends the turn.
    ///
    /// It may have read the end of the response and not yet be ready. Nothing waits for that here:
    /// the turn would then depend on a runtime that may not be driven again.
    pub(super) fn give_back(self) {
        let Self { usable, key, idle, turn } = self;
        if !usable.connection.is_closed() {
            idle.put(key, usable);
        }
        drop(turn);
    }
}
