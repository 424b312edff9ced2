//! Calls on the instance: a rule means the user's action, whatever it becomes on the wire.

use alibabacloud_kms::api::asymmetric::{
    AsymmetricDecryptRequest, AsymmetricEncryptRequest, AsymmetricSignRequest,
    AsymmetricVerifyRequest, GetPublicKeyRequest,
};
use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::data_key::{
    GenerateDataKeyRequest, GenerateDataKeyWithoutPlaintextRequest,
};
use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::middleware::wire::json;
use alibabacloud_kms::native::advance::AdvanceEncryptRequest;
use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::{Action, Error, ErrorKind, ExposeSecret, Gateway, KmsClient};
use alibabacloud_kms_tests::canary::base64;

use super::encrypt;

const VERSION: &str = "0b2ff91a-4ab3-4ea5-b7b0-b8f1ab7e5d8a";

/// A ciphertext as the service lays it out.
fn blob() -> String {
    base64(&[VERSION.as_bytes(), b"twelve bytes", b"ciphertext and tag"].concat())
}

fn text(payload: &dyn Payload) -> String {
    json::expose(payload).to_string()
}

fn client(mock: &MockGateway, low_version: bool) -> KmsClient {
    let builder = mock.builder().force_low_version_crypto_transfer(low_version);
    builder.build().expect("a client")
}

/// Asserts that a rule's answer is the call's, by transfer to these operations, in either version.
async fn comes_back<A: Action>(
    request: A,
    operations: [&[&str]; 2],
    fill: impl Fn(&mut A::Response),
) {
    let mut given = A::Response::default();
    fill(&mut given);
    for (low_version, operations) in [false, true].into_iter().zip(operations) {
        let mock = MockGateway::new();
        let rule = mock.on::<A>().answer(given.clone()).times(1);
        let answer = client(&mock, low_version).invoke(request.clone()).reply().await;
        let reply = answer.unwrap_or_else(|error| panic!("{error} {error:?}"));
        assert_eq!(reply.gateway(), Gateway::Instance);
        assert_eq!(text(reply.payload()), text(&given));
        let asked: Vec<&str> = mock.requests().iter().map(|it| it.operation()).collect();
        assert_eq!(asked, operations);
        assert_eq!((rule.calls().len(), rule.requests().len()), (1, operations.len()));
        assert_eq!(mock.verify(), Ok(()));
    }
}

#[tokio::test]
async fn symmetric_answers_come_back_as_they_are() {
    comes_back(encrypt(), [&["AdvanceEncrypt"], &["Encrypt"]], |answer| {
        answer.key_id = "key".into();
        answer.key_version_id = VERSION.into();
        answer.ciphertext_blob = blob();
        answer.request_id = "r".into();
    })
    .await;
    let request = DecryptRequest::new(blob());
    comes_back(request, [&["AdvanceDecrypt"], &["Decrypt"]], |answer| {
        answer.key_id = "key".into();
        answer.key_version_id = VERSION.into();
        answer.plaintext = "文字".into();
        answer.request_id = "r".into();
    })
    .await;
}

#[tokio::test]
async fn a_data_key_is_one_answer_to_two_operations() {
    let operations: [&[&str]; 2] =
        [&["AdvanceGenerateDataKey", "AdvanceEncrypt"], &["GenerateDataKey", "Encrypt"]];
    comes_back(GenerateDataKeyRequest::new("k"), operations, |answer| {
        answer.key_id = "key".into();
        answer.key_version_id = VERSION.into();
        answer.plaintext = base64(&[7; 32]).into();
        answer.ciphertext_blob = blob();
        answer.request_id = "r".into();
    })
    .await;
    comes_back(GenerateDataKeyWithoutPlaintextRequest::new("k"), operations, |answer| {
        answer.key_id = "key".into();
        answer.key_version_id = VERSION.into();
        answer.ciphertext_blob = blob();
        answer.request_id = "r".into();
    })
    .await;
}

#[tokio::test]
async fn asymmetric_answers_come_back_as_they_are() {
    let request = AsymmetricEncryptRequest::new("k", "RSAES_OAEP_SHA_256", base64(b"text"));
    comes_back(request, [&["Encrypt"]; 2], |answer| {
        answer.key_id = "key".into();
        answer.key_version_id = Some("v".into());
        answer.ciphertext_blob = base64(b"short");
        answer.request_id = "r".into();
    })
    .await;
    let request = AsymmetricDecryptRequest::new("k", "RSAES_OAEP_SHA_256", base64(b"blob"));
    comes_back(request, [&["Decrypt"]; 2], |answer| {
        answer.key_id = "key".into();
        answer.plaintext = base64(b"text").into();
        answer.request_id = "r".into();
    })
    .await;
    let request = AsymmetricSignRequest::new("k", "RSA_PSS_SHA_256", base64(&[1; 32]));
    comes_back(request, [&["Sign"]; 2], |answer| {
        answer.key_id = "key".into();
        answer.key_version_id = Some("v".into());
        answer.value = base64(b"signature");
        answer.request_id = "r".into();
    })
    .await;
    let signature = base64(b"signature");
    let request = AsymmetricVerifyRequest::new("k", "RSA_PSS_SHA_256", base64(&[1; 32]), signature);
    comes_back(request, [&["Verify"]; 2], |answer| {
        answer.key_id = "key".into();
        answer.value = true;
        answer.request_id = "r".into();
    })
    .await;
    comes_back(GetPublicKeyRequest::new("k"), [&["GetPublicKey"]; 2], |answer| {
        answer.key_id = "key".into();
        answer.key_version_id = Some("v".into());
        answer.public_key = "-----BEGIN PUBLIC KEY-----".into();
        answer.request_id = "r".into();
    })
    .await;
}

