//! Keys: made, described, changed.

use serde_json::json;

use crate::world::{World, text};

const INVALID: &str = "InvalidParameter";
const UNCHANGEABLE: &str = "Rejected.StateModifiedFailed";
const POLICY: &str = r#"{"Version":"1","Statement":[{"Sid":"all","Effect":"Allow","Action":["kms:*"],
    "Principal":{"RAM":["*"]},"Resource":["*"]}]}"#;

pub(super) async fn a_key_is_made_described_and_listed(world: &World) {
    let key = world.key(json!({"KeySpec": "Aliyun_AES_256", "Description": "of orders"})).await;
    let described = world.ok("DescribeKey", json!({"KeyId": key})).await;
    let metadata = &described["KeyMetadata"];
    assert_eq!(metadata["KeyState"], "Enabled");
    assert_eq!(metadata["KeySpec"], "Aliyun_AES_256");
    assert_eq!(metadata["KeyUsage"], "ENCRYPT/DECRYPT");
    assert_eq!(metadata["Description"], "of orders");
    let change = json!({"KeyId": key, "Description": "of goods"});
    world.ok("UpdateKeyDescription", change).await;
    let described = world.ok("DescribeKey", json!({"KeyId": key})).await;
    assert_eq!(described["KeyMetadata"]["Description"], "of goods");
    let listed = world.ok("ListKeys", json!({"PageSize": 1})).await;
    assert_eq!(listed["Keys"]["Key"].as_array().map(Vec::len), Some(1));
    let versions = world.ok("ListKeyVersions", json!({"KeyId": key})).await;
    let version = text(&versions["KeyVersions"]["KeyVersion"][0]["KeyVersionId"]);
    assert_eq!(metadata["PrimaryKeyVersion"], version);
    world.ok("DescribeKeyVersion", json!({"KeyId": key, "KeyVersionId": version})).await;
    let none = "00000000-0000-4000-8000-000000000000";
    let unknown = json!({"KeyId": key, "KeyVersionId": none});
    world.refused("DescribeKeyVersion", unknown, 404, "Forbidden.KeyVersionNotFound").await;
    let nonsense = world.in_instance(json!({"KeySpec": "Nonsense"}));
    world.refused("CreateKey", nonsense, 400, INVALID).await;
    world.refused("ListKeys", json!({"PageSize": 101}), 400, INVALID).await;
    world.refused("ListKeyVersions", json!({"KeyId": key, "PageNumber": 0}), 400, INVALID).await;
    let long = json!({"KeyId": key, "Description": "x".repeat(8193)});
    world.refused("UpdateKeyDescription", long, 400, INVALID).await;
}

pub(super) async fn a_key_is_disabled_and_enabled(world: &World) {
    let key = world.key(json!({})).await;
    for (action, state) in [("DisableKey", "Disabled"), ("EnableKey", "Enabled")] {
        for _ in 0..2 {
            world.ok(action, json!({"KeyId": key})).await;
        }
        let described = world.ok("DescribeKey", json!({"KeyId": key})).await;
        assert_eq!(described["KeyMetadata"]["KeyState"], state);
    }
}

pub(super) async fn a_key_is_deleted_or_kept(world: &World) {
    let key = world.key(json!({})).await;
    let id = json!({"KeyId": key});
    let schedule = |days: u32| json!({"KeyId": key, "PendingWindowInDays": days});
    for days in [6, 367] {
        world.refused("ScheduleKeyDeletion", schedule(days), 400, INVALID).await;
    }
    world.refused("CancelKeyDeletion", id.clone(), 409, UNCHANGEABLE).await;
    let protect = |on: bool| json!({"KeyId": key, "EnableDeletionProtection": on});
    world.ok("SetDeletionProtection", protect(true)).await;
    world.ok("SetDeletionProtection", protect(false)).await;
    let nothing = json!({"EnableDeletionProtection": true});
    world.refused("SetDeletionProtection", nothing, 400, "MissingParameter").await;
    world.ok("ScheduleKeyDeletion", schedule(7)).await;
    let described = world.ok("DescribeKey", id.clone()).await;
    assert_eq!(described["KeyMetadata"]["KeyState"], "PendingDeletion");
    for action in ["EnableKey", "DisableKey"] {
        world.refused(action, id.clone(), 409, UNCHANGEABLE).await;
    }
    world.refused("ScheduleKeyDeletion", schedule(7), 409, UNCHANGEABLE).await;
    world.refused("SetDeletionProtection", protect(true), 409, "Rejected.PendingDeletion").await;
    let change = json!({"KeyId": key, "Description": "text"});
    world.refused("UpdateKeyDescription", change, 409, "Rejected.PendingDeletion").await;
    world.ok("CancelKeyDeletion", id).await;
}

pub(super) async fn a_key_is_rotated(world: &World) {
    let key = world.key(json!({})).await;
    let policy = |interval: &str| json!({"KeyId": key, "EnableAutomaticRotation": true, "RotationInterval": interval});
    world.ok("UpdateRotationPolicy", policy("7d")).await;
    let described = world.ok("DescribeKey", json!({"KeyId": key})).await;
    assert_eq!(described["KeyMetadata"]["RotationInterval"], "604800s");
    world.refused("UpdateRotationPolicy", policy("7w"), 400, INVALID).await;
    let pair = world.key(json!({"KeySpec": "EC_P256"})).await;
    let policy = json!({"KeyId": pair, "EnableAutomaticRotation": true, "RotationInterval": "7d"});
    let unsupported = "Rejected.UnsupportedOperation";
    world.refused("UpdateRotationPolicy", policy, 400, unsupported).await;
    let external = world.key(json!({"Origin": "EXTERNAL"})).await;
    let policy =
        json!({"KeyId": external, "EnableAutomaticRotation": true, "RotationInterval": "7d"});
    world.refused("UpdateRotationPolicy", policy, 409, "Rejected.PendingImport").await;
    world.refused("CreateKeyVersion", json!({"KeyId": key}), 400, unsupported).await;
}

pub(super) async fn a_key_has_a_policy(world: &World) {
    let key = world.key(json!({})).await;
    let shown = world.ok("GetKeyPolicy", json!({"KeyId": key})).await;
    assert!(text(&shown["Policy"]).contains("Statement"));
    let made = world.key(json!({"Policy": POLICY})).await;
    let shown = world.ok("GetKeyPolicy", json!({"KeyId": made})).await;
    assert!(text(&shown["Policy"]).contains(r#""all""#), "{shown}");
    world.ok("SetKeyPolicy", json!({"KeyId": key, "Policy": POLICY})).await;
    world.refused("SetKeyPolicy", json!({"KeyId": key, "Policy": "{}"}), 400, INVALID).await;
}
