//! Faults by rules, as a client meets them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use alibabacloud_kms::api::alias::CreateAliasRequest;
use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::key::DescribeKeyRequest;
use alibabacloud_kms::{Error, ErrorKind, KmsClient, Outcome};
use alibabacloud_kms_local::{DEFAULT_KEY, FaultRule, LocalGateway, RetryHint};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{builder, client, gateway, refusal};

async fn encrypt(client: &KmsClient) -> Result<(), Error> {
    let call = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
    call.use_shared_gateway(true).await.map(drop)
}

#[tokio::test]
async fn each_effect_is_what_a_client_takes_it_for() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let next = |rule: FaultRule| gateway.add_fault(rule.times(1));

    next(FaultRule::on("Encrypt").error(403, "Forbidden.NoPermission", "no"));
    let refused = refusal(encrypt(&client).await);
    assert_eq!(refused, (403, "Forbidden.NoPermission".to_owned()));

    for hint in [RetryHint::Milliseconds(2_000), RetryHint::Seconds(2), RetryHint::Date(2)] {
        next(FaultRule::on("Encrypt").throttle(Some(hint)));
        let throttled = encrypt(&client).await.expect_err("it is throttled");
        assert!(throttled.is_throttled());
        let wait = throttled.retry_after().expect("there is a hint");
        assert!((1..=2).contains(&wait.as_secs()), "{hint:?} {wait:?}");
    }

    next(FaultRule::on("Encrypt").status(503));
    let status = encrypt(&client).await.expect_err("there is no answer");
    assert_eq!(status.service().and_then(|it| it.status()).map(|it| it.as_u16()), Some(503));

    for rule in [FaultRule::any().lose_connection(), FaultRule::any().break_body()] {
        next(rule);
        let lost = encrypt(&client).await.expect_err("it is lost");
        assert_eq!((lost.kind(), lost.outcome()), (ErrorKind::Transport, Outcome::Unknown));
    }

    next(FaultRule::any().hang());
    let call = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
    let late = call.timeout(Duration::from_millis(200)).await.expect_err("nothing comes");
    assert_eq!(late.kind(), ErrorKind::Timeout);

    encrypt(&client).await.expect("no rule is left");
}

#[tokio::test]
async fn what_is_lost_was_done() {
    let gateway = gateway().await;
    let client = client(&gateway);
    gateway.add_fault(FaultRule::on("CreateAlias").times(1).lose_connection());
    let key = client.describe_key(DescribeKeyRequest::new(DEFAULT_KEY)).await;
    let key_id = key.expect("it is there").key_metadata.key_id;
    let create = || client.create_alias(CreateAliasRequest::new("alias/lost", &*key_id));
    create().await.expect_err("the answer is lost");
    assert_eq!(refusal(create().await).1, "AliasAlreadyExists");
}

#[tokio::test]
async fn a_broken_body_is_a_head_and_half_of_what_it_promises() {
    let gateway = gateway().await;
    let whole = refused_bytes(&gateway).await;
    let (_, whole) = whole.split_once("\r\n\r\n").expect("it has a head");
    gateway.add_fault(FaultRule::any().times(1).break_body());
    let broken = refused_bytes(&gateway).await;
    let (head, body) = broken.split_once("\r\n\r\n").expect("it has a head");
    assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    let promised = format!("content-length: {}", whole.len());
    assert!(head.to_ascii_lowercase().contains(&promised), "{head}");
    // Only the ids of the requests differ.
    assert_eq!(body.len(), whole.len() / 2, "{body}");
    assert!(body.starts_with(r#"{"Code":"#), "{body}");
    gateway.add_fault(FaultRule::any().times(1).lose_connection());
    assert_eq!(refused_bytes(&gateway).await, "");
}

/// All bytes that the gateway sends to a request without a signature.
async fn refused_bytes(gateway: &LocalGateway) -> String {
    let mut stream = TcpStream::connect(gateway.address()).await.expect("it is accepted");
    let request = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.expect("it is taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it is text");
    answer
}

#[tokio::test]
async fn connections_have_faults_of_their_own() {
    let started = LocalGateway::builder()
        .with_tls()
        .fault(FaultRule::any().times(1).wrong_certificate())
        .start();
    let gateway = started.await.expect("the gateway starts");
    let untrusted = encrypt(&client(&gateway)).await.expect_err("nobody trusts it");
    assert_eq!((untrusted.kind(), untrusted.outcome()), (ErrorKind::Tls, Outcome::NotSent));
    gateway.add_fault(FaultRule::any().times(1).refuse_connection());
    encrypt(&client(&gateway)).await.expect_err("it is closed");
    encrypt(&client(&gateway)).await.expect("no rule is left");
}

#[tokio::test]
async fn a_client_that_retries_gets_over_the_nth_call() {
    let gateway = gateway().await;
    gateway.add_fault(FaultRule::on("Encrypt").after(1).times(2).throttle(None));
    let client = builder(&gateway).max_attempts(3).build().expect("the client is built");
    for _ in 0..2 {
        encrypt(&client).await.expect("it comes again");
    }
}

#[tokio::test]
async fn the_name_of_an_action_stands_for_what_it_becomes_on_an_instance() {
    let gateway = gateway().await;
    gateway.add_fault(FaultRule::on("Encrypt").times(1).throttle(None));
    gateway.add_fault(FaultRule::on("AdvanceDecrypt").status(503));
    let client = client(&gateway);
    let encrypt = || client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
    assert!(encrypt().await.expect_err("the first has the fault").is_throttled());
    encrypt().await.expect("the second has none");
    gateway.add_fault(FaultRule::on("AdvanceEncrypt").times(1).throttle(None));
    let shared = encrypt().use_shared_gateway(true);
    shared.await.expect("an operation does not stand for an action");
}

#[tokio::test]
async fn a_rule_for_an_action_that_does_not_exist_is_an_error_with_the_nearest_name() {
    let builder = LocalGateway::builder().fault(FaultRule::on("getSecretValues").status(503));
    let error = builder.start().await.expect_err("no such action");
    assert_eq!(error.kind(), ErrorKind::Config);
    let text = error.to_string();
    assert!(text.contains("`getSecretValues`") && text.contains("`GetSecretValue`"), "{text}");
}

#[tokio::test]
async fn the_log_has_a_line_for_each_request_and_its_fault() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&lines);
    let started = LocalGateway::builder()
        .fault(FaultRule::on("Encrypt").after(1).throttle(None))
        .request_log(move |request| log.lock().expect("no panic").push(request.to_string()))
        .start();
    let gateway = started.await.expect("the gateway starts");
    let client = client(&gateway);
    encrypt(&client).await.expect("the first has no fault");
    encrypt(&client).await.expect_err("the second is throttled");
    let lines = lines.lock().expect("no panic");
    let read = |line: &String| serde_json::from_str::<serde_json::Value>(line).expect("JSON");
    let shown: Vec<_> = lines
        .iter()
        .map(read)
        .map(|line| (line["action"].clone(), line["status"].clone(), line["fault"].clone()))
        .collect();
    let null = serde_json::Value::Null;
    assert_eq!(
        shown,
        [("Encrypt".into(), 200.into(), null), ("Encrypt".into(), 429.into(), "throttle".into())]
    );
}
