//! The operations of the instance's own dialect.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use alibabacloud_kms_local::{DEFAULT_KEY, EC_SIGN_KEY, EXAMPLE_SECRET, RSA_ENCRYPT_KEY};

use crate::world::World;

const INVALID: &str = "InvalidParameter";
const NOT_FOUND: &str = "Forbidden.KeyNotFound";

/// A request without some of its fields.
fn copy(from: &Value, fields: &[&str], into: Value) -> Value {
    let mut request = into;
    for field in fields {
        request[*field] = from[*field].clone();
    }
    request
}

pub(super) async fn texts_and_data_keys(world: &World) {
    let plaintext = STANDARD.encode(b"\0\xff");
    let seal = json!({"KeyId": DEFAULT_KEY, "Plaintext": plaintext});
    let none = json!({"KeyId": "key-0", "Plaintext": plaintext});
    let sealed = world.ok("native:AdvanceEncrypt", seal.clone()).await;
    let open = copy(&sealed, &["CiphertextBlob"], json!({}));
    assert_eq!(world.ok("native:AdvanceDecrypt", open).await["Plaintext"], plaintext);
    let wrong = json!({"CiphertextBlob": "AAAA"});
    world.refused("native:AdvanceDecrypt", wrong, 400, INVALID).await;
    let sealed = world.ok("native:Encrypt", seal.clone()).await;
    let open = copy(&sealed, &["CiphertextBlob", "Iv"], json!({"KeyId": DEFAULT_KEY}));
    assert_eq!(world.ok("native:Decrypt", open).await["Plaintext"], plaintext);
    let sealed = world.ok("native:KmsEncrypt", seal).await;
    let open = copy(&sealed, &["CiphertextBlob"], json!({}));
    assert_eq!(world.ok("native:KmsDecrypt", open).await["Plaintext"], plaintext);
    for action in ["native:AdvanceEncrypt", "native:Encrypt", "native:KmsEncrypt"] {
        world.refused(action, none.clone(), 404, NOT_FOUND).await;
    }
    for action in ["native:AdvanceGenerateDataKey", "native:GenerateDataKey"] {
        let key = world.ok(action, json!({"KeyId": DEFAULT_KEY, "NumberOfBytes": 16})).await;
        assert_eq!(key["Plaintext"].as_str().map(str::len), Some(24));
        world.refused(action, json!({"KeyId": "key-0"}), 404, NOT_FOUND).await;
        let long = json!({"KeyId": DEFAULT_KEY, "NumberOfBytes": 1025});
        world.refused(action, long, 400, INVALID).await;
    }
}

pub(super) async fn pairs_and_signatures(world: &World) {
    for action in [
        "native:AdvanceGenerateDataKeyPair",
        "native:AdvanceGenerateDataKeyPairWithoutPlaintext",
        "native:GenerateDataKeyPair",
        "native:GenerateDataKeyPairWithoutPlaintext",
    ] {
        let of = |spec: &str| json!({"KeyId": DEFAULT_KEY, "KeyPairSpec": spec});
        world.ok(action, of("EC_P256")).await;
        world.refused(action, of("Nonsense"), 400, INVALID).await;
    }
    let message = STANDARD.encode(b"message");
    let sign = json!({"KeyId": EC_SIGN_KEY, "Algorithm": "ECDSA_SHA_256", "Message": message,
        "MessageType": "RAW"});
    let signed = world.ok("native:Sign", sign.clone()).await;
    let verify = copy(&signed, &["Signature"], sign);
    assert_eq!(world.ok("native:Verify", verify.clone()).await["Value"], true);
    let mut wrong = verify;
    wrong["Algorithm"] = "Nonsense".into();
    world.refused("native:Verify", wrong.clone(), 400, INVALID).await;
    let wrong = copy(&wrong, &["KeyId", "Algorithm", "Message", "MessageType"], json!({}));
    world.refused("native:Sign", wrong, 400, INVALID).await;
    world.ok("native:GetPublicKey", json!({"KeyId": RSA_ENCRYPT_KEY})).await;
    world.refused("native:GetPublicKey", json!({"KeyId": "key-0"}), 404, NOT_FOUND).await;
}

pub(super) async fn hashes_and_secrets(world: &World) {
    let message = STANDARD.encode(b"message");
    let hashed = world.ok("native:Hash", json!({"Algorithm": "SHA_256", "Message": message})).await;
    assert!(hashed["Digest"].is_string());
    let wrong = json!({"Algorithm": "Nonsense", "Message": message});
    world.refused("native:Hash", wrong, 400, INVALID).await;
    let key = world.key(json!({"KeySpec": "HMAC_SHA_256"})).await;
    world.ok("native:Hmac", json!({"KeyId": key, "Message": message})).await;
    let none = json!({"KeyId": "key-0", "Message": message});
    world.refused("native:Hmac", none, 404, NOT_FOUND).await;
    world.ok("native:GenerateRandom", json!({"Length": 16})).await;
    world.refused("native:GenerateRandom", json!({"Length": 1025}), 400, INVALID).await;
    let secret = world.ok("native:GetSecretValue", json!({"SecretName": EXAMPLE_SECRET})).await;
    assert_eq!(secret["SecretData"], "a secret");
    let none = json!({"SecretName": "none"});
    world.refused("native:GetSecretValue", none, 404, "Forbidden.ResourceNotFound").await;
}
