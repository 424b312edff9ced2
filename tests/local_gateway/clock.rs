//! What happens by the gateway's clock, however it is moved: by a clock of the builder's, by the
//! gateway's own method, and by an admin call.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::key::{
    CreateKeyRequest, DescribeKeyRequest, KeyMetadata, ListKeyVersionsRequest,
    ScheduleKeyDeletionRequest, UpdateRotationPolicyRequest,
};
use alibabacloud_kms::api::key_material::{
    GetParametersForImportRequest, ImportKeyMaterialRequest,
};
use alibabacloud_kms::api::secret::{
    CreateSecretRequest, DeleteSecretRequest, DescribeSecretRequest, GetSecretValueRequest,
    ListSecretVersionIdsRequest, UpdateSecretRotationPolicyRequest,
};
use alibabacloud_kms::middleware::wire::time::iso8601;
use alibabacloud_kms::{Clock, ExposeSecret, JsonObject, KmsClient};
use alibabacloud_kms_local::LocalGateway;
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::admin::call;
use crate::{base64, builder, refusal};

/// 2026-11-23T08:00:00Z.
const START: u64 = 1_795_420_800;
const DAY: u64 = 86_400;

/// Who moves the clock.
#[derive(Clone, Copy, Debug)]
enum Way {
    Builder,
    Method,
    AdminCall,
}

const WAYS: [Way; 3] = [Way::Builder, Way::Method, Way::AdminCall];

/// A gateway that stands still at [`START`] until its clock is moved.
struct World {
    way: Way,
    gateway: LocalGateway,
    folder: tempfile::TempDir,
    client: KmsClient,
    seconds: Arc<AtomicU64>,
}

impl World {
    async fn new(way: Way) -> Self {
        let seconds = Arc::new(AtomicU64::new(START));
        let now = Arc::clone(&seconds);
        let clock = Clock::new(move || at(now.load(Ordering::SeqCst)));
        let folder = tempfile::tempdir().expect("a folder");
        let gateway = LocalGateway::builder().clock(clock.clone()).directory(folder.path());
        let gateway = gateway.start().await.expect("the gateway starts");
        let client = builder(&gateway).clock(clock).use_shared_gateway(true).build();
        Self { way, gateway, folder, client: client.expect("it is built"), seconds }
    }

    async fn pass(&self, seconds: u64) {
        let expected = self.gateway.now() + Duration::from_secs(seconds);
        match self.way {
            Way::Builder => {
                self.seconds.fetch_add(seconds, Ordering::SeqCst);
            }
            Way::Method => {
                self.gateway.advance_clock(Duration::from_secs(seconds)).await.expect("it moves");
            }
            Way::AdminCall => {
                let token = std::fs::read_to_string(self.folder.path().join("admin_token"));
                let (token, body) = (token.expect("it is there"), json!({ "advance": seconds }));
                let head = "POST /_local/clock";
                let (status, clock) = call(&self.gateway, head, &token, &body.to_string()).await;
                assert_eq!((status, &clock["now"]), (200, &json!(iso8601(expected))));
            }
        }
        assert_eq!(self.gateway.now(), expected, "{:?}", self.way);
    }

    async fn key(&self, request: CreateKeyRequest) -> String {
        self.client.create_key(request).await.expect("the key is valid").key_metadata.key_id
    }

    async fn describe(&self, key: &str) -> KeyMetadata {
        let described = self.client.describe_key(DescribeKeyRequest::new(key)).await;
        described.expect("the key is there").key_metadata
    }

    /// The ids of a key's versions, by age.
    async fn key_versions(&self, key: &str) -> Vec<(String, String)> {
        let listed = self.client.list_key_versions(ListKeyVersionsRequest::new(key)).await;
        let versions = listed.expect("the key is there").key_versions;
        let mut versions: Vec<_> = versions
            .into_iter()
            .map(|it| {
                (it.creation_date.as_deref().unwrap_or_default().to_owned(), it.key_version_id)
            })
            .collect();
        versions.sort_unstable();
        versions
    }

    async fn value(&self, secret: &str, stage: &str) -> (String, Value) {
        let request = GetSecretValueRequest::new(secret).version_stage(stage);
        let value = self.client.get_secret_value(request).await.expect("the stage is there");
        let data = serde_json::from_str(value.secret_data.expose_secret()).expect("it is JSON");
        (value.version_id, data)
    }

