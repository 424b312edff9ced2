use std::time::Duration;

use http::{Method, StatusCode};
use zeroize::Zeroizing;

use super::*;
use crate::error::{ErrorKind, Outcome};
use crate::options::CallOptions;
use crate::test_support::{
    Frames, SECRET, SealRequest, SealResponse, answer, body_of, call_through, endpoint, exchange,
    refused, seal_call, shows_secret,
};

fn layer() -> EncodeProtobufLayer {
    EncodeProtobufLayer::new(endpoint())
}

/// A success, as the instance writes it.
fn sealed() -> http::Response<Frames> {
    let response = SealResponse {
        key_id: "k".into(),
        blob: vec![0xff, 0],
        request_id: "id-1".into(),
        ..SealResponse::default()
    };
    answer(200, protobuf::encode(&response).to_vec())
}

/// The message `Error`: status, code, message, request id.
fn service_answer(status: u16, code: &str, message: &str) -> http::Response<Frames> {
    let mut body = vec![0x08, 0x90, 0x03];
    for (tag, text) in [(0x12, code), (0x1a, message), (0x22, "id-2")] {
        body.push(tag);
        body.push(u8::try_from(text.len()).expect("a short text"));
        body.extend_from_slice(text.as_bytes());
    }
    answer(status, body)
}

async fn failed(answer: http::Response<Frames>) -> Error {
    call_through(&layer(), seal_call(), answer).await.expect_err("an error answer")
}

#[tokio::test]
async fn a_call_becomes_a_signable_request() {
    let (request, _) = exchange(&layer(), seal_call(), sealed()).await;
    assert_eq!(request.method(), Method::POST);
    assert_eq!(*request.uri(), *"https://gateway.invalid:8443/");
    let expected = [
        ("host", "gateway.invalid:8443"),
        ("accept", "application/x-protobuf"),
        ("content-type", "application/x-protobuf"),
        ("x-kms-apiversion", "dkms-gcs-0.2"),
        ("x-kms-apiname", "SealThing"),
    ];
    for (name, value) in expected {
        assert_eq!(request.headers()[name], value, "{name}");
    }
    assert!(request.headers().contains_key("user-agent"));
    assert_eq!(request.headers().len(), expected.len() + 1);
    let body = body_of(request).await;
    assert_eq!(body, *protobuf::encode(&SealRequest::valid()));
}

#[tokio::test]
async fn a_calls_own_headers_are_sent_beside_ours() {
    let mut options = CallOptions::default();
    let version = HeaderValue::from_static("v-1");
    options.headers.insert("x-kms-migrationkeyversionid", version);
    let call = seal_call().with_options(options);
    let (request, _) = exchange(&layer(), call, sealed()).await;
    assert_eq!(request.headers()["x-kms-migrationkeyversionid"], "v-1");
    assert_eq!(request.headers()["x-kms-apiname"], "SealThing");
}

#[tokio::test]
async fn an_answer_becomes_a_typed_reply() {
    let mut answer = sealed();
    let version = HeaderValue::from_static("v-2");
    answer.headers_mut().insert("x-kms-migrationkeyversionid", version);
    let reply = call_through(&layer(), seal_call(), answer).await.expect("a reply");
    assert_eq!(reply.request_id(), Some("id-1"));
    assert_eq!(reply.gateway(), Gateway::Instance);
    assert_eq!(reply.headers()["x-kms-migrationkeyversionid"], "v-2");
    let response = reply.response::<SealResponse>().expect("our type");
    assert_eq!(response.blob, [0xff, 0]);
}

#[tokio::test]
async fn a_missing_parameter_is_an_error_and_nothing_is_sent() {
    let call = Call::new(SealRequest { key_id: String::new(), ..SealRequest::valid() });
    let error = refused(&layer(), call).await;
    assert_eq!(error.code(), Some("MissingParameter"));
    assert_eq!(error.kind(), ErrorKind::Encode);
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(error.gateway(), Some(Gateway::Instance));
}

#[tokio::test]
async fn a_calls_own_parameter_has_no_place_and_is_not_dropped() {
    let mut options = CallOptions::default();
    options.parameters.push(("Tag.1.Key".to_owned(), "a".into()));
    let error = refused(&layer(), Call::new(SealRequest::valid()).with_options(options)).await;
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Encode, Outcome::NotSent));
}

#[tokio::test]
async fn the_instances_error_is_read() {
    let error = failed(service_answer(404, "Forbidden.KeyNotFound", "no such key")).await;
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(error.outcome(), Outcome::Answered);
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert_eq!(error.code(), Some("Forbidden.KeyNotFound"));
    assert_eq!(error.request_id(), Some("id-2"));
    let message = error.service().and_then(|service| service.message());
    assert_eq!(message, Some("no such key"));
    assert_eq!(error.action(), Some("SealThing"));
}

