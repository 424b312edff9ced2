//! Watches on the versions of secrets.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

use super::key::Key;

type Version = Option<Arc<str>>;

/// Tells when a cached secret has another version: see [`SecretCache::watch`].
///
/// Only the version's id is told: the value is a call away, and a hit.
///
/// [`SecretCache::watch`]: super::SecretCache::watch
pub struct VersionWatch(watch::Receiver<Version>);

impl VersionWatch {
    /// Waits for a version that was not told before, and gives its id; none when the cache is gone.
    ///
    /// The first version that is loaded counts too, if none was cached when the watch began. Versions
    /// that came and went in the meantime are left out. Cancel safe: what is not given is not lost.
    pub async fn changed(&mut self) -> Option<String> {
        self.0.changed().await.ok()?;
        self.0.borrow_and_update().as_deref().map(str::to_owned)
    }

    /// The id of the version that was loaded last; none if none was.
    pub fn current(&self) -> Option<String> {
        self.0.borrow().as_deref().map(str::to_owned)
    }
}

impl fmt::Debug for VersionWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VersionWatch").field("current", &self.current()).finish()
    }
}

/// Those who watch, by what they watch.
#[derive(Default)]
pub(super) struct Watches(HashMap<Key, watch::Sender<Version>>);

impl Watches {
    /// A watch on an answer of which this version is cached.
    pub(super) fn watch(&mut self, key: Key, cached: Version) -> VersionWatch {
        self.0.retain(|_, sender| sender.receiver_count() > 0);
        let sender = self.0.entry(key).or_insert_with(|| watch::channel(cached).0);
        VersionWatch(sender.subscribe())
    }

    /// Tells those who watch, if it is another version.
    pub(super) fn loaded(&mut self, key: &Key, version: Version) {
        if self.0.is_empty() {
            return;
        }
        if let Some(sender) = self.0.get(&key.of_any_service()) {
            sender.send_if_modified(|known| {
                let is_new = version.is_some() && *known != version;
                if is_new {
                    *known = version;
                }
                is_new
            });
        }
    }
}
