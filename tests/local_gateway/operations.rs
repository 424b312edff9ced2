//! Every operation of the instance's own dialect.

use alibabacloud_kms::ExposeSecret;
use alibabacloud_kms::native::advance::{
    AdvanceDecryptRequest, AdvanceEncryptRequest, AdvanceGenerateDataKeyRequest,
};
use alibabacloud_kms::native::classic::{DecryptRequest, EncryptRequest, GenerateDataKeyRequest};
use alibabacloud_kms::native::random::GenerateRandomRequest;
use alibabacloud_kms::native::secret::GetSecretValueRequest;
use alibabacloud_kms::native::signature::{GetPublicKeyRequest, SignRequest, VerifyRequest};
use alibabacloud_kms::{KmsClient, SecretBytes};
use alibabacloud_kms_local::{
    DEFAULT_KEY, EC_SIGN_KEY, EXAMPLE_SECRET, RSA_ENCRYPT_KEY, RSA_SIGN_KEY,
};

use crate::{client, gateway, refusal};

/// Bytes that are no text.
const BYTES: &[u8] = b"\0\xff\xfe bytes";
/// `printf message | openssl dgst -sha256`
const DIGEST: [u8; 32] = [
    0xab, 0x53, 0x0a, 0x13, 0xe4, 0x59, 0x14, 0x98, 0x2b, 0x79, 0xf9, 0xb7, 0xe3, 0xfb, 0xa9, 0x94,
    0xcf, 0xd1, 0xf3, 0xfb, 0x22, 0xf7, 0x1c, 0xea, 0x1a, 0xfb, 0xf0, 0x2b, 0x46, 0x0c, 0x6d, 0x1d,
];

#[tokio::test]
async fn the_current_operations_keep_everything_in_the_blob() {
    let gateway = gateway().await;
    let instance = client(&gateway).instance();
    let request = AdvanceEncryptRequest::new(DEFAULT_KEY, secret(BYTES)).aad(*b"aad");
    let sealed = instance.advance_encrypt(request).await.expect("it encrypts");
    assert_eq!(sealed.ciphertext_blob[..3], [0x24, 0x00, 0x02]);
    assert_eq!(sealed.ciphertext_blob[3..39], *sealed.key_version_id.as_bytes());
    assert_eq!(sealed.ciphertext_blob[39..51], sealed.iv);

    let request = AdvanceDecryptRequest::new(&*sealed.ciphertext_blob).aad(*b"aad");
    let opened = instance.advance_decrypt(request.clone()).await;
    let opened = opened.expect("it decrypts");
    assert_eq!(opened.plaintext.expose_secret(), BYTES);
    assert_eq!(opened.key_version_id, sealed.key_version_id);
    let other = instance.advance_decrypt(request.clone().aad(*b"other")).await;
    assert_eq!(refusal(other), (400, "InvalidParameter".to_owned()));
    let other = instance.advance_decrypt(request.iv([0; 12])).await;
    assert_eq!(refusal(other), (400, "InvalidParameter".to_owned()));

    let request = AdvanceGenerateDataKeyRequest::new(DEFAULT_KEY).number_of_bytes(48);
    let key = instance.advance_generate_data_key(request).await;
    let key = key.expect("a data key");
    assert_eq!(key.plaintext.expose_secret().len(), 48);
    let opened = instance.advance_decrypt(AdvanceDecryptRequest::new(key.ciphertext_blob));
    let opened = opened.await.expect("it decrypts");
    assert_eq!(opened.plaintext.expose_secret(), key.plaintext.expose_secret());
}