    /// The versions of a secret with their stages, by age.
    async fn stages(&self, secret: &str) -> Vec<(String, Vec<String>)> {
        let request = ListSecretVersionIdsRequest::new(secret).include_deprecated("true");
        let listed = self.client.list_secret_version_ids(request).await;
        let versions = listed.expect("the secret is there").version_ids;
        versions.into_iter().map(|it| (it.version_id, it.version_stages)).collect()
    }
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

#[tokio::test]
async fn a_key_is_rotated_at_its_interval_and_opens_what_it_sealed_before() {
    for way in WAYS {
        let world = World::new(way).await;
        let request =
            CreateKeyRequest::new().enable_automatic_rotation(true).rotation_interval("7d");
        let key = world.key(request).await;
        let encrypt = || world.client.encrypt(EncryptRequest::new(&*key, "text"));
        let sealed = encrypt().await.expect("it encrypts");

        world.pass(7 * DAY - 1).await;
        assert_eq!(world.key_versions(&key).await.len(), 1, "{way:?}");
        assert_eq!(encrypt().await.expect("it encrypts").key_version_id, sealed.key_version_id);
        world.pass(1).await;
        let [first, second] = &*world.key_versions(&key).await else { panic!("{way:?}") };
        assert_eq!((&first.1, &*second.0), (&sealed.key_version_id, "2026-11-30T08:00:00Z"));
        let now = encrypt().await.expect("it encrypts");
        assert_eq!(now.key_version_id, second.1);
        let described = world.describe(&key).await;
        assert_eq!(described.primary_key_version.as_deref(), Some(&*second.1));
        let dates = (described.last_rotation_date, described.next_rotation_date);
        let dates = (dates.0.expect("it was rotated"), dates.1.expect("it will be"));
        assert_eq!(dates.0.as_str(), "2026-11-30T08:00:00Z");
        assert_eq!(dates.1.as_str(), "2026-12-07T08:00:00Z");

        // Three that nobody saw, each at its own time.
        world.pass(22 * DAY).await;
        let versions = world.key_versions(&key).await;
        let dates: Vec<_> = versions.iter().map(|(date, _)| &date[..10]).collect();
        let expected = ["2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21"];
        assert_eq!(dates, expected, "{way:?}");
        for blob in [sealed.ciphertext_blob, now.ciphertext_blob] {
            let opened = world.client.decrypt(DecryptRequest::new(blob)).await;
            assert_eq!(opened.expect("it decrypts").plaintext.expose_secret(), "text");
        }

        let stop = UpdateRotationPolicyRequest::new(&*key, false);
        world.client.update_rotation_policy(stop).await.expect("it is there");
        world.pass(30 * DAY).await;
        assert_eq!(world.key_versions(&key).await, versions, "{way:?}");
    }
}

#[tokio::test]
async fn a_key_is_deleted_at_the_end_of_its_window_and_not_before() {
    for way in WAYS {
        let world = World::new(way).await;
        let key = world.key(CreateKeyRequest::new()).await;
        let request = ScheduleKeyDeletionRequest::new(&*key, 30);
        world.client.schedule_key_deletion(request).await.expect("it is there");
        world.pass(30 * DAY - 1).await;
        let described = world.describe(&key).await;
        assert_eq!(described.delete_date.as_deref(), Some("2026-12-23T08:00:00Z"), "{way:?}");
        let encrypt = || world.client.encrypt(EncryptRequest::new(&*key, "text"));
        let waits = (409, "Rejected.PendingDeletion".to_owned());
        assert_eq!(refusal(encrypt().await), waits, "{way:?}");
        world.pass(1).await;
        let gone = (404, "Forbidden.KeyNotFound".to_owned());
        assert_eq!(refusal(encrypt().await), gone, "{way:?}");
    }
}

#[tokio::test]
async fn imported_material_expires_and_is_imported_again() {
    for way in WAYS {
        let world = World::new(way).await;
        let key = world.key(CreateKeyRequest::new().origin("EXTERNAL")).await;
        let import = async |until: u64| {
            let request =
                GetParametersForImportRequest::new(&*key, "RSA_2048", "RSAES_OAEP_SHA_256");
            let given = world.client.get_parameters_for_import(request).await;
            let given = given.expect("the key is external");
            let wrapped = base64(&wrapped(&given.public_key));
            let until = i64::try_from(until).expect("it is a date");
            let request = ImportKeyMaterialRequest::new(&*key, wrapped, given.import_token, until);
            world.client.import_key_material(request).await.expect("the material fits");
        };
        import(START + DAY).await;
        let encrypt = || world.client.encrypt(EncryptRequest::new(&*key, "text"));
        let sealed = encrypt().await.expect("it has material");
        world.pass(DAY - 1).await;
        encrypt().await.expect("it has material");
        world.pass(1).await;
        let waits = (409, "Rejected.PendingImport".to_owned());
        assert_eq!(refusal(encrypt().await), waits, "{way:?}");
        let described = world.describe(&key).await;
        assert_eq!(described.key_state.as_ref().map(|it| it.as_str()), Some("PendingImport"));
        import(0).await;
        let opened = world.client.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).await;
        assert_eq!(opened.expect("it is the same").plaintext.expose_secret(), "text");
        world.pass(1000 * DAY).await;
        encrypt().await.expect("it does not expire");
    }
}

