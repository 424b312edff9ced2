//! Texts, encrypted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::world::World;

const INVALID: &str = "InvalidParameter";

pub(super) async fn a_text_opens_with_its_context_only(world: &World) {
    let key = world.key(json!({})).await;
    let context = json!({"a": "b c"});
    let seal = |context: &Value| json!({"KeyId": key, "Plaintext": "text, 中文", "EncryptionContext": context});
    let sealed = world.ok("Encrypt", seal(&context)).await;
    assert_eq!(sealed["KeyId"], key);
    let open = |context: &Value| json!({"CiphertextBlob": sealed["CiphertextBlob"], "EncryptionContext": context});
    let opened = world.ok("Decrypt", open(&context)).await;
    assert_eq!(opened["Plaintext"], "text, 中文");
    assert_eq!(opened["KeyVersionId"], sealed["KeyVersionId"]);
    world.refused("Decrypt", open(&json!({"a": "b"})), 400, INVALID).await;
    world.refused("Decrypt", json!({"CiphertextBlob": "AAAA"}), 400, INVALID).await;
    let long = json!({"KeyId": key, "Plaintext": "x".repeat(6145)});
    world.refused("Encrypt", long, 400, INVALID).await;
}

pub(super) async fn a_text_is_encrypted_again(world: &World) {
    let (from, to) = (world.key(json!({})).await, world.key(json!({})).await);
    let sealed = world.ok("Encrypt", json!({"KeyId": from, "Plaintext": "text"})).await;
    let blob = &sealed["CiphertextBlob"];
    let again = json!({"CiphertextBlob": blob, "DestinationKeyId": to,
        "DestinationEncryptionContext": {"a": "b"}});
    let moved = world.ok("ReEncrypt", again).await;
    let open = json!({"CiphertextBlob": moved["CiphertextBlob"], "EncryptionContext": {"a": "b"}});
    let opened = world.ok("Decrypt", open).await;
    assert_eq!((&opened["KeyId"], &opened["Plaintext"]), (&json!(to), &json!("text")));
    let wrong = json!({"CiphertextBlob": blob, "DestinationKeyId": to,
        "SourceEncryptionContext": {"a": "b"}});
    world.refused("ReEncrypt", wrong, 400, INVALID).await;
}

pub(super) async fn a_recipient_is_not_served(world: &World) {
    let key = world.key(json!({})).await;
    let blob = world.ok("Encrypt", json!({"KeyId": key, "Plaintext": "text"})).await;
    let pair = world.key(json!({"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT/DECRYPT"})).await;
    let described = world.ok("DescribeKey", json!({"KeyId": pair})).await;
    let version = &described["KeyMetadata"]["PrimaryKeyVersion"];
    for (action, request) in [
        ("Decrypt", json!({"CiphertextBlob": blob["CiphertextBlob"]})),
        ("GenerateDataKey", json!({"KeyId": key})),
        ("GetSecretValue", json!({"SecretName": "example"})),
        (
            "AsymmetricDecrypt",
            json!({"KeyId": pair, "KeyVersionId": version, "Algorithm": "RSAES_OAEP_SHA_256",
                "CiphertextBlob": STANDARD.encode([7; 256])}),
        ),
    ] {
        let mut request = request;
        request["Recipient"] = "{}".into();
        world.refused(action, request, 400, "UnsupportedOperation").await;
    }
}
