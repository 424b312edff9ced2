//! The connections that no request is using, by target.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::transport::connection::Connection;
use crate::transport::target::Target;

/// A connection that can take a request.
pub(super) struct Usable {
    pub(super) connection: Connection,
    /// When it is too old.
    pub(super) retires: Instant,
    pub(super) is_new: bool,
}

/// Idle connections by target. A shared one stays here while it is used.
#[derive(Default)]
pub(super) struct Entries {
    by_target: HashMap<Target, Vec<Entry>>,
    /// The task that drops what has expired, if one was started.
    pub(super) sweeper: Option<AbortHandle>,
}

struct Entry {
    usable: Usable,
    /// When it was last put here or lent.
    since: Instant,
}

impl Entries {
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

    /// Keeps a connection. Of those that are shared one is enough: the one that lasts longer.
    pub(super) fn put(&mut self, target: Target, usable: Usable, now: Instant) {
        let entries = self.by_target.entry(target).or_default();
        let is_shared = |usable: &Usable| usable.connection.share().is_some();
        match entries.iter_mut().find(|entry| is_shared(&entry.usable)) {
            Some(known) if is_shared(&usable) => {
                known.since = now;
                if known.usable.retires < usable.retires || !known.usable.connection.is_ready() {
                    known.usable = usable;
                }
            }
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

impl Drop for Entries {
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

#[cfg(all(test, feature = "http2"))]
mod tests {
    use hyper_util::rt::TokioIo;
    use tokio::io::DuplexStream;

    use super::*;
    use crate::transport::connection::Connection;
    use crate::transport::measure::Connecting;

    const SECOND: Duration = Duration::from_secs(1);

    fn target() -> Target {
        Target::new(0, &http::Uri::from_static("https://kms.invalid/")).expect("a target")
    }

    /// A connection that requests share, and its other end.
    async fn shared(retires: Instant) -> (Usable, DuplexStream) {
        let (here, there) = tokio::io::duplex(1 << 16);
        let counted = Connecting::begin(&http::Uri::from_static("https://kms.invalid/")).opened();
        let connection = Connection::http2(TokioIo::new(here), SECOND, counted).await;
        (Usable { connection: connection.expect("HTTP/2"), retires, is_new: true }, there)
    }

    #[tokio::test(start_paused = true)]
    async fn of_two_shared_connections_the_one_that_lasts_is_kept() {
        let now = Instant::now();
        for order in [[0, 60], [60, 0]] {
            let (mut idle, target, mut ends) = (Entries::default(), target(), Vec::new());
            for seconds in order {
                let (usable, end) = shared(now + seconds * SECOND).await;
                ends.push(end);
                idle.put(target.clone(), usable, now);
            }
            let kept = idle.take(&target, now, SECOND).expect("the one that lasts");
            assert_eq!(kept.retires, now + 60 * SECOND);
        }
    }
}
