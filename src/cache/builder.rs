//! What a cache is built from.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::handle::SecretCache;
use super::settings::Settings;
use crate::api::asymmetric::GetPublicKeyRequest;
use crate::api::key::DescribeKeyRequest;
use crate::{Action, Clock};

/// Settings of a [`SecretCache`] to be; each has a default.
///
/// ```
/// use std::time::Duration;
///
/// use alibabacloud_kms::cache::SecretCache;
///
/// let cache = SecretCache::builder().ttl(Duration::from_secs(60)).public_keys().build();
/// # let _ = cache;
/// ```
#[must_use = "`build` makes the cache"]
pub struct SecretCacheBuilder(Settings);

impl SecretCache {
    /// Returns a builder with the defaults.
    pub fn builder() -> SecretCacheBuilder {
        SecretCacheBuilder(Settings::default())
    }
}

impl Default for SecretCache {
    fn default() -> Self {
        Self::builder().build()
    }
}

impl SecretCacheBuilder {
    /// Sets the longest time that an answer is fresh (default 5 minutes).
    ///
    /// A secret whose `NextRotationDate` comes sooner is fresh until then.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.0.ttl = ttl;
        self
    }

    /// Shortens each TTL by a random part of up to this fraction, so that what was loaded together
    /// does not expire together (default 0.1; 0 disables it). Clamped to the range from 0 to 1.
    pub fn jitter(mut self, fraction: f64) -> Self {
        // Not a number is no jitter.
        self.0.jitter = if fraction > 0.0 { fraction.min(1.0) } else { 0.0 };
        self
    }

    /// Lets a secret that the service rotates be fresh until its `NextRotationDate`, for so long at
    /// most, in place of the TTL.
    ///
    /// Fewer calls, but a rotation by hand is seen only when the time is over: for those who
    /// [invalidate](SecretCache::invalidate) after one.
    pub fn until_rotation(mut self, at_most: Duration) -> Self {
        self.0.until_rotation = Some(at_most);
        self
    }

    /// Sets how long an answer that is no longer fresh is still returned while it is refreshed in the
    /// background (default 1 hour; zero disables it). After that it is wiped: the hard limit.
    pub fn max_stale(mut self, max_stale: Duration) -> Self {
        self.0.max_stale = max_stale;
        self
    }

    /// Sets how long refusals of the service are kept, such as that a secret does not exist (default
    /// 5 seconds; zero disables it).
    pub fn negative_ttl(mut self, ttl: Duration) -> Self {
        self.0.negative_ttl = ttl;
        self
    }

    /// Sets the maximum number of answers kept (default 1024). The least recently used one is evicted.
    pub fn capacity(mut self, entries: usize) -> Self {
        self.0.capacity = entries;
        self
    }

    /// Caches `GetPublicKey` too.
    pub fn public_keys(mut self) -> Self {
        self.0.actions.push(GetPublicKeyRequest::INFO.name);
        self
    }

    /// Caches `DescribeKey` too: a key that was disabled may look enabled for as long as the answer
    /// is kept.
    pub fn key_descriptions(mut self) -> Self {
        self.0.actions.push(DescribeKeyRequest::INFO.name);
        self
    }

    /// Compares `NextRotationDate` with this clock. Everything else is timed by tokio's.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.0.clock = clock;
        self
    }

    /// Takes the jitter, from 0 to 1, from this source.
    pub fn random(mut self, random: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.0.random = Arc::new(random);
        self
    }

    /// The cache. Needs no runtime.
    pub fn build(self) -> SecretCache {
        SecretCache::new(self.0)
    }
}

impl fmt::Debug for SecretCacheBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SecretCacheBuilder").field(&self.0).finish()
    }
}
