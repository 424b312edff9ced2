//! What a mock shows of calls above the stack and of requests below signing.

use std::time::Duration;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::secret::CreateSecretRequest;
use alibabacloud_kms::native::advance::AdvanceEncryptRequest;
use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::{ExposeSecret, Gateway, Pairs};
use http::Method;

use super::{encrypt, sealed};

#[tokio::test]
async fn calls_are_shown_typed_and_with_their_options() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().answer(sealed("YQ=="));
    let client = mock.client();
    let limit = Duration::from_secs(7);
    client.encrypt(encrypt()).timeout(limit).await.expect("an answer");
    client.decrypt(DecryptRequest::new("YQ==")).await.expect_err("no rule");

    let names: Vec<&str> = mock.calls().iter().map(|call| call.action().name).collect();
    assert_eq!(names, ["Encrypt", "Decrypt"]);
    assert_eq!(mock.calls()[0].options().timeout, Some(limit));
    let [encrypted] = &mock.calls_of::<EncryptRequest>()[..] else { panic!("one call") };
    assert_eq!(encrypted.plaintext.expose_secret(), "text");
}

#[tokio::test(start_paused = true)]
async fn every_attempt_is_a_request_that_is_signed_anew() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().status(503).answer(sealed("YQ=="));
    mock.client().encrypt(encrypt()).await.expect("an answer");
    let requests = mock.requests();
    let header = |name| {
        let values: Vec<&str> =
            requests.iter().map(|it| it.header(name).expect("a header")).collect();
        values
    };
    assert_eq!(requests.len(), 2);
    assert_eq!(header("x-acs-action"), ["Encrypt"; 2]);
    assert!(
        header("authorization").iter().all(|it| it.starts_with("ACS3-HMAC-SHA256 Credential="))
    );
    let nonces = header("x-acs-signature-nonce");
    assert_ne!(nonces[0], nonces[1]);
    let [first, _] = &requests[..] else { panic!("two requests") };
    assert_eq!((first.method(), first.operation()), (&Method::POST, "Encrypt"));
    assert_eq!(first.uri().query(), Some("KeyId=alias%2Fapp&Plaintext=text"));
    assert_eq!(first.call().request::<EncryptRequest>().expect("its request").key_id, "alias/app");
}

#[tokio::test]
async fn bodies_are_those_that_would_have_been_sent() {
    let mock = MockGateway::new();
    mock.on::<CreateSecretRequest>().answer_with(|_, answer| answer.secret_name = "s".into());
    mock.on::<EncryptRequest>().status(500);
    let client = mock.builder().max_attempts(1).build().expect("a client");
    let request = CreateSecretRequest::new("s", "v1", "data");
    client.create_secret(request).await.expect("an answer");
    client.encrypt(encrypt()).await.expect_err("a fault");
    let [form, message] = &mock.requests()[..] else { panic!("two requests") };
    assert_eq!(form.body(), "SecretData=data");
    assert_eq!(&message.body()[..], b"\x0a\x09alias/app\x12\x04text");
    assert_eq!(message.header("x-kms-apiname"), Some("AdvanceEncrypt"));
    assert_eq!(message.headers()["x-kms-acccesskeyid"], "KAAP.mock");
}

#[tokio::test]
async fn debug_shows_what_a_request_is_and_nothing_that_it_holds() {
    let mock = MockGateway::new();
    mock.on::<CreateSecretRequest>().status(500);
    let request = CreateSecretRequest::new("name", "v1", "canary");
    let call = mock.client().create_secret(request).header("x-mine", "header canary");
    call.expect("a header").await.expect_err("a fault");
    let shown = format!("{:?}", mock.requests());
    assert!(shown.contains("CreateSecret") && shown.contains("x-mine"), "{shown}");
    assert!(!shown.contains("canary") && !shown.contains("Signature"), "{shown}");
    let shown = format!("{:?}", mock.calls());
    assert!(!shown.contains("canary"), "{shown}");
}

#[tokio::test]
async fn a_call_that_is_routed_nowhere_is_a_call_without_a_request() {
    let mock = MockGateway::new();
    let call = mock.client().create_secret(CreateSecretRequest::new("s", "v1", "data"));
    call.use_shared_gateway(false).await.expect_err("no instance serves it");
    assert_eq!((mock.calls().len(), mock.requests().len()), (1, 0));
    assert_eq!(mock.calls()[0].options().gateway, Some(Gateway::Instance));
}

#[tokio::test]
async fn requests_are_read_from_the_wire_as_types_and_as_parameters() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().answer_with(|_, _| ());
    mock.on::<CreateSecretRequest>().answer_with(|_, answer| answer.secret_name = "s".into());
    let client = mock.builder().build().expect("a client");
    let context = Pairs::from([("tenant", "a b&c"), ("app", "中")]);
    let request = EncryptRequest::new("alias/app", "text").encryption_context(context.clone());
    client.encrypt(request.clone()).use_shared_gateway(true).await.expect("an answer");
    client.encrypt(request).await.expect("an answer");
    client.create_secret(CreateSecretRequest::new("s", "v1", "a=b&c")).await.expect("an answer");
    let [shared, instance, secret] = &mock.requests()[..] else { panic!("three requests") };

    let typed = shared.payload::<EncryptRequest>().expect("its type");
    assert_eq!((typed.key_id.as_str(), typed.plaintext.expose_secret()), ("alias/app", "text"));
    assert_eq!(typed.encryption_context, Some(context));
    assert_eq!(shared.parameters()["EncryptionContext"], r#"{"tenant":"a b&c","app":"中"}"#);
    assert!(shared.payload::<DecryptRequest>().is_none());

    let typed = instance.payload::<AdvanceEncryptRequest>().expect("its type");
    assert_eq!(
        (typed.key_id.as_str(), typed.plaintext.expose_secret()),
        ("alias/app", &b"text"[..])
    );
    assert!(typed.aad.is_some() && instance.payload::<EncryptRequest>().is_none());
    assert!(instance.parameters().is_empty());

    assert_eq!(secret.parameters()["SecretData"], "a=b&c");
    let typed = secret.payload::<CreateSecretRequest>().expect("its type");
    assert_eq!(typed.secret_data.expose_secret(), "a=b&c");
}
