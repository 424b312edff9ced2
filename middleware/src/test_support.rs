//! What the layers' tests share: two actions written by hand, bodies that break or drip, and a way
//! to put a layer over `tower-test`'s mock.
//!
//! The macro that declares actions is not a dependency of this crate.

mod payloads;

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http_body::{Frame, SizeHint};
use tokio::runtime::Runtime;
use tokio::time::Sleep;
use tower::{Layer, Service, ServiceExt};
use tower_test::mock::{self, Mock, SendResponse};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::Context as LayerContext;

pub(crate) use self::payloads::{
    CreateRequest, CreateResponse, OpenRequest, Part, SealRequest, SealResponse, Tag,
};
use crate::{Body, BoxError, Call, Endpoint, Error, Gateway, Reply};

/// The secret that test requests carry: it may appear in what is sent and nowhere else.
pub(crate) const SECRET: &str = "canary-5f1d";

/// Whether a text shows a test request's secret, as it is or as Base64.
pub(crate) fn shows_secret(text: &str) -> bool {
    text.contains(SECRET) || text.contains(&crate::wire::base64_text::encode(SECRET.as_bytes()))
}

/// Where test requests go; nothing listens there.
pub(crate) fn endpoint() -> Endpoint {
    "gateway.invalid:8443".parse().expect("an endpoint")
}

/// A call of the idempotent RPC action.
pub(crate) fn create_call() -> Call {
    Call::new(CreateRequest::valid())
}

/// A call of the protobuf operation, which is not idempotent.
pub(crate) fn seal_call() -> Call {
    Call::new(SealRequest::valid())
}

/// A reply to the RPC action.
pub(crate) fn created() -> Reply {
    Reply::new(CreateResponse::default(), Gateway::Shared)
}

/// A runtime on which time passes when there is nothing else to do, and only while it is driven.
pub(crate) fn paused_runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().start_paused(true).build().expect("a runtime")
}

/// Polls a future once on this runtime.
pub(crate) fn polled_once<F: Future>(
    runtime: &Runtime,
    mut future: Pin<&mut F>,
) -> Poll<F::Output> {
    runtime.block_on(std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))))
}

/// Collects the messages of warnings; other events are not expected.
#[derive(Clone, Default)]
pub(crate) struct Warnings(Arc<Mutex<Vec<String>>>);

impl Warnings {
    pub(crate) fn messages(&self) -> Vec<String> {
        self.0.lock().expect("no panic before").clone()
    }
}

impl Visit for Warnings {
    fn record_debug(&mut self, _: &Field, value: &dyn std::fmt::Debug) {
        self.0.lock().expect("no panic before").push(format!("{value:?}"));
    }
}

impl<S: Subscriber> tracing_subscriber::Layer<S> for Warnings {
    fn on_event(&self, event: &Event<'_>, _: LayerContext<'_, S>) {
        assert_eq!(*event.metadata().level(), Level::WARN);
        event.record(&mut self.clone());
    }
}

/// A body that gives its frames after waits, and may say how long it is.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    frames: VecDeque<(Duration, Result<Bytes, BoxError>)>,
    length: Option<u64>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Frames {
    /// One frame, with its length announced.
    pub(crate) fn whole(data: impl Into<Bytes>) -> Self {
        let data = data.into();
        Self { length: Some(data.len() as u64), ..Self::streamed([Ok(data)]) }
    }

    /// Frames of a length that is not announced.
    pub(crate) fn streamed(frames: impl IntoIterator<Item = Result<Bytes, BoxError>>) -> Self {
        Self::dripping(Duration::ZERO, frames)
    }

    /// Frames with a wait before each.
    pub(crate) fn dripping(
        wait: Duration,
        frames: impl IntoIterator<Item = Result<Bytes, BoxError>>,
    ) -> Self {
        Self { frames: frames.into_iter().map(|frame| (wait, frame)).collect(), ..Self::default() }
    }

    /// Empty, although this many bytes are announced.
    pub(crate) fn announcing(length: u64) -> Self {
        Self { length: Some(length), ..Self::default() }
    }
}

impl http_body::Body for Frames {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some((wait, _)) = self.frames.front() else {
            return Poll::Ready(None);
        };
        if !wait.is_zero() {
            let wait = *wait;
            let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(wait)));
            std::task::ready!(sleep.as_mut().poll(cx));
            self.sleep = None;
        }
        let frame = self.frames.pop_front().map(|(_, frame)| frame);
        Poll::Ready(frame.map(|frame| frame.map(Frame::data)))
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::new, SizeHint::with_exact)
    }
}

/// An answer with this status and body.
pub(crate) fn answer(status: u16, body: impl Into<Bytes>) -> http::Response<Frames> {
    let mut response = http::Response::new(Frames::whole(body));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    response
}

/// The mock below an HTTP-level layer.
pub(crate) type HttpMock = Mock<http::Request<Body>, http::Response<Frames>>;

/// Sends a request through a layer over a mock, which answers it: what came down and what went up.
pub(crate) async fn exchange<L, T, R>(
    layer: &L,
    request: T,
    answer: http::Response<Frames>,
) -> (http::Request<Body>, Result<R, BoxError>)
where
    L: Layer<HttpMock>,
    L::Service: Service<T, Response = R, Error = BoxError>,
{
    let (mock, mut handle) = mock::pair();
    let sent = layer.layer(mock).oneshot(request);
    let served = async {
        let (request, respond) = handle.next_request().await.expect("one request");
        respond.send_response(answer);
        request
    };
    let (result, request) = tokio::join!(sent, served);
    (request, result)
}

/// Sends a call through a codec over a mock, which answers it.
pub(crate) async fn call_through<L>(
    layer: &L,
    call: Call,
    answer: http::Response<Frames>,
) -> Result<Reply, Error>
where
    L: Layer<HttpMock>,
    L::Service: Service<Call, Response = Reply, Error = BoxError>,
{
    let (_, result) = exchange(layer, call, answer).await;
    result.map_err(Error::from_boxed)
}

/// Sends a request through a layer whose mock must not see it, and gives the error.
pub(crate) async fn refused<L, T, R>(layer: &L, request: T) -> Error
where
    L: Layer<HttpMock>,
    L::Service: Service<T, Response = R, Error = BoxError>,
{
    let (mock, mut handle) = mock::pair::<http::Request<Body>, http::Response<Frames>>();
    let result = layer.layer(mock).oneshot(request).await;
    assert!(handle.next_request().await.is_none(), "the service below was called");
    match result {
        Ok(_) => panic!("an error was expected"),
        Err(error) => Error::from_boxed(error),
    }
}

/// The bytes of a request's body.
pub(crate) async fn body_of(request: http::Request<Body>) -> Bytes {
    use http_body_util::BodyExt as _;

    let Ok(body) = request.into_body().collect().await;
    body.to_bytes()
}

/// Answers every request that comes with what the function makes of its number, from 1 on.
pub(crate) fn serve<T: Send + 'static, U: Send + 'static>(
    mut handle: mock::Handle<T, U>,
    mut respond: impl FnMut(u32, T, SendResponse<U>) + Send + 'static,
) -> tokio::task::JoinHandle<u32> {
    tokio::spawn(async move {
        let mut requests = 0;
        while let Some((request, response)) = handle.next_request().await {
            requests += 1;
            respond(requests, request, response);
        }
        requests
    })
}
