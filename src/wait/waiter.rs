//! A waiter for anything that an action can return.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use alibabacloud_kms_middleware::__private::runtime;
use tokio::time::Instant;

use crate::{Action, Call, Error, ErrorKind, KmsClient, Outcome, Reply};

type Judge<A, T> =
    Box<dyn FnMut(Result<<A as Action>::Response, Error>) -> Result<Option<T>, Error> + Send>;

/// Sends this request repeatedly until `judge` returns a value.
///
/// `judge` receives each response, and each error that is not temporary. It returns
/// `Ok(Some(value))` to end the wait with this value, `Ok(None)` to continue, and an error to give
/// up.
///
/// ```no_run
/// use alibabacloud_kms::api::key::ListKeyVersionsRequest;
/// use alibabacloud_kms::{KmsClient, wait};
///
/// # async fn run(client: KmsClient) -> Result<(), alibabacloud_kms::Error> {
/// let request = ListKeyVersionsRequest::new("key-1");
/// let versions = wait::until(&client, request, |answer| {
///     let answer = answer?;
///     Ok((answer.total_count > 1).then_some(answer.key_versions))
/// })
/// .await?;
/// # Ok(()) }
/// ```
pub fn until<A: Action, T>(
    client: &KmsClient,
    request: A,
    judge: impl FnMut(Result<A::Response, Error>) -> Result<Option<T>, Error> + Send + 'static,
) -> Waiter<A, T> {
    #[cfg_attr(not(feature = "cache"), expect(unused_mut, reason = "only a cache has a mark"))]
    let mut call = Call::new(request);
    #[cfg(feature = "cache")]
    call.extensions_mut().insert(crate::cache::Fresh);
    Waiter {
        client: client.clone(),
        call,
        judge: Box::new(judge),
        what: "the condition is not fulfilled".into(),
        interval: Duration::from_secs(2),
        limit: Duration::from_secs(120),
    }
}

/// A wait that begins when it is awaited; see the [module](super).
///
/// # Errors
///
/// - [`ErrorKind::Timeout`](crate::ErrorKind::Timeout): the limit was exceeded.
/// - The errors of the action that are not temporary.
#[must_use = "a waiter does nothing unless it is awaited"]
pub struct Waiter<A: Action, T> {
    client: KmsClient,
    call: Call,
    judge: Judge<A, T>,
    what: Cow<'static, str>,
    interval: Duration,
    limit: Duration,
}

impl<A: Action, T> Waiter<A, T> {
    /// Sets the time between an answer and the next request (default 2 seconds).
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Sets the time limit of the whole wait (default 2 minutes).
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Changes the call that is sent, such as its gateway, credential or limits.
    pub fn map_call(mut self, change: impl FnOnce(&mut Call)) -> Self {
        change(&mut self.call);
        self
    }

    /// Sets the text of the error at the limit, such as "the key is not Enabled".
    pub fn describe(mut self, what: impl Into<Cow<'static, str>>) -> Self {
        self.what = what.into();
        self
    }

    async fn wait(mut self) -> Result<T, Error> {
        runtime::current()?;
        let begun = Instant::now();
        let mut past = Past::default();
        let mut last = None;
        loop {
            let left = self.limit.saturating_sub(begun.elapsed());
            let asked = runtime::timeout(left, self.client.send(self.call.clone())).await;
            let Some(asked) = asked else { return Err(self.over(past.cut_off(), last)) };
            past.note(&asked);
            match asked.and_then(|reply| reply.into_response::<A>()) {
                Err(error) if error.is_retryable() => last = Some(error),
                result => {
                    if let Some(value) = (self.judge)(result)? {
                        return Ok(value);
                    }
                    last = None;
                }
            }
            if begun.elapsed().saturating_add(self.interval) >= self.limit {
                return Err(self.over(past, last));
            }
            runtime::sleep(self.interval).await;
        }
    }

    fn over(&self, past: Past, last: Option<Error>) -> Error {
        let message = format!("{} after {:?}: set a longer limit", self.what, self.limit);
        let error = Error::new(ErrorKind::Timeout, message)
            .with_action(self.call.action())
            .with_outcome(past.outcome)
            .with_attempts(past.attempts);
        match last {
            Some(last) => error.with_source(last),
            None => error,
        }
    }
}

/// What became of a wait's requests so far.
#[derive(Clone, Copy)]
struct Past {
    /// `Unknown` once one of them was lost.
    outcome: Outcome,
    attempts: u32,
}

impl Default for Past {
    fn default() -> Self {
        Self { outcome: Outcome::NotSent, attempts: 0 }
    }
}

impl Past {
    fn note(&mut self, asked: &Result<Reply, Error>) {
        let (outcome, attempts) = match asked {
            Ok(reply) => (Outcome::Answered, reply.attempts()),
            Err(error) => (error.outcome(), error.attempts()),
        };
        self.attempts = self.attempts.saturating_add(attempts);
        if self.outcome != Outcome::Unknown && outcome != Outcome::NotSent {
            self.outcome = outcome;
        }
    }

    /// The limit ended a request that may have been sent.
    fn cut_off(self) -> Self {
        Self { outcome: Outcome::Unknown, attempts: self.attempts.saturating_add(1) }
    }
}

impl<A: Action, T: 'static> IntoFuture for Waiter<A, T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.wait())
    }
}

impl<A: Action, T> fmt::Debug for Waiter<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter")
            .field("call", &self.call)
            .field("interval", &self.interval)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
