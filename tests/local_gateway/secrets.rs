//! Secrets: their types, versions, stages, rotation and deletion.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::api::policy::{GetSecretPolicyRequest, SetSecretPolicyRequest};
use alibabacloud_kms::api::secret::{
    BatchGetSecretValueRequest, CreateSecretRequest, DeleteSecretRequest, DescribeSecretRequest,
    GetRandomPasswordRequest, GetSecretValueRequest, ListSecretVersionIdsRequest,
    ListSecretsRequest, PutSecretValueRequest, RestoreSecretRequest, RotateSecretRequest,
    SecretExtendedConfig, SecretToGet, UpdateSecretRequest, UpdateSecretRotationPolicyRequest,
    UpdateSecretVersionStageRequest,
};
use alibabacloud_kms::{Clock, ExposeSecret, JsonObject, KmsClient};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway, RSA_SIGN_KEY};
use serde_json::{Value, json};

use crate::{builder, refusal};

const START: u64 = 1_795_420_800;
const DAY: u64 = 86_400;

/// A gateway whose clock a test sets, and a client of its RPC dialect.
struct World {
    _gateway: LocalGateway,
    client: KmsClient,
    seconds: Arc<AtomicU64>,
}

impl World {
    async fn new() -> Self {
        let seconds = Arc::new(AtomicU64::new(START));
        let now = Arc::clone(&seconds);
        let clock = Clock::new(move || {
            SystemTime::UNIX_EPOCH + Duration::from_secs(now.load(Ordering::SeqCst))
        });
        let gateway = LocalGateway::builder().clock(clock.clone()).start().await;
        let gateway = gateway.expect("the gateway starts");
        let client = builder(&gateway).clock(clock).use_shared_gateway(true).build();
        Self { client: client.expect("it is built"), _gateway: gateway, seconds }
    }