/// The material `[7; 32]` for the holder of a public key.
fn wrapped(public_key: &str) -> Vec<u8> {
    let public = STANDARD.decode(public_key).expect("it is Base64");
    let public = PublicEncryptingKey::from_der(&public).expect("it is DER");
    let public = OaepPublicEncryptingKey::new(public).expect("it is an RSA key");
    let mut wrapped = vec![0; public.ciphertext_size()];
    public.encrypt(&OAEP_SHA256_MGF1SHA256, &[7; 32], &mut wrapped, None).expect("it encrypts");
    wrapped
}

#[tokio::test]
async fn a_managed_secret_is_rotated_at_its_interval_and_its_stages_move() {
    for way in WAYS {
        let world = World::new(way).await;
        let account = |name: &str| json!({"AccountName": name, "AccountPassword": "old"});
        let data = json!({"Accounts": [account("app"), account("app_clone")]}).to_string();
        let config = json!({"SecretSubType": "DoubleUsers", "DBInstanceId": "rm-1"});
        let Value::Object(config) = config else { panic!("it is an object") };
        let request = CreateSecretRequest::new("db", "v1", data)
            .secret_type("Rds")
            .extended_config(JsonObject::from(config))
            .enable_automatic_rotation(true)
            .rotation_interval("7d");
        world.client.create_secret(request).await.expect("the secret is valid");
        let first = world.value("db", "ACSCurrent").await;
        assert_eq!((&*first.0, &first.1["AccountName"]), ("v1", &json!("app")));

        world.pass(7 * DAY - 1).await;
        assert_eq!(world.value("db", "ACSCurrent").await, first, "{way:?}");
        world.pass(1).await;
        let second = world.value("db", "ACSCurrent").await;
        assert_eq!(second.1["AccountName"], "app_clone", "{way:?}");
        assert_ne!(second.1["AccountPassword"], "old", "{way:?}");
        assert_eq!(world.value("db", "ACSPrevious").await, first, "{way:?}");
        // Nothing more is due.
        assert_eq!(world.value("db", "ACSCurrent").await, second, "{way:?}");

        // Three that nobody saw: the one account, the other, and the one again.
        world.pass(22 * DAY).await;
        let last = world.value("db", "ACSCurrent").await;
        assert_eq!(world.value("db", "ACSCurrent").await, last, "{way:?}");
        assert_eq!(last.1["AccountName"], "app", "{way:?}");
        let previous = world.value("db", "ACSPrevious").await.1;
        assert_eq!(previous["AccountName"], "app_clone", "{way:?}");
        let stages = world.stages("db").await;
        let ids: Vec<_> = stages.iter().map(|(id, _)| id.clone()).collect();
        // The first is that of the other account, which was made with the secret.
        assert_eq!((ids.len(), &ids[1], &ids[2]), (6, &first.0, &second.0), "{way:?}");
        let of: Vec<_> = stages.iter().map(|(_, stages)| stages.join(",")).collect();
        assert_eq!(of, ["", "", "", "", "ACSPrevious", "ACSCurrent"], "{way:?}");
        let described = world.client.describe_secret(DescribeSecretRequest::new("db")).await;
        let described = described.expect("it is there");
        assert_eq!(described.last_rotation_date.as_deref(), Some("2026-12-21T08:00:00Z"));
        assert_eq!(described.next_rotation_date.as_deref(), Some("2026-12-28T08:00:00Z"));

        // Of very many, ten versions stay, and the account in use is the one whose turn it is.
        world.pass(101 * 7 * DAY).await;
        let much_later = world.value("db", "ACSCurrent").await;
        assert_eq!(much_later.1["AccountName"], "app_clone", "{way:?}");
        let stages = world.stages("db").await;
        assert_eq!(stages.len(), 10, "{way:?}");
        assert!(!stages.iter().any(|(id, _)| ids.contains(id)), "{way:?}");

        let stop = UpdateSecretRotationPolicyRequest::new("db", false, "7d");
        world.client.update_secret_rotation_policy(stop).await.expect("it is managed");
        world.pass(30 * DAY).await;
        assert_eq!(world.value("db", "ACSCurrent").await, much_later, "{way:?}");
    }
}

#[tokio::test]
async fn a_secret_is_deleted_at_the_end_of_its_window_and_not_before() {
    for way in WAYS {
        let world = World::new(way).await;
        let create = || world.client.create_secret(CreateSecretRequest::new("db", "v1", "{}"));
        create().await.expect("it is new");
        let request = DeleteSecretRequest::new("db").recovery_window_in_days("30");
        world.client.delete_secret(request).await.expect("it is there");
        world.pass(30 * DAY - 1).await;
        let describe = || world.client.describe_secret(DescribeSecretRequest::new("db"));
        let described = describe().await.expect("it can still be restored");
        assert_eq!(described.planned_delete_time.as_deref(), Some("2026-12-23T08:00:00Z"));
        world.pass(1).await;
        let gone = (404, "Forbidden.ResourceNotFound".to_owned());
        assert_eq!(refusal(describe().await), gone, "{way:?}");
        create().await.expect("the name is free");
    }
}