#[tokio::test]
async fn the_older_operations_have_the_key_version_in_a_header() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let instance = client.instance();
    let request = EncryptRequest::new(DEFAULT_KEY, secret(BYTES)).aad(*b"aad");
    let call = alibabacloud_kms::Call::new(request);
    let reply = client.send(call).await.expect("it encrypts");
    let version = reply.headers().get("x-kms-migrationkeyversionid");
    let version = version.and_then(|version| version.to_str().ok());
    let version = version.expect("the header is there").to_owned();
    assert_eq!(version.len(), 36);
    let sealed = reply.into_response::<EncryptRequest>().expect("it is its response");

    let request = DecryptRequest::new(&*sealed.ciphertext_blob).iv(&*sealed.iv).aad(*b"aad");
    let named = instance
        .decrypt(request.clone())
        .header("x-kms-migrationkeyversionid", &version)
        .expect("it is a header");
    // Who names the key needs no version while there is only one.
    for call in [named, instance.decrypt(request.clone().key_id(DEFAULT_KEY))] {
        let opened = call.await.expect("it decrypts");
        assert_eq!(opened.plaintext.expose_secret(), BYTES);
    }
    let opened = instance.decrypt(request).await;
    assert_eq!(refusal(opened), (400, "MissingParameter".to_owned()));

    let request = GenerateDataKeyRequest::new(DEFAULT_KEY);
    let key = instance.generate_data_key(request).await;
    let key = key.expect("a data key");
    let request = DecryptRequest::new(key.ciphertext_blob).iv(key.iv).key_id(DEFAULT_KEY);
    let opened = instance.decrypt(request).await.expect("it decrypts");
    assert_eq!(opened.plaintext.expose_secret().len(), 32);
    assert_eq!(opened.plaintext.expose_secret(), key.plaintext.expose_secret());
}

#[tokio::test]
async fn asymmetric_keys_encrypt_bytes() {
    let gateway = gateway().await;
    let instance = client(&gateway).instance();
    let request = EncryptRequest::new(RSA_ENCRYPT_KEY, secret(BYTES));
    let sealed = instance.encrypt(request.algorithm("RSAES_OAEP_SHA_256"));
    let sealed = sealed.await.expect("it encrypts");
    let request = DecryptRequest::new(sealed.ciphertext_blob).key_id(RSA_ENCRYPT_KEY);
    let opened = instance.decrypt(request.algorithm("RSAES_OAEP_SHA_256"));
    let opened = opened.await.expect("it decrypts");
    assert_eq!(opened.plaintext.expose_secret(), BYTES);
}

#[tokio::test]
async fn a_message_and_its_digest_have_the_same_signature() {
    let gateway = gateway().await;
    let client = client(&gateway);
    for (key, algorithm) in [
        (RSA_SIGN_KEY, "RSA_PKCS1_SHA_256"),
        (RSA_SIGN_KEY, "RSA_PSS_SHA_256"),
        (EC_SIGN_KEY, "ECDSA_SHA_256"),
    ] {
        for (message_type, signed) in [("RAW", &b"message"[..]), ("DIGEST", &DIGEST)] {
            let request =
                SignRequest::new(key, algorithm, signed.to_vec()).message_type(message_type);
            let signed = client.instance().sign(request).await.expect("it signs");
            let verify = async |message: &[u8], message_type: &str| {
                verify(&client, key, algorithm, &signed.signature, message, message_type).await
            };
            assert!(verify(b"message", "RAW").await);
            assert!(verify(&DIGEST, "DIGEST").await);
            assert!(!verify(b"other", "RAW").await);
        }
        let request = SignRequest::new(key, algorithm, b"short".to_vec()).message_type("DIGEST");
        let signed = client.instance().sign(request).await;
        assert_eq!(refusal(signed), (400, "InvalidParameter".to_owned()));
        let key = client.instance().get_public_key(GetPublicKeyRequest::new(key));
        let pem = key.await.expect("there is a public key").public_key;
        assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----"));
    }
}

#[tokio::test]
async fn random_bytes_and_secrets_are_given() {
    let gateway = gateway().await;
    let instance = client(&gateway).instance();
    let random = instance.generate_random(GenerateRandomRequest::new(1024));
    let random = random.await.expect("random bytes").random;
    assert_eq!(random.expose_secret().len(), 1024);
    for length in [0, -1, 1025] {
        let random = instance.generate_random(GenerateRandomRequest::new(length));
        assert_eq!(refusal(random.await), (400, "InvalidParameter".to_owned()));
    }
    let value = instance.get_secret_value(GetSecretValueRequest::new(EXAMPLE_SECRET));
    let value = value.await.expect("the secret is there");
    assert_eq!(value.secret_data.expose_secret(), "a secret");
    assert_eq!(value.version_stages, ["ACSCurrent"]);
}

fn secret(bytes: &[u8]) -> SecretBytes {
    bytes.to_vec().into()
}

async fn verify(
    client: &KmsClient,
    key: &str,
    algorithm: &str,
    signature: &[u8],
    message: &[u8],
    message_type: &str,
) -> bool {
    let request = VerifyRequest::new(key, signature, algorithm, message.to_vec());
    let verified = client.instance().verify(request.message_type(message_type));
    verified.await.expect("it verifies").value
}
