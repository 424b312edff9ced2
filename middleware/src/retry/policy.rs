//! The retry policy: whether, how often and how fast a call is repeated.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tower::retry::Policy;

use super::backoff::Backoff;
use super::budget::Budget;
use super::custom::Custom;
use super::remedy::{Remedies, Remedy};
use crate::action::Gateway;
use crate::call::Call;
use crate::error::{BoxError, Error, Outcome, Reason};
use crate::metrics;
use crate::reply::Reply;
use crate::runtime;
use crate::signals::{Attempt, Deadline, Progress};

/// How often and how fast to repeat calls.
///
/// ```
/// use alibabacloud_kms_middleware::retry::RetryPolicy;
/// use tower::retry::RetryLayer;
///
/// let layer = RetryLayer::new(RetryPolicy::default().max_attempts(5));
/// # let _ = layer;
/// ```
///
/// The table of the [module](super) decides what is repeated.
/// [`classify_with`](Self::classify_with) puts rules of your own before it, and
/// [`from_policy`](Self::from_policy) replaces it.
#[derive(Clone)]
pub struct RetryPolicy {
    max_attempts: u32,
    backoff: Backoff,
    budget: Arc<Budget>,
    /// Whether the user set the budget, which the policies of both gateways then share.
    has_given_budget: bool,
    remedies: Remedies,
    classify: Option<Arc<Classify>>,
    custom: Option<Box<dyn Custom>>,
    /// The number of requests of the call so far. `tower` clones the policy for each call.
    attempts: u32,
    /// Whether the service may have acted on one of them.
    may_have_arrived: bool,
}

impl RetryPolicy {
    /// Sets the maximum number of requests per call (default 3; 1 disables retries, 0 counts as 1).
    /// A [remedy](Self::remedy) may add one more.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the waits between attempts (default [`Backoff::default`]).
    #[must_use]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Sets the budget that retries are taken from, shared with all other holders of the `Arc`
    /// (default: a new one).
    #[must_use]
    pub fn budget(mut self, budget: Arc<Budget>) -> Self {
        self.budget = budget;
        self.has_given_budget = true;
        self
    }

    /// Returns the budget that retries are taken from. Its tokens indicate the health of the
    /// gateway.
    pub fn shared_budget(&self) -> Arc<Budget> {
        Arc::clone(&self.budget)
    }

    /// Returns a copy of the policy for another gateway. If a budget was [set](Self::budget), both
    /// share it. Otherwise the copy has a new one, so that an outage of one gateway does not affect
    /// the other.
    #[must_use]
    pub fn for_gateway(&self) -> Self {
        if self.has_given_budget {
            self.clone()
        } else {
            Self { budget: Arc::default(), ..self.clone() }
        }
    }

    /// Adds a remedy. If it repairs the cause of a refusal, the call is sent once more, at no cost
    /// to the budget.
    #[must_use]
    pub fn remedy(mut self, remedy: Arc<dyn Remedy>) -> Self {
        self.remedies.add(remedy);
        self
    }

    /// Adds a rule: if `classify` returns a reason, the call is repeated; if it returns `None`, the
    /// table decides.
    ///
    /// The limits apply to these retries too: attempts, waits, the deadline and the budget. The
    /// rules are tried from the last added to the first, until one returns a reason.
    ///
    /// ```
    /// use alibabacloud_kms_middleware::retry::{Reason, RetryPolicy};
    ///
    /// // A code that the table does not have, and that is harmless to repeat.
    /// let policy = RetryPolicy::default().classify_with(|call, error| {
    ///     let is_transient = error.code() == Some("Rejected.Maintenance");
    ///     (is_transient && call.is_idempotent()).then_some(Reason::ServerFault)
    /// });
    /// # let _ = policy;
    /// ```
    #[must_use]
    pub fn classify_with(
        mut self,
        classify: impl Fn(&Call, &Error) -> Option<Reason> + Send + Sync + 'static,
    ) -> Self {
        self.classify = Some(match self.classify.take() {
            None => Arc::new(classify),
            Some(next) => {
                Arc::new(move |call, error| classify(call, error).or_else(|| next(call, error)))
            }
        });
        self
    }

