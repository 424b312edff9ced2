//! The connections that no request is using.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::Target;
use crate::transport::connection::Connection;

/// Idle connections by target. A shared one stays here while it is used.
#[derive(Default)]
pub(super) struct Idle {
    by_target: HashMap<Target, Vec<Entry>>,
    /// The task that drops what has expired, if one was started.
    pub(super) sweeper: Option<AbortHandle>,
}

struct Entry {
    connection: Connection,
    /// When it was last put here or lent.
    since: Instant,
    /// When it is too old.
    retires: Instant,
}

impl Idle {
    /// The target's connection that was used last, and when it is too old. Those which were used
    /// before are left to expire.
    pub(super) fn take(
        &mut self,
        target: &Target,
        now: Instant,
        timeout: Duration,
    ) -> Option<(Connection, Instant)> {
        let entries = self.by_target.get_mut(target)?;
        while let Some(entry) = entries.pop() {
            if !entry.is_usable(now, timeout) {
                continue;
            }
            let Entry { connection, retires, .. } = entry;
            if let Some(shared) = connection.share() {
                entries.push(Entry { connection: shared, since: now, retires });
            }
            return Some((connection, retires));
        }
        self.by_target.remove(target);
        None
    }

    /// Keeps a connection. Of one that is shared a single copy is enough.
    pub(super) fn put(
        &mut self,
        target: Target,
        connection: Connection,
        retires: Instant,
        now: Instant,
    ) {
        let entries = self.by_target.entry(target).or_default();
        let is_shared = |entry: &&mut Entry| entry.connection.share().is_some();
        match entries.iter_mut().find(is_shared) {
            Some(known) if connection.share().is_some() => known.since = now,
            _ => entries.push(Entry { connection, since: now, retires }),
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

impl Entry {
    fn is_usable(&self, now: Instant, timeout: Duration) -> bool {
        self.connection.is_ready() && now < self.expires(timeout)
    }

    fn expires(&self, timeout: Duration) -> Instant {
        let idle_too_long = self.since.checked_add(timeout);
        idle_too_long.map_or(self.retires, |expires| expires.min(self.retires))
    }
}
