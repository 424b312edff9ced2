//! Stock layers of `tower-http` at HTTP level, each above signing (`http_layer`) and below it (around
//! the transport): what they do to requests and answers, and to what is signed.

use alibabacloud_kms::{Acs3Algorithm, Body, BoxError, ClientBuilder};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, StreamBody};
use tower::{ServiceBuilder, service_fn};
use tower_http::map_request_body::MapRequestBodyLayer;
use tower_http::propagate_header::PropagateHeaderLayer;
use tower_http::sensitive_headers::SetSensitiveHeadersLayer;
use tower_http::set_header::SetRequestHeaderLayer;
use tower_http::trace::TraceLayer;

use super::{ENCRYPTED, Log, bytes, encrypted, header, instance, recorded, request, shared, spans};

const NONCE: HeaderName = HeaderName::from_static("x-acs-signature-nonce");
const TAG: HeaderName = HeaderName::from_static("x-acs-tag");

/// Sends an `Encrypt` with a header of the user's own through a layer above signing and through the
/// same layer below it: the requests that left, and the answers' headers.
macro_rules! above_and_below {
    ($layer:expr) => {{
        let (transport, mut requests) = recorded();
        let above = sent(shared().http_layer($layer).transport(transport)).await;
        let (transport, mut below_requests) = recorded();
        let transport = ServiceBuilder::new().layer($layer).service(transport);
        let below = sent(shared().transport(transport)).await;
        let above = (requests.recv().await.expect("a request"), above);
        let below = (below_requests.recv().await.expect("a request"), below);
        [above, below]
    }};
}

async fn sent(client: ClientBuilder) -> http::HeaderMap {
    let client = client.build().expect("a client");
    let call = client.encrypt(request()).header("x-own", "canary").expect("a header");
    call.reply().await.expect("an answer").headers().clone()
}

fn signed_headers(request: &Request<Body>) -> Vec<&str> {
    let authorization = header(request, "authorization");
    let (_, signed) = authorization.split_once("SignedHeaders=").expect("a signature");
    signed.split(',').next().expect("names").split(';').collect()
}

fn signature(request: &Request<Body>) -> &str {
    header(request, "authorization").rsplit("Signature=").next().expect("a signature")
}

#[tokio::test]
async fn a_header_that_is_set_above_signing_is_signed_and_one_below_is_not() {
    let layer = SetRequestHeaderLayer::overriding(TAG, HeaderValue::from_static("7"));
    let [(above, _), (below, _)] = above_and_below!(layer.clone());
    assert_eq!((header(&above, "x-acs-tag"), header(&below, "x-acs-tag")), ("7", "7"));
    assert!(signed_headers(&above).contains(&"x-acs-tag"));
    assert!(!signed_headers(&below).contains(&"x-acs-tag"));

    let (transport, mut requests) = recorded();
    sent(shared().transport(transport)).await;
    let plain = requests.recv().await.expect("a request");
    assert_eq!(signature(&below), signature(&plain));
    assert_ne!(signature(&above), signature(&plain));
}

#[tokio::test]
async fn a_header_is_propagated_to_the_answer_and_below_signing_so_are_those_of_signing() {
    let own = || PropagateHeaderLayer::new(HeaderName::from_static("x-own"));
    let layer = ServiceBuilder::new().layer(own()).layer(PropagateHeaderLayer::new(NONCE));
    let [(_, above), (_, below)] = above_and_below!(layer.clone());
    for answer in [&above, &below] {
        assert_eq!(answer["x-own"], "canary");
    }
    assert!(!above.contains_key(NONCE));
    assert_eq!(below[NONCE], "nonce");
}

#[tokio::test]
async fn headers_that_are_made_sensitive_are_hidden_by_debug() {
    let own = HeaderName::from_static("x-own");
    let layer = ServiceBuilder::new()
        .layer(SetSensitiveHeadersLayer::new([own.clone(), NONCE]))
        .layer(PropagateHeaderLayer::new(own));
    for (number, (request, answer)) in above_and_below!(layer.clone()).into_iter().enumerate() {
        assert_eq!(header(&request, "x-own"), "canary");
        assert!(!format!("{request:?} {answer:?}").contains("canary"));
        assert!(answer["x-own"].is_sensitive());
        // Signing sets its own headers: only below it are they there to be marked.
        assert_eq!(request.headers()[NONCE].is_sensitive(), number == 1);
    }
}

#[tokio::test]
async fn trace_spans_requests_within_the_attempt_and_sees_bodies_of_ours() {
    let log = Log::default();
    let _recording = spans::record(&log);
    // The query holds plaintexts: a span of one's own leaves it out.
    let span = |request: &Request<Body>| {
        let signed = request.headers().contains_key("authorization");
        tracing::info_span!("http", signed, bytes = tracing::field::Empty)
    };
    let chunk = |chunk: &Bytes, _: std::time::Duration, span: &tracing::Span| {
        span.record("bytes", chunk.len());
    };
    let layer = || TraceLayer::new_for_http().make_span_with(span).on_body_chunk(chunk);
    above_and_below!(layer());
    let lines = log.lines();
    let is_of_layer = |line: &&str| {
        line.starts_with("http ") || line.starts_with("open http") || *line == "close http"
    };
    let lines: Vec<&str> = lines.iter().map(String::as_str).filter(is_of_layer).collect();
    let bytes = format!("http bytes={}", ENCRYPTED.len());
    let request = |signed| ["open http in kms.attempt", signed, &*bytes, "close http"];
    assert_eq!(lines, [request("http signed=false"), request("http signed=true")].concat());
}

