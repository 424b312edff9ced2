//! The connections that no request is using, until they expire.

use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;

use super::entries::{Entries, Usable};
use crate::lock::lock;
use crate::transport::target::Target;

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
    pub(super) async fn take(&self, target: &Target) -> Option<Usable> {
        loop {
            let found = self.entries().take(target, Instant::now(), self.timeout)?;
            // A server may have closed it just now: let the runtime look at the network before.
            tokio::task::yield_now().await;
            if found.connection.is_ready() {
                return Some(found);
            }
        }
    }

    /// Makes a connection idle, and sees to it that it expires.
    pub(super) fn put(self: &Arc<Self>, target: Target, usable: Usable) {
        let mut entries = self.entries();
        entries.put(target, usable, Instant::now());
        if entries.sweeper.as_ref().is_none_or(|sweeper| sweeper.is_finished())
            && let Ok(runtime) = Handle::try_current()
        {
            let sweeper = runtime.spawn(sweep(Arc::downgrade(self)));
            entries.sweeper = Some(sweeper.abort_handle());
        }
    }

    /// Drops those which were idle longest until this number is left.
    pub(super) fn shrink(&self, limit: usize) {
        self.entries().shrink(limit);
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        lock(&self.entries)
    }
}

/// Drops connections as they expire, until none is left.
async fn sweep(idle: Weak<Idle>) {
    loop {
        let next = {
            let Some(idle) = idle.upgrade() else { return };
            let mut entries = idle.entries();
            let next = entries.sweep(Instant::now(), idle.timeout);
            if next.is_none() {
                entries.sweeper = None;
            }
            next
        };
        match next {
            Some(next) => tokio::time::sleep_until(next).await,
            None => return,
        }
    }
}
