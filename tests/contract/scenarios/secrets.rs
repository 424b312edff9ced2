//! Generic secrets.

use serde_json::{Value, json};

use crate::world::World;

const INVALID: &str = "InvalidParameter";
const NOT_FOUND: &str = "Forbidden.ResourceNotFound";
const EXISTS: &str = "Rejected.ResourceExist";
const IN_WINDOW: &str = "Rejected.ResourceInDeleteWindow";
const POLICY: &str = r#"{"Version":"1","Statement":[{"Sid":"all","Effect":"Allow","Action":["kms:*"],
    "Principal":{"RAM":["*"]},"Resource":["*"]}]}"#;

fn version(name: &str, id: &str, data: &str) -> Value {
    json!({"SecretName": name, "VersionId": id, "SecretData": data})
}

pub(super) async fn a_secret_has_versions_and_stages(world: &World) {
    let name = world.name("db");
    let id = json!({"SecretName": name});
    world.secret(version(&name, "v1", "one")).await;
    // Of other types only it is said whether they are rotated.
    let read = world.ok("GetSecretValue", json!({"SecretName": name})).await;
    assert_eq!(read.get("AutomaticRotation"), None);
    let again = world.in_instance(version(&name, "v1", "one"));
    world.refused("CreateSecret", again, 409, EXISTS).await;
    let read = world.ok("GetSecretValue", id.clone()).await;
    assert_eq!((&read["SecretData"], &read["SecretDataType"]), (&json!("one"), &json!("text")));
    for _ in 0..2 {
        world.ok("PutSecretValue", version(&name, "v2", "two")).await;
    }
    world.refused("PutSecretValue", version(&name, "v2", "three"), 409, EXISTS).await;
    let previous = json!({"SecretName": name, "VersionStage": "ACSPrevious"});
    assert_eq!(world.ok("GetSecretValue", previous).await["SecretData"], "one");
    let none = json!({"SecretName": name, "VersionId": "v3"});
    world.refused("GetSecretValue", none, 404, NOT_FOUND).await;
    let listed = world.ok("ListSecretVersionIds", id.clone()).await;
    assert_eq!(listed["TotalCount"], 2);
    let stage = |to: &str| {
        json!({"SecretName": name, "VersionStage": "ACSCurrent", "MoveToVersion": to,
            "RemoveFromVersion": "v2"})
    };
    world.refused("UpdateSecretVersionStage", stage("v3"), 404, NOT_FOUND).await;
    world.ok("UpdateSecretVersionStage", stage("v1")).await;
    assert_eq!(world.ok("GetSecretValue", id).await["SecretData"], "one");
    let several = json!({"SecretsList": [{"SecretName": name}]});
    let batch = world.ok("BatchGetSecretValue", several).await;
    assert_eq!(batch["SecretValues"][0]["SecretData"], "one");
    let long = world.in_instance(version(&world.name("long"), "v1", &"x".repeat(30_721)));
    world.refused("CreateSecret", long, 400, INVALID).await;
    world.refused("PutSecretValue", version(&name, &"v".repeat(65), "x"), 400, INVALID).await;
    let rotate = json!({"SecretName": name, "VersionId": "v4"});
    let unsupported = "Rejected.UnsupportedOperation";
    world.refused("RotateSecret", rotate, 400, unsupported).await;
    let policy =
        json!({"SecretName": name, "EnableAutomaticRotation": true, "RotationInterval": "7d"});
    world.refused("UpdateSecretRotationPolicy", policy, 400, unsupported).await;
}

