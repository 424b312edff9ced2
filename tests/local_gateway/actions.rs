//! Every action, on every gateway that serves it, and what one gateway made on the other.

use alibabacloud_kms::api::account::DescribeRegionsRequest;
use alibabacloud_kms::api::alias::CreateAliasRequest;
use alibabacloud_kms::api::asymmetric::{
    AsymmetricDecryptRequest, AsymmetricEncryptRequest, AsymmetricSignRequest,
    AsymmetricVerifyRequest, GetPublicKeyRequest,
};
use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::data_key::{
    GenerateDataKeyRequest, GenerateDataKeyWithoutPlaintextRequest,
};
use alibabacloud_kms::api::key::{
    CreateKeyRequest, DescribeKeyRequest, DisableKeyRequest, EnableKeyRequest, ListKeysRequest,
};
use alibabacloud_kms::api::secret::{
    CreateSecretRequest, GetSecretValueRequest, PutSecretValueRequest,
};
use alibabacloud_kms::api::tag::{ListTagResourcesRequest, Tag, TagResourcesRequest};
use alibabacloud_kms::api::values::{KeyState, SecretDataType};
use alibabacloud_kms::transfer::ContextAad;
use alibabacloud_kms::{ExposeSecret, KmsClient, Pairs};
use alibabacloud_kms_local::{
    DEFAULT_KEY, EC_SIGN_KEY, EXAMPLE_SECRET, LocalGateway, RSA_ENCRYPT_KEY, RSA_SIGN_KEY,
};

use crate::{base64, builder, client, gateway, key_version, refusal};

const TEXT: &str = "text, 中文, +&=%~";

