//! What else keys compute, over the wire: export, new encryption, codes, pairs, digests, and the
//! modes that only the instance has.

use alibabacloud_kms::api::crypto::{
    DecryptRequest, EncryptRequest, GenerateMacRequest, ReEncryptRequest, VerifyMacRequest,
};
use alibabacloud_kms::api::data_key::{
    ExportDataKeyRequest, GenerateAndExportDataKeyRequest, GenerateDataKeyRequest,
};
use alibabacloud_kms::api::key::CreateKeyRequest;
use alibabacloud_kms::native::advance::{
    AdvanceDecryptRequest, AdvanceEncryptRequest, AdvanceGenerateDataKeyPairRequest,
    AdvanceGenerateDataKeyPairWithoutPlaintextRequest,
};
use alibabacloud_kms::native::classic::{
    self, GenerateDataKeyPairRequest, GenerateDataKeyPairWithoutPlaintextRequest,
};
use alibabacloud_kms::native::hash::{HashRequest, HmacRequest};
use alibabacloud_kms::native::kms::{KmsDecryptRequest, KmsEncryptRequest};
use alibabacloud_kms::{ExposeSecret, KmsClient, Pairs, SecretBytes};
use alibabacloud_kms_local::{DEFAULT_KEY, RSA_ENCRYPT_KEY};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{base64, client, gateway, key_version, refusal};

const OAEP: (&str, &str) = ("RSA_2048", "RSAES_OAEP_SHA_256");

#[tokio::test]
async fn a_data_key_is_exported_to_the_holder_of_a_public_key() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let holder = PrivateDecryptingKey::generate(KeySize::Rsa2048).expect("a pair is drawn");
    let public: PublicKeyX509Der<'_> = holder.public_key().as_der().expect("it is written");
    let public = base64(public.as_ref());
    let holder = OaepPrivateDecryptingKey::new(holder).expect("it decrypts");
    let open = |exported: &str| {
        let wrapped = STANDARD.decode(exported).expect("it is Base64");
        let mut key = vec![0; holder.min_output_size()];
        let opened = holder.decrypt(&OAEP_SHA256_MGF1SHA256, &wrapped, &mut key, None);
        base64(opened.expect("it is for the holder"))
    };

    let made = client.generate_data_key(GenerateDataKeyRequest::new(DEFAULT_KEY)).await;
    let made = made.expect("a data key");
    let request = ExportDataKeyRequest::new(&made.ciphertext_blob, &public, OAEP.0, OAEP.1);
    let exported = client.export_data_key(request).await.expect("it is exported");
    assert_eq!(open(&exported.exported_data_key), made.plaintext.expose_secret());
    assert_eq!(exported.key_version_id, made.key_version_id);

    let context = Pairs::from([("a", "b")]);
    let request = GenerateAndExportDataKeyRequest::new(DEFAULT_KEY, &public, OAEP.0, OAEP.1)
        .number_of_bytes(48)
        .encryption_context(context.clone());
    let made = client.generate_and_export_data_key(request).await.expect("it is exported");
    let request = DecryptRequest::new(&made.ciphertext_blob).encryption_context(context);
    let opened = client.decrypt(request).await.expect("it decrypts");
    assert_eq!(open(&made.exported_data_key), opened.plaintext.expose_secret());

    let request = GenerateAndExportDataKeyRequest::new(DEFAULT_KEY, &public, OAEP.0, OAEP.1);
    for (request, code) in [
        (request.clone().number_of_bytes(191), "InvalidParameter"),
        (request.dry_run("true"), "DryRunOperationError"),
        (
            GenerateAndExportDataKeyRequest::new(DEFAULT_KEY, "AAAA", OAEP.0, OAEP.1),
            "InvalidParameter",
        ),
        (
            GenerateAndExportDataKeyRequest::new(DEFAULT_KEY, &public, OAEP.0, "RSAES_PKCS1_V1_5"),
            "InvalidParameter",
        ),
    ] {
        let made = client.generate_and_export_data_key(request).await;
        assert_eq!(refusal(made), (400, code.to_owned()));
    }
}

