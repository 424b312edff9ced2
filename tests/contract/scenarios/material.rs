//! Imported key material.

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::world::{World, text};

const DAY: u64 = 24 * 60 * 60;

async fn parameters(world: &World, key: &str) -> Value {
    let request = json!({"KeyId": key, "WrappingKeySpec": "RSA_2048",
        "WrappingAlgorithm": "RSAES_OAEP_SHA_256"});
    world.ok("GetParametersForImport", request).await
}

fn import(key: &str, given: &Value, material: &[u8]) -> Value {
    let public = STANDARD.decode(text(&given["PublicKey"])).expect("it is Base64");
    let public = PublicEncryptingKey::from_der(&public).expect("it is DER");
    let public = OaepPublicEncryptingKey::new(public).expect("it is an RSA key");
    let mut wrapped = vec![0; public.ciphertext_size()];
    public.encrypt(&OAEP_SHA256_MGF1SHA256, material, &mut wrapped, None).expect("it encrypts");
    json!({"KeyId": key, "EncryptedKeyMaterial": STANDARD.encode(wrapped),
        "ImportToken": given["ImportToken"], "KeyMaterialExpireUnix": 0})
}

pub(super) async fn material_is_imported_and_deleted(world: &World) {
    let key = world.key(json!({"Origin": "EXTERNAL"})).await;
    let given = parameters(world, &key).await;
    world.ok("ImportKeyMaterial", import(&key, &given, &[7; 32])).await;
    let sealed = world.ok("Encrypt", json!({"KeyId": key, "Plaintext": "text"})).await;
    world.ok("DeleteKeyMaterial", json!({"KeyId": key})).await;
    let open = json!({"CiphertextBlob": sealed["CiphertextBlob"]});
    world.refused("Decrypt", open.clone(), 409, "Rejected.PendingImport").await;
    let other = import(&key, &given, &[8; 32]);
    world.refused("ImportKeyMaterial", other, 400, "InvalidKeyMaterial").await;
    let mut wrong = import(&key, &given, &[7; 32]);
    wrong["ImportToken"] = "AAAA".into();
    world.refused("ImportKeyMaterial", wrong, 400, "InvalidImportToken").await;
    world.ok("ImportKeyMaterial", import(&key, &given, &[7; 32])).await;
    assert_eq!(world.ok("Decrypt", open).await["Plaintext"], "text");

    let own = world.key(json!({})).await;
    let origin = "Unsupported.Origin";
    let request = json!({"KeyId": own, "WrappingKeySpec": "RSA_2048",
        "WrappingAlgorithm": "RSAES_OAEP_SHA_256"});
    world.refused("GetParametersForImport", request, 400, origin).await;
    world.refused("ImportKeyMaterial", import(&own, &given, &[7; 32]), 400, origin).await;
    world.refused("DeleteKeyMaterial", json!({"KeyId": own}), 400, origin).await;
    let request = json!({"KeyId": key, "WrappingKeySpec": "RSA_1024",
        "WrappingAlgorithm": "RSAES_OAEP_SHA_256"});
    world.refused("GetParametersForImport", request, 400, "InvalidParameter").await;
    world.ok("ScheduleKeyDeletion", json!({"KeyId": key, "PendingWindowInDays": 7})).await;
    let late = import(&key, &given, &[7; 32]);
    world.refused("ImportKeyMaterial", late, 409, "Rejected.StateModifiedFailed").await;
}

pub(super) async fn a_token_expires(world: &World) {
    let key = world.key(json!({"Origin": "EXTERNAL"})).await;
    let given = parameters(world, &key).await;
    world.pass(DAY);
    let late = import(&key, &given, &[7; 32]);
    world.refused("ImportKeyMaterial", late, 400, "ExpiredImportToken").await;
}