#[tokio::test]
async fn a_secret_comes_back_as_it_is() {
    comes_back(GetSecretValueRequest::new("s"), [&["GetSecretValue"]; 2], |answer| {
        answer.secret_name = "s".into();
        answer.secret_type = Some("Generic".into());
        answer.secret_data = "data".into();
        answer.secret_data_type = Some("text".into());
        answer.version_id = "v1".into();
        answer.version_stages = vec!["ACSCurrent".into(), "mine".into()];
        answer.create_time = Some("2026-11-23T08:00:00Z".into());
        answer.automatic_rotation = Some("Disabled".into());
        answer.request_id = "r".into();
    })
    .await;
}

#[cfg(feature = "encodings")]
#[tokio::test]
async fn a_plaintext_travels_in_the_calls_charset() {
    let mock = MockGateway::new();
    mock.on::<DecryptRequest>().answer_with(|_, answer| {
        answer.key_id = "key".into();
        answer.plaintext = "加密".into();
    });
    let client = mock.builder().charset("gbk").expect("a charset").build().expect("a client");
    for call in [
        client.decrypt(DecryptRequest::new(blob())),
        client.decrypt(DecryptRequest::new(blob())).charset("utf-16-le").expect("a charset"),
    ] {
        assert_eq!(call.await.expect("an answer").plaintext.expose_secret(), "加密");
    }
    let call = client.decrypt(DecryptRequest::new(blob())).charset("ascii").expect("a charset");
    assert_eq!(call.await.expect_err("no such text").kind(), ErrorKind::Layer);
}

#[tokio::test(start_paused = true)]
async fn each_operation_of_a_data_key_is_retried_by_itself() {
    let mock = MockGateway::new();
    let rule = mock.on::<GenerateDataKeyRequest>().status(503).times(2).answer_with(|_, answer| {
        answer.key_id = "key".into();
        answer.plaintext = base64(&[7; 32]).into();
        answer.ciphertext_blob = blob();
    });
    let call = client(&mock, false).generate_data_key(GenerateDataKeyRequest::new("k"));
    assert_eq!(call.reply().await.expect("an answer").attempts(), 4);
    assert_eq!((rule.calls().len(), rule.requests().len()), (1, 4));
}

async fn refused(mock: &MockGateway) -> Error {
    client(mock, false).encrypt(encrypt()).await.expect_err("an error")
}

#[tokio::test]
async fn an_error_comes_in_the_shared_gateways_words_with_the_instances_own_beside_them() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().error(404, "Forbidden.KeyNotFound", "Its own words.");
    let error = refused(&mock).await;
    let service = error.service().expect("the service's");
    assert_eq!(service.message(), Some("The specified Key is not found."));
    assert_eq!(service.gateway_message(), Some("Its own words."));
    assert_eq!((service.request_id(), error.attempts()), (Some("mock-1"), 1));
}

#[tokio::test(start_paused = true)]
async fn throttling_is_retried_on_the_instance_too() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().throttle();
    let error = refused(&mock).await;
    assert!(error.is_throttled());
    assert_eq!(error.attempts(), 3);
}

#[tokio::test]
async fn an_answer_that_no_instance_can_give_is_an_error_that_names_the_field() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().answer(super::sealed("c2VhbGVk"));
    let error = refused(&mock).await;
    assert_eq!((error.kind(), error.action()), (ErrorKind::Layer, Some("Encrypt")));
    assert!(error.to_string().contains("CiphertextBlob"), "{error}");

    let mock = MockGateway::new();
    mock.on::<GenerateDataKeyRequest>().answer_with(|_, answer| {
        answer.plaintext = "canary, not Base64".into();
    });
    let call = client(&mock, false).generate_data_key(GenerateDataKeyRequest::new("k"));
    let error = call.await.expect_err("no bytes");
    assert!(error.to_string().contains("Plaintext"), "{error}");
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
}

#[tokio::test]
async fn a_rule_on_the_native_operation_is_for_those_who_call_it_themselves() {
    let mock = MockGateway::new();
    let native = mock.on::<AdvanceEncryptRequest>().answer_with(|request, answer| {
        answer.key_id.clone_from(&request.key_id);
        answer.ciphertext_blob = request.plaintext.expose_secret().to_vec();
    });
    let client = client(&mock, false);
    let request = AdvanceEncryptRequest::new("k", vec![0, 1, 255]);
    let answer = client.instance().advance_encrypt(request).await.expect("an answer");
    assert_eq!((answer.key_id.as_str(), &*answer.ciphertext_blob), ("k", &[0, 1, 255][..]));
    assert_eq!(client.encrypt(encrypt()).await.expect_err("no rule").kind(), ErrorKind::Layer);
    assert_eq!(native.calls().len(), 1);
}
