//! The time limit of the whole call, outside routing and retry.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;
use tower::{Layer, Service};

use crate::action::ActionInfo;
use crate::call::Call;
use crate::error::{BoxError, Error, ErrorKind, TimeLimit};
use crate::reply::Reply;
use crate::runtime;
use crate::service::CallService;
use crate::signals::{Deadline, Limited, Progress};

/// Limits the time of a whole call. The layer is outside of routing and retries, so the limit
/// includes all attempts and waits.
///
/// Creates [`TotalTimeout`] services.
#[derive(Debug, Clone, Copy)]
pub struct TotalTimeoutLayer {
    limit: Duration,
}

impl TotalTimeoutLayer {
    /// Creates a layer with this limit, for calls without a limit of their own.
    pub fn new(limit: Duration) -> Self {
        Self { limit }
    }
}

impl<S> Layer<S> for TotalTimeoutLayer {
    type Service = TotalTimeout<S>;

    fn layer(&self, inner: S) -> TotalTimeout<S> {
        TotalTimeout { inner, limit: self.limit }
    }
}

/// Ends calls that exceed their time limit, including retries and the waits between them.
#[derive(Debug, Clone)]
pub struct TotalTimeout<S> {
    inner: S,
    limit: Duration,
}

impl<S: CallService> Service<Call> for TotalTimeout<S> {
    type Response = Reply;
    type Error = BoxError;
    type Future = TimedCall<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, mut call: Call) -> Self::Future {
        let limit = call.options().timeout.unwrap_or(self.limit);
        let (action, idempotent) = (call.action(), call.is_idempotent());
        let deadline = Deadline::after(limit);
        let progress = Progress::default();
        call.extensions_mut().insert(deadline.clone());
        call.extensions_mut().insert(progress.clone());
        let answer = deadline.limit(self.inner.call(call));
        TimedCall { answer, limit, action, idempotent, progress, has_begun: false }
    }
}

pin_project! {
    /// The future of [`TotalTimeout`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct TimedCall<F> {
        #[pin]
        answer: Limited<F>,
        limit: Duration,
        action: &'static ActionInfo,
        idempotent: bool,
        progress: Progress,
        has_begun: bool,
    }
}

impl<F, E> Future for TimedCall<F>
where
    F: Future<Output = Result<Reply, E>>,
    E: Into<BoxError>,
{
    type Output = Result<Reply, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if !std::mem::replace(this.has_begun, true) {
            runtime::current().map_err(|error| error.with_action(this.action))?;
        }
        Poll::Ready(match ready!(this.answer.poll(cx)) {
            Some(answer) => answer.map_err(Into::into),
            None => Err(timed_out(*this.limit)
                .with_outcome(this.progress.outcome())
                .with_action(this.action)
                .with_idempotent(*this.idempotent)
                .with_attempts(this.progress.requests())
                .into()),
        })
    }
}

fn timed_out(limit: Duration) -> Error {
    let message = format!("the whole call took longer than its limit of {limit:?}");
    Error::new(ErrorKind::Timeout, message).with_time_limit(TimeLimit::Call(limit))
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;
    use tower::ServiceExt as _;
    use tower_test::mock::{self, Mock};

    use super::*;
    use crate::error::Outcome;
    use crate::options::CallOptions;
    use crate::retry::{Backoff, RetryLayer, RetryPolicy};
    use crate::test_support::{create_call, created, seal_call, serve};

    async fn ended(limit: Duration, call: Call) -> Error {
        let (mock, _handle): (Mock<Call, Reply>, _) = mock::pair();
        let error = TotalTimeoutLayer::new(limit).layer(mock).oneshot(call);
        Error::from_boxed(error.await.expect_err("no answer comes"))
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_without_an_answer_ends_at_the_limit_and_the_error_names_it() {
        let start = Instant::now();
        let error = ended(Duration::from_millis(1500), create_call()).await;
        assert_eq!(start.elapsed(), Duration::from_millis(1500));
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(error.outcome(), Outcome::Unknown);
        assert_eq!(error.action(), Some("CreateThing"));
        assert_eq!(error.time_limit(), Some(TimeLimit::Call(Duration::from_millis(1500))));
        assert!(error.to_string().contains("whole call") && error.to_string().contains("1.5s"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_ran_out_may_be_repeated_if_it_is_idempotent() {
        let limit = Duration::from_secs(1);
        assert!(ended(limit, create_call()).await.is_retryable());
        assert!(!ended(limit, seal_call()).await.is_retryable());
    }

    #[tokio::test(start_paused = true)]
    async fn the_calls_own_limit_wins_shorter_or_longer() {
        for own in [1, 9] {
            let own = Duration::from_secs(own);
            let options = CallOptions { timeout: Some(own), ..CallOptions::default() };
            let start = Instant::now();
            ended(Duration::from_secs(5), create_call().with_options(options)).await;
            assert_eq!(start.elapsed(), own);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn layers_below_find_the_deadline() {
        let (mock, mut handle): (Mock<Call, Reply>, _) = mock::pair();
        let limit = Duration::from_secs(3);
        let call = TotalTimeoutLayer::new(limit).layer(mock).oneshot(create_call());
        let expected = Instant::now() + limit;
        let (reply, ()) = tokio::join!(call, async {
            let (call, respond) = handle.next_request().await.expect("one call");
            let deadline: &Deadline = call.extensions().get().expect("a deadline");
            assert_eq!(Instant::now() + deadline.remaining(), expected);
            respond.send_response(created());
        });
        assert!(reply.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_that_no_clock_can_hold_does_not_panic() {
        let (mock, handle): (Mock<Call, Reply>, _) = mock::pair();
        serve(handle, |_, _, respond| respond.send_response(created()));
        let total = TotalTimeoutLayer::new(Duration::MAX).layer(mock);
        assert!(total.oneshot(create_call()).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_of_zero_ends_an_unanswered_call_at_once() {
        let start = Instant::now();
        ended(Duration::ZERO, create_call()).await;
        assert!(start.elapsed() <= Duration::from_millis(1));
    }

    #[tokio::test(start_paused = true)]
    async fn the_error_counts_the_requests_that_were_begun() {
        let (mock, handle): (Mock<Call, Reply>, _) = mock::pair();
        // The first is refused, the second never answered.
        let mut held = Vec::new();
        serve(handle, move |number, _, respond| match number {
            1 => respond.send_error(Error::new(ErrorKind::Connect, "refused")),
            _ => held.push(respond),
        });
        let policy = RetryPolicy::default().backoff(Backoff::default().random(|| 0.0));
        let retry = RetryLayer::new(policy).layer(mock);
        let total = TotalTimeoutLayer::new(Duration::from_secs(1)).layer(retry);
        let error = total.oneshot(create_call()).await.expect_err("no answer");
        assert_eq!(Error::from_boxed(error).attempts(), 2);
    }
}