pub(super) async fn a_secret_has_eight_stages(world: &World) {
    let name = world.name("stages");
    world.secret(version(&name, "v1", "one")).await;
    let put = |id: &str, stages: &str| json!({"SecretName": name, "VersionId": id, "SecretData": "x", "VersionStages": stages});
    world.ok("PutSecretValue", put("v2", r#"["a","b","c","d","e","f","g"]"#)).await;
    let full = "Rejected.LimitExceeded";
    world.refused("PutSecretValue", put("v3", r#"["h"]"#), 400, full).await;
    let stage =
        |stage: &str, key: &str| json!({"SecretName": name, "VersionStage": stage, key: "v1"});
    world.refused("UpdateSecretVersionStage", stage("h", "MoveToVersion"), 400, full).await;
    let taken = stage("ACSPrevious", "RemoveFromVersion");
    world.refused("UpdateSecretVersionStage", taken, 400, INVALID).await;
}

pub(super) async fn a_secret_is_described_listed_and_changed(world: &World) {
    let name = world.name("described");
    let id = json!({"SecretName": name});
    world.secret(version(&name, "v1", "one")).await;
    world.ok("UpdateSecret", json!({"SecretName": name, "Description": "text"})).await;
    let described = world.ok("DescribeSecret", id.clone()).await;
    assert_eq!(
        (&described["Description"], &described["SecretType"]),
        (&json!("text"), &json!("Generic"))
    );
    let filters = json!([{"Key": "SecretName", "Values": [name]}]).to_string();
    let listed = world.ok("ListSecrets", json!({"Filters": filters})).await;
    assert_eq!(listed["SecretList"]["Secret"][0]["SecretName"], name);
    world.refused("ListSecrets", json!({"PageSize": 101}), 400, INVALID).await;
    world.ok("GetSecretPolicy", id.clone()).await;
    let mut with_policy = version(&world.name("with-policy"), "v1", "one");
    with_policy["Policy"] = POLICY.into();
    let made = world.secret(with_policy).await;
    let shown = world.ok("GetSecretPolicy", json!({"SecretName": made["SecretName"]})).await;
    assert!(shown["Policy"].to_string().contains("all"), "{shown}");
    world.ok("SetSecretPolicy", json!({"SecretName": name, "Policy": POLICY})).await;
    world
        .refused("SetSecretPolicy", json!({"SecretName": name, "Policy": "{}"}), 400, INVALID)
        .await;
    let none = world.name("none");
    let id = json!({"SecretName": none});
    let with = |field: &str, value: &str| {
        let mut request = id.clone();
        request[field] = value.into();
        request
    };
    for (action, request) in [
        ("DescribeSecret", id.clone()),
        ("GetSecretValue", id.clone()),
        ("GetSecretPolicy", id.clone()),
        ("SetSecretPolicy", with("Policy", POLICY)),
        ("UpdateSecret", with("Description", "text")),
        ("PutSecretValue", version(&none, "v1", "one")),
        ("ListSecretVersionIds", id.clone()),
        (
            "UpdateSecretVersionStage",
            json!({"SecretName": none, "VersionStage": "a", "MoveToVersion": "v1"}),
        ),
        ("DeleteSecret", id.clone()),
        ("RestoreSecret", id.clone()),
        ("RotateSecret", with("VersionId", "v2")),
        (
            "UpdateSecretRotationPolicy",
            json!({"SecretName": none, "EnableAutomaticRotation": true, "RotationInterval": "7d"}),
        ),
    ] {
        world.refused(action, request, 404, NOT_FOUND).await;
    }
}

pub(super) async fn a_secret_is_deleted_and_restored(world: &World) {
    let name = world.name("deleted");
    let id = json!({"SecretName": name});
    world.secret(version(&name, "v1", "one")).await;
    let delete = |days: &str| json!({"SecretName": name, "RecoveryWindowInDays": days});
    world.refused("DeleteSecret", delete("6"), 400, INVALID).await;
    world.refused("RestoreSecret", id.clone(), 400, "Rejected.UnsupportedOperation").await;
    world.ok("DeleteSecret", delete("7")).await;
    for (action, request) in [
        ("GetSecretValue", id.clone()),
        ("PutSecretValue", version(&name, "v2", "two")),
        ("UpdateSecret", json!({"SecretName": name, "Description": "text"})),
        ("CreateSecret", world.in_instance(version(&name, "v1", "one"))),
        ("DeleteSecret", delete("7")),
        ("RotateSecret", json!({"SecretName": name, "VersionId": "v2"})),
    ] {
        world.refused(action, request, 409, IN_WINDOW).await;
    }
    world.ok("RestoreSecret", id.clone()).await;
    assert_eq!(world.ok("GetSecretValue", id.clone()).await["SecretData"], "one");
    world
        .ok("DeleteSecret", json!({"SecretName": name, "ForceDeleteWithoutRecovery": "true"}))
        .await;
    world.refused("GetSecretValue", id, 404, NOT_FOUND).await;
}