#[tokio::test]
async fn ciphertexts_of_each_gateway_open_on_the_other_in_every_mode() {
    for form in [ContextAad::Digest, ContextAad::Python] {
        for with_tls in [false, true] {
            let mut settings = LocalGateway::builder().context_aad(form);
            if with_tls {
                settings = settings.with_tls();
            }
            let gateway = settings.start().await.expect("the gateway starts");
            for low_version in [false, true] {
                let client = builder(&gateway)
                    .context_aad(form)
                    .force_low_version_crypto_transfer(low_version)
                    .build()
                    .expect("the client is built");
                for context in [None, Some(Pairs::new()), Some(context())] {
                    for sealed_by_shared in [false, true] {
                        for opened_by_shared in [false, true] {
                            // In this mode the two gateways' contexts are another text each.
                            let is_foreign = form == ContextAad::Python
                                && low_version
                                && context.is_some()
                                && sealed_by_shared
                                && !opened_by_shared;
                            let ways = [sealed_by_shared, opened_by_shared];
                            if !is_foreign {
                                round_trip(&client, context.as_ref(), ways).await;
                                data_keys(&client, context.as_ref(), ways).await;
                            }
                        }
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_wrong_context_opens_nothing() {
    for form in [ContextAad::Digest, ContextAad::Python] {
        let gateway = LocalGateway::builder().context_aad(form).start().await;
        let gateway = gateway.expect("the gateway starts");
        let client = builder(&gateway).context_aad(form).build().expect("the client is built");
        for shared in [false, true] {
            let request = EncryptRequest::new(DEFAULT_KEY, TEXT).encryption_context(context());
            let sealed = client.encrypt(request).use_shared_gateway(shared).await;
            let blob = sealed.expect("it encrypts").ciphertext_blob;
            let without = DecryptRequest::new(&blob);
            let other = DecryptRequest::new(&blob).encryption_context(Pairs::from([("a", "b")]));
            for request in [without, other] {
                for shared in [false, true] {
                    let opened = client.decrypt(request.clone()).use_shared_gateway(shared).await;
                    assert_eq!(refusal(opened), (400, "InvalidParameter".to_owned()));
                }
            }
        }
    }
}

#[tokio::test]
async fn asymmetric_keys_do_the_same_on_both_gateways() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let plaintext = base64(b"\0\xff bytes");
    let digest = base64(&[7; 32]);
    for (made_by_shared, used_by_shared) in
        [(false, false), (false, true), (true, false), (true, true)]
    {
        let version = key_version(&client, RSA_ENCRYPT_KEY).await;
        for algorithm in ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"] {
            let request = AsymmetricEncryptRequest::new(RSA_ENCRYPT_KEY, algorithm, &*plaintext)
                .key_version_id(&version);
            let sealed = client.asymmetric_encrypt(request);
            let sealed = sealed.use_shared_gateway(made_by_shared).await;
            let sealed = sealed.expect("it encrypts");
            assert_eq!(sealed.key_version_id.as_ref(), Some(&version));
            let request =
                AsymmetricDecryptRequest::new(RSA_ENCRYPT_KEY, algorithm, sealed.ciphertext_blob)
                    .key_version_id(&version);
            let opened = client.asymmetric_decrypt(request);
            let opened = opened.use_shared_gateway(used_by_shared).await;
            let opened = opened.expect("it decrypts");
            assert_eq!(opened.plaintext.expose_secret(), plaintext);
        }
        for (key, algorithm) in [
            (RSA_SIGN_KEY, "RSA_PKCS1_SHA_256"),
            (RSA_SIGN_KEY, "RSA_PSS_SHA_256"),
            (EC_SIGN_KEY, "ECDSA_SHA_256"),
        ] {
            let version = key_version(&client, key).await;
            let request =
                AsymmetricSignRequest::new(key, algorithm, &digest).key_version_id(&version);
            let signed = client.asymmetric_sign(request);
            let signed = signed.use_shared_gateway(made_by_shared).await;
            let value = signed.expect("it signs").value;
            for (digest, is_signed) in [(digest.clone(), true), (base64(&[8; 32]), false)] {
                let request = AsymmetricVerifyRequest::new(key, algorithm, digest, &value)
                    .key_version_id(&version);
                let verified = client.asymmetric_verify(request);
                let verified = verified.use_shared_gateway(used_by_shared).await;
                assert_eq!(verified.expect("it verifies").value, is_signed);
            }
            let request = GetPublicKeyRequest::new(key).key_version_id(&version);
            let [made, used] = [made_by_shared, used_by_shared].map(|shared| {
                let request = client.get_public_key(request.clone());
                request.use_shared_gateway(shared)
            });
            let made = made.await.expect("there is a public key");
            let used = used.await.expect("there is a public key");
            assert_eq!(made.public_key, used.public_key);
            assert_eq!(used.key_version_id, Some(version));
        }
    }
}

#[tokio::test]
async fn a_secret_is_read_on_both_gateways() {
    let gateway = gateway().await;
    let client = client(&gateway);
    for shared in [false, true] {
        let request = GetSecretValueRequest::new(EXAMPLE_SECRET);
        let value = client.get_secret_value(request).use_shared_gateway(shared);
        let value = value.await.expect("the secret is there");
        assert_eq!(value.secret_data.expose_secret(), "a secret");
        assert_eq!(value.version_stages, ["ACSCurrent"]);
        assert_eq!(value.secret_data_type, Some(SecretDataType::Text));
        assert!(!value.request_id.is_empty());
    }
}

#[tokio::test]
async fn keys_aliases_tags_and_secrets_are_managed() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let created = client
        .create_key(
            CreateKeyRequest::new()
                .dkms_instance_id("kst-local")
                .rotation_interval("30d")
                .description(TEXT)
                .tags(r#"[{"TagKey":"a","TagValue":"1"}]"#),
        )
        .await
        .expect("the key is created");
    let key_id = created.key_metadata.key_id;
    client
        .create_alias(CreateAliasRequest::new("alias/new", &key_id))
        .await
        .expect("the alias is created");
    let described = client.describe_key(DescribeKeyRequest::new("alias/new"));
    let described = described.await.expect("the alias names the key");
    let metadata = described.key_metadata;
    assert_eq!(metadata.description.as_deref(), Some(TEXT));
    assert_eq!(metadata.key_state, Some(KeyState::Enabled));

    let tags = [Tag::new().key("b").value("2")];
    client
        .tag_resources(TagResourcesRequest::new("cn-hangzhou", "key", [&key_id], tags))
        .await
        .expect("the key is tagged");
    let listed = client
        .list_tag_resources(
            ListTagResourcesRequest::new("cn-hangzhou", "key").resource_id([&key_id]),
        )
        .await
        .expect("the tags are listed");
    let pairs = listed.tag_resources.iter();
    let pairs: Vec<_> =
        pairs.map(|tag| (tag.tag_key.as_deref(), tag.tag_value.as_deref())).collect();
    assert_eq!(pairs, [(Some("a"), Some("1")), (Some("b"), Some("2"))]);

    let disable = DisableKeyRequest::new(&key_id);
    client.disable_key(disable).await.expect("it is disabled");
    let sealed = client.encrypt(EncryptRequest::new(&key_id, TEXT)).await;
    assert_eq!(refusal(sealed), (409, "Rejected.Disabled".to_owned()));
    let enable = EnableKeyRequest::new(&key_id);
    client.enable_key(enable).await.expect("it is enabled");
    let sealed = client.encrypt(EncryptRequest::new(&key_id, TEXT)).await;
    sealed.expect("it encrypts again");

    let page = ListKeysRequest::new().page_number(2).page_size(3);
    let page = client.list_keys(page).await.expect("keys are listed");
    assert_eq!((page.keys.len(), page.total_count), (2, 5));
    let regions = client.describe_regions(DescribeRegionsRequest::new()).await;
    assert_eq!(regions.expect("there is one").regions.len(), 1);

    let request = CreateSecretRequest::new("db", "v1", TEXT).secret_data_type("text");
    client.create_secret(request).await.expect("it is new");
    let value = client.get_secret_value(GetSecretValueRequest::new("db"));
    let value = value.await.expect("the secret is there");
    assert_eq!(value.secret_data.expose_secret(), TEXT);
    client
        .put_secret_value(PutSecretValueRequest::new("db", "v2", "new"))
        .await
        .expect("it is new");
    for (request, data) in [
        (GetSecretValueRequest::new("db"), "new"),
        (GetSecretValueRequest::new("db").version_stage("ACSPrevious"), TEXT),
    ] {
        let value = client.get_secret_value(request).await.expect("the version is there");
        assert_eq!(value.secret_data.expose_secret(), data);
    }
}

#[tokio::test]
async fn a_dry_run_fails_and_says_that_it_would_succeed() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let request = EncryptRequest::new(DEFAULT_KEY, TEXT).dry_run("true");
    let sealed = client.encrypt(request).use_shared_gateway(true).await;
    assert_eq!(refusal(sealed), (400, "DryRunOperationError".to_owned()));
    let request = EncryptRequest::new("key-0", TEXT).dry_run("true");
    let sealed = client.encrypt(request).use_shared_gateway(true).await;
    assert_eq!(refusal(sealed), (404, "Forbidden.KeyNotFound".to_owned()));
}

fn context() -> Pairs {
    Pairs::from([("tenant", "中"), ("app", "a b&c=d\"")])
}

async fn round_trip(client: &KmsClient, context: Option<&Pairs>, ways: [bool; 2]) {
    let mut request = EncryptRequest::new(DEFAULT_KEY, TEXT);
    request.encryption_context = context.cloned();
    let sealed = client.encrypt(request).use_shared_gateway(ways[0]).await;
    let sealed = sealed.expect("it encrypts");
    let mut request = DecryptRequest::new(sealed.ciphertext_blob);
    request.encryption_context = context.cloned();
    let opened = client.decrypt(request).use_shared_gateway(ways[1]).await;
    let opened = opened.expect("it decrypts");
    assert_eq!(opened.plaintext.expose_secret(), TEXT);
    assert_eq!(opened.key_id, sealed.key_id);
    assert_eq!(opened.key_version_id, sealed.key_version_id);
}

async fn data_keys(client: &KmsClient, context: Option<&Pairs>, ways: [bool; 2]) {
    let mut request = GenerateDataKeyRequest::new(DEFAULT_KEY).key_spec("AES_128");
    request.encryption_context = context.cloned();
    let made = client.generate_data_key(request);
    let made = made.use_shared_gateway(ways[0]).await.expect("a data key");
    assert_eq!(made.plaintext.expose_secret().len(), 24);
    let mut request = GenerateDataKeyWithoutPlaintextRequest::new(DEFAULT_KEY).number_of_bytes(64);
    request.encryption_context = context.cloned();
    let hidden = client.generate_data_key_without_plaintext(request);
    let hidden = hidden.use_shared_gateway(ways[0]).await;
    let hidden = hidden.expect("a data key");

    let open = async |blob: String| {
        let mut request = DecryptRequest::new(blob);
        request.encryption_context = context.cloned();
        let opened = client.decrypt(request).use_shared_gateway(ways[1]).await;
        opened.expect("it decrypts").plaintext
    };
    let opened = open(made.ciphertext_blob).await;
    assert_eq!(opened.expose_secret(), made.plaintext.expose_secret());
    let opened = open(hidden.ciphertext_blob).await;
    assert_eq!(opened.expose_secret().len(), 88);
}

#[tokio::test]
async fn base64_with_line_ends_and_spaces_opens_on_both_gateways() {
    let gateway = gateway().await;
    let client = builder(&gateway).build().expect("the client is built");
    let sealed = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "hello")).await.expect("sealed");
    let blob = sealed.ciphertext_blob;
    let (head, tail) = blob.split_at(64);
    for blob in
        [format!("{blob}\n"), format!("{blob}\r\n"), format!(" {blob}"), format!("{head}\n{tail}")]
    {
        for shared in [true, false] {
            let opened =
                client.decrypt(DecryptRequest::new(&blob)).use_shared_gateway(shared).await;
            assert_eq!(opened.expect("opened").plaintext.expose_secret(), "hello", "{blob:?}");
        }
    }
}
