//! The life of keys, over the wire: versions, import, deletion, aliases, tags, policies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::api::alias::{
    CreateAliasRequest, DeleteAliasRequest, ListAliasesByKeyIdRequest, ListAliasesRequest,
    UpdateAliasRequest,
};
use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::key::{
    CancelKeyDeletionRequest, CreateKeyRequest, DescribeKeyRequest, DescribeKeyVersionRequest,
    DisableKeyRequest, KeyMetadata, ListKeyVersionsRequest, ListKeysRequest,
    ScheduleKeyDeletionRequest, SetDeletionProtectionRequest, UpdateKeyDescriptionRequest,
    UpdateRotationPolicyRequest,
};
use alibabacloud_kms::api::key_material::{
    DeleteKeyMaterialRequest, GetParametersForImportRequest, ImportKeyMaterialRequest,
};
use alibabacloud_kms::api::policy::{GetKeyPolicyRequest, SetKeyPolicyRequest};
use alibabacloud_kms::api::tag::{
    ListResourceTagsRequest, TagResourceRequest, UntagResourceRequest, UntagResourcesRequest,
};
use alibabacloud_kms::{Clock, ExposeSecret, KmsClient};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{base64, builder, client, gateway, refusal};

const DAY: u64 = 24 * 60 * 60;
/// 2026-11-23T08:00:00Z.
const START: u64 = 1_795_420_800;

#[tokio::test]
async fn a_key_is_described_as_it_was_made() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let request = CreateKeyRequest::new()
        .key_spec("Aliyun_AES_128")
        .description("of orders")
        .protection_level("HSM")
        .dkms_instance_id("kst-a")
        .enable_automatic_rotation(true)
        .rotation_interval("7d");
    let created = client.create_key(request).await.expect("the key is valid").key_metadata;
    let described = describe(&client, &created.key_id).await;
    assert_eq!(described.key_spec.as_ref().map(AsRef::as_ref), Some("Aliyun_AES_128"));
    assert_eq!(described.protection_level.as_ref().map(AsRef::as_ref), Some("HSM"));
    assert_eq!(described.dkms_instance_id.as_deref(), Some("kst-a"));
    assert_eq!(described.description.as_deref(), Some("of orders"));
    assert_eq!(described.automatic_rotation.as_ref().map(AsRef::as_ref), Some("Enabled"));
    assert_eq!(described.rotation_interval.as_deref(), Some("604800s"));
    assert_eq!(described.last_rotation_date, created.creation_date);
    assert!(described.next_rotation_date.is_some());
    assert_eq!(described.material_expire_time.as_deref(), Some(""));
    assert_eq!(described.delete_date, None);

    let request = UpdateKeyDescriptionRequest::new(&created.key_id).description("of goods");
    client.update_key_description(request).await.expect("the key exists");
    client.disable_key(DisableKeyRequest::new(&created.key_id)).await.expect("the key exists");
    let described = describe(&client, &created.key_id).await;
    assert_eq!(described.description.as_deref(), Some("of goods"));
    assert_eq!(described.automatic_rotation.as_ref().map(AsRef::as_ref), Some("Suspended"));

    let filters = r#"[{"Key":"KeyState","Values":["Disabled"]},
        {"Key":"KeySpec","Values":["Aliyun_AES_128","Aliyun_AES_256"]}]"#;
    let listed = client.list_keys(ListKeysRequest::new().filters(filters)).await;
    let listed = listed.expect("the filter is valid");
    assert_eq!((listed.total_count, &*listed.keys[0].key_id), (1, &*created.key_id));
}

