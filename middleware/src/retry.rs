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
//! of the error, which is [`Outcome::Unknown`] then.

pub mod backoff;
pub mod budget;
mod clock_skew;
mod remedy;
mod renew;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tower::retry::Policy;

pub use self::backoff::Backoff;
pub use self::budget::Budget;
pub use self::clock_skew::ClockSkew;
use self::remedy::Remedies;
pub use self::remedy::Remedy;
pub use self::renew::{RenewCredential, refuses_signer};
use crate::call::Call;
pub use crate::encode::hint;
pub use crate::error::Reason;
use crate::error::{BoxError, Error, Outcome};
use crate::metrics;
use crate::reply::Reply;
use crate::signals::{Attempt, Deadline, Progress};

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
#[derive(Clone)]
pub struct RetryPolicy {
    max_attempts: u32,
    backoff: Backoff,
    budget: Arc<Budget>,
    /// Whether the budget was given, to be shared with whoever else has it.
    has_given_budget: bool,
    remedies: Remedies,
    /// Requests made so far: `tower` clones the policy for each call.
    attempts: u32,
    /// Whether one of them may have been acted on.
    may_have_arrived: bool,
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

    /// Takes repetitions from this budget, and shares it with whoever else has it; one of its own
    /// unless told.
    #[must_use]
    pub fn budget(mut self, budget: Arc<Budget>) -> Self {
        self.budget = budget;
        self.has_given_budget = true;
        self
    }

    /// The budget that repetitions are taken from: how much is left shows how a gateway fares.
    pub fn shared_budget(&self) -> Arc<Budget> {
        Arc::clone(&self.budget)
    }

    /// The same policy for one gateway more: with a budget of its own, so that the outage of one
    /// gateway takes nothing from the other, unless a budget was [given](Self::budget).
    #[must_use]
    pub fn for_gateway(&self) -> Self {
        match self.has_given_budget {
            true => self.clone(),
            false => Self { budget: Arc::default(), ..self.clone() },
        }
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
            has_given_budget: false,
            remedies: Remedies::default(),
            attempts: 0,
            may_have_arrived: false,
        }
    }
}

impl fmt::Debug for RetryPolicy {
    /// What is left of the budget is no setting.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("max_attempts", &self.max_attempts)
            .field("backoff", &self.backoff)
            .field("budget", &self.budget.capacity())
            .field("remedies", &self.remedies)
            .finish_non_exhaustive()
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
        error.set_attempts(self.attempts - u32::from(error.kind().is_before_request()));
        error.set_idempotent(call.is_idempotent());
        if let Some(reason) = self.remedies.apply(call, error) {
            self.note_outcome(error, None);
            self.repeats(call, error, reason, Duration::ZERO);
            return Some(Box::pin(std::future::ready(())));
        }
        let reason = error.retry_reason();
        self.note_outcome(error, reason);
        let reason = reason?;
        let limit = call.options().max_attempts.unwrap_or(self.max_attempts).max(1);
        let regular = self.attempts - self.remedies.applied();
        if regular >= limit {
            return None;
        }
        let wait = self.backoff.wait(regular, error.retry_after());
        let deadline = call.extensions().get::<Deadline>();
        let is_too_late = |deadline: &Deadline| wait >= deadline.remaining();
        if deadline.is_some_and(is_too_late) {
            return None;
        }
        if !self.budget.withdraw() {
            tracing::debug!(
                kms.retry.reason = reason.as_str(),
                kms.retry.budget = i64::from(self.budget.tokens()),
                kms.attempts = i64::from(self.attempts),
                "not retrying: the budget is spent",
            );
            return None;
        }
        self.repeats(call, error, reason.as_str(), wait);
        Some(Box::pin(tokio::time::sleep(wait)))
    }

    /// Called once before each attempt.
    fn clone_request(&mut self, call: &Call) -> Option<Call> {
        if let Some(progress) = call.extensions().get::<Progress>() {
            progress.begin_request();
        }
        Some(call.clone())
    }
}

impl RetryPolicy {
    /// Tells that the call is made again, and numbers its next attempt.
    fn repeats(&self, call: &mut Call, error: &Error, reason: &'static str, wait: Duration) {
        tracing::debug!(
            kms.retry.reason = reason,
            kms.retry.delay_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX),
            kms.retry.budget = i64::from(self.budget.tokens()),
            kms.attempts = i64::from(self.attempts),
            "retrying",
        );
        metrics::retried(call.action(), error.gateway(), reason);
        call.extensions_mut().insert(Attempt::new(self.attempts + 1));
    }

    /// That the last request was not sent does not take back an earlier one.
    fn note_outcome(&mut self, error: &mut Error, reason: Option<Reason>) {
        if self.may_have_arrived && error.outcome() == Outcome::NotSent {
            error.set_outcome(Outcome::Unknown);
        }
        self.may_have_arrived |= matches!(reason, Some(Reason::LostAnswer | Reason::ServerFault));
    }
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
