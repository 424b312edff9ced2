//! A layer that stays below a gateway's published limits: calls wait for their turn, so that the
//! service does not throttle them.
//!
//! ```
//! use std::time::Duration;
//!
//! use alibabacloud_kms::quota::QuotaLayer;
//! use alibabacloud_kms::{Credential, KmsClient, OpenApiGateway};
//!
//! # fn run() -> Result<(), alibabacloud_kms::Error> {
//! let credential = Credential::access_key("LTAI…", "secret");
//! // Two processes share the account: each keeps to a half, and waits for 2 seconds at most.
//! let quotas = QuotaLayer::shared_gateway().share(0.5).max_wait(Duration::from_secs(2));
//! let client = KmsClient::builder()
//!     .shared(OpenApiGateway::region("cn-hangzhou", credential)?)
//!     .shared_layer(quotas)
//!     .build()?;
//! # Ok(()) }
//! # run().unwrap();
//! ```
//!
//! # Where in the stack
//!
//! Add it with [`ClientBuilder::shared_layer`], so that calls to an instance are not affected.
//! There it counts calls but not their retries. A client with only the shared gateway can add it
//! with [`ClientBuilder::attempt_layer`] instead, where it counts each attempt. The time that a
//! call waits counts towards its time limit. Clones of the layer and the services that it creates
//! count together, so several clients of one account can share its limits.
//!
//! # The limits
//!
//! [`SHARED_GATEWAY`] has the limits that the service publishes for an account in a region
//! ([performance
//! data](https://www.alibabacloud.com/help/en/kms/key-management-service/product-overview/performance-data),
//! as of March 2026). Each is for a group of actions: a number of calls per period. The layer
//! passes no more calls than that in any time span of this length, even if they arrive in bursts.
//! Actions in no group are not limited.
//!
//! [`ClientBuilder::shared_layer`]: crate::ClientBuilder::shared_layer
//! [`ClientBuilder::attempt_layer`]: crate::ClientBuilder::attempt_layer

mod group;
mod layer;
mod turns;

pub use self::group::{QuotaGroup, SHARED_GATEWAY};
pub use self::layer::{Quota, QuotaLayer};
