//! Answers and inputs of an instance, without a real ciphertext.

use alibabacloud_kms::api::asymmetric::{AsymmetricSignRequest, GetPublicKeyRequest};
use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::data_key::GenerateDataKeyRequest;
use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::testing::{MockGateway, ciphertext};
use alibabacloud_kms::{ExposeSecret, Gateway, KmsClient};

use super::{encrypt, sealed};

/// A client of an instance, in either version of the transfer.
fn clients(mock: &MockGateway) -> [KmsClient; 2] {
    [false, true].map(|low| {
        let builder = mock.builder().force_low_version_crypto_transfer(low);
        builder.build().expect("a client")
    })
}

#[tokio::test]
async fn a_mock_ciphertext_is_taken_and_given_as_a_real_one() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().answer(sealed(&ciphertext("text")));
    mock.on::<DecryptRequest>()
        .matching(|request| request.ciphertext_blob == ciphertext("text"))
        .answer_with(|_, answer| answer.plaintext = "text".into());
    for client in clients(&mock) {
        let sealed = client.encrypt(encrypt()).await.expect("an answer");
        assert_eq!(sealed.ciphertext_blob, ciphertext("text"));
        let request = DecryptRequest::new(sealed.ciphertext_blob);
        let reply = client.decrypt(request).reply().await.expect("an answer");
        assert_eq!(reply.gateway(), Gateway::Instance);
        let opened = reply.into_response::<DecryptRequest>().expect("its response");
        assert_eq!(
            (opened.plaintext.expose_secret(), opened.key_id.as_str()),
            ("text", "mock-key")
        );
    }
    assert_ne!(ciphertext("a"), ciphertext("b"));
    assert!(clients(&mock)[0].decrypt(DecryptRequest::new(ciphertext(""))).await.is_err());
}

#[tokio::test]
async fn what_an_answer_must_have_is_filled_where_it_is_left_out() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().answer_with(|_, _| ());
    mock.on::<GenerateDataKeyRequest>().answer_with(|_, _| ());
    mock.on::<GetSecretValueRequest>().answer_with(|_, answer| answer.secret_data = "pw".into());
    mock.on::<AsymmetricSignRequest>().answer_with(|_, _| ());
    mock.on::<GetPublicKeyRequest>().answer_with(|_, _| ());
    for client in clients(&mock) {
        let one = client.encrypt(encrypt()).await.expect("an answer");
        let other = client.encrypt(encrypt()).await.expect("an answer");
        assert_eq!(one.key_id, "alias/app");
        assert!(!one.key_version_id.is_empty());
        assert_ne!(one.ciphertext_blob, other.ciphertext_blob);

        for (request, length) in [
            (GenerateDataKeyRequest::new("k"), 32),
            (GenerateDataKeyRequest::new("k").key_spec("AES_128"), 16),
            (GenerateDataKeyRequest::new("k").number_of_bytes(1024), 1024),
        ] {
            let key = client.generate_data_key(request).await.expect("a key");
            assert_eq!(key.bytes().expect("bytes").expose_secret().len(), length);
            let reopened = client.decrypt(DecryptRequest::new(key.ciphertext_blob)).await;
            assert!(reopened.expect_err("no rule").to_string().contains("`Decrypt`"));
        }
        let secret = client.get_secret_value(GetSecretValueRequest::new("app/db")).await;
        let secret = secret.expect("a secret");
        assert_eq!(
            (secret.secret_name.as_str(), secret.secret_data.expose_secret()),
            ("app/db", "pw")
        );
        let request = AsymmetricSignRequest::new("k", "RSA_PSS_SHA_256", "YQ==");
        assert!(!client.asymmetric_sign(request).await.expect("a signature").value.is_empty());
        client.get_public_key(GetPublicKeyRequest::new("k")).await.expect("a key");
    }
}

#[tokio::test]
async fn what_a_rule_gives_is_not_touched_and_the_shared_gateways_answers_neither() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().answer_with(|_, answer| answer.key_id = "mine".into());
    let [client, _] = clients(&mock);
    assert_eq!(client.encrypt(encrypt()).await.expect("an answer").key_id, "mine");
    let shared = mock.client().encrypt(encrypt()).await.expect("an answer");
    assert_eq!((shared.key_id.as_str(), shared.ciphertext_blob.as_str()), ("mine", ""));
}
