//! The handle of a cache.

use std::fmt;
use std::sync::Arc;

use super::key::{Key, bare_name};
use super::lookup::Statistics;
use super::settings::CacheSettings;
use super::store::Store;
use super::versions::VersionWatch;
use crate::Call;
use crate::api::secret::GetSecretValueRequest;

/// A cache of KMS secrets; see the [module](super).
///
/// Cheap to clone: all clones, and the services of its [`layer`](Self::layer), share one cache.
/// When the last of them is dropped, everything is wiped and no task is left.
#[derive(Clone)]
pub struct SecretCache {
    shared: Arc<Store>,
}

impl SecretCache {
    pub(super) fn new(settings: CacheSettings) -> Self {
        Self { shared: Arc::new(Store::new(settings)) }
    }

    /// Removes everything about a secret, by its name or ARN: each version and stage, of each
    /// gateway and credential. A key is removed by the name that its calls used: id, ARN or alias.
    ///
    /// The result of a load in progress goes to the calls that wait for it, and is not cached.
    pub fn invalidate(&self, name: impl AsRef<str>) {
        self.shared.invalidate(bare_name(name.as_ref()));
    }

    /// Removes everything.
    pub fn clear(&self) {
        self.shared.clear();
    }

    /// Watches the current version of a secret, by the name that calls use: the answer to a plain
    /// `get_secret_value` without options of its own.
    ///
    /// A watch makes no requests. It reports what other calls load, so it reports nothing about a
    /// secret that no call requests. To notice rotations without other traffic, request the secret
    /// regularly (a hit while it is fresh) or use a [`feed`](Self::feed). A watch on a cache below
    /// several clients reports the versions of all of them.
    ///
    /// ```no_run
    /// # use alibabacloud_kms::cache::SecretCache;
    /// # use alibabacloud_kms::{KmsClient, OpenApiGateway};
    /// # async fn run(shared: OpenApiGateway) -> Result<(), alibabacloud_kms::Error> {
    /// let cache = SecretCache::default();
    /// let client = KmsClient::builder().shared(shared).layer(cache.layer()).build()?;
    /// let mut versions = cache.watch("app/db");
    /// while let Some(version) = versions.changed().await {
    ///     println!("connect again, with the password of version {version}");
    /// }
    /// # Ok(()) }
    /// ```
    pub fn watch(&self, secret_name: impl Into<String>) -> VersionWatch {
        self.watch_call(&Call::new(GetSecretValueRequest::new(secret_name)))
    }

    /// Watches the version that calls like this one get: with its gateway, credential and
    /// everything else that affects the answer.
    pub fn watch_call(&self, call: &Call) -> VersionWatch {
        self.shared.watch(&Key::new(call, 0))
    }

    /// Returns the counters since the cache was created.
    pub fn statistics(&self) -> Statistics {
        self.shared.statistics()
    }

    pub(super) fn shared(&self) -> &Arc<Store> {
        &self.shared
    }
}

impl fmt::Debug for SecretCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretCache")
            .field("settings", self.shared.settings())
            .field("statistics", &self.statistics())
            .finish()
    }
}