#[tokio::test]
async fn what_create_key_does_not_take_is_named() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let rotated = || CreateKeyRequest::new().enable_automatic_rotation(true);
    for (request, code) in [
        (CreateKeyRequest::new().key_spec("Nonsense"), "InvalidParameter"),
        (CreateKeyRequest::new().key_usage("SIGN/VERIFY"), "InvalidParameter"),
        (CreateKeyRequest::new().origin("Elsewhere"), "InvalidParameter"),
        (CreateKeyRequest::new().policy("{}"), "InvalidParameter"),
        (CreateKeyRequest::new().protection_level("none"), "InvalidParameter"),
        (CreateKeyRequest::new().tags(r#"[{"TagKey":"acs:x","TagValue":""}]"#), "InvalidParameter"),
        (rotated(), "MissingParameter"),
        (rotated().rotation_interval("6d"), "InvalidParameter"),
        (rotated().rotation_interval("7d").key_spec("RSA_2048"), "InvalidParameter"),
    ] {
        let shown = format!("{request:?}");
        assert_eq!(refusal(client.create_key(request).await), (400, code.to_owned()), "{shown}");
    }
    for spec in ["Aliyun_SM4", "EC_SM2", "HMAC_SM3"] {
        let created = client.create_key(CreateKeyRequest::new().key_spec(spec)).await;
        if cfg!(feature = "sm") {
            created.expect("it is built in");
        } else {
            let error = created.expect_err("it is not built in");
            assert!(error.to_string().contains("`sm`"), "{error}");
            assert_eq!(refusal::<()>(Err(error)).1, "UnsupportedOperation");
        }
    }
}

#[tokio::test]
async fn keys_are_rotated_and_deleted_by_the_gateways_clock() {
    let (gateway, time) = gateway_with_clock().await;
    let client = at(&gateway, &time);
    let created = client.create_key(CreateKeyRequest::new()).await.expect("the key is valid");
    let key = created.key_metadata.key_id;
    let sealed = client.encrypt(EncryptRequest::new(&key, "text")).await.expect("it encrypts");
    let request = UpdateRotationPolicyRequest::new(&key, true).rotation_interval("7d");
    client.update_rotation_policy(request).await.expect("the key is symmetric");

    time.fetch_add(7 * DAY, Ordering::SeqCst);
    let again = client.encrypt(EncryptRequest::new(&key, "text")).await.expect("it encrypts");
    assert_ne!(again.key_version_id, sealed.key_version_id);
    let opened = client.decrypt(DecryptRequest::new(&sealed.ciphertext_blob)).await;
    assert_eq!(opened.expect("the old version opens").plaintext.expose_secret(), "text");
    let listed = client.list_key_versions(ListKeyVersionsRequest::new(&key)).await;
    let listed = listed.expect("the key exists").key_versions;
    let ids: Vec<_> = listed.iter().map(|version| version.key_version_id.clone()).collect();
    assert_eq!(ids, [again.key_version_id, sealed.key_version_id]);
    let request = DescribeKeyVersionRequest::new(&key, &ids[0]);
    let version = client.describe_key_version(request).await.expect("it exists").key_version;
    let date = version.creation_date;
    assert_eq!(date.as_deref(), Some("2026-11-30T08:00:00Z"));

    let arn = describe(&client, &key).await.arn.expect("it has an ARN");
    let protect = |on| SetDeletionProtectionRequest::new(on).protected_resource_arn(&arn);
    client.set_deletion_protection(protect(true)).await.expect("the key exists");
    let schedule = || client.schedule_key_deletion(ScheduleKeyDeletionRequest::new(&key, 7));
    assert_eq!(refusal(schedule().await).0, 409);
    client.set_deletion_protection(protect(false)).await.expect("the key exists");
    schedule().await.expect("it is not protected");
    let described = describe(&client, &key).await;
    assert_eq!(described.delete_date.as_deref(), Some("2026-12-07T08:00:00Z"));
    let cancel = CancelKeyDeletionRequest::new(&key);
    client.cancel_key_deletion(cancel).await.expect("it is not deleted yet");
    schedule().await.expect("it is enabled");
    time.fetch_add(7 * DAY, Ordering::SeqCst);
    let opened = client.decrypt(DecryptRequest::new(&sealed.ciphertext_blob)).await;
    assert_eq!(refusal(opened), (404, "Forbidden.KeyNotFound".to_owned()));
}

#[tokio::test]
async fn material_is_imported_and_expires_by_the_gateways_clock() {
    let (gateway, time) = gateway_with_clock().await;
    let client = at(&gateway, &time);
    let created = client.create_key(CreateKeyRequest::new().origin("EXTERNAL")).await;
    let key = created.expect("the key is valid").key_metadata.key_id;
    let request = GetParametersForImportRequest::new(&key, "RSA_2048", "RSAES_OAEP_SHA_256");
    let given = client.get_parameters_for_import(request).await.expect("the key is external");
    assert_eq!(given.token_expire_time.as_deref(), Some("2026-11-24T08:00:00Z"));
    let public = STANDARD.decode(&given.public_key).expect("it is Base64");
    let public = PublicEncryptingKey::from_der(&public).expect("it is DER");
    let public = OaepPublicEncryptingKey::new(public).expect("it is an RSA key");
    let mut wrapped = vec![0; public.ciphertext_size()];
    public.encrypt(&OAEP_SHA256_MGF1SHA256, &[7; 32], &mut wrapped, None).expect("it encrypts");
    let import = || {
        let expires = i64::try_from(START + DAY / 2).expect("it is a date");
        let token = given.import_token.clone();
        client.import_key_material(ImportKeyMaterialRequest::new(
            &key,
            base64(&wrapped),
            token,
            expires,
        ))
    };
    import().await.expect("the material fits");
    let described = describe(&client, &key).await;
    assert_eq!(described.material_expire_time.as_deref(), Some("2026-11-23T20:00:00Z"));
    client.encrypt(EncryptRequest::new(&key, "text")).await.expect("it encrypts");
    client.delete_key_material(DeleteKeyMaterialRequest::new(&key)).await.expect("it is there");
    import().await.expect("it is the same material");

    time.fetch_add(DAY / 2, Ordering::SeqCst);
    let sealed = client.encrypt(EncryptRequest::new(&key, "text")).await;
    assert_eq!(refusal(sealed), (409, "Rejected.PendingImport".to_owned()));
}

#[tokio::test]
async fn aliases_are_listed_moved_and_deleted() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let created = client.create_key(CreateKeyRequest::new()).await.expect("the key is valid");
    let key = created.key_metadata.key_id;
    let alias = "alias/moved";
    client.create_alias(CreateAliasRequest::new(alias, DEFAULT_KEY)).await.expect("it is new");
    client.update_alias(UpdateAliasRequest::new(alias, &key)).await.expect("it exists");
    assert_eq!(describe(&client, alias).await.key_id, key);
    let own = client.list_aliases_by_key_id(ListAliasesByKeyIdRequest::new(&key)).await;
    let own = own.expect("the key exists").aliases;
    assert_eq!((own.len(), &*own[0].alias_name), (1, alias));
    let all = client.list_aliases(ListAliasesRequest::new().page_size(2)).await;
    let all = all.expect("the page is valid");
    assert_eq!((all.total_count, all.aliases.len()), (5, 2));
    client.delete_alias(DeleteAliasRequest::new(alias)).await.expect("it exists");
    let gone = client.delete_alias(DeleteAliasRequest::new(alias)).await;
    assert_eq!(refusal(gone), (404, "Forbidden.AliasNotFound".to_owned()));
}

