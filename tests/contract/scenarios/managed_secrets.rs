//! Secrets that the service rotates.

use serde_json::json;

use crate::world::{World, text};

pub(super) async fn the_service_rotates_them(world: &World) {
    let name = world.name("rds");
    let secret = json!({"SecretName": name, "VersionId": "v1", "SecretType": "Rds",
        "SecretData": r#"{"Accounts":[{"AccountName":"app","AccountPassword":"old"}]}"#,
        "ExtendedConfig": {"SecretSubType": "SingleUser", "DBInstanceId": "rm-1"}});
    world.secret(secret).await;
    for _ in 0..2 {
        world.ok("RotateSecret", json!({"SecretName": name, "VersionId": "v2"})).await;
    }
    let value = world.ok("GetSecretValue", json!({"SecretName": name})).await;
    assert!(!text(&value["SecretData"]).contains("old"));
    let policy = |interval: &str| json!({"SecretName": name, "EnableAutomaticRotation": true, "RotationInterval": interval});
    world.ok("UpdateSecretRotationPolicy", policy("7d")).await;
    world.refused("UpdateSecretRotationPolicy", policy("5h"), 400, "InvalidParameter").await;
    let put = json!({"SecretName": name, "VersionId": "v3", "SecretData": "x"});
    world.refused("PutSecretValue", put, 400, "Rejected.UnsupportedOperation").await;
    let without = json!({"SecretName": world.name("redis"), "VersionId": "v1",
        "SecretType": "Redis", "SecretData": "$Auto"});
    world.refused("CreateSecret", without, 400, "MissingParameter").await;
}
