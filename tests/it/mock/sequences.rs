//! Answers about the wire, mixed with typed ones: the client retries, waits and gives up for real.

use std::time::Duration;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::key::CreateKeyRequest;
use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::{Error, ErrorKind, Gateway, Outcome};
use http::StatusCode;
use tokio::time::Instant;

use super::{encrypt, sealed};

async fn refused(mock: &MockGateway) -> Error {
    mock.client().encrypt(encrypt()).await.expect_err("an error")
}

#[tokio::test(start_paused = true)]
async fn one_sequence_mixes_wire_outcomes_errors_and_a_typed_answer() {
    let mock = MockGateway::new();
    let rule = mock
        .on::<EncryptRequest>()
        .status(503)
        .times(2)
        .throttle()
        .refuse_connection()
        .lose_connection()
        .error(500, "InternalFailure", "Internal Failure")
        .answer(sealed("YQ=="));
    let client = mock.builder().use_shared_gateway(true).max_attempts(9).build();
    let reply = client.expect("a client").encrypt(encrypt()).reply().await.expect("an answer");
    assert_eq!((reply.attempts(), reply.gateway()), (7, Gateway::Shared));
    assert_eq!((rule.calls().len(), rule.requests().len()), (1, 7));
    assert_eq!(mock.verify(), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_repeated_is_not() {
    let mock = MockGateway::new();
    let lost = mock.on::<CreateKeyRequest>().lose_connection().refuse_connection().times(..);
    let error = mock.client().create_key(CreateKeyRequest::new()).await.expect_err("lost");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Transport, Outcome::Unknown));
    assert_eq!(lost.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_refused_is_never_sent() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().refuse_connection();
    let error = refused(&mock).await;
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Connect, Outcome::NotSent));
    assert_eq!(error.attempts(), 3);
}

#[tokio::test]
async fn an_error_has_its_code_message_status_and_request_id() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().error(404, "Forbidden.AliasNotFound", "No such alias.");
    let error = refused(&mock).await;
    let service = error.service().expect("the service's");
    assert_eq!(service.code(), Some("Forbidden.AliasNotFound"));
    assert_eq!(service.message(), Some("No such alias."));
    assert_eq!(service.request_id(), Some("mock-1"));
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert_eq!(error.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn throttling_is_told_from_other_errors() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().throttle();
    let error = refused(&mock).await;
    assert!(error.is_throttled());
    assert_eq!(error.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_takes_too_long_is_ended_and_the_next_has_the_next_answer() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>()
        .answer(sealed("bGF0ZQ=="))
        .delay(Duration::from_secs(11))
        .times(1)
        .answer(sealed("YQ=="))
        .delay(Duration::from_secs(9));
    let start = Instant::now();
    let answer = mock.client().encrypt(encrypt()).await.expect("an answer");
    assert_eq!(answer.ciphertext_blob, "YQ==");
    assert!(start.elapsed() >= Duration::from_secs(19), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_never_answers_is_ended_by_the_attempts_limit() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().hang();
    let limit = Duration::from_secs(2);
    let start = Instant::now();
    let call = mock.client().encrypt(encrypt()).attempt_timeout(limit).max_attempts(1);
    let error = call.await.expect_err("it hangs");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::Unknown));
    assert_eq!(start.elapsed(), limit);
}

#[tokio::test(start_paused = true)]
async fn headers_come_with_the_answer_and_a_wait_that_they_ask_for_is_kept() {
    let busy = http::Response::builder().status(503).header("retry-after", "7").body("");
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().http(busy.expect("a response")).answer(sealed("YQ=="));
    let start = Instant::now();
    mock.client().encrypt(encrypt()).await.expect("an answer");
    assert!(start.elapsed() >= Duration::from_secs(7), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_body_is_read_by_the_clients_own_decoder() {
    let answer = http::Response::builder()
        .header("x-from", "a proxy")
        .body(r#"{"KeyId":"k","KeyVersionId":"v","CiphertextBlob":"YQ==","New":[1]}"#)
        .expect("a response");
    let page = http::Response::new("<html>hello</html>");
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().http(answer).http(page);
    let client = mock.client();
    let reply = client.encrypt(encrypt()).reply().await.expect("an answer");
    assert_eq!(reply.headers()["x-from"], "a proxy");
    let answer = reply.into_response::<EncryptRequest>().expect("its response");
    assert_eq!(answer.ciphertext_blob, "YQ==");
    let error = client.encrypt(encrypt()).await.expect_err("a page");
    assert_eq!(error.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn a_status_that_is_none_is_an_error_of_the_mock() {
    for status in [0, 99, 1000, u16::MAX] {
        let mock = MockGateway::new();
        mock.on::<EncryptRequest>().status(status);
        assert_eq!(refused(&mock).await.kind(), ErrorKind::Layer);
        let mock = MockGateway::new();
        mock.on::<EncryptRequest>().error(status, "Code", "message");
        assert_eq!(refused(&mock).await.kind(), ErrorKind::Layer);
    }
}
