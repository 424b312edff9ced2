//! Keeps the answers to `GetSecretValue`, so that a secret costs a call now and then and not each
//! time that it is needed.
//!
//! A plain call-level layer: [`SecretCache::layer`] fits [`ClientBuilder::layer`] and any stack of
//! your own. The cache itself is the handle, to [invalidate](SecretCache::invalidate) and to
//! [watch](SecretCache::watch):
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
//! // Any service; `KmsClient::builder().layer(cache.layer())` is the same over the real one.
//! let client = KmsClient::from_service(ServiceBuilder::new().layer(cache.layer()).service_fn(
//!     |_: Call| async {
//!         Ok::<_, BoxError>(Reply::new(GetSecretValueResponse::default(), Gateway::Shared))
//!     },
//! ));
//! let request = GetSecretValueRequest::new("app/db");
//! assert_eq!(client.get_secret_value(request.clone()).reply().await?.attempts(), 1);
//! // From the cache: no request was made.
//! assert_eq!(client.get_secret_value(request.clone()).reply().await?.attempts(), 0);
//! // Not from the cache, which keeps the new answer.
//! assert_eq!(client.get_secret_value(request).fresh().reply().await?.attempts(), 1);
//! # Ok(()) }
//! ```
//!
//! # How long
//!
//! | | default | |
//! |---|---|---|
//! | [`ttl`](SecretCacheBuilder::ttl) | 5 min | fresh: given without a call |
//! | [`jitter`](SecretCacheBuilder::jitter) | 0.1 | up to this part of the TTL is taken off |
//! | `NextRotationDate` | | fresh until then, if that is sooner; [`until_rotation`](SecretCacheBuilder::until_rotation): also if it is later |
//! | [`max_stale`](SecretCacheBuilder::max_stale) | 1 h | then stale: given at once, while one refresh runs in the background |
//! | [`negative_ttl`](SecretCacheBuilder::negative_ttl) | 5 s | refusals: no such secret, no permission |
//! | [`capacity`](SecretCacheBuilder::capacity) | 1024 | the one that was not used for the longest time makes room |
//!
//! Times are measured by tokio's clock, which nobody sets; `NextRotationDate` is compared with the
//! [wall clock](SecretCacheBuilder::clock) at each look-up. A date in the past says nothing.
//!
//! A refresh that fails leaves the stale answer in place, to the hard limit, and is tried again 5 s
//! later at the soonest. One that the service refuses does not: who may not read a secret any more is
//! not given it any more. Errors that the next try may not meet (timeouts, lost connections,
//! throttling, faults of the server, unknown or expired credentials) are never kept.
//!
//! # One load for all
//!
//! Calls for the same answer wait for one load. It ends with the last of them that waits, and with the
//! cache. A failure is told to all, but to those who asked for other time limits or attempts than the
//! call that began: they try by their own, once. A call that has a time limit of its own keeps it
//! while it waits; one that has none waits as long as the load may take.
//!
//! # What is the same answer
//!
//! That of calls of the same request type, with all parameters and all options that change an answer
//! the same: gateway, charset, credential (by its [`identity`](crate::ProvideCredential::identity);
//! a provider that has none is itself only), TLS settings, headers, further parameters. Each service
//! that the layer makes has answers of its own.
//!
//! *Extensions are not compared*: nobody can. A layer that reads one and then chooses a credential or
//! a gateway belongs outside of the cache. In [`ClientBuilder::layer`]'s order, add it before.
//!
//! # When it is wiped
//!
//! An answer that is replaced, evicted, invalidated or past its hard limit is dropped, and its secret
//! wiped, as soon as no caller holds it. A timer, one for the whole cache, sees to the hard limit also
//! if nobody calls, at most a second late. The keys hold digests.
//!
//! Calls through the same layer that change a secret (`PutSecretValue`, `RotateSecret`,
//! `UpdateSecretVersionStage`, `DeleteSecret` and the like) invalidate it.
//!
//! # What else changes
//!
//! - A reply from the cache has [`attempts`](crate::Reply::attempts) 0 and the request id of the call
//!   that loaded it. Each look-up is an event, `kms.cache.outcome` = `hit`, `stale`, `miss`,
//!   `negative` or `fresh`, and is counted: in [`SecretCache::statistics`] and in the metric
//!   [`kms.client.cache.lookups`](crate::middleware::metrics).
//! - The cache is above the stack's `kms.call` spans, so that these are of the calls that are made.
//! - Loads are tasks of the tokio runtime: a task-local of the caller is not there.
//! - `DryRun` calls pass through.
//!
//! # What it costs
//!
//! A hit in the layer takes one to two microseconds. `cargo bench --bench cache` prints hits per second
//! beside the same stack without the cache. On two cores of a busy machine: 0.6 to 1.0 million in the
//! layer, 0.4 to 0.5 million through a client, which makes 0.6 to 0.8 million calls per second of a
//! service that answers at once.
//!
//! [`ClientBuilder::layer`]: crate::ClientBuilder::layer

mod builder;
mod change;
mod entries;
mod flight;
mod fresh;
mod handle;
mod key;
mod layer;
mod lookup;
mod refusal;
mod settings;
mod shared;
mod versions;

pub use self::builder::SecretCacheBuilder;
pub use self::fresh::Fresh;
pub use self::handle::SecretCache;
pub use self::layer::{Cache, CacheLayer};
pub use self::lookup::Statistics;
pub use self::versions::VersionWatch;
