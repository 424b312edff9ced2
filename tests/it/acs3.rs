//! Signatures of ACS3, recorded from the official Python SDK 1.1.3 with a fixed key and clock.

use std::future::ready;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use alibabacloud_kms::middleware::sign::SignAcs3Layer;
use alibabacloud_kms::{Acs3Algorithm, Body, BoxError, Clock, Credential, Nonce};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tokio::sync::mpsc;
use tower::{Layer as _, ServiceExt as _, service_fn};

const VECTORS: &str = include_str!("../data/vectors/acs3.json");

/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `2026-11-23T08:00:00Z`, when all vectors were recorded.
fn recorded_at() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800)
}

/// What goes down when a request is signed so.
async fn signed(layer: &SignAcs3Layer, request: http::Request<Body>) -> http::Request<Body> {
    let (sent, mut received) = mpsc::unbounded_channel();
    let transport = service_fn(move |request: http::Request<Body>| {
        sent.send(request).expect("it is received");
        ready(Ok::<_, BoxError>(http::Response::new(Body::default())))
    });
    layer.layer(transport).oneshot(request).await.expect("an answer");
    received.recv().await.expect("a request")
}

fn header<'a>(request: &'a http::Request<Body>, name: &str) -> &'a str {
    request.headers()[name].to_str().expect("text")
}

fn str_of<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().expect(name)
}

/// The vector's request as it is before signing.
fn unsigned(vector: &Value) -> http::Request<Body> {
    let encoded = |text| utf8_percent_encode(text, RESERVED);
    let query = vector["query"].as_object().expect("an object").iter();
    let query: Vec<String> = query
        .map(|(name, value)| {
            format!("{}={}", encoded(name), encoded(value.as_str().expect("a text")))
        })
        .collect();
    let mut request = http::Request::builder()
        .method(str_of(vector, "method"))
        .uri(format!("https://kms.cn-hangzhou.aliyuncs.com/?{}", query.join("&")));
    for name in ["host", "content-type", "x-acs-action", "x-acs-version"] {
        if let Some(value) = vector["headers"][name].as_str() {
            request = request.header(name, value);
        }
    }
    request.body(Body::from(str_of(vector, "body").to_owned())).expect("a request")
}

fn credential(vector: &Value) -> Credential {
    let (id, secret) = (str_of(vector, "access_key_id"), str_of(vector, "access_key_secret"));
    match vector["headers"]["x-acs-security-token"].as_str() {
        Some(token) => Credential::sts(id, secret, token),
        None => Credential::access_key(id, secret),
    }
}

/// Signs every vector of an algorithm and says how many there were.
async fn check_vectors(algorithm: Acs3Algorithm) -> usize {
    let vectors: Value = serde_json::from_str(VECTORS).expect("JSON");
    let vectors = vectors["vectors"].as_array().expect("a list");
    let mut checked = 0;
    for vector in vectors {
        if vector["algorithm"] != algorithm.name() {
            continue;
        }
        checked += 1;
        let nonce = str_of(&vector["headers"], "x-acs-signature-nonce").to_owned();
        let layer = SignAcs3Layer::new(Arc::new(credential(vector)))
            .algorithm(algorithm)
            .clock(Clock::fixed(recorded_at()))
            .nonce(Nonce::new(move || nonce.clone()));
        let signed = signed(&layer, unsigned(vector)).await;
        for (name, value) in vector["headers"].as_object().expect("an object") {
            assert_eq!(signed.headers()[name], *value.as_str().expect("a text"));
        }
        let names = vector["headers"].as_object().expect("an object").len();
        assert_eq!(signed.headers().len(), names + 1, "and authorization");
        assert_eq!(header(&signed, "authorization"), str_of(vector, "authorization"));
        assert_eq!(header(&signed, "x-acs-content-sha256"), str_of(vector, "content_hash"));
        assert_eq!(signed.uri(), unsigned(vector).uri());
    }
    checked
}

#[tokio::test]
async fn every_recorded_sha256_signature_comes_out_the_same() {
    assert_eq!(check_vectors(Acs3Algorithm::HmacSha256).await, 16);
}

#[cfg(feature = "sm3")]
#[tokio::test]
async fn every_recorded_sm3_signature_comes_out_the_same() {
    assert_eq!(check_vectors(Acs3Algorithm::HmacSm3).await, 16);
}
