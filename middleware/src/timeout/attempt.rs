//! The time limit of one request: from the connection to the last byte of the answer.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio::time::Instant;
use tower::{Layer, Service};

use crate::body::Body;
use crate::error::{BoxError, Error, ErrorKind, Outcome, TimeLimit};
use crate::options::CallOptions;
use crate::runtime::{self, Timer};
use crate::service::HttpService;
use crate::signals::{Departure, Progress};

/// Limits the time of one request, from the connection to the last byte of the answer.
///
/// The layer is at the HTTP level, between signing and the transport. The limit includes the
/// answer's body, so it also ends a body that arrives too slowly. Creates [`AttemptTimeout`]
/// services.
#[derive(Debug, Clone, Copy)]
pub struct AttemptTimeoutLayer {
    limit: Duration,
}

impl AttemptTimeoutLayer {
    /// Creates a layer with this limit, for calls without a limit of their own.
    pub fn new(limit: Duration) -> Self {
        Self { limit }
    }
}

impl<S> Layer<S> for AttemptTimeoutLayer {
    type Service = AttemptTimeout<S>;

    fn layer(&self, inner: S) -> AttemptTimeout<S> {
        AttemptTimeout { inner, limit: self.limit }
    }
}

/// Ends requests that exceed their time limit.
#[derive(Debug, Clone)]
pub struct AttemptTimeout<S> {
    inner: S,
    limit: Duration,
}

impl<S: HttpService> Service<http::Request<Body>> for AttemptTimeout<S> {
    type Response = http::Response<TimedBody<S::ResponseBody>>;
    type Error = BoxError;
    type Future = TimedRequest<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let own = request
            .extensions()
            .get::<Arc<CallOptions>>()
            .and_then(|options| options.attempt_timeout);
        let limit = own.unwrap_or(self.limit);
        let progress = request.extensions().get::<Progress>();
        let departure = progress.map_or_else(Departure::default, Progress::depart);
        request.extensions_mut().insert(departure.clone());
        let limit = Limit::new(limit);
        TimedRequest { answer: self.inner.call(request), departure, limit, has_begun: false }
    }
}

pin_project! {
    /// The future of [`AttemptTimeout`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct TimedRequest<F> {
        #[pin]
        answer: F,
        departure: Departure,
        #[pin]
        limit: Limit,
        has_begun: bool,
    }
}

impl<F, B, E> Future for TimedRequest<F>
where
    F: Future<Output = Result<http::Response<B>, E>>,
    E: Into<BoxError>,
{
    type Output = Result<http::Response<TimedBody<B>>, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if !std::mem::replace(this.has_begun, true) {
            runtime::current()?;
        }
        if let Poll::Ready(response) = this.answer.poll(cx) {
            let limit = this.limit.again();
            let response = response.map_err(Into::into)?;
            return Poll::Ready(Ok(response.map(|inner| TimedBody { inner, limit })));
        }
        let limit = this.limit.limit;
        let is_held = || this.departure.is_held();
        this.limit.poll(cx).map(|()| {
            let error = if is_held() { held_up(limit) } else { timed_out(limit) };
            Err(error.into())
        })
    }
}

pin_project! {
    /// The body of an answer. It fails when the attempt's time limit is exceeded.
    #[derive(Debug)]
    pub struct TimedBody<B> {
        #[pin]
        inner: B,
        #[pin]
        limit: Limit,
    }
}

pin_project! {
    /// The time of an attempt.
    #[derive(Debug)]
    struct Limit {
        limit: Duration,
        ends: Instant,
        #[pin]
        timer: Timer,
    }
}

impl Limit {
    /// Returns a limit that begins now.
    fn new(limit: Duration) -> Self {
        Self { limit, ends: runtime::ends(Instant::now(), limit), timer: Timer::default() }
    }

    /// Returns another one with the same end.
    fn again(&self) -> Self {
        Self { timer: Timer::default(), ..*self }
    }
}

impl Future for Limit {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        this.timer.poll_until(*this.ends, cx)
    }
}

