//! The connections that no request is using.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::{Target, Usable};

/// Idle connections by target. A shared one stays here while it is used.
#[derive(Default)]
pub(super) struct Idle {
    by_target: HashMap<Target, Vec<Entry>>,
    /// The task that drops what has expired, if one was started.
    pub(super) sweeper: Option<AbortHandle>,
}

struct Entry {
    usable: Usable,
    /// When it was last put here or lent.
    since: Instant,
}

impl Idle {
    /// The target's connection that was used last. Those which were used before are left to expire.
    pub(super) fn take(
        &mut self,
        target: &Target,
        now: Instant,
        timeout: Duration,
    ) -> Option<Usable> {
        let entries = self.by_target.get_mut(target)?;
        while let Some(entry) = entries.pop() {
            if !entry.is_usable(now, timeout) {
                continue;
            }
            let usable = Usable { is_new: false, ..entry.usable };
            if let Some(connection) = usable.connection.share() {
                entries.push(Entry { usable: Usable { connection, ..usable }, since: now });
            }
            return Some(usable);
        }
        self.by_target.remove(target);
        None
    }

    /// Keeps a connection. Of one that is shared a single copy is enough.
    pub(super) fn put(&mut self, target: Target, usable: Usable, now: Instant) {
        let entries = self.by_target.entry(target).or_default();
        let is_shared = |usable: &Usable| usable.connection.share().is_some();
        match entries.iter_mut().find(|entry| is_shared(&entry.usable)) {
            Some(known) if is_shared(&usable) => known.since = now,
            _ => entries.push(Entry { usable, since: now }),
        }
    }

    /// Drops those which were idle longest until so many are left.
    pub(super) fn shrink(&mut self, limit: usize) {
        while self.by_target.values().map(Vec::len).sum::<usize>() > limit {
            let oldest = self.by_target.values_mut().filter(|entries| !entries.is_empty());
            let Some(entries) = oldest.min_by_key(|entries| entries[0].since) else { return };
            entries.remove(0);
        }
    }

    /// Drops what has expired; when the next one will.
    pub(super) fn sweep(&mut self, now: Instant, timeout: Duration) -> Option<Instant> {
        self.by_target.retain(|_, entries| {
            entries.retain(|entry| entry.is_usable(now, timeout));
            !entries.is_empty()
        });
        self.by_target.values().flatten().map(|entry| entry.expires(timeout)).min()
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        if let Some(sweeper) = self.sweeper.take() {
            sweeper.abort();
        }
    }
}

impl Entry {
    fn is_usable(&self, now: Instant, timeout: Duration) -> bool {
        self.usable.connection.is_ready() && now < self.expires(timeout)
    }

    fn expires(&self, timeout: Duration) -> Instant {
        let retires = self.usable.retires;
        self.since.checked_add(timeout).map_or(retires, |expires| expires.min(retires))
    }
}
