//! Watches of the versions of secrets.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

use super::key::Key;

type Version = Option<Arc<str>>;

/// Reports when a cached secret has another version: see [`SecretCache::watch`].
///
/// It returns only the id of the version. Call `get_secret_value` for the value, which is a hit.
///
/// [`SecretCache::watch`]: super::SecretCache::watch
pub struct VersionWatch(watch::Receiver<Version>);

impl VersionWatch {
    /// Waits for a version that was not reported before, and returns its id, or `None` when the
    /// cache is gone.
    ///
    /// The first version that is loaded counts too, if none was cached when the watch began. A
    /// version that was replaced before it was read is skipped. Cancel safe: no version is lost.
    pub async fn changed(&mut self) -> Option<String> {
        self.0.changed().await.ok()?;
        self.0.borrow_and_update().as_deref().map(str::to_owned)
    }

    /// Returns the id of the version that was loaded last, or `None` if none was.
    pub fn current(&self) -> Option<String> {
        self.0.borrow().as_deref().map(str::to_owned)
    }
}

impl fmt::Debug for VersionWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VersionWatch").field("current", &self.current()).finish()
    }
}

/// The watches, by what they watch.
#[derive(Default)]
pub(super) struct Watches(HashMap<Key, watch::Sender<Version>>);

impl Watches {
    /// Creates a watch. `cached` is the cached version.
    pub(super) fn watch(&mut self, key: Key, cached: Version) -> VersionWatch {
        self.0.retain(|_, sender| sender.receiver_count() > 0);
        let sender = self.0.entry(key).or_insert_with(|| watch::channel(cached).0);
        VersionWatch(sender.subscribe())
    }

    /// Notifies the watches, if the version is a new one.
    pub(super) fn loaded(&mut self, key: &Key, version: Version) {
        if self.0.is_empty() {
            return;
        }
        if let Some(sender) = self.0.get(&key.for_any_service()) {
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