    /// Creates a policy that lets another `tower` policy decide what is repeated and when.
    ///
    /// `policy` sees each result and may change the call before its next attempt. This policy still
    /// numbers and counts the attempts, records events and metrics (with the reason `policy`),
    /// applies remedies and charges the budget. The table, [`max_attempts`](Self::max_attempts) and
    /// [`backoff`](Self::backoff) do not apply.
    ///
    /// ```
    /// use alibabacloud_kms_middleware::retry::RetryPolicy;
    /// use alibabacloud_kms_middleware::{BoxError, Call, Reply};
    /// use std::future::{Ready, ready};
    /// use tower::retry::Policy;
    ///
    /// /// Repeats every failure once, at once.
    /// #[derive(Clone)]
    /// struct Once(bool);
    ///
    /// impl Policy<Call, Reply, BoxError> for Once {
    ///     type Future = Ready<()>;
    ///
    ///     fn retry(&mut self, _: &mut Call, result: &mut Result<Reply, BoxError>) -> Option<Ready<()>> {
    ///         (result.is_err() && !std::mem::replace(&mut self.0, true)).then(|| ready(()))
    ///     }
    ///
    ///     fn clone_request(&mut self, call: &Call) -> Option<Call> {
    ///         Some(call.clone())
    ///     }
    /// }
    ///
    /// let policy = RetryPolicy::from_policy(Once(false));
    /// # let _ = policy;
    /// ```
    pub fn from_policy<P>(policy: P) -> Self
    where
        P: Policy<Call, Reply, BoxError> + Clone + Send + Sync + 'static,
        P::Future: Send + 'static,
    {
        Self { custom: Some(Box::new(policy)), ..Self::default() }
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
            classify: None,
            custom: None,
            attempts: 0,
            may_have_arrived: false,
        }
    }
}

impl fmt::Debug for RetryPolicy {
    /// Shows settings only: the capacity of the budget, but not its current tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("max_attempts", &self.max_attempts)
            .field("backoff", &self.backoff)
            .field("budget", &self.budget.capacity())
            .field("remedies", &self.remedies)
            .field("classify_with", &self.classify.is_some())
            .field("policy", if self.custom.is_some() { &"the user's" } else { &"the table" })
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
        match result {
            Ok(reply) => reply.set_attempts(self.attempts),
            Err(error) => {
                if let Some(error) = ours(error) {
                    let is_request = !error.kind().is_before_request();
                    error.set_attempts(self.attempts - u32::from(!is_request));
                    error.set_idempotent(call.is_idempotent());
                    if let Some(remedy) = self.remedies.apply(call, error) {
                        self.note_outcome(error, None);
                        self.repeats(call, error.gateway(), remedy, Some(Duration::ZERO));
                        return Some(Box::pin(std::future::ready(())));
                    }
                }
            }
        }
        let repetition = match self.custom.take() {
            None => self.by_the_table(call, result),
            Some(mut policy) => {
                let repetition = self.by_a_policy(&mut *policy, call, result);
                self.custom = Some(policy);
                repetition
            }
        };
        if result.is_ok() && repetition.is_none() {
            self.budget.deposit();
        }
        repetition
    }

    /// Called once before each attempt.
    fn clone_request(&mut self, call: &Call) -> Option<Call> {
        if let Some(progress) = call.extensions().get::<Progress>() {
            progress.begin_request();
        }
        match &mut self.custom {
            None => Some(call.clone()),
            Some(policy) => policy.clone_request(call),
        }
    }
}

/// The wait before the next attempt.
type Repetition = Option<Pin<Box<dyn Future<Output = ()> + Send>>>;

