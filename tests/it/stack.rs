//! The default stack: the order in which its layers see a call, the same one rebuilt from parts, and
//! stock layers at both of its levels.

mod alone;
mod call_layers;
mod http_layers;
mod order;
mod readable;
mod rebuilt;
mod signals;
mod spans;
mod tls;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::{
    Body, BoxError, BoxHttp, ClientBuilder, Clock, Credential, Endpoint, InstanceGateway,
    KmsClient, Nonce, OpenApiGateway,
};
use alibabacloud_kms_tests::answers::ENCRYPTED;
use alibabacloud_kms_tests::canary;
use tokio::sync::{mpsc, oneshot};
use tower::service_fn;

/// What happened, in order.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, line: impl Into<String>) {
        self.0.lock().expect("no panic before").push(line.into());
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().expect("no panic before").clone()
    }
}

fn endpoint() -> Endpoint {
    "https://kms.invalid".parse().expect("an endpoint")
}

pub(crate) fn credential() -> Credential {
    Credential::access_key("id", "secret")
}

fn clock() -> Clock {
    Clock::fixed(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800))
}

fn nonce() -> Nonce {
    Nonce::new(|| "nonce".to_owned())
}

/// A client of the shared gateway that signs the same request always alike.
fn shared() -> ClientBuilder {
    KmsClient::builder()
        .shared(OpenApiGateway::new(endpoint(), credential()))
        .clock(clock())
        .nonce(nonce())
}

/// A client of an instance with a client key.
fn instance() -> ClientBuilder {
    KmsClient::builder()
        .instance(InstanceGateway::new(endpoint(), canary::client_key()))
        .clock(clock())
}

fn request() -> EncryptRequest {
    EncryptRequest::new("k", "t")
}

fn encrypted() -> http::Response<Body> {
    http::Response::new(Body::from(ENCRYPTED))
}

/// A request that waits for its answer.
struct Held {
    request: http::Request<Body>,
    answer: oneshot::Sender<http::Response<Body>>,
}

impl Held {
    fn answer(self, response: http::Response<Body>) {
        assert!(self.answer.send(response).is_ok(), "the client still waits");
    }
}

/// A transport whose requests the test answers, in the order that it likes.
fn held() -> (BoxHttp, mpsc::UnboundedReceiver<Held>) {
    let (arrived, requests) = mpsc::unbounded_channel();
    let transport = service_fn(move |request| {
        let (answer, answered) = oneshot::channel();
        let arrived = arrived.send(Held { request, answer });
        async move {
            arrived.map_err(|_| "the test has ended")?;
            answered.await.map_err(BoxError::from)
        }
    });
    (boxed(transport), requests)
}

/// A transport that answers an `Encrypt` at once, and what it was sent.
fn recorded() -> (BoxHttp, mpsc::UnboundedReceiver<http::Request<Body>>) {
    let (sent, requests) = mpsc::unbounded_channel();
    let transport = service_fn(move |request: http::Request<Body>| {
        let result = sent.send(request).map(|()| encrypted());
        async move { result.map_err(|_| BoxError::from("the test has ended")) }
    });
    (boxed(transport), requests)
}

fn boxed<S>(transport: S) -> BoxHttp
where
    S: tower::Service<
            http::Request<Body>,
            Response = http::Response<Body>,
            Error = BoxError,
            Future: Send + 'static,
        > + Clone
        + Send
        + Sync
        + 'static,
{
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    let unsync = |body: Body| body.map_err(|never| match never {}).boxed_unsync();
    BoxHttp::new(transport.map_response(move |response| response.map(unsync)))
}

/// The bytes of a body in memory.
async fn bytes(body: Body) -> Vec<u8> {
    use http_body_util::BodyExt as _;

    let Ok(body) = body.collect().await;
    body.to_bytes().to_vec()
}

fn header<'a, B>(request: &'a http::Request<B>, name: &str) -> &'a str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