#[tokio::test]
async fn a_ciphertext_is_encrypted_again_under_another_key_and_context() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let other = create(&client, CreateKeyRequest::new()).await;
    let (old, new) = (Pairs::from([("a", "b")]), Pairs::from([("c", "d")]));
    let request = EncryptRequest::new(DEFAULT_KEY, "text").encryption_context(old.clone());
    let sealed = client.encrypt(request).await.expect("it encrypts");
    let request = ReEncryptRequest::new(&other, &sealed.ciphertext_blob)
        .destination_encryption_context(new.clone());
    let without = client.re_encrypt(request.clone()).await;
    assert_eq!(refusal(without), (400, "InvalidParameter".to_owned()));
    let again = client.re_encrypt(request.source_encryption_context(old)).await;
    let again = again.expect("it is encrypted again");
    assert_eq!(again.key_version_id, sealed.key_version_id);
    let request = DecryptRequest::new(&again.ciphertext_blob).encryption_context(new);
    let opened = client.decrypt(request).await.expect("it decrypts");
    assert_eq!((opened.plaintext.expose_secret(), &*opened.key_id), ("text", &*other));

    let sealed = alibabacloud_kms::api::asymmetric::AsymmetricEncryptRequest::new(
        RSA_ENCRYPT_KEY,
        OAEP.1,
        base64(b"a data key"),
    );
    let version = key_version(&client, RSA_ENCRYPT_KEY).await;
    let sealed = client.asymmetric_encrypt(sealed.key_version_id(&version)).await;
    let request = ReEncryptRequest::new(&other, sealed.expect("it encrypts").ciphertext_blob)
        .source_key_id(RSA_ENCRYPT_KEY)
        .source_encryption_algorithm(OAEP.1);
    let missing = client.re_encrypt(request.clone()).await;
    assert_eq!(refusal(missing), (400, "MissingParameter".to_owned()));
    let again = client.re_encrypt(request.source_key_version_id(&version)).await;
    let again = again.expect("it is encrypted again").ciphertext_blob;
    let opened = client.decrypt(DecryptRequest::new(again)).await.expect("it decrypts");
    assert_eq!(opened.plaintext.expose_secret(), base64(b"a data key"));
}

#[tokio::test]
async fn codes_of_messages_are_made_and_verified_on_both_gateways() {
    let gateway = gateway().await;
    let client = client(&gateway);
    for algorithm in ["HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"] {
        let request = CreateKeyRequest::new().key_spec(algorithm).key_usage("GENERATE/VERIFY_MAC");
        let key = create(&client, request).await;
        let request = GenerateMacRequest::new(&key, algorithm, base64(b"message"));
        let made = client.generate_mac(request).await.expect("it makes a code");
        let verify = |message: &[u8]| {
            client.verify_mac(VerifyMacRequest::new(&key, algorithm, base64(message), &made.mac))
        };
        assert!(verify(b"message").await.expect("it is verified").value, "{algorithm}");
        assert!(!verify(b"massage").await.expect("it is verified").value, "{algorithm}");
        let native = client.instance().hmac(HmacRequest::new(&key, secret(b"message"))).await;
        assert_eq!(base64(&native.expect("it makes a code").signature), made.mac);
    }
    let digest = client.instance().hash(HashRequest::new(secret(b"abc"))).await;
    let digest = digest.expect("it is digested").digest;
    assert_eq!(digest[..4], [0xba, 0x78, 0x16, 0xbf]);
}

