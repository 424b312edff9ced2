//! Repeating what may be repeated, above encoding and signing: each attempt is signed anew.
//!
//! The mechanism is `tower`'s [`Retry`](tower::retry::Retry); ours is the policy. What is repeated is
//! in [`classify`], how long to wait in [`backoff`] and [`hint`], how much in all in [`budget`]; what
//! is put right and then tried once more is a [`Remedy`].

pub mod backoff;
pub mod budget;
pub mod classify;
pub mod hint;
mod remedy;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tower::retry::Policy;

pub use self::backoff::Backoff;
pub use self::budget::Budget;
pub use self::classify::Reason;
use self::remedy::Remedies;
pub use self::remedy::Remedy;
use crate::call::Call;
use crate::error::{BoxError, Error, ErrorKind};
use crate::metrics;
use crate::reply::Reply;
use crate::timeout::{Begun, Deadline};

/// The layer of the default stack.
pub type RetryLayer = tower::retry::RetryLayer<RetryPolicy>;

/// How often and how fast to repeat.
///
/// ```
/// use alibabacloud_kms_middleware::retry::RetryPolicy;
/// use tower::retry::RetryLayer;
///
/// let layer = RetryLayer::new(RetryPolicy::default().max_attempts(5));
/// # let _ = layer;
/// ```
#[derive(Debug, Clone)]
pub struct RetryPolicy {
    max_attempts: u32,
    backoff: Backoff,
    budget: Arc<Budget>,
    remedies: Remedies,
    /// Requests made so far: `tower` clones the policy for each call.
    attempts: u32,
}

impl RetryPolicy {
    /// Makes so many requests at most; 3 unless told, 1 is no retry. 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Waits like this between attempts.
    #[must_use]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Shares this budget.
    #[must_use]
    pub fn budget(mut self, budget: Arc<Budget>) -> Self {
        self.budget = budget;
        self
    }

    /// Puts this right when it is what a gateway refused; each remedy gives a call one request more.
    #[must_use]
    pub fn remedy(mut self, remedy: Arc<dyn Remedy>) -> Self {
        self.remedies.add(remedy);
        self
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            backoff: Backoff::default(),
            budget: Arc::default(),
            remedies: Remedies::default(),
            attempts: 0,
        }
    }
}

impl RetryPolicy {
    /// Tells that the call is made again, and numbers its next attempt.
    fn repeats(&self, call: &mut Call, error: &Error, reason: &'static str, wait: Duration) {
        tracing::debug!(
            kms.retry.reason = reason,
            kms.retry.delay_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX),
            kms.attempts = i64::from(self.attempts),
            "retrying",
        );
        metrics::retried(call.action(), error.gateway(), reason);
        call.extensions_mut().insert(Attempt(self.attempts + 1));
    }
}

impl Policy<Call, Reply, BoxError> for RetryPolicy {
    type Future = Pin<Box<dyn Future<Output = ()> + Send>>;

    fn retry(
        &mut self,
        call: &mut Call,
        result: &mut Result<Reply, BoxError>,
    ) -> Option<Self::Future> {
        self.attempts += 1;
        let error = match result {
            Ok(reply) => {
                self.budget.deposit();
                reply.set_attempts(self.attempts);
                return None;
            }
            Err(error) => error,
        };
        let error = ours(error)?;
        error.set_attempts(self.attempts - u32::from(is_before_the_request(error)));
        if let Some(name) = self.remedies.apply(call, error).map(|remedy| remedy.name()) {
            self.repeats(call, error, name, Duration::ZERO);
            return Some(Box::pin(std::future::ready(())));
        }
        let reason = classify::classify(error, call.is_idempotent())?;
        let limit = call.options().max_attempts.unwrap_or(self.max_attempts).max(1);
        if self.attempts - self.remedies.applied() >= limit {
            return None;
        }
        let wait = self.backoff.wait(self.attempts, error.retry_after());
        let deadline = call.extensions().get::<Deadline>();
        let is_too_late = |Deadline(ends): &Deadline| wait >= ends.duration_since(Instant::now());
        if deadline.is_some_and(is_too_late) || !self.budget.withdraw() {
            return None;
        }
        self.repeats(call, error, reason.as_str(), wait);
        Some(Box::pin(tokio::time::sleep(wait)))
    }

    /// Called once before each attempt.
    fn clone_request(&mut self, call: &Call) -> Option<Call> {
        if let Some(begun) = call.extensions().get::<Begun>() {
            begun.count();
        }
        Some(call.clone())
    }
}

/// The number of an attempt: an extension of the [`Call`], from the second on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt(u32);

impl Attempt {
    pub(crate) fn of(call: &Call) -> Self {
        call.extensions().get().copied().unwrap_or(Self(1))
    }

    pub(crate) fn number(self) -> u32 {
        self.0
    }

    /// How many attempts came before, if any did.
    pub(crate) fn resent(self) -> Option<u32> {
        Some(self.0 - 1).filter(|resent| *resent > 0)
    }
}

/// Whether the attempt ended before it came to a request.
pub(crate) fn is_before_the_request(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Config | ErrorKind::Credential | ErrorKind::Encode | ErrorKind::Sign
    )
}

/// Our error in the box. One that a layer in between has wrapped takes its wrapper's place.
fn ours(boxed: &mut BoxError) -> Option<&mut Error> {
    if !boxed.is::<Error>() {
        Error::find(&**boxed)?;
        let wrapped = std::mem::replace(boxed, Box::new(std::fmt::Error));
        *boxed = Error::from_boxed(wrapped).into();
    }
    boxed.downcast_mut()
}

#[cfg(test)]
mod tests;
