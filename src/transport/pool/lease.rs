//! A connection while a request uses it.

use std::sync::Arc;

use tokio::runtime::Handle;
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
    /// Makes the connection idle, and then ends the turn.
    pub(super) fn give_back(mut self) {
        if self.usable.connection.is_ready() {
            return self.put();
        }
        // It has read the end of the response, but is not yet ready.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                let limit = self.idle.timeout();
                let ready = self.usable.connection.ready();
                if let Ok(true) = tokio::time::timeout(limit, ready).await {
                    self.put();
                }
            });
        }
    }

    fn put(self) {
        let Self { usable, key, idle, turn } = self;
        idle.put(key, usable);
        drop(turn);
    }
}
