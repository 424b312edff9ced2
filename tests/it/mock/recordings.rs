//! What a recorder writes of a gateway's answers, and what a mock makes of it.

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::data_key::GenerateDataKeyRequest;
use alibabacloud_kms::api::secret::{
    BatchGetSecretValueRequest, CreateSecretRequest, GetSecretValueRequest, SecretValue,
};
use alibabacloud_kms::native::advance::AdvanceEncryptRequest;
use alibabacloud_kms::testing::{MockGateway, Recorder, Recording};
use alibabacloud_kms::{ErrorKind, ExposeSecret, KmsClient};
use alibabacloud_kms_local::LocalGateway;

use super::encrypt;

const CANARY: &str = "canary-9d41";

/// Calls of all kinds.
async fn calls(client: &KmsClient) -> Vec<String> {
    let mut seen = Vec::new();
    let created = client.create_secret(CreateSecretRequest::new("app/db", "v1", CANARY)).await;
    seen.push(created.expect("a secret").version_id);
    for shared in [true, false] {
        let request = EncryptRequest::new("alias/default", CANARY);
        let sealed = client.encrypt(request).use_shared_gateway(shared).await.expect("sealed");
        let request = DecryptRequest::new(&sealed.ciphertext_blob);
        let opened = client.decrypt(request).use_shared_gateway(shared).await.expect("opened");
        seen.extend([sealed.ciphertext_blob, opened.key_id]);
    }
    let secret = client.get_secret_value(GetSecretValueRequest::new("app/db")).await;
    seen.push(secret.expect("a secret").secret_name);
    let key = client.generate_data_key(GenerateDataKeyRequest::new("alias/default")).await;
    let key = key.expect("a key");
    seen.push(key.bytes().expect("bytes").expose_secret().len().to_string());
    let native = AdvanceEncryptRequest::new("alias/default", CANARY.as_bytes().to_vec());
    let sealed = client.instance().advance_encrypt(native).await.expect("sealed");
    seen.push(format!("{:?}", sealed.ciphertext_blob));
    let missing = client.get_secret_value(GetSecretValueRequest::new("app/none")).await;
    let missing = missing.expect_err("no such secret");
    seen.push(format!("{:?} {:?}", missing.code(), missing.kind()));
    seen
}

#[tokio::test]
async fn what_a_gateway_answered_is_replayed_without_it_and_without_its_secrets() {
    let gateway = LocalGateway::start().await.expect("a gateway");
    let builder = KmsClient::builder()
        .shared(gateway.open_api_gateway())
        .instance(gateway.instance_gateway());
    let recorder = Recorder::new();
    let seen = calls(&builder.layer(recorder.clone()).build().expect("a client")).await;

    let text = recorder.text();
    let base64 = alibabacloud_kms_tests::canary::base64(CANARY.as_bytes());
    assert!(!text.contains(CANARY) && !text.contains(&base64), "{text}");
    assert_eq!(text.lines().count(), 9, "{text}");

    let path = std::env::temp_dir().join(format!("kms-recordings-{}", std::process::id()));
    recorder.save(&path).expect("a file");
    let recording = Recording::from_file(&path).expect("a recording");
    std::fs::remove_file(&path).expect("it is there");
    let mock = MockGateway::replay(&recording.secret("SecretData", "stand-in"));
    assert_eq!(calls(&mock.builder().build().expect("a client")).await, seen);
    mock.verify().expect("every call was made again");
}

#[tokio::test]
async fn secrets_of_a_replay_are_those_that_are_given_or_stand_ins() {
    let text = r#"{"action":"GetSecretValue","dialect":"rpc","request":{"SecretName":"s"},"response":{"SecretName":"s","SecretData":"[redacted]"}}"#;
    let recording = Recording::from_text(text).expect("a recording");
    for (recording, expected) in
        [(recording.clone(), "redacted"), (recording.secret("SecretData", "mine"), "mine")]
    {
        assert!(!format!("{recording:?}").contains("mine"));
        let mock = MockGateway::replay(&recording);
        let secret = mock.client().get_secret_value(GetSecretValueRequest::new("s")).await;
        assert_eq!(secret.expect("a secret").secret_data.expose_secret(), expected);
    }
}

#[tokio::test]
async fn secrets_inside_of_lists_are_redacted_too() {
    let mock = MockGateway::new();
    mock.on::<BatchGetSecretValueRequest>().answer_with(|_, answer| {
        let mut value = SecretValue::default();
        value.secret_name = "s".into();
        value.secret_data = CANARY.into();
        answer.secret_values = vec![value];
    });
    let recorder = Recorder::new();
    let client = mock.client().with_layer(recorder.clone());
    let batch = || BatchGetSecretValueRequest::new();
    client.invoke(batch()).await.expect("an answer");
    let text = recorder.text();
    assert!(!text.contains(CANARY) && text.contains("[redacted]"), "{text}");
    let mock = MockGateway::replay(&Recording::from_text(&text).expect("a recording"));
    let answer = mock.client().invoke(batch()).await.expect("an answer");
    assert_eq!(answer.secret_values[0].secret_data.expose_secret(), "redacted");
}

#[tokio::test(start_paused = true)]
async fn failures_are_replayed_as_what_they_were() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().refuse_connection().lose_connection().error(
        403,
        "Forbidden.NoPermission",
        "No.",
    );
    let recorder = Recorder::new();
    let builder = mock.builder().use_shared_gateway(true).max_attempts(1);
    let client = builder.layer(recorder.clone()).build().expect("a client");
    for _ in 0..3 {
        client.encrypt(encrypt()).await.expect_err("a failure");
    }
    let mock = MockGateway::replay(&Recording::from_text(&recorder.text()).expect("a recording"));
    let builder = mock.builder().use_shared_gateway(true).max_attempts(1);
    let client = builder.build().expect("a client");
    let mut kinds = Vec::new();
    for _ in 0..3 {
        kinds.push(client.encrypt(encrypt()).await.expect_err("a failure").kind());
    }
    assert_eq!(kinds, [ErrorKind::Connect, ErrorKind::Transport, ErrorKind::Service]);
}

#[tokio::test]
async fn a_call_that_was_not_recorded_names_the_line_and_what_differs() {
    let text = r#"{"action":"Encrypt","dialect":"rpc","request":{"KeyId":"alias/other","Plaintext":"[redacted]"},"response":{"CiphertextBlob":"YQ=="}}"#;
    let mock = MockGateway::replay(&Recording::from_text(text).expect("a recording"));
    let error = mock.client().encrypt(encrypt()).await.expect_err("another key").to_string();
    assert!(error.contains("recording:1") && error.contains("KeyId is"), "{error}");
    mock.client().encrypt(EncryptRequest::new("alias/other", "any")).await.expect("an answer");
}

#[test]
fn what_is_no_recording_is_an_error_that_names_the_line_and_quotes_nothing() {
    for text in ["{}", "canary", "[]", r#"{"action":"canary","dialect":"rpc","request":{}}"#] {
        let error = Recording::from_text(&format!("\n{text}")).expect_err("no recording");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("recording:2"), "{error}");
        assert!(!error.to_string().contains("canary"), "{error}");
    }
    let error = Recording::from_file("/nonexistent/recording").expect_err("no file");
    assert!(error.to_string().contains("/nonexistent/recording"), "{error}");
}
