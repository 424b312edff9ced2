//! Idle connections, until they expire.

use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::entries::{Entries, PoolKey, Usable};
use crate::lock::lock;
use crate::task::spawn;

/// Idle connections, shared by the pool and its leases.
pub(super) struct Idle {
    entries: Mutex<Entries>,
    timeout: Duration,
}

impl Idle {
    pub(super) fn new(timeout: Duration) -> Self {
        Self { entries: Mutex::default(), timeout }
    }

    /// The time after which an idle connection expires.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Takes an idle connection that hyper still considers usable.
    pub(super) async fn take(&self, key: &PoolKey) -> Option<Usable> {
        loop {
            let found = self.entries().take(key, Instant::now(), self.timeout)?;
            if !found.connection.is_quiet() {
                // The server may have just closed it, so let the runtime look at the network first.
                tokio::task::yield_now().await;
            }
            if found.connection.is_ready() {
                return Some(found);
            }
        }
    }

    /// Makes a connection idle, and schedules its expiry.
    pub(super) fn put(self: &Arc<Self>, key: PoolKey, usable: Usable) {
        let mut entries = self.entries();
        entries.put(key, usable, Instant::now());
        let Ok(runtime) = Handle::try_current() else { return };
        let sweeper = entries.sweepers.get(&runtime.id());
        if sweeper.is_none_or(AbortHandle::is_finished) {
            entries.sweepers.retain(|_, sweeper| !sweeper.is_finished());
            let sweeper = spawn(&runtime, sweep(Arc::downgrade(self), runtime.id()));
            entries.sweepers.insert(runtime.id(), sweeper);
        }
    }

    /// Drops the connections that were idle longest, until `limit` of them are left.
    pub(super) fn shrink(&self, limit: usize) {
        self.entries().shrink(limit);
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        lock(&self.entries)
    }
}

/// Drops connections as they expire, until none is left.
async fn sweep(idle: Weak<Idle>, runtime: Id) {
    loop {
        let next = {
            let Some(idle) = idle.upgrade() else { return };
            let mut entries = idle.entries();
            let next = entries.sweep(Instant::now(), idle.timeout);
            if next.is_none() {
                entries.sweepers.remove(&runtime);
            }
            next
        };
        match next {
            Some(next) => tokio::time::sleep_until(next).await,
            None => return,
        }
    }
}
