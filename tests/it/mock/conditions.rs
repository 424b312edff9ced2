//! Rules on the whole call and on the request that it becomes, and what an error says differed.

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::{Credential, Error, Gateway, KmsClient, Pairs};

use super::{encrypt, sealed};

async fn unanswered(client: &KmsClient, request: EncryptRequest) -> Error {
    client.encrypt(request).await.expect_err("no rule")
}

#[tokio::test]
async fn a_rule_can_be_on_options_and_extensions_of_the_call() {
    #[derive(Clone)]
    struct Tenant(u32);

    let mock = MockGateway::new();
    let rule = mock
        .on::<EncryptRequest>()
        .matching_call(|call| call.options().max_attempts == Some(1))
        .matching_call(|call| call.extensions().get().is_some_and(|Tenant(id)| *id == 7))
        .answer(sealed("YQ=="));
    let client = mock.client();
    client.encrypt(encrypt()).max_attempts(1).extension(Tenant(7)).await.expect("an answer");
    let line = line!() + 1;
    let call = client.encrypt(encrypt()).max_attempts(1).extension(Tenant(8));
    let error = call.await.expect_err("another tenant").to_string();
    assert!(error.contains("`matching_call` at") && error.contains(file!()), "{error}");
    assert!(line > 0 && !error.contains("; `matching_call`"), "one of two holds: {error}");
    assert_eq!(rule.calls().len(), 1);
}

#[tokio::test]
async fn a_rule_can_be_on_the_gateway_that_the_client_chose() {
    let mock = MockGateway::new();
    let shared = mock.on::<EncryptRequest>().on_gateway(Gateway::Shared).throttle();
    let instance = mock.on::<EncryptRequest>().on_gateway(Gateway::Instance).answer_with(|_, _| ());
    let client = mock.builder().max_attempts(1).build().expect("a client");
    client.encrypt(encrypt()).await.expect("the instance answers");
    client.encrypt(encrypt()).use_shared_gateway(true).await.expect_err("throttled");
    assert_eq!((shared.calls().len(), instance.calls().len()), (1, 1));

    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().on_gateway(Gateway::Instance).throttle();
    let error = unanswered(&mock.client(), encrypt()).await.to_string();
    assert!(error.contains("goes to the shared gateway"), "{error}");
}

#[tokio::test]
async fn a_rule_can_be_on_the_credential_that_signed() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().signed_by("tenant-a").answer(sealed("YQ=="));
    mock.on::<EncryptRequest>().signed_by("KAAP.mock").answer_with(|_, _| ());
    let client = mock.client();
    let tenant = Credential::access_key("tenant-a", "canary-secret");
    client.encrypt(encrypt()).credential(tenant.clone()).await.expect("an answer");
    client.encrypt(encrypt()).use_shared_gateway(false).await.expect("the client key's");
    let error = unanswered(&client, encrypt()).await.to_string();
    assert!(error.contains("mock-access-key signed it"), "{error}");
    assert_eq!(mock.requests()[0].signed_by(), Some("tenant-a"));
    assert!(mock.requests()[0].gateway() == Some(Gateway::Shared));
}

#[tokio::test]
async fn a_rule_by_example_compares_what_it_has_and_names_what_differs() {
    let context = |value| Pairs::from([("app", "a"), ("tenant", value)]);
    let mock = MockGateway::new();
    let wanted = EncryptRequest::new("alias/app", "canary-1").encryption_context(context("b"));
    mock.on::<EncryptRequest>().like(wanted.clone()).answer(sealed("YQ=="));
    let client = mock.client();
    client.encrypt(wanted.clone().dry_run("false")).await.expect("an answer");
    let reordered = Pairs::from([("tenant", "b"), ("app", "a")]);
    let request = EncryptRequest::new("alias/app", "canary-1").encryption_context(reordered);
    client.encrypt(request).await.expect("the order says nothing");

    let request = EncryptRequest::new("alias/app", "canary-2").encryption_context(context("c"));
    let error = unanswered(&client, request).await.to_string();
    assert!(
        error.contains("Plaintext differs") && error.contains("EncryptionContext is"),
        "{error}"
    );
    assert!(!error.contains("KeyId is") && !error.contains("canary"), "{error}");
    let error = unanswered(&client, EncryptRequest::new("alias/app", "canary-1")).await.to_string();
    assert!(error.contains("EncryptionContext is missing"), "{error}");
}

#[tokio::test]
async fn of_rules_that_do_not_match_the_one_that_differs_least_is_named() {
    let mock = MockGateway::new();
    let far = EncryptRequest::new("alias/other", "text").dry_run("true");
    mock.on::<EncryptRequest>().like(far).throttle();
    let line = line!() + 1;
    mock.on::<EncryptRequest>().like(EncryptRequest::new("alias/ap", "text")).throttle();
    let error = unanswered(&mock.client(), encrypt()).await.to_string();
    assert!(error.contains(&format!("{}:{line}:", file!())), "{error}");
    assert!(error.contains(r#"KeyId is "alias/app", expected "alias/ap""#), "{error}");
}

#[tokio::test]
async fn a_rule_can_be_on_the_bytes_of_the_request() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>()
        .matching_request(|request| request.header("x-tenant") == Some("a"))
        .answer(sealed("YQ=="));
    let client = mock.client();
    let call = client.encrypt(encrypt()).header("x-tenant", "a").expect("a header");
    call.await.expect("an answer");
    let error = unanswered(&client, encrypt()).await.to_string();
    assert!(error.contains("`matching_request` at"), "{error}");
}

#[tokio::test]
async fn a_pushed_answer_is_given_once_to_its_action_in_order() {
    let mock = MockGateway::new();
    mock.push(sealed("YQ==")).push(sealed("Yg=="));
    let client = mock.client();
    for blob in ["YQ==", "Yg=="] {
        let answer = client.encrypt(encrypt()).await.expect("an answer");
        assert_eq!(answer.ciphertext_blob, blob);
    }
    let error = unanswered(&client, encrypt()).await.to_string();
    assert!(error.contains("pushed `EncryptResponse`") && error.contains(file!()), "{error}");

    let mock = MockGateway::new();
    mock.push(alibabacloud_kms::native::classic::EncryptResponse::default());
    unanswered(&mock.client(), encrypt()).await;
    assert_eq!(mock.verify().expect_err("it was not given").lines().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_breaks_in_the_middle_is_a_lost_answer() {
    for on_instance in [false, true] {
        let mock = MockGateway::new();
        let whole = http::Response::new(r#"{"KeyId":"k","CiphertextBlob":"YQ=="}"#);
        let rule = mock.on::<EncryptRequest>().break_body(whole).times(2).answer_with(|_, _| ());
        let client = mock.builder().use_shared_gateway(!on_instance).build().expect("a client");
        let reply = client.encrypt(encrypt()).reply().await.expect("the third is whole");
        assert_eq!((reply.attempts(), rule.requests().len()), (3, 3));

        let mock = MockGateway::new();
        mock.on::<EncryptRequest>().break_body(http::Response::new("{}")).times(..);
        let client = mock.builder().use_shared_gateway(!on_instance).max_attempts(1);
        let error = unanswered(&client.build().expect("a client"), encrypt()).await;
        assert_eq!(error.kind(), alibabacloud_kms::ErrorKind::Transport);
        assert_eq!(error.outcome(), alibabacloud_kms::Outcome::Unknown);
    }
}
