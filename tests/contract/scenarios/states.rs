//! What a key that is not enabled does: nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::world::{World, text};

/// Uses of keys of three kinds, and the keys.
struct Uses {
    keys: Vec<String>,
    uses: Vec<(&'static str, Value)>,
}

/// A public key to export to.
const PUBLIC: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA";

fn symmetric(key: &str, blob: &Value) -> Vec<(&'static str, Value)> {
    let to = |mut request: Value| {
        request["PublicKeyBlob"] = PUBLIC.into();
        request["WrappingKeySpec"] = "RSA_2048".into();
        request["WrappingAlgorithm"] = "RSAES_OAEP_SHA_256".into();
        request
    };
    vec![
        ("Encrypt", json!({"KeyId": key, "Plaintext": "text"})),
        ("Decrypt", json!({"CiphertextBlob": blob})),
        ("GenerateDataKey", json!({"KeyId": key})),
        ("GenerateDataKeyWithoutPlaintext", json!({"KeyId": key})),
        ("GenerateAndExportDataKey", to(json!({"KeyId": key}))),
        ("ExportDataKey", to(json!({"CiphertextBlob": blob}))),
        ("ReEncrypt", json!({"DestinationKeyId": key, "CiphertextBlob": blob})),
    ]
}

/// Uses of pairs and of HMAC keys.
fn others(encrypts: &str, signs: &str, mac: &str, version: &str) -> Vec<(&'static str, Value)> {
    let digest = STANDARD.encode([7; 32]);
    let of = |key: &str, algorithm: &str, name: &str| {
        let mut request = json!({"KeyId": key, "KeyVersionId": version, "Algorithm": algorithm});
        request[name] = digest.as_str().into();
        request
    };
    let mut verify = of(signs, "ECDSA_SHA_256", "Digest");
    verify["Value"] = digest.as_str().into();
    vec![
        ("AsymmetricEncrypt", of(encrypts, "RSAES_OAEP_SHA_256", "Plaintext")),
        ("AsymmetricDecrypt", of(encrypts, "RSAES_OAEP_SHA_256", "CiphertextBlob")),
        ("AsymmetricSign", of(signs, "ECDSA_SHA_256", "Digest")),
        ("AsymmetricVerify", verify),
        ("GetPublicKey", json!({"KeyId": signs, "KeyVersionId": version})),
        ("CreateKeyVersion", json!({"KeyId": signs})),
        ("GenerateMac", json!({"KeyId": mac, "Algorithm": "HMAC_SHA_256", "Message": digest})),
        (
            "VerifyMac",
            json!({"KeyId": mac, "Algorithm": "HMAC_SHA_256", "Message": digest, "Mac": digest}),
        ),
    ]
}

fn rotation(key: &str) -> (&'static str, Value) {
    let request = json!({"KeyId": key, "EnableAutomaticRotation": true, "RotationInterval": "7d"});
    ("UpdateRotationPolicy", request)
}

async fn uses(world: &World) -> Uses {
    let key = world.key(json!({})).await;
    let encrypts = world.key(json!({"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT/DECRYPT"})).await;
    let signs = world.key(json!({"KeySpec": "EC_P256"})).await;
    let mac = world.key(json!({"KeySpec": "HMAC_SHA_256"})).await;
    let sealed = world.ok("Encrypt", json!({"KeyId": key, "Plaintext": "QUFBQQ=="})).await;
    let mut uses = symmetric(&key, &sealed["CiphertextBlob"]);
    uses.extend(others(&encrypts, &signs, &mac, &text(&sealed["KeyVersionId"])));
    uses.push(rotation(&key));
    Uses { keys: vec![key, encrypts, signs, mac], uses }
}

pub(super) async fn a_disabled_key_does_nothing(world: &World) {
    let Uses { keys, uses } = uses(world).await;
    for key in keys {
        world.ok("DisableKey", json!({"KeyId": key})).await;
    }
    for (action, request) in uses {
        world.refused(action, request, 409, "Rejected.Disabled").await;
    }
}

pub(super) async fn a_key_that_waits_for_its_deletion_does_nothing(world: &World) {
    let Uses { keys, uses } = uses(world).await;
    for key in keys {
        world.ok("ScheduleKeyDeletion", json!({"KeyId": key, "PendingWindowInDays": 7})).await;
    }
    for (action, request) in uses {
        world.refused(action, request, 409, "Rejected.PendingDeletion").await;
    }
}

pub(super) async fn a_key_without_material_does_nothing(world: &World) {
    let other = world.key(json!({})).await;
    let sealed = world.ok("Encrypt", json!({"KeyId": other, "Plaintext": "QUFBQQ=="})).await;
    let key = world.key(json!({"Origin": "EXTERNAL"})).await;
    let waits = "Rejected.PendingImport";
    // What is decrypted there is of the other key.
    let of_key = symmetric(&key, &sealed["CiphertextBlob"]).into_iter();
    let of_key = of_key.filter(|(action, _)| !matches!(*action, "Decrypt" | "ExportDataKey"));
    for (action, request) in of_key {
        world.refused(action, request, 409, waits).await;
    }
    let (action, request) = rotation(&key);
    world.refused(action, request, 409, waits).await;
    for action in ["EnableKey", "DisableKey", "CancelKeyDeletion"] {
        world.refused(action, json!({"KeyId": key}), 409, "Rejected.StateModifiedFailed").await;
    }
    let version = text(&sealed["KeyVersionId"]);
    for (action, request) in others(&key, &key, &key, &version) {
        world.refused(action, request, 409, waits).await;
    }
}

pub(super) async fn a_key_that_is_not_there_does_nothing(world: &World) {
    let gone = "Forbidden.KeyNotFound";
    let none = "key-hzz00000000000000000";
    let sealed = world.key(json!({})).await;
    let sealed = world.ok("Encrypt", json!({"KeyId": sealed, "Plaintext": "QUFBQQ=="})).await;
    let id = json!({"KeyId": none});
    let alias = format!("alias/{}", world.name("none"));
    let used = format!("alias/{}", world.name("used"));
    world.ok("CreateAlias", json!({"KeyId": sealed["KeyId"], "AliasName": used})).await;
    world.undo("DeleteAlias", json!({"AliasName": used}));
    let mut all = symmetric(none, &sealed["CiphertextBlob"]);
    all.retain(|(action, _)| !matches!(*action, "Decrypt" | "ExportDataKey"));
    all.extend(others(none, none, none, &text(&sealed["KeyVersionId"])));
    all.push(rotation(none));
    all.extend(
        [
            "CancelKeyDeletion",
            "DeleteKeyMaterial",
            "DescribeKey",
            "DisableKey",
            "EnableKey",
            "GetKeyPolicy",
            "ListAliasesByKeyId",
            "ListKeyVersions",
            "ListResourceTags",
        ]
        .map(|action| (action, id.clone())),
    );
    let policy = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"kms:*",
        "Principal":{"RAM":"*"},"Resource":"*"}]}"#;
    all.extend([
        ("CreateAlias", json!({"KeyId": none, "AliasName": alias})),
        ("UpdateAlias", json!({"KeyId": none, "AliasName": used})),
        ("DescribeKeyVersion", json!({"KeyId": none, "KeyVersionId": sealed["KeyVersionId"]})),
        (
            "GetParametersForImport",
            json!({"KeyId": none, "WrappingKeySpec": "RSA_2048",
                "WrappingAlgorithm": "RSAES_OAEP_SHA_256"}),
        ),
        (
            "ImportKeyMaterial",
            json!({"KeyId": none, "EncryptedKeyMaterial": "AAAA", "ImportToken": "AAAA",
                "KeyMaterialExpireUnix": 0}),
        ),
        ("ScheduleKeyDeletion", json!({"KeyId": none, "PendingWindowInDays": 7})),
        ("SetDeletionProtection", json!({"KeyId": none, "EnableDeletionProtection": true})),
        ("SetKeyPolicy", json!({"KeyId": none, "Policy": policy})),
        ("TagResource", json!({"KeyId": none, "Tags": r#"[{"TagKey":"a","TagValue":"b"}]"#})),
        ("UntagResource", json!({"KeyId": none, "TagKeys": r#"["a"]"#})),
        ("UpdateKeyDescription", json!({"KeyId": none, "Description": "text"})),
    ]);
    for (action, request) in all {
        world.refused(action, request, 404, gone).await;
    }
}
