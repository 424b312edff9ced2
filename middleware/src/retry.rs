//! Retries: repeats calls. The layer is above encoding and signing, so each attempt is signed anew.
//!
//! The mechanism is `tower`'s [`Retry`](tower::retry::Retry); this module has the policy. The table
//! shows which failures are retried. [`Backoff`] determines the pause before a retry, and
//! [`Budget`] limits the retries of all calls of a gateway together. A [`Remedy`] repairs the cause
//! of a refusal, so that the call can be sent once more.
//!
//! | what happened | retried |
//! |---|---|
//! | not sent: name not found, connection refused, TLS handshake cut off, connect timeout | always |
//! | throttled (`Throttling*`, `Rejected.Throttling*`, 429) | always: the service did not act on it |
//! | lost or truncated answer, attempt timeout | if idempotent |
//! | 500, 502, 503, 504, `InternalFailure`, `InternalError`, `ServiceUnavailable`, `ServiceUnavailableTemporary` | if idempotent |
//! | `SignatureNonceUsed`: an earlier copy of the request had arrived | if idempotent, with a new nonce |
//! | refused because of its date, by a gateway that returns its own date | once, with the corrected date: [`ClockSkew`] |
//! | refused because of its credential, and the provider has another one | once, with that one: [`RenewCredential`] |
//! | everything else, including a certificate that was not accepted | never |
//!
//! "Not sent" refers to the last attempt. If an earlier attempt may have arrived, the outcome of
//! the error is [`Outcome::Unknown`](crate::Outcome::Unknown).
//!
//! ```
//! use alibabacloud_kms_middleware::retry::{RetryLayer, RetryPolicy};
//!
//! let layer = RetryLayer::new(RetryPolicy::default().max_attempts(5));
//! # let _ = layer;
//! ```

mod backoff;
mod budget;
mod clock_skew;
mod custom;
mod policy;
mod remedy;
mod renew;

pub use self::backoff::Backoff;
pub use self::budget::Budget;
pub use self::clock_skew::ClockSkew;
pub use self::policy::RetryPolicy;
pub use self::remedy::Remedy;
pub use self::renew::{RenewCredential, refuses_signer};
pub use crate::error::Reason;

/// The retry layer of the default stack.
pub type RetryLayer = tower::retry::RetryLayer<RetryPolicy>;

#[cfg(test)]
mod tests;
