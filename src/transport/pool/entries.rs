//! Idle connections, by their key.

use std::collections::HashMap;
use std::time::Duration;

use tokio::runtime::Id;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::transport::connection::Connection;
use crate::transport::origin::Origin;

/// Where a connection can be used: its origin, and the runtime that drives it. For the calls of
/// another runtime it may be dead without showing it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct PoolKey {
    pub(super) origin: Origin,
    pub(super) runtime: Id,
}

/// A connection that can take a request.
pub(super) struct Usable {
    pub(super) connection: Connection,
    /// The time at which it is too old.
    pub(super) retires: Instant,
    pub(super) is_new: bool,
}

/// Idle connections by key. A shared one stays here while it is used.
#[derive(Default)]
pub(super) struct Entries {
    by_key: HashMap<PoolKey, Vec<Entry>>,
    /// The tasks that drop expired connections: one per runtime, since another runtime may not be
    /// driven.
    pub(super) sweepers: Vec<(Id, AbortHandle)>,
}

struct Entry {
    usable: Usable,
    /// The time at which it was last put here or lent.
    since: Instant,
}

impl Entries {
    /// Returns the most recently used connection of a key, so that the others can expire.
    pub(super) fn take(
        &mut self,
        key: &PoolKey,
        now: Instant,
        timeout: Duration,
    ) -> Option<Usable> {
        let entries = self.by_key.get_mut(key)?;
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
        self.by_key.remove(key);
        None
    }

    /// Keeps a connection. One shared connection per key is enough: the one that lasts longer.
    pub(super) fn put(&mut self, key: PoolKey, usable: Usable, now: Instant) {
        let entries = self.by_key.entry(key).or_default();
        let is_shared = |usable: &Usable| usable.connection.share().is_some();
        match entries.iter_mut().find(|entry| is_shared(&entry.usable)) {
            Some(known) if is_shared(&usable) => {
                known.since = now;
                if known.usable.retires < usable.retires || known.usable.connection.is_closed() {
                    known.usable = usable;
                }
            }
            _ => entries.push(Entry { usable, since: now }),
        }
    }

    /// Drops the connections that are closed and then those that were idle longest, until `limit`
    /// of them are left.
    ///
    /// This also forgets the keys that have none left. Those of a runtime that was dropped would
    /// otherwise stay: its sweeper ended with it.
    pub(super) fn shrink(&mut self, limit: usize) {
        self.by_key.retain(|_, entries| {
            entries.retain(|entry| !entry.usable.connection.is_closed());
            !entries.is_empty()
        });
        while self.by_key.values().map(Vec::len).sum::<usize>() > limit {
            let oldest = self.by_key.values_mut().filter(|entries| !entries.is_empty());
            let Some(entries) = oldest.min_by_key(|entries| entries[0].since) else { return };
            entries.remove(0);
        }
    }

    /// Drops expired connections. Returns when the next one expires.
    pub(super) fn sweep(&mut self, now: Instant, timeout: Duration) -> Option<Instant> {
        self.by_key.retain(|_, entries| {
            entries.retain(|entry| entry.is_usable(now, timeout));
            !entries.is_empty()
        });
        self.by_key.values().flatten().map(|entry| entry.expires(timeout)).min()
    }
}

impl Drop for Entries {
    fn drop(&mut self) {
        for (_, sweeper) in &self.sweepers {
            sweeper.abort();
        }
    }
}

impl Entry {
    fn is_usable(&self, now: Instant, timeout: Duration) -> bool {
        !self.usable.connection.is_closed() && now < self.expires(timeout)
    }

    fn expires(&self, timeout: Duration) -> Instant {
        let retires = self.usable.retires;
        self.since.checked_add(timeout).map_or(retires, |expires| expires.min(retires))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use tokio::io::{AsyncRead, AsyncWrite, duplex};

    use super::*;
    use crate::transport::connection::{Connection, RequestForm};
    use crate::transport::measure::{Connecting, OpenConnection};

    pub(in crate::transport::pool) const SECOND: Duration = Duration::from_secs(1);

    pub(in crate::transport::pool) fn key() -> PoolKey {
        let origin = Origin::new(0, &http::Uri::from_static("https://kms.invalid/"));
        let runtime = tokio::runtime::Handle::current().id();
        PoolKey { origin: origin.expect("an origin"), runtime }
    }

    pub(in crate::transport::pool) fn counted() -> OpenConnection {
        Connecting::begin(&http::Uri::from_static("https://kms.invalid/")).opened()
    }

    /// Returns a connection for one request at a time, over this.
    pub(in crate::transport::pool) async fn single<I>(io: I) -> Usable
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let connection = Connection::http1(Box::new(io), RequestForm::Origin, counted());
        let connection = connection.await.expect("HTTP/1.1");
        Usable { connection, retires: Instant::now() + 60 * SECOND, is_new: true }
    }

    /// Returns a shared connection, and its other end.
    #[cfg(feature = "http2")]
    async fn shared(retires: Instant) -> (Usable, tokio::io::DuplexStream) {
        let (here, there) = duplex(1 << 16);
        let connection = Connection::http2(Box::new(here), SECOND, counted()).await;
        (Usable { connection: connection.expect("HTTP/2"), retires, is_new: true }, there)
    }

    #[cfg(feature = "http2")]
    #[tokio::test(start_paused = true)]
    async fn of_two_shared_connections_the_one_that_lasts_is_kept() {
        let now = Instant::now();
        for order in [[0, 60], [60, 0]] {
            let (mut idle, key, mut ends) = (Entries::default(), key(), Vec::new());
            for seconds in order {
                let (usable, end) = shared(now + seconds * SECOND).await;
                ends.push(end);
                idle.put(key.clone(), usable, now);
            }
            let kept = idle.take(&key, now, SECOND).expect("the one that lasts");
            assert_eq!(kept.retires, now + 60 * SECOND);
        }
    }

    #[test]
    fn connections_of_runtimes_that_were_dropped_leave_nothing_behind() {
        let mut idle = Entries::default();
        for _ in 0..3 {
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("one");
            let (here, _there) = duplex(1 << 16);
            runtime.block_on(async {
                idle.put(key(), single(here).await, Instant::now());
            });
            assert_eq!(idle.by_key.len(), 1);
            drop(runtime);
            idle.shrink(9);
            assert_eq!(idle.by_key.len(), 0);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_without_a_connection_is_forgotten_and_one_with_a_connection_is_not() {
        let (mut idle, now) = (Entries::default(), Instant::now());
        let (here, _there) = duplex(1 << 16);
        idle.put(key(), single(here).await, now);
        idle.shrink(9);
        let taken = idle.take(&key(), now, SECOND).expect("it is open");
        assert_eq!(idle.by_key.len(), 1, "the place of the connection that comes back");
        idle.shrink(9);
        assert_eq!(idle.by_key.len(), 0);
        idle.put(key(), taken, now);
        idle.shrink(0);
        assert!(idle.take(&key(), now, SECOND).is_none());
    }
}