#[tokio::test]
async fn a_body_that_is_mapped_above_signing_is_what_is_signed() {
    let layer = MapRequestBodyLayer::new(|_: Body| Body::from("mapped"));
    let [(above, _), (below, _)] = above_and_below!(layer.clone());
    let hash = |bytes: &[u8]| Acs3Algorithm::HmacSha256.hash(bytes);
    assert_eq!(header(&above, "x-acs-content-sha256"), hash(b"mapped"));
    assert_eq!(header(&below, "x-acs-content-sha256"), hash(b""));
    assert_eq!(bytes(above.into_body()).await, b"mapped");
    assert_eq!(bytes(below.into_body()).await, b"mapped");
}

/// A body that only this transport takes.
type Streamed = UnsyncBoxBody<Bytes, BoxError>;

fn streamed(body: Body) -> Streamed {
    body.map_err(|never| match never {}).boxed_unsync()
}

#[tokio::test]
async fn a_body_may_become_another_type_below_signing() {
    let (sent, mut requests) = tokio::sync::mpsc::unbounded_channel();
    let transport = service_fn(move |request: Request<Streamed>| {
        let sent = sent.clone();
        async move {
            let body = request.into_body().collect().await?.to_bytes();
            sent.send(body).map_err(BoxError::from)?;
            Ok::<Response<Body>, BoxError>(Response::new(Body::default()))
        }
    });
    let transport =
        ServiceBuilder::new().layer(MapRequestBodyLayer::new(streamed)).service(transport);
    let client = instance().transport(transport).build().expect("a client");
    // An empty answer is none; the request is what this is about.
    client.encrypt(request()).await.expect_err("no answer");
    let body = requests.recv().await.expect("a request");
    assert!(!body.is_empty());
}

#[tokio::test]
async fn answers_may_have_bodies_of_another_type() {
    let transport = service_fn(|_: Request<Body>| async {
        let body = encrypted().into_body();
        Ok::<_, BoxError>(Response::new(StreamBody::new(Frames(Some(bytes(body).await)))))
    });
    let client = shared().transport(transport).build().expect("a client");
    assert_eq!(client.encrypt(request()).await.expect("an answer").ciphertext_blob, "YQ==");
}

/// A stream of one frame.
struct Frames(Option<Vec<u8>>);

impl futures_core::Stream for Frames {
    type Item = Result<http_body::Frame<Bytes>, BoxError>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        let frame = self.0.take().map(|bytes| Ok(http_body::Frame::data(bytes.into())));
        std::task::Poll::Ready(frame)
    }
}

/// Every layer of this file at once, above signing and below it, and a gateway that checks signatures.
#[tokio::test]
async fn a_gateway_accepts_what_went_through_all_of_them_above_and_below_signing() {
    use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
    use alibabacloud_kms::transport::Transport;
    use alibabacloud_kms::{ExposeSecret as _, Gateway, KmsClient};
    use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};

    let gateway = LocalGateway::start().await.expect("a gateway");
    let span = |_: &Request<Body>| tracing::info_span!("http");
    macro_rules! all {
        ($name:expr) => {
            ServiceBuilder::new()
                .layer(SetSensitiveHeadersLayer::new([$name]))
                .layer(SetRequestHeaderLayer::overriding($name, HeaderValue::from_static("7")))
                .layer(PropagateHeaderLayer::new($name))
                .layer(TraceLayer::new_for_http().make_span_with(span))
                .layer(MapRequestBodyLayer::new(|body: Body| body))
        };
    }
    // A gateway checks every `x-acs-*` header: one that is added below signing needs another name.
    let hop = HeaderName::from_static("x-hop");
    let transport = Transport::builder().build().expect("a transport");
    let client = KmsClient::builder()
        .shared(gateway.open_api_gateway())
        .instance(gateway.instance_gateway())
        .http_layer(all!(TAG))
        .transport(all!(hop.clone()).service(transport))
        .build()
        .expect("a client");
    for shared in [true, false] {
        let sealed = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
        let reply = sealed.use_shared_gateway(shared).reply().await.expect("a signature that fits");
        let used = if shared { Gateway::Shared } else { Gateway::Instance };
        assert_eq!(reply.gateway(), used);
        for name in [&TAG, &hop] {
            assert_eq!(reply.headers()[name], "7");
        }
        let sealed = reply.into_response::<EncryptRequest>().expect("its response");
        let opened = client.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).await;
        assert_eq!(opened.expect("an answer").plaintext.expose_secret(), "text");
    }
}
