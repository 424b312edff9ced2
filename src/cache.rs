//! A cache for the answers to `GetSecretValue` and, if enabled, to
//! [`GetPublicKey`](SecretCacheBuilder::public_keys) and
//! [`DescribeKey`](SecretCacheBuilder::key_descriptions).
//!
//! The cache is a call-level layer: pass [`SecretCache::layer`] to [`ClientBuilder::layer`], or add
//! it to a stack of your own, above everything else, so that a hit costs no routing, signing or
//! request. Keep the [`SecretCache`], the handle of the cache, to
//! [invalidate](SecretCache::invalidate) and [watch](SecretCache::watch) secrets:
//!
//! ```
//! use alibabacloud_kms::api::secret::{GetSecretValueRequest, GetSecretValueResponse};
//! use alibabacloud_kms::cache::SecretCache;
//! use alibabacloud_kms::{BoxError, Call, Gateway, KmsClient, Reply};
//! use tower::ServiceBuilder;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), alibabacloud_kms::Error> {
//! let cache = SecretCache::default();
//! let client = KmsClient::from_service(ServiceBuilder::new().layer(cache.layer()).service_fn(
//!     |_: Call| async {
//!         Ok::<_, BoxError>(Reply::new(GetSecretValueResponse::default(), Gateway::Shared))
//!     },
//! ));
//! let request = GetSecretValueRequest::new("app/db");
//! assert_eq!(client.get_secret_value(request.clone()).reply().await?.attempts(), 1);
//! assert_eq!(client.get_secret_value(request.clone()).reply().await?.attempts(), 0);
//! assert_eq!(client.get_secret_value(request).fresh().reply().await?.attempts(), 1);
//! # Ok(()) }
//! ```
//!
//! # Lifetime of an answer
//!
//! An answer is first *fresh* and returned without a request. It is then *stale*: still returned at
//! once, while one refresh runs in the background. At its *hard limit* it is removed.
//!
//! | setting | default | effect |
//! |---|---|---|
//! | [`ttl`](SecretCacheBuilder::ttl) | 5 min | the time for which an answer is fresh |
//! | [`jitter`](SecretCacheBuilder::jitter) | 0.1 | each TTL is shortened by a random part of up to this fraction |
//! | [`until_rotation`](SecretCacheBuilder::until_rotation) | off | an answer is fresh until its `NextRotationDate` even if that is after the end of the TTL; an earlier date ends freshness with any setting |
//! | [`max_stale`](SecretCacheBuilder::max_stale) | 1 h | the time from the end of freshness to the hard limit |
//! | [`negative_ttl`](SecretCacheBuilder::negative_ttl) | 5 s | the time for which a refusal, such as a missing permission, is cached and returned |
//! | [`capacity`](SecretCacheBuilder::capacity) | 1024 | the maximum number of answers; beyond it the least recently used one is evicted |
//!
//! Times are measured with tokio's clock, which never jumps. `NextRotationDate` is compared with
//! the [wall clock](SecretCacheBuilder::clock) at each look-up. A date that had already passed when
//! the answer arrived is ignored.
//!
//! A refresh that fails leaves the stale answer in place up to the hard limit, and is retried after
//! 5 s at the earliest. If the service refuses a refresh, the stale answer is removed: a caller
//! that has lost its permission must not read the secret any longer. Temporary errors (timeouts,
//! lost connections, throttling, server errors, unknown or expired credentials) are never cached.
//!
//! # One load for all
//!
//! Concurrent calls for the same answer wait for one load, which has the time limits and attempts
//! of the call that started it. The load is cancelled when no call waits for it any longer, and
//! when the cache is dropped. If it fails, the waiting calls get its error, except those with other
//! time limits or attempts: they load once more with their own. A call with a time limit of its own
//! does not wait beyond it; a call without one waits as long as the load takes.
//!
//! A load runs on the tokio runtime of the call that started it. Calls on other runtimes wait for
//! it while that runtime is driven, and otherwise start their own. If a load panics or its runtime
//! ends, the waiting calls start it once more.
//!
//! # Which calls share an answer
//!
//! Calls of the same request type with equal parameters and equal options that affect the answer:
//! gateway, charset, credential (by its [`identity`](crate::ProvideCredential::identity); a
//! provider without one shares only with itself), TLS settings, headers and extra parameters.
//! Stacks to which the same layer is added share the cache's capacity, but not their answers.
//!
//! *Extensions are not compared*, because they cannot be. A layer that chooses a credential or
//! gateway by an extension must be outside the cache: add it with [`ClientBuilder::layer`] before
//! the cache's layer.
//!
//! # Wiping
//!
//! An answer that is replaced, evicted, invalidated or past its hard limit is dropped, and its
//! secret is wiped as soon as no caller holds it. One timer for the whole cache enforces the hard
//! limit without further calls, at most a second late. The cache's keys contain digests only.
//!
//! Calls through the same layer that change a secret (`PutSecretValue`, `RotateSecret`,
//! `UpdateSecretVersionStage`, `DeleteSecret` and similar) invalidate its answers. Calls that
//! change a key or an alias clear the whole cache.
//!
//! # Following a secret
//!
//! A [watch](SecretCache::watch) reports new versions that other calls have loaded. A
//! [feed](SecretCache::feed) requests the secret itself and returns its versions as a stream, for
//! instance for a connection pool whose password is rotated. It runs until its handle is dropped,
//! keeps the last good value through outages, and never blocks a reader.
//!
//! # What changes for callers
//!
//! - A reply from the cache has [`attempts`](crate::Reply::attempts) 0 and the request id of the
//!   call that loaded it. Each look-up is an event, `kms.cache.outcome` = `hit`, `stale`, `miss`,
//!   `negative` or `fresh`, and is counted in [`SecretCache::statistics`] and in the metric
//!   [`kms.client.cache.lookups`](crate::middleware::metrics).
//! - The cache is above the `kms.call` spans, which therefore cover only calls that are really
//!   made.
//! - Loads are tokio tasks, so they do not see the caller's task-locals. Without a tokio runtime, a
//!   call that cannot be answered from the cache is an error.
//! - `DryRun` calls pass through.
//!
//! # Cost
//!
//! A hit takes a quarter of a microsecond in the layer and half of one through a client, however
//! many answers there are. `cargo run --release -p alibabacloud-kms-benches --bin cache` measures
//! the hits per second, and the calls per second of the same stack without the cache, over a service
//! that answers at once. Hits share one lock, under which nothing is copied.
//!
//! [`ClientBuilder::layer`]: crate::ClientBuilder::layer

mod builder;
mod change;
mod entries;
mod feed;
mod feed_state;
mod feed_versions;
mod fresh;
mod handle;
mod key;
mod layer;
mod limits;
mod lookup;
mod refusal;
mod settings;
mod store;
mod versions;

pub use self::builder::SecretCacheBuilder;
pub use self::feed::{SecretFeed, SecretFeedBuilder};
pub use self::feed_versions::Versions;
pub use self::fresh::Fresh;
pub use self::handle::SecretCache;
pub use self::layer::{Cache, CacheLayer};
pub use self::lookup::Statistics;
pub use self::versions::VersionWatch;