impl<B> HttpBody for TimedBody<B>
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        if let Poll::Ready(frame) = this.inner.poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let limit = this.limit.limit;
        this.limit.poll(cx).map(|()| Some(Err(timed_out(limit).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

fn held_up(limit: Duration) -> Error {
    let message = format!(
        "the attempt waited for a connection longer than its limit of {limit:?}: raise \
         max_connections or the limit, or make fewer calls at once"
    );
    Error::new(ErrorKind::Timeout, message).with_time_limit(TimeLimit::Attempt(limit))
}

fn timed_out(limit: Duration) -> Error {
    Error::new(ErrorKind::Timeout, format!("the attempt took longer than its limit of {limit:?}"))
        .with_outcome(Outcome::Unknown)
        .with_time_limit(TimeLimit::Attempt(limit))
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Waker;

    use http_body_util::BodyExt as _;
    use tokio::time::Instant;
    use tower::ServiceExt as _;
    use tower_test::mock;

    use super::*;
    use crate::test_support::{Frames, HttpMock, answer, exchange, paused_runtime, polled_once};

    const LIMIT: Duration = Duration::from_secs(2);

    fn request(own: Option<Duration>) -> http::Request<Body> {
        let options = CallOptions { attempt_timeout: own, ..CallOptions::default() };
        let mut request = http::Request::default();
        request.extensions_mut().insert(Arc::new(options));
        request
    }

    async fn unanswered(limit: Duration, own: Option<Duration>) -> Error {
        let (mock, _handle): (HttpMock, _) = mock::pair();
        let attempt = AttemptTimeoutLayer::new(limit).layer(mock);
        let result = attempt.oneshot(request(own)).await;
        Error::from_boxed(result.expect_err("no answer comes"))
    }

    /// Reads the answer to its end: the bytes, or the error.
    async fn read(limit: Duration, answer: http::Response<Frames>) -> Result<Bytes, Error> {
        let layer = AttemptTimeoutLayer::new(limit);
        let (_, response) = exchange(&layer, request(None), answer).await;
        let body = response.expect("a head").into_body().collect().await;
        body.map(|body| body.to_bytes()).map_err(Error::from_boxed)
    }

    fn dripping(frames: usize) -> http::Response<Frames> {
        let mut response = answer(200, "");
        let drops = (0..frames).map(|_| Ok(Bytes::from_static(b"x")));
        *response.body_mut() = Frames::dripping(Duration::from_millis(300), drops);
        response
    }

    #[test]
    fn a_request_ends_at_the_limit_on_the_runtime_that_polls_it_though_another_one_began_it() {
        let (a, b) = (paused_runtime(), paused_runtime());
        let mut unanswered = pin!(unanswered(LIMIT, None));
        assert!(polled_once(&a, unanswered.as_mut()).is_pending());
        drop(a);
        let error = b.block_on(unanswered);
        assert_eq!(error.time_limit(), Some(TimeLimit::Attempt(LIMIT)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_without_an_answer_ends_at_the_limit_and_the_error_names_it() {
        let start = Instant::now();
        let error = unanswered(LIMIT, None).await;
        assert_eq!(start.elapsed(), LIMIT);
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(error.outcome(), Outcome::Unknown);
        assert_eq!(error.time_limit(), Some(TimeLimit::Attempt(LIMIT)));
        assert!(error.to_string().contains("attempt") && error.to_string().contains("2s"));
    }

    #[tokio::test(start_paused = true)]
    async fn the_calls_own_limit_wins_shorter_or_longer() {
        for own in [1, 9] {
            let own = Duration::from_secs(own);
            let start = Instant::now();
            unanswered(LIMIT, Some(own)).await;
            assert_eq!(start.elapsed(), own);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_no_codec_made_has_the_layers_limit() {
        let (mock, _handle): (HttpMock, _) = mock::pair();
        let attempt = AttemptTimeoutLayer::new(LIMIT).layer(mock);
        let start = Instant::now();
        let result = attempt.oneshot(http::Request::<Body>::default()).await;
        assert!(result.is_err());
        assert_eq!(start.elapsed(), LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_past_the_limit_is_ended() {
        let start = Instant::now();
        let error = read(LIMIT, dripping(100)).await.expect_err("too slow");
        assert_eq!(start.elapsed(), LIMIT);
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(error.outcome(), Outcome::Unknown);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_within_the_limit_is_whole() {
        assert_eq!(read(LIMIT, dripping(6)).await.expect("in time"), "xxxxxx");
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_counts_from_the_request_and_not_from_the_head() {
        let (mock, mut handle): (HttpMock, _) = mock::pair();
        let attempt = AttemptTimeoutLayer::new(LIMIT).layer(mock);
        let start = Instant::now();
        let (response, ()) = tokio::join!(attempt.oneshot(request(None)), async {
            let (_, respond) = handle.next_request().await.expect("one request");
            tokio::time::advance(Duration::from_millis(1500)).await;
            respond.send_response(dripping(100));
        });
        let body = response.expect("a head").into_body().collect().await;
        assert!(body.is_err());
        assert_eq!(start.elapsed(), LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_that_no_clock_can_hold_does_not_panic() {
        let body = read(Duration::MAX, answer(200, "whole")).await;
        assert_eq!(body.expect("in time"), "whole");
    }

    #[test]
    fn outside_a_runtime_a_request_is_an_error_that_names_the_feature_blocking() {
        let (mock, _handle): (HttpMock, _) = mock::pair();
        let mut attempt = pin!(AttemptTimeoutLayer::new(LIMIT).layer(mock).oneshot(request(None)));
        let polled = attempt.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Err(error)) = polled else { panic!("an error at once") };
        assert!(Error::from_boxed(error).to_string().contains("blocking"));
    }

    #[tokio::test(start_paused = true)]
    async fn length_end_and_errors_of_the_body_pass_through() {
        let layer = AttemptTimeoutLayer::new(LIMIT);
        let (_, response) = exchange(&layer, request(None), answer(200, "whole")).await;
        let body = response.expect("a head").into_body();
        assert_eq!(body.size_hint().exact(), Some(5));
        let mut broken = answer(200, "");
        *broken.body_mut() = Frames::streamed([Err("reset".into())]);
        let error = read(LIMIT, broken).await.expect_err("a broken body");
        assert_eq!(error.kind(), ErrorKind::Layer);
    }
}
