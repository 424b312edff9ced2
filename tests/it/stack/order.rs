//! The order in which the layers of the default stack see a call and its answer.
//!
//! Nothing can be put between the layers of a client that is built: each neighbourhood is told by
//! what it does. The first test goes through the whole stack; those after it hold the order of
//! what leaves no trace of its own there.

use std::future::pending;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::data_key::GenerateDataKeyRequest;
use alibabacloud_kms::middleware::retry::{Backoff, RetryPolicy};
use alibabacloud_kms::middleware::signals::Deadline;
use alibabacloud_kms::middleware::signals::EffectiveTls;
use alibabacloud_kms::middleware::wire::protobuf;
use alibabacloud_kms::{
    Body, BoxError, BoxFuture, Call, CallOptions, ClientKey, ClientKeySigner, Credential, Error,
    ErrorKind, InstanceGateway, KmsClient, OpenApiGateway, ProvideCredential, TlsOptions,
};
use alibabacloud_kms_tests::answers::{drawn, sealed};
use alibabacloud_kms_tests::canary;
use async_trait::async_trait;
use http::{Request, Response, StatusCode};
use tokio::time::Instant;
use tower::layer::layer_fn;
use tower::util::MapRequestLayer;
use tower::{Layer, Service, service_fn};

use super::{Log, bytes, clock, credential, encrypted, endpoint, header, held, request, spans};

/// Writes down what goes down and what comes up.
#[derive(Clone)]
struct Seen<S> {
    inner: S,
    name: &'static str,
    log: Log,
}

fn seen<S>(name: &'static str, log: &Log) -> impl Layer<S, Service = Seen<S>> + Clone + use<S> {
    let log = log.clone();
    layer_fn(move |inner| Seen { inner, name, log: log.clone() })
}

/// What a layer can know of what it sees.
trait Facts {
    fn facts(&self) -> String;
}

impl Facts for Call {
    fn facts(&self) -> String {
        let deadline = self.extensions().get::<Deadline>().is_some();
        let charset = self.options().charset.map(|charset| charset.to_string());
        format!("{} deadline={deadline} charset={charset:?}", self.action().name)
    }
}

impl Facts for Request<Body> {
    fn facts(&self) -> String {
        let deadline = self.extensions().get::<Deadline>().is_some();
        let options = self.extensions().get::<Arc<CallOptions>>().expect("of the codec");
        let charset = options.charset.map(|charset| charset.to_string());
        let name = [header(self, "x-acs-action"), header(self, "x-kms-apiname")].concat();
        let signed = self.headers().contains_key("authorization");
        format!("{name} deadline={deadline} charset={charset:?} signed={signed}")
    }
}

impl<S, T> Service<T> for Seen<S>
where
    S: Service<T>,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    T: Facts,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = BoxFuture<S::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, message: T) -> Self::Future {
        let (name, log) = (self.name, self.log.clone());
        log.add(format!("{name} > {}", message.facts()));
        let answer = self.inner.call(message);
        Box::pin(async move {
            let answer = answer.await.map_err(Into::into);
            log.add(format!("{name} <"));
            answer
        })
    }
}

/// A client key that writes down when it signs.
#[derive(Debug)]
struct Signer {
    key: ClientKey,
    log: Log,
}

impl ClientKeySigner for Signer {
    fn key_id(&self) -> &str {
        self.key.key_id()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.log.add("sign");
        ClientKeySigner::sign(&self.key, message)
    }
}

fn response(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
}

#[tokio::test]
async fn a_call_passes_the_whole_stack_in_this_order_and_the_answer_in_the_reverse() {
    let log = Log::default();
    let _recording = spans::record(&log);
    let signer = Signer { key: canary::client_key(), log: log.clone() };
    let transport = service_fn(|_: Request<Body>| async {
        Ok::<_, BoxError>(response(StatusCode::OK, protobuf::encode(&sealed()).to_vec()))
    });
    let client = KmsClient::builder()
        .instance(InstanceGateway::new(endpoint(), signer))
        .charset("utf-16-le")
        .expect("a charset")
        .http_layer(seen("http 1", &log))
        .layer(seen("call 1", &log))
        .layer(seen("call 2", &log))
        .http_layer(seen("http 2", &log))
        .shared_layer(seen("shared", &log))
        .instance_layer(seen("instance 1", &log))
        .instance_layer(seen("instance 2", &log))
        .attempt_layer(seen("attempt 1", &log))
        .attempt_layer(seen("attempt 2", &log))
        .transport_layer(seen("sent 1", &log))
        .transport_layer(seen("sent 2", &log))
        .transport(seen("transport", &log).layer(transport))
        .build()
        .expect("a client");
    client.encrypt(request()).await.expect("an answer");

    let lines = log.lines();
    let shown = |line: &&str| match line.split_once(' ') {
        Some(("open" | "close", _)) => true,
        Some(("kms.call" | "kms.attempt", field)) => field.starts_with("kms.request_id="),
        _ => !line.starts_with("kms."),
    };
    let lines: Vec<&str> = lines.iter().map(String::as_str).filter(shown).collect();
    let below = "AdvanceEncrypt deadline=true charset=Some(\"utf-16-le\")";
    assert_eq!(
        lines,
        [
            "call 1 > Encrypt deadline=false charset=None",
            "call 2 > Encrypt deadline=false charset=None",
            "open kms.call",
            // The total timeout's deadline shows, the charset and the transfer do not yet.
            "instance 1 > Encrypt deadline=true charset=None",
            "instance 2 > Encrypt deadline=true charset=None",
            &format!("attempt 1 > {below}"),
            &format!("attempt 2 > {below}"),
            "open kms.attempt in kms.call",
            &format!("http 1 > {below} signed=false"),
            &format!("http 2 > {below} signed=false"),
            "sign",
            &format!("sent 1 > {below} signed=true"),
            &format!("sent 2 > {below} signed=true"),
            &format!("transport > {below} signed=true"),
            "transport <",
            "sent 2 <",
            "sent 1 <",
            "http 2 <",
            "http 1 <",
            "kms.attempt kms.request_id=r",
            "close kms.attempt",
            "attempt 2 <",
            "attempt 1 <",
            "instance 2 <",
            "instance 1 <",
            "kms.call kms.request_id=r",
            "close kms.call",
            "call 2 <",
            "call 1 <",
        ],
    );
}