impl RetryPolicy {
    fn by_the_table(
        &mut self,
        call: &mut Call,
        result: &mut Result<Reply, BoxError>,
    ) -> Repetition {
        let error = ours(result.as_mut().err()?)?;
        let own = self.classify.as_ref().and_then(|classify| classify(call, error));
        let reason = own.or_else(|| error.retry_reason());
        self.note_outcome(error, reason);
        let reason = reason?;
        let limit = call.options().max_attempts.unwrap_or(self.max_attempts).max(1);
        let regular = self.attempts - self.remedies.applied();
        if regular >= limit {
            return None;
        }
        let wait = self.backoff.wait(regular, error.retry_after());
        let remaining = call.extensions().get::<Deadline>().map(Deadline::remaining);
        if let Some(remaining) = remaining.filter(|remaining| wait >= *remaining) {
            if let Some(asked) = error.retry_after().filter(|asked| *asked >= remaining) {
                error.set_note(format!(
                    "the service asks to wait for {asked:?}, which does not fit the call's time limit"
                ));
            }
            return None;
        }
        let gateway = error.gateway();
        if let Err(missing) = runtime::current() {
            // Without a runtime there are no timers, so the retry could not wait.
            let missing = missing.with_action(call.action()).with_outcome(error.outcome());
            *error = missing.with_source(error.clone());
            return None;
        }
        self.charge(reason.as_str())?;
        self.repeats(call, gateway, reason.as_str(), Some(wait));
        Some(Box::pin(runtime::sleep(wait)))
    }

    fn by_a_policy(
        &mut self,
        policy: &mut dyn Custom,
        call: &mut Call,
        result: &mut Result<Reply, BoxError>,
    ) -> Repetition {
        let wait = policy.retry(call, result);
        let mut gateway = result.as_ref().ok().map(Reply::gateway);
        if let Some(error) = result.as_mut().err().and_then(ours) {
            gateway = error.gateway();
            // The policy may repeat a call although the service has acted on it.
            let may_have_arrived = error.outcome() != Outcome::NotSent;
            self.note_outcome(error, may_have_arrived.then_some(Reason::LostAnswer));
        }
        let wait = wait?;
        self.charge(POLICY)?;
        self.repeats(call, gateway, POLICY, None);
        Some(wait)
    }

    /// Takes the tokens of a retry. Returns `None` if the budget is spent.
    fn charge(&self, reason: &'static str) -> Option<()> {
        if self.budget.withdraw() {
            return Some(());
        }
        tracing::debug!(
            kms.retry.reason = reason,
            kms.retry.budget = i64::from(self.budget.tokens()),
            kms.attempts = i64::from(self.attempts),
            "not retrying: the budget is spent",
        );
        None
    }

    /// Records that the call is repeated, and numbers its next attempt.
    fn repeats(
        &self,
        call: &mut Call,
        gateway: Option<Gateway>,
        reason: &'static str,
        wait: Option<Duration>,
    ) {
        let milliseconds = |wait: Duration| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        tracing::debug!(
            kms.retry.reason = reason,
            kms.retry.delay_ms = wait.map(milliseconds),
            kms.retry.budget = i64::from(self.budget.tokens()),
            kms.attempts = i64::from(self.attempts),
            "retrying",
        );
        metrics::retried(call.action(), gateway, reason);
        call.extensions_mut().insert(Attempt::new(self.attempts + 1));
    }

    /// Corrects the outcome of an error: even if the last request was not sent, an earlier one may
    /// have arrived.
    fn note_outcome(&mut self, error: &mut Error, reason: Option<Reason>) {
        if self.may_have_arrived && error.outcome() == Outcome::NotSent {
            error.set_outcome(Outcome::Unknown);
        }
        self.may_have_arrived |=
            matches!(reason, Some(Reason::LostAnswer | Reason::ServerFault | Reason::NonceUsed));
    }
}

/// Returns the [`Error`] in the box, if there is one. If a layer wrapped it, the box holds it
/// without the wrapper afterwards.
fn ours(boxed: &mut BoxError) -> Option<&mut Error> {
    if !boxed.is::<Error>() {
        Error::find(&**boxed)?;
        let wrapped = std::mem::replace(boxed, Box::new(std::fmt::Error));
        *boxed = Error::from_boxed(wrapped).into();
    }
    boxed.downcast_mut()
}

/// A rule that decides about an error before the table does.
type Classify = dyn Fn(&Call, &Error) -> Option<Reason> + Send + Sync;

/// The reason in events and metrics for a retry that a user's own policy decided.
const POLICY: &str = "policy";
