//! The builder of a cache.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::handle::SecretCache;
use super::settings::CacheSettings;
use crate::api::asymmetric::GetPublicKeyRequest;
use crate::api::key::DescribeKeyRequest;
use crate::{Action, Clock};

/// Builds a [`SecretCache`]. All settings have defaults.
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
pub struct SecretCacheBuilder(CacheSettings);

impl SecretCache {
    /// Returns a builder with the defaults.
    pub fn builder() -> SecretCacheBuilder {
        SecretCacheBuilder(CacheSettings::default())
    }
}

impl Default for SecretCache {
    fn default() -> Self {
        Self::builder().build()
    }
}

impl SecretCacheBuilder {
    /// Sets the maximum time for which an answer is fresh (default 5 minutes).
    ///
    /// A secret with an earlier `NextRotationDate` is fresh until then.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.0.ttl = ttl;
        self
    }

    /// Sets the jitter: each TTL is shortened by a random part of up to this fraction, so that
    /// answers that were loaded together do not expire together (default 0.1; 0 disables it).
    /// Clamped to the range from 0 to 1.
    pub fn jitter(mut self, fraction: f64) -> Self {
        // NaN disables the jitter.
        self.0.jitter = if fraction > 0.0 { fraction.min(1.0) } else { 0.0 };
        self
    }

    /// Keeps a secret that KMS rotates fresh until its `NextRotationDate` instead of for the TTL,
    /// but no longer than `at_most` (default: the TTL applies).
    ///
    /// This saves requests, but a manual rotation is noticed only after that time, unless the
    /// program calls [`invalidate`](SecretCache::invalidate).
    pub fn until_rotation(mut self, at_most: Duration) -> Self {
        self.0.until_rotation = Some(at_most);
        self
    }

    /// Sets the maximum time for which an answer that is no longer fresh is still returned, while
    /// it is refreshed in the background (default 1 hour; zero disables it). At the end of that
    /// time, the answer's hard limit, it is wiped.
    pub fn max_stale(mut self, max_stale: Duration) -> Self {
        self.0.max_stale = max_stale;
        self
    }

    /// Sets the time for which refusals of the service are kept, such as that a secret does not
    /// exist (default 5 seconds; zero disables it).
    pub fn negative_ttl(mut self, ttl: Duration) -> Self {
        self.0.negative_ttl = ttl;
        self
    }

    /// Sets the maximum number of answers kept (default 1024). The least recently used one is
    /// evicted.
    pub fn capacity(mut self, entries: usize) -> Self {
        self.0.capacity = entries;
        self
    }

    /// Caches `GetPublicKey` too (default: not cached).
    pub fn public_keys(mut self) -> Self {
        self.0.actions.push(GetPublicKeyRequest::INFO.name);
        self
    }

    /// Caches `DescribeKey` too (default: not cached). A key that was disabled may look enabled for
    /// as long as the answer is kept.
    pub fn key_descriptions(mut self) -> Self {
        self.0.actions.push(DescribeKeyRequest::INFO.name);
        self
    }

    /// Sets the clock that `NextRotationDate` is compared with (default: the system's clock).
    /// Everything else is timed by tokio's clock.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.0.clock = clock;
        self
    }

    /// Sets the source of the jitter: numbers from 0 to 1 (default: the system's random source).
    pub fn random(mut self, random: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.0.random = Arc::new(random);
        self
    }

    /// Builds the cache. Needs no runtime.
    pub fn build(self) -> SecretCache {
        SecretCache::new(self.0)
    }
}

impl fmt::Debug for SecretCacheBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SecretCacheBuilder").field(&self.0).finish()
    }
}