#[tokio::test]
async fn what_is_not_the_instances_is_an_error_with_the_status() {
    for body in [
        &b""[..],
        b"<html><body>502</body></html>",
        b"{\"Other\":\"x\"}",
        b"\xff\xff",
        // The code as a number, the code not UTF-8, no code.
        b"\x10\x05",
        b"\x12\x01\xff",
        b"\x1a\x01m",
    ] {
        let error = failed(answer(502, body)).await;
        assert_eq!(error.kind(), ErrorKind::Service);
        assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
        assert_eq!(error.code(), None);
    }
}

#[tokio::test]
async fn a_success_that_is_not_an_answer_is_a_decode_error() {
    for body in [&b""[..], b"<html>canary-5f1d</html>", b"\x0a\xff", b"\x20\x0bcanary-5f1d"] {
        let error = failed(answer(200, body)).await;
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(error.outcome(), Outcome::Answered);
        assert!(!shows_secret(&format!("{error} {error:?}")));
    }
}

/// Fields 2 and 3 of a refusal are a response's ciphertext or plaintext and its request id.
#[tokio::test]
async fn a_broken_response_is_not_read_as_a_refusal() {
    // Without a key id, or with a status of 0, and with a number in place of the names.
    for begin in ["", "\x08\x00"] {
        let body = format!("{begin}\x12\x0bcanary-5f1d\x1a\x01r\x30\x01");
        let error = failed(answer(200, body)).await;
        assert_eq!((error.kind(), error.code()), (ErrorKind::Decode, None));
        assert!(!shows_secret(&format!("{error} {error:?}")));
    }
}

#[tokio::test]
async fn a_redirect_is_an_error() {
    let error = failed(answer(307, "")).await;
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(error.status(), Some(StatusCode::TEMPORARY_REDIRECT));
}

#[tokio::test]
async fn an_answer_over_the_limit_is_refused_announced_or_not() {
    let layer = layer().max_answer(8);
    let mut announced = answer(200, "");
    *announced.body_mut() = Frames::announcing(9);
    let mut streamed = answer(200, "");
    *streamed.body_mut() = Frames::streamed([Ok("\x0a\x03abc".into()), Ok("\x0a\x03abc".into())]);
    for large in [announced, streamed] {
        let error = call_through(&layer, seal_call(), large).await.expect_err("too large");
        assert_eq!(error.kind(), ErrorKind::Decode);
    }
    let exact = answer(200, "\x0a\x06abcdef");
    assert!(call_through(&layer, seal_call(), exact).await.is_ok());
}

#[tokio::test]
async fn a_secret_that_the_instance_echoes_is_taken_out_as_text_and_as_base64() {
    let encoded = Zeroizing::new(crate::wire::base64_text::encode(SECRET.as_bytes()));
    for echo in [SECRET, &encoded] {
        let error = failed(service_answer(400, "InvalidParam", &format!("bad {echo}."))).await;
        assert!(!shows_secret(&format!("{error} {error:?}")));
        let message = error.service().and_then(|service| service.message());
        assert_eq!(message, Some("bad [redacted]."));
    }
    let error = failed(service_answer(400, SECRET, "m")).await;
    assert!(!shows_secret(&format!("{error} {error:?}")));
}

#[tokio::test]
async fn a_lost_answer_may_be_repeated_only_if_the_call_is_idempotent() {
    for idempotent in [None, Some(true)] {
        let options = CallOptions { idempotent, ..CallOptions::default() };
        let mut broken = answer(200, "");
        *broken.body_mut() = Frames::streamed([Err("reset".into())]);
        let error = call_through(&layer(), seal_call().with_options(options), broken)
            .await
            .expect_err("a lost answer");
        assert_eq!(error.outcome(), Outcome::Unknown);
        assert_eq!(error.is_retryable(), idempotent.is_some());
    }
}

#[tokio::test]
async fn the_instances_wish_to_wait_is_on_the_error() {
    let mut throttled = service_answer(503, "Rejected.Throttling", "slow");
    throttled.headers_mut().insert("retry-after", HeaderValue::from_static("2"));
    let error = failed(throttled).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
    assert!(error.is_throttled() && error.is_retryable());
}

#[tokio::test]
async fn a_refusal_in_another_dialect_is_read_too() {
    for body in [
        r#"{"code":"Throttling.User","message":"m","requestId":"r"}"#,
        #[cfg(feature = "xml")]
        "<Error><Code>Throttling.User</Code><RequestId>r</RequestId></Error>",
    ] {
        for status in [503, 200] {
            let error = failed(answer(status, body)).await;
            assert_eq!(error.kind(), ErrorKind::Service, "{status} {body}");
            assert_eq!((error.code(), error.request_id()), (Some("Throttling.User"), Some("r")));
            assert!(error.is_throttled());
        }
    }
}

#[tokio::test]
async fn the_message_of_an_error_with_the_status_of_success_is_the_services_error() {
    let body = crate::wire::protobuf::encode_error(429, "Rejected.Throttling", "slow", "r");
    let error = failed(answer(200, body)).await;
    assert_eq!((error.kind(), error.code()), (ErrorKind::Service, Some("Rejected.Throttling")));
    assert!(error.is_throttled());
}