#[tokio::test]
async fn pairs_of_data_keys_come_with_their_private_key_encrypted() {
    let gateway = gateway().await;
    let instance = client(&gateway).instance();
    for (spec, format, first) in [("RSA_2048", "PEM", b'-'), ("EC_P256K", "DER", 0x30)] {
        let request = GenerateDataKeyPairRequest::new(DEFAULT_KEY, spec).key_format(format);
        let made = instance.generate_data_key_pair(request).await.expect("a pair");
        let private = made.private_key_plaintext.expose_secret();
        assert_eq!((private[0], made.public_key[0]), (first, first));
        let request = classic::DecryptRequest::new(&*made.private_key_ciphertext_blob)
            .key_id(DEFAULT_KEY)
            .iv(&*made.iv);
        let opened = instance.decrypt(request).await.expect("it decrypts");
        assert_eq!(opened.plaintext.expose_secret(), private);

        let request = AdvanceGenerateDataKeyPairRequest::new(DEFAULT_KEY, spec)
            .key_format(format)
            .aad(*b"aad");
        let made = instance.advance_generate_data_key_pair(request).await.expect("a pair");
        let request = AdvanceDecryptRequest::new(&*made.private_key_ciphertext_blob).aad(*b"aad");
        let opened = instance.advance_decrypt(request).await.expect("it decrypts");
        let private = made.private_key_plaintext.expose_secret();
        assert_eq!(opened.plaintext.expose_secret(), private);
    }
    let request = GenerateDataKeyPairWithoutPlaintextRequest::new(DEFAULT_KEY, "EC_P256");
    let made = instance.generate_data_key_pair_without_plaintext(request).await;
    assert!(made.expect("a pair").public_key.starts_with(b"-----BEGIN PUBLIC KEY-----"));
    let request = AdvanceGenerateDataKeyPairWithoutPlaintextRequest::new(DEFAULT_KEY, "EC_P256");
    let made = instance.advance_generate_data_key_pair_without_plaintext(request).await;
    assert_eq!(made.expect("a pair").private_key_ciphertext_blob[..3], [0x24, 0x00, 0x02]);
    for spec in ["Aliyun_AES_256", "RSA_1024"] {
        let request = GenerateDataKeyPairRequest::new(DEFAULT_KEY, spec);
        let made = instance.generate_data_key_pair(request).await;
        assert_eq!(refusal(made), (400, "InvalidParameter".to_owned()), "{spec}");
    }
}

#[tokio::test]
async fn the_instance_encrypts_in_every_mode_of_the_key() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let instance = client.instance();
    let mut keys = vec![(DEFAULT_KEY.to_owned(), vec!["AES_GCM", "AES_CBC", "AES_ECB"])];
    if cfg!(feature = "sm") {
        let key = create(&client, CreateKeyRequest::new().key_spec("Aliyun_SM4")).await;
        keys.push((key, vec!["SM4_GCM"]));
    }
    for (key, algorithm) in
        keys.iter().flat_map(|(key, all)| all.iter().map(move |algorithm| (key, *algorithm)))
    {
        let request = classic::EncryptRequest::new(key, secret(b"text")).algorithm(algorithm);
        let sealed = instance.encrypt(request).await.expect("it encrypts");
        assert_eq!(sealed.algorithm.as_str(), algorithm);
        let request = classic::DecryptRequest::new(&*sealed.ciphertext_blob)
            .key_id(key)
            .algorithm(algorithm)
            .iv(&*sealed.iv);
        let opened = instance.decrypt(request).await.expect("it decrypts");
        assert_eq!(opened.plaintext.expose_secret(), b"text", "{algorithm}");

        let request = AdvanceEncryptRequest::new(key, secret(b"text")).algorithm(algorithm);
        let sealed = instance.advance_encrypt(request).await.expect("it encrypts");
        let request = AdvanceDecryptRequest::new(&*sealed.ciphertext_blob).algorithm(algorithm);
        let opened = instance.advance_decrypt(request).await.expect("it decrypts");
        assert_eq!(opened.plaintext.expose_secret(), b"text", "{algorithm}");
    }
    let sealed = instance.kms_encrypt(KmsEncryptRequest::new(DEFAULT_KEY, secret(b"text"))).await;
    let blob = sealed.expect("it encrypts").ciphertext_blob;
    let opened = instance.kms_decrypt(KmsDecryptRequest::new(&*blob)).await;
    assert_eq!(opened.expect("it decrypts").plaintext.expose_secret(), b"text");
    let request = KmsDecryptRequest::new(&*blob).aad(*b"other");
    assert_eq!(refusal(instance.kms_decrypt(request).await), (400, "InvalidParameter".to_owned()));
}

async fn create(client: &KmsClient, request: CreateKeyRequest) -> String {
    let created = client.create_key(request).await.expect("the key is valid");
    created.key_metadata.key_id
}

fn secret(bytes: &[u8]) -> SecretBytes {
    SecretBytes::from(bytes.to_vec())
}
