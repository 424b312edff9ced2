//! The handle on a cache.

use std::fmt;
use std::sync::Arc;

use super::key::{Key, bare_name};
use super::lookup::Statistics;
use super::settings::Settings;
use super::shared::Shared;
use super::versions::VersionWatch;
use crate::Call;
use crate::api::secret::GetSecretValueRequest;

/// Secrets that were asked for, kept for a while; see the [module](super).
///
/// Cheap to clone: all clones, and the services of its [`layer`](Self::layer), are one cache. When
/// the last of them is dropped, everything is wiped and no task is left.
#[derive(Clone)]
pub struct SecretCache {
    shared: Arc<Shared>,
}

impl SecretCache {
    pub(super) fn new(settings: Settings) -> Self {
        Self { shared: Arc::new(Shared::new(settings)) }
    }

    /// Forgets all that is kept of a secret, by its name or ARN: each version and stage, of each
    /// gateway and credential. Of a key likewise, by the name that its calls gave: its id, ARN or
    /// alias.
    ///
    /// A load that is on its way is given to those who wait for it, and is not kept.
    pub fn invalidate(&self, name: impl AsRef<str>) {
        self.shared.invalidate(bare_name(name.as_ref()));
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.shared.clear();
    }

    /// Watches the current version of a secret, by the name that its calls give: what a plain
    /// `get_secret_value` with no options of its own is answered.
    ///
    /// A watch makes no calls. It sees what is loaded by others, so a secret that nobody asks for has
    /// no news; to hear of a rotation without other traffic, ask for the secret now and then, which
    /// is a hit for as long as it is fresh. One cache below several clients tells of all of them.
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

    /// Watches the version that calls like this one are answered: with its gateway, credential and
    /// all else that changes the answer.
    pub fn watch_call(&self, call: &Call) -> VersionWatch {
        self.shared.watch(&Key::of(call, 0))
    }

    /// How often what happened so far.
    pub fn statistics(&self) -> Statistics {
        self.shared.statistics()
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
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