#[tokio::test(start_paused = true)]
async fn trace_is_outside_the_total_timeout() {
    let log = Log::default();
    let _recording = spans::record(&log);
    let (transport, _requests) = held();
    let client = super::shared().transport(transport).build().expect("a client");
    let call = client.encrypt(request()).timeout(Duration::from_secs(1));
    assert_eq!(call.await.expect_err("no answer").kind(), ErrorKind::Timeout);
    assert!(log.lines().contains(&"kms.call error.type=timeout".to_owned()));
}

/// A gateway that is never ready.
#[derive(Clone)]
struct Busy;

impl Service<Request<Body>> for Busy {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = BoxFuture<Response<Body>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Pending
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        unreachable!("it is never ready")
    }
}

#[tokio::test(start_paused = true)]
async fn the_total_timeout_is_outside_the_router_which_waits_for_the_gateway_of_the_call() {
    let client = super::shared().transport(Busy).build().expect("a client");
    let start = Instant::now();
    let error = client.encrypt(request()).timeout(Duration::from_secs(7)).await;
    assert_eq!(error.expect_err("never ready").kind(), ErrorKind::Timeout);
    assert_eq!(start.elapsed(), Duration::from_secs(7));
}

#[tokio::test]
async fn the_router_is_outside_the_charset_which_only_the_instances_dialect_needs() {
    let log = Log::default();
    let transport = service_fn(|_: Request<Body>| async { Ok::<_, BoxError>(encrypted()) });
    let gateways = [
        KmsClient::builder().shared(OpenApiGateway::new(endpoint(), credential())),
        KmsClient::builder().instance(InstanceGateway::with_credential(endpoint(), credential())),
    ];
    for builder in gateways {
        let builder = builder.charset("utf-16-le").expect("a charset");
        let client = builder.transport(seen("transport", &log).layer(transport)).build();
        client.expect("a client").encrypt(request()).await.expect("an answer");
    }
    let sent = "transport > Encrypt deadline=true charset=None signed=true";
    assert_eq!(log.lines(), [sent, "transport <", sent, "transport <"]);
}

#[tokio::test]
async fn the_charset_is_outside_the_transfer_which_encodes_in_it() {
    let (transport, mut requests) = held();
    let client = super::instance().charset("utf-16-le").expect("a charset");
    let client = client.transport(transport).build().expect("a client");
    let call = tokio::spawn(async move { client.encrypt(EncryptRequest::new("k", "text")).await });
    let held = requests.recv().await.expect("a request");
    let body = bytes(held.request.into_body()).await;
    assert!(body.windows(8).any(|window| window == b"t\0e\0x\0t\0"));
    call.abort();
}

#[tokio::test]
async fn the_transfer_is_outside_retry_which_repeats_single_operations() {
    let (transport, mut requests) = held();
    let client = super::instance().transport(transport).build().expect("a client");
    let call = tokio::spawn(async move {
        client.generate_data_key(GenerateDataKeyRequest::new("k")).reply().await
    });
    let mut operations = Vec::new();
    let [drawn, sealed] = [protobuf::encode(&drawn()), protobuf::encode(&sealed())];
    for (status, body) in [(200, drawn.to_vec()), (503, Vec::new()), (200, sealed.to_vec())] {
        let held = requests.recv().await.expect("a request");
        operations.push(header(&held.request, "x-kms-apiname").to_owned());
        held.answer(response(StatusCode::from_u16(status).expect("a status"), body));
    }
    let reply = call.await.expect("no panic").expect("an answer");
    assert_eq!(operations, ["AdvanceGenerateDataKey", "AdvanceEncrypt", "AdvanceEncrypt"]);
    assert_eq!(reply.attempts(), 3);
}

