//! Repeating what may be repeated, above encoding and signing: each attempt is signed anew.
//!
//! The mechanism is `tower`'s [`Retry`](tower::retry::Retry); ours is the policy. What is repeated is
//! in the table, how long to wait in [`backoff`], how much in all in [`budget`]; what is put right and
//! then tried once more is a [`Remedy`].
//!
//! | what happened | repeated |
//! |---|---|
//! | not sent: no name, refused, TLS handshake cut, connect timeout | always |
//! | throttled (`Throttling*`, `Rejected.Throttling`, 429) | always: the service refused it |
//! | lost or truncated answer, attempt timeout | if idempotent |
//! | 500, 502, 503, 504, `InternalFailure`, `ServiceUnavailableTemporary` | if idempotent |
//! | refused for its date, with a date of the gateway's own | once, by it: [`ClockSkew`] |
//! | refused for its signer, who has another credential | once, by it: [`RenewCredential`] |
//! | everything else, a certificate that was not accepted too | never |
//!
//! "Not sent" is about the last attempt. That an earlier one may have arrived is said by the outcome
//! of the error, which is [`Outcome::Unknown`](crate::Outcome::Unknown) then.

pub mod backoff;
pub mod budget;
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

/// The layer of the default stack.
pub type RetryLayer = tower::retry::RetryLayer<RetryPolicy>;

#[cfg(test)]
mod tests;