    fn pass(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    async fn create(&self, name: &str) {
        let request = CreateSecretRequest::new(name, "v1", "one");
        self.client.create_secret(request).await.expect("the secret is new");
    }

    async fn value(&self, name: &str, stage: &str) -> Result<String, (u16, String)> {
        let request = GetSecretValueRequest::new(name).version_stage(stage);
        match self.client.get_secret_value(request).await {
            Ok(value) => Ok(value.secret_data.expose_secret().to_owned()),
            error => Err(refusal(error)),
        }
    }
}

fn code(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn object(value: Value) -> JsonObject {
    let Value::Object(map) = value else { panic!("it is an object") };
    map
}

#[tokio::test]
async fn a_secret_is_described_and_listed_by_what_it_is() {
    let world = World::new().await;
    let client = &world.client;
    let request = CreateSecretRequest::new("db", "v1", "one")
        .description("of the database")
        .dkms_instance_id("kst-1")
        .encryption_key_id(DEFAULT_KEY)
        .tags(r#"[{"TagKey":"env","TagValue":"test"}]"#);
    client.create_secret(request).await.expect("the secret is new");
    world.create("other").await;
    let described = client.describe_secret(DescribeSecretRequest::new("db").fetch_tags("true"));
    let described = described.await.expect("it is there");
    assert_eq!(described.description.as_deref(), Some("of the database"));
    assert_eq!(described.dkms_instance_id.as_deref(), Some("kst-1"));
    assert!(described.encryption_key_id.expect("it is kept").starts_with("key-"));
    assert_eq!(described.tags[0].tag_key.as_deref(), Some("env"));
    assert_eq!(described.automatic_rotation, None);
    let update = UpdateSecretRequest::new("db").description("changed");
    client.update_secret(update).await.expect("it is there");

    for (filters, expected) in [
        ("", &["db", "example", "other"][..]),
        (r#"[{"Key":"SecretName","Values":["db","other"]}]"#, &["db", "other"]),
        (r#"[{"Key":"Description","Values":["changed"]}]"#, &["db"]),
        (r#"[{"Key":"TagKey","Values":["env"]},{"Key":"TagValue","Values":["test"]}]"#, &["db"]),
        (r#"[{"Key":"SecretType","Values":["Rds"]}]"#, &[]),
    ] {
        let listed = client.list_secrets(ListSecretsRequest::new().filters(filters)).await;
        let listed = listed.expect("the filters are valid").secret_list;
        let names: Vec<&str> = listed.iter().map(|it| it.secret_name.as_str()).collect();
        assert_eq!(names, expected, "{filters}");
        assert!(listed.iter().all(|secret| secret.tags.is_empty()));
    }
    let wrong = client.list_secrets(ListSecretsRequest::new().filters("[{}]")).await;
    assert_eq!(refusal(wrong), code(400, "InvalidParameter"));
}

#[tokio::test]
async fn what_a_secret_cannot_be_is_refused() {
    let world = World::new().await;
    let new = |name: &str| CreateSecretRequest::new(name, "v1", "one");
    world.create(&"n".repeat(192)).await;
    let binary = new("binary").secret_data_type("binary");
    world.client.create_secret(binary).await.expect("binary data is taken");
    let large = CreateSecretRequest::new("large", "v1", "x".repeat(30_720));
    world.client.create_secret(large).await.expect("30 KB are taken");
    let invalid = code(400, "InvalidParameter");
    let missing = code(400, "MissingParameter");
    for (request, expected) in [
        (new(&"n".repeat(193)), &invalid),
        (new("acs/x"), &invalid),
        (new("a b"), &invalid),
        (CreateSecretRequest::new("a", "v1", "x".repeat(30_721)), &invalid),
        (new("a").secret_type("Nonsense"), &invalid),
        (new("a").encryption_key_id(RSA_SIGN_KEY), &invalid),
        (new("a").policy("{}"), &invalid),
        (new("a").secret_type("Rds"), &missing),
        (new("binary"), &code(409, "Rejected.ResourceExist")),
    ] {
        assert_eq!(&refusal(world.client.create_secret(request).await), expected);
    }
}

#[tokio::test]
async fn a_version_is_put_again_without_a_change_and_ten_are_kept() {
    let world = World::new().await;
    world.create("db").await;
    let put = |id: String, data: &'static str| {
        world.client.put_secret_value(PutSecretValueRequest::new("db", id, data))
    };
    for _ in 0..2 {
        put("v2".to_owned(), "two").await.expect("the same data is a success");
    }
    let other = put("v2".to_owned(), "three").await;
    assert_eq!(refusal(other), code(409, "Rejected.ResourceExist"));
    assert_eq!(world.value("db", "ACSCurrent").await.as_deref(), Ok("two"));
    assert_eq!(world.value("db", "ACSPrevious").await.as_deref(), Ok("one"));
    for n in 3..=13 {
        put(format!("v{n}"), "x").await.expect("the version is new");
    }
    let list = ListSecretVersionIdsRequest::new("db").page_size(100);
    let all = world.client.list_secret_version_ids(list.clone().include_deprecated("true")).await;
    let all = all.expect("it is there").version_ids;
    let ids: Vec<_> = all.iter().map(|version| &*version.version_id).collect();
    assert_eq!(ids, ["v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13"]);
    let staged = world.client.list_secret_version_ids(list).await.expect("it is there");
    assert_eq!(staged.total_count, 2);
    let stage = UpdateSecretVersionStageRequest::new("db", "blue").move_to_version("v5");
    world.client.update_secret_version_stage(stage).await.expect("the version is there");
    assert_eq!(world.value("db", "blue").await.as_deref(), Ok("x"));
}

#[tokio::test]
async fn a_deleted_secret_can_be_restored_until_its_window_is_over() {
    let world = World::new().await;
    let client = &world.client;
    world.create("db").await;
    let delete = |days: &str| {
        client.delete_secret(DeleteSecretRequest::new("db").recovery_window_in_days(days))
    };
    for days in ["6", "31", "x", "-7"] {
        assert_eq!(refusal(delete(days).await), code(400, "InvalidParameter"), "{days}");
    }
    let restore = || client.restore_secret(RestoreSecretRequest::new("db"));
    assert_eq!(refusal(restore().await), code(400, "Rejected.UnsupportedOperation"));
    let deleted = delete("7").await.expect("it is there");
    assert_eq!(deleted.planned_delete_time.as_deref(), Some("2026-11-30T08:00:00Z"));
    let pending = code(409, "Rejected.ResourceInDeleteWindow");
    assert_eq!(world.value("db", "ACSCurrent").await, Err(pending.clone()));
    assert_eq!(refusal(delete("7").await), pending);
    let put = client.put_secret_value(PutSecretValueRequest::new("db", "v2", "two")).await;
    assert_eq!(refusal(put), pending);
    let described = client.describe_secret(DescribeSecretRequest::new("db")).await;
    assert!(described.expect("it is described").planned_delete_time.is_some());
    restore().await.expect("it waits for its deletion");
    assert_eq!(world.value("db", "ACSCurrent").await.as_deref(), Ok("one"));

    delete("7").await.expect("it is there");
    world.pass(7 * DAY);
    assert_eq!(refusal(restore().await), code(404, "Forbidden.ResourceNotFound"));
    world.create("db").await;
    let forced = DeleteSecretRequest::new("db").force_delete_without_recovery("true");
    let forced = client.delete_secret(forced).await.expect("it is there");
    assert_eq!(forced.planned_delete_time, None);
    let gone = code(404, "Forbidden.ResourceNotFound");
    assert_eq!(world.value("db", "ACSCurrent").await, Err(gone));
}

/// A name that a secret of that type can have.
fn name_of(secret_type: &str) -> &'static str {
    match secret_type {
        "ECS" => "acs/ecs/db",
        "RAMCredentials" => "acs/ram/user/app",
        _ => "db",
    }
}

/// Types with their configuration and data, and a field that rotation changes.
fn managed() -> [(&'static str, Value, Value, &'static str); 7] {
    let account = |name: &str| json!({"AccountName": name, "AccountPassword": "old"});
    [
        (
            "Rds",
            json!({"SecretSubType": "SingleUser", "DBInstanceId": "rm-1"}),
            json!({"Accounts": [account("app")]}),
            "AccountPassword",
        ),
        (
            "Rds",
            json!({"SecretSubType": "DoubleUsers", "DBInstanceId": "rm-1"}),
            json!({"Accounts": [account("app"), account("app_clone")]}),
            "AccountPassword",
        ),
        (
            "Redis",
            json!({"SecretSubType": "DoubleUsers", "AccountName": "app", "InstanceId": "r-1",
                "CloneAccountName": "app_clone", "AccountPrivilege": "RoleReadOnly",
                "RegionId": "cn-hangzhou"}),
            json!({"Accounts": [account("app"), account("app_clone")]}),
            "AccountPassword",
        ),
        (
            "PolarDB",
            json!({"SecretSubType": "DoubleUsers", "RegionId": "cn-hangzhou", "DBType": "MySQL",
                "DBClusterId": "pc-1", "AccountName": "app"}),
            json!({"Accounts": [account("app"), account("app_clone")]}),
            "AccountPassword",
        ),
        (
            "RAMCredentials",
            json!({"SecretSubType": "RamUserAccessKey", "UserName": "app"}),
            json!({"AccessKeys": [{"AccessKeyId": "LTAIold", "AccessKeySecret": "old"}]}),
            "AccessKeySecret",
        ),
        (
            "ECS",
            json!({"SecretSubType": "Password", "RegionId": "cn-hangzhou", "InstanceId": "i-1"}),
            json!({"UserName": "root", "Password": "old"}),
            "Password",
        ),
        (
            "ECS",
            json!({"SecretSubType": "SSHKey", "RegionId": "cn-hangzhou", "InstanceId": "i-1"}),
            json!({"UserName": "root", "PublicKey": "old", "PrivateKey": "old"}),
            "PrivateKey",
        ),
    ]
}

#[tokio::test]
async fn managed_secrets_are_rotated_now_and_when_it_is_due() {
    for (secret_type, config, data, changed) in managed() {
        let world = World::new().await;
        let client = &world.client;
        let is_double = config["SecretSubType"] == "DoubleUsers";
        let request = CreateSecretRequest::new(name_of(secret_type), "v1", data.to_string())
            .secret_type(secret_type)
            .extended_config(object(config.clone()));
        client.create_secret(request).await.expect("the secret is valid");
        let read = async |stage: &str| -> Value {
            let value = world.value(name_of(secret_type), stage).await.expect("the stage is there");
            serde_json::from_str(&value).expect("it is JSON")
        };
        let first = read("ACSCurrent").await;
        assert_eq!(first[changed], "old", "{secret_type}");
        let get = GetSecretValueRequest::new(name_of(secret_type)).fetch_extended_config(true);
        let value = client.get_secret_value(get).await.expect("it is there");
        let shown: Value =
            serde_json::from_str(&value.extended_config.expect("it is asked for")).expect("JSON");
        assert_eq!(shown, config);
        let put = client
            .put_secret_value(PutSecretValueRequest::new(name_of(secret_type), "v2", "x"))
            .await;
        assert_eq!(refusal(put), code(400, "Rejected.UnsupportedOperation"));

        for _ in 0..2 {
            // The second time the version is there, and nothing happens.
            client
                .rotate_secret(RotateSecretRequest::new(name_of(secret_type), "v2"))
                .await
                .expect("it rotates");
        }
        let second = read("ACSCurrent").await;
        assert_ne!(second[changed], "old", "{secret_type}");
        assert_eq!(read("ACSPrevious").await, first, "{secret_type}");
        assert_eq!(second["AccountName"] == first["AccountName"], !is_double, "{secret_type}");

        let policy = |interval: &str| {
            UpdateSecretRotationPolicyRequest::new(name_of(secret_type), true, interval.to_owned())
        };
        let wrong = client.update_secret_rotation_policy(policy("5h")).await;
        assert_eq!(refusal(wrong), code(400, "InvalidParameter"));
        client.update_secret_rotation_policy(policy("7d")).await.expect("it is managed");
        world.pass(7 * DAY - 1);
        assert_eq!(read("ACSCurrent").await, second, "{secret_type}");
        world.pass(1);
        let third = read("ACSCurrent").await;
        assert_ne!(third[changed], second[changed], "{secret_type}");
        let described =
            client.describe_secret(DescribeSecretRequest::new(name_of(secret_type))).await;
        let described = described.expect("it is there");
        assert_eq!(described.rotation_interval.as_deref(), Some("604800s"));
        assert_eq!(described.last_rotation_date.as_deref(), Some("2026-11-30T08:00:00Z"));
        assert_eq!(described.next_rotation_date.as_deref(), Some("2026-12-07T08:00:00Z"));
        let mut custom = SecretExtendedConfig::new();
        custom.custom_data = Some(object(json!({"a": "b"})));
        let update = UpdateSecretRequest::new(name_of(secret_type)).extended_config(custom);
        client.update_secret(update).await.expect("it is managed");
        let described =
            client.describe_secret(DescribeSecretRequest::new(name_of(secret_type))).await;
        let shown = described.expect("it is there").extended_config.expect("it is managed");
        assert!(shown.contains(r#""CustomData":{"a":"b"}"#), "{shown}");
    }
}

#[tokio::test]
async fn what_is_auto_is_made_by_the_service() {
    let world = World::new().await;
    let types = managed();
    for (secret_type, config, data, _) in types {
        let is_database = matches!(secret_type, "Redis" | "PolarDB");
        let request = CreateSecretRequest::new(name_of(secret_type), "v1", "$Auto")
            .secret_type(secret_type)
            .extended_config(object(config.clone()));
        let created = world.client.create_secret(request).await;
        if is_database {
            created.expect("the accounts are made");
            let value = world.value("db", "ACSPrevious").await.expect("there are two");
            let value: Value = serde_json::from_str(&value).expect("it is JSON");
            assert_eq!(value["AccountName"], "app_clone");
            let delete = DeleteSecretRequest::new("db").force_delete_without_recovery("true");
            world.client.delete_secret(delete).await.expect("it is there");
        } else {
            assert_eq!(refusal(created), code(400, "InvalidParameter"), "{secret_type}");
        }
        let request = CreateSecretRequest::new("$Auto", "v1", data.to_string())
            .secret_type(secret_type)
            .extended_config(object(config));
        let created = world.client.create_secret(request).await;
        if secret_type == "RAMCredentials" {
            assert_eq!(created.expect("it is named").secret_name, "acs/ram/user/app");
        } else {
            assert_eq!(refusal(created), code(400, "InvalidParameter"), "{secret_type}");
        }
    }
}

#[tokio::test]
async fn managed_secrets_need_their_configuration_and_generic_ones_are_not_rotated() {
    let world = World::new().await;
    for (secret_type, config, data, _) in managed() {
        for name in object(config.clone()).keys() {
            let mut config = object(config.clone());
            config.remove(name);
            let request = CreateSecretRequest::new(name_of(secret_type), "v1", data.to_string())
                .secret_type(secret_type)
                .extended_config(config);
            let created = world.client.create_secret(request).await;
            assert_eq!(refusal(created), code(400, "MissingParameter"), "{secret_type} {name}");
        }
        let request = CreateSecretRequest::new(name_of(secret_type), "v1", "{}")
            .secret_type(secret_type)
            .extended_config(object(config));
        let created = world.client.create_secret(request).await;
        assert_eq!(refusal(created), code(400, "InvalidParameter"), "{secret_type}");
    }
    world.create("db").await;
    let unsupported = code(400, "Rejected.UnsupportedOperation");
    let rotated = world.client.rotate_secret(RotateSecretRequest::new("db", "v2")).await;
    assert_eq!(refusal(rotated), unsupported);
    let policy = UpdateSecretRotationPolicyRequest::new("db", true, "7d".to_owned());
    let policy = world.client.update_secret_rotation_policy(policy).await;
    assert_eq!(refusal(policy), unsupported);
}

#[tokio::test]
async fn a_batch_gives_the_values_that_are_there_and_says_why_not_the_others() {
    let world = World::new().await;
    world.create("db").await;
    let wanted = ["db", "none"].map(SecretToGet::new);
    let request = BatchGetSecretValueRequest::new().secrets_list(wanted);
    let batch = world.client.batch_get_secret_value(request).await;
    let batch = batch.expect("a secret that is not there is no error");
    assert_eq!(batch.secret_values.len(), 1);
    assert_eq!(batch.secret_values[0].secret_data.expose_secret(), "one");
    assert_eq!(batch.errors[0].secret_name, "none");
    assert_eq!(batch.errors[0].code.as_deref(), Some("Forbidden.ResourceNotFound"));
    assert_eq!(batch.errors[0].http_status, Some(404));
}

#[tokio::test]
async fn policies_of_secrets_are_kept() {
    let world = World::new().await;
    world.create("db").await;
    let get = || world.client.get_secret_policy(GetSecretPolicyRequest::new("db"));
    let policy = get().await.expect("it is there").policy;
    let other = policy.replace("\"kms:*\"", "\"kms:List*\"");
    let set = |policy: &str| {
        world.client.set_secret_policy(SetSecretPolicyRequest::new("db", policy.to_owned()))
    };
    set(&other).await.expect("it is a policy");
    assert_eq!(get().await.expect("it is there").policy, other);
    assert_eq!(refusal(set("{}").await), code(400, "InvalidParameter"));
    let named = GetSecretPolicyRequest::new("db").policy_name("other");
    let named = world.client.get_secret_policy(named).await;
    assert_eq!(refusal(named), code(404, "Forbidden.ResourceNotFound"));
}

#[tokio::test]
async fn passwords_are_as_long_as_asked_and_of_what_is_not_excluded() {
    let world = World::new().await;
    let password = async |request: GetRandomPasswordRequest| {
        let password = world.client.get_random_password(request).await;
        password.map(|it| it.random_password.expose_secret().to_owned())
    };
    let plain = password(GetRandomPasswordRequest::new()).await.expect("there are defaults");
    assert_eq!(plain.chars().count(), 32);
    let digits = GetRandomPasswordRequest::new()
        .password_length("128")
        .exclude_lowercase("true")
        .exclude_uppercase("True")
        .exclude_punctuation("true")
        .exclude_characters("0");
    let digits = password(digits).await.expect("digits are left");
    assert!(digits.len() == 128 && digits.chars().all(|c| ('1'..='9').contains(&c)), "{digits}");
    for length in ["7", "129", "x"] {
        let request = GetRandomPasswordRequest::new().password_length(length);
        assert_eq!(refusal(password(request).await), code(400, "InvalidParameter"));
    }
}