#[tokio::test]
async fn retry_is_outside_the_span_the_codec_the_http_layers_and_signing_of_an_attempt() {
    let log = Log::default();
    let _recording = spans::record(&log);
    let (transport, mut requests) = held();
    let client = super::shared()
        .nonce(alibabacloud_kms::Nonce::default())
        .http_layer(seen("http", &log))
        .transport(transport)
        .build()
        .expect("a client");
    let (reply, nonces) = tokio::join!(client.encrypt(request()).reply(), async {
        let mut nonces = Vec::new();
        for answer in [response(StatusCode::BAD_GATEWAY, ""), encrypted()] {
            let held = requests.recv().await.expect("a request");
            nonces.push(header(&held.request, "x-acs-signature-nonce").to_owned());
            held.answer(answer);
        }
        nonces
    });
    assert_eq!(reply.expect("an answer").attempts(), 2);
    assert_ne!(nonces[0], nonces[1]);
    let lines = log.lines();
    let count = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
    assert_eq!((count("open kms.call"), count("open kms.attempt")), (1, 2));
    assert_eq!(count("http > Encrypt"), 2);
}

#[tokio::test]
async fn the_span_of_an_attempt_is_outside_the_codec_and_records_what_it_refuses() {
    let log = Log::default();
    let _recording = spans::record(&log);
    let transport = service_fn(|_: Request<Body>| async {
        Ok::<_, BoxError>(response(StatusCode::OK, "not JSON"))
    });
    let client = super::shared().transport(transport).build().expect("a client");
    let error = client.encrypt(request()).await.expect_err("no answer");
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(log.lines().contains(&"kms.attempt error.type=decode".to_owned()));
}

/// Takes a minute to give a credential.
#[derive(Debug)]
struct Slow;

#[async_trait]
impl ProvideCredential for Slow {
    async fn provide(&self) -> Result<Credential, Error> {
        tokio::time::sleep(Duration::from_secs(60)).await;
        Ok(credential())
    }
}

#[tokio::test]
async fn tls_is_inside_the_http_layers_and_outside_the_transport() {
    let log = Log::default();
    let note = |name: &'static str, log: &Log| {
        let log = log.clone();
        move |request: Request<Body>| {
            let is_decided = EffectiveTls::from_extensions(request.extensions()).is_some();
            let is_signed = request.headers().contains_key("authorization");
            log.add(format!("{name} signed={is_signed} tls={is_decided}"));
            request
        }
    };
    let transport = service_fn(|_: Request<Body>| async { Ok::<_, BoxError>(encrypted()) });
    let tls = TlsOptions::danger_accept_any_certificate();
    let client = KmsClient::builder()
        .shared(OpenApiGateway::new(endpoint(), credential()).tls(tls.clone()))
        .instance(InstanceGateway::new(endpoint(), canary::client_key()).tls(tls))
        .http_layer(MapRequestLayer::new(note("http", &log)))
        .transport(MapRequestLayer::new(note("transport", &log)).layer(transport))
        .build()
        .expect("a client");
    client.encrypt(request()).use_shared_gateway(true).await.expect("an answer");
    // What the transport answers is of the other dialect.
    let _ = client.encrypt(request()).use_shared_gateway(false).await;
    let [http, transport] = ["http signed=false tls=false", "transport signed=true tls=true"];
    assert_eq!(log.lines(), [http, transport, http, transport]);
}

#[tokio::test(start_paused = true)]
async fn signing_is_outside_the_attempt_timeout_and_the_total_one_stands_still_for_it() {
    let transport = service_fn(|_: Request<Body>| async { Ok::<_, BoxError>(encrypted()) });
    let client = KmsClient::builder()
        .shared(OpenApiGateway::new(endpoint(), Slow))
        .timeout(Duration::from_secs(2))
        .attempt_timeout(Duration::from_secs(1))
        .credential_timeout(Duration::from_secs(61))
        .transport(transport)
        .build()
        .expect("a client");
    client.encrypt(request()).await.expect("in time");
}

#[tokio::test(start_paused = true)]
async fn the_attempt_timeout_is_outside_the_transport_and_inside_retry() {
    let (log, start) = (Log::default(), Instant::now());
    let hung = service_fn(|_: Request<Body>| pending::<Result<Response<Body>, BoxError>>());
    let client = super::shared()
        .attempt_timeout(Duration::from_secs(2))
        .retry(RetryPolicy::default().backoff(Backoff::default().random(|| 0.0)))
        .transport(seen("transport", &log).layer(hung))
        .clock(clock())
        .build()
        .expect("a client");
    let error = client.encrypt(request()).await.expect_err("no answer");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 3));
    assert_eq!((log.lines().len(), start.elapsed().as_secs()), (3, 6));
}
