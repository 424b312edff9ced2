//! Users' layers: which calls and requests they see, in which order, and what stands below them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::middleware::encode::EncodeRpcLayer;
use alibabacloud_kms::middleware::retry::{RetryLayer, RetryPolicy};
use alibabacloud_kms::middleware::sign::SignAcs3Layer;
use alibabacloud_kms::middleware::timeout::{AttemptTimeoutLayer, TotalTimeoutLayer};
use alibabacloud_kms::middleware::trace::{TraceAttemptLayer, TraceLayer};
use alibabacloud_kms::{
    Body, BoxCall, BoxError, Call, ClientBuilder, Clock, Credential, Endpoint, ErrorKind, Gateway,
    KmsClient, Nonce, OpenApiGateway, Router, Routing,
};
use http::HeaderValue;
use http_body_util::BodyExt;
use tower::limit::ConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower::timeout::TimeoutLayer;
use tower::util::MapRequestLayer;
use tower::{ServiceBuilder, service_fn};
use tower_http::set_header::SetRequestHeaderLayer;

/// What happened, in order.
#[derive(Clone, Default)]
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

fn credential() -> Credential {
    Credential::access_key("id", "secret")
}

fn clock() -> Clock {
    Clock::fixed(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800))
}

fn nonce() -> Nonce {
    Nonce::new(|| "nonce".to_owned())
}

/// A transport that writes down whole requests and answers an `Encrypt`.
fn transport(
    log: Log,
) -> impl tower::Service<
    http::Request<Body>,
    Response = http::Response<Body>,
    Error = BoxError,
    Future = impl Future<Output = Result<http::Response<Body>, BoxError>> + Send + 'static,
> + Clone
+ Send
+ Sync
+ 'static {
    service_fn(move |request: http::Request<Body>| {
        let log = log.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.expect("in memory").to_bytes();
            let mut headers: Vec<String> = parts
                .headers
                .iter()
                .map(|(name, value)| format!("{name}: {}", value.to_str().expect("a text")))
                .collect();
            headers.sort();
            log.add(format!("{} {} {headers:?} {body:?}", parts.method, parts.uri));
            let answer = r#"{"KeyId":"k","CiphertextBlob":"YQ==","RequestId":"r"}"#;
            Ok(http::Response::new(Body::from(answer)))
        }
    })
}

fn builder(log: &Log) -> ClientBuilder {
    KmsClient::builder()
        .shared(OpenApiGateway::at(endpoint(), credential()))
        .clock(clock())
        .nonce(nonce())
        .transport(transport(log.clone()))
}

#[tokio::test]
async fn the_first_layer_that_was_added_sees_a_call_first_and_http_layers_come_after() {
    let log = Log::default();
    let seen = |name: &'static str| {
        let log = log.clone();
        MapRequestLayer::new(move |call: Call| {
            log.add(name);
            call
        })
    };
    let seen_http = |name: &'static str| {
        let log = log.clone();
        MapRequestLayer::new(move |request: http::Request<Body>| {
            log.add(name);
            request
        })
    };
    let client = builder(&log)
        .http_layer(seen_http("http 1"))
        .layer(seen("call 1"))
        .layer(seen("call 2"))
        .http_layer(seen_http("http 2"))
        .build()
        .expect("a client");
    client.encrypt(EncryptRequest::new("k", "t")).await.expect("an answer");
    assert_eq!(log.lines()[..4], ["call 1", "call 2", "http 1", "http 2"]);
    assert_eq!(log.lines().len(), 5);
}

#[tokio::test]
async fn stock_layers_work_on_both_levels_and_what_they_add_above_signing_is_signed() {
    let log = Log::default();
    let name = http::HeaderName::from_static("x-acs-trace");
    let client = builder(&log)
        .layer(ConcurrencyLimitLayer::new(2))
        .layer(LoadShedLayer::new())
        .layer(TimeoutLayer::new(Duration::from_secs(5)))
        .http_layer(SetRequestHeaderLayer::overriding(name, HeaderValue::from_static("7")))
        .build()
        .expect("a client");
    client.encrypt(EncryptRequest::new("k", "t")).await.expect("an answer");
    let request = log.lines().concat();
    assert!(request.contains("x-acs-trace: 7"));
    assert!(request.contains("x-acs-signature-nonce;x-acs-trace;x-acs-version,Signature="));
}

#[tokio::test]
async fn an_error_of_a_stock_layer_is_one_of_a_layer_and_keeps_its_cause() {
    let log = Log::default();
    let client = builder(&log)
        .layer(tower::layer::layer_fn(|_| {
            service_fn(|_: Call| async { Err::<_, BoxError>("overloaded".into()) })
        }))
        .build()
        .expect("a client");
    let error = client.encrypt(EncryptRequest::new("k", "t")).await.expect_err("a layer's");
    assert_eq!((error.kind(), error.action()), (ErrorKind::Layer, Some("Encrypt")));
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    assert_eq!(cause.as_deref(), Some("overloaded"));
}

#[tokio::test]
async fn the_default_stack_rebuilt_from_its_parts_sends_the_same_bytes() {
    let (ours, rebuilt) = (Log::default(), Log::default());
    let client = builder(&ours).build().expect("a client");
    client.encrypt(EncryptRequest::new("k", "t")).await.expect("an answer");

    let shared = ServiceBuilder::new()
        .layer(RetryLayer::new(RetryPolicy::default()))
        .layer(TraceAttemptLayer::new(Gateway::Shared, endpoint()))
        .layer(EncodeRpcLayer::new(Gateway::Shared, endpoint()))
        .layer(SignAcs3Layer::new(Arc::new(credential())).clock(clock()).nonce(nonce()))
        .layer(AttemptTimeoutLayer::new(Duration::from_secs(10)))
        .service(transport(rebuilt.clone()));
    let router = Router::new(Some(shared), None::<BoxCall>, Routing::new());
    let stack = ServiceBuilder::new()
        .layer(TraceLayer)
        .layer(TotalTimeoutLayer::new(Duration::from_secs(30)))
        .service(router.expect("a gateway"));
    let client = KmsClient::from_service(stack);
    client.encrypt(EncryptRequest::new("k", "t")).await.expect("an answer");
    assert_eq!(ours.lines(), rebuilt.lines());
}