#[tokio::test]
async fn tags_and_policies_of_a_key_are_kept() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let key = describe(&client, DEFAULT_KEY).await.key_id;
    let tags = r#"[{"TagKey":"a","TagValue":"1"},{"TagKey":"b","TagValue":"2"},
        {"TagKey":"c","TagValue":"3"}]"#;
    client.tag_resource(TagResourceRequest::new(tags).key_id(&key)).await.expect("it exists");
    let request = UntagResourceRequest::new(r#"["a"]"#).key_id(&key);
    client.untag_resource(request).await.expect("it exists");
    let untag = UntagResourcesRequest::new("cn-hangzhou", "key", [&*key]);
    let neither = client.untag_resources(untag.clone()).await;
    assert_eq!(refusal(neither), (400, "MissingParameter".to_owned()));
    client.untag_resources(untag.clone().tag_key(["b"])).await.expect("it exists");
    let listed = || client.list_resource_tags(ListResourceTagsRequest::new(&key));
    let left = listed().await.expect("the key exists").tags;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].tag_key.as_deref(), Some("c"));
    client.untag_resources(untag.all(true)).await.expect("it exists");
    assert!(listed().await.expect("the key exists").tags.is_empty());

    let policy = |client: &KmsClient| {
        let request = GetKeyPolicyRequest::new(&key);
        let call = client.get_key_policy(request);
        async move { call.await.expect("the key exists").policy }
    };
    assert!(policy(&client).await.contains("acs:ram::"));
    let own = r#"{"Version":"1","Statement":[{"Effect":"Deny","Action":["kms:Encrypt"],
        "Principal":{"RAM":["acs:ram::1:user/a"]},"Resource":["*"]}]}"#;
    client.set_key_policy(SetKeyPolicyRequest::new(&key, own)).await.expect("it is a policy");
    assert_eq!(policy(&client).await, own);
    let wrong = client.set_key_policy(SetKeyPolicyRequest::new(&key, "{}")).await;
    assert_eq!(refusal(wrong), (400, "InvalidParameter".to_owned()));
    let other = client.get_key_policy(GetKeyPolicyRequest::new(&key).policy_name("other")).await;
    assert_eq!(refusal(other).0, 404);
}

async fn gateway_with_clock() -> (LocalGateway, Arc<AtomicU64>) {
    let time = Arc::new(AtomicU64::new(START));
    let gateway = LocalGateway::builder().clock(clock(&time)).start().await;
    (gateway.expect("the gateway starts"), time)
}

/// A client whose clock is the gateway's.
fn at(gateway: &LocalGateway, time: &Arc<AtomicU64>) -> KmsClient {
    builder(gateway).clock(clock(time)).build().expect("the client is built")
}

fn clock(time: &Arc<AtomicU64>) -> Clock {
    let time = Arc::clone(time);
    Clock::new(move || SystemTime::UNIX_EPOCH + Duration::from_secs(time.load(Ordering::SeqCst)))
}

async fn describe(client: &KmsClient, key: &str) -> KeyMetadata {
    let described = client.describe_key(DescribeKeyRequest::new(key)).await;
    described.expect("the key exists").key_metadata
}
