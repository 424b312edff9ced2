//! Pairs of keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::world::{World, text};

const INVALID: &str = "InvalidParameter";
const UNSUPPORTED: &str = "Rejected.UnsupportedOperation";
const DAY: u64 = 24 * 60 * 60;

async fn version(world: &World, key: &str) -> String {
    let described = world.ok("DescribeKey", json!({"KeyId": key})).await;
    text(&described["KeyMetadata"]["PrimaryKeyVersion"])
}

fn with(request: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut request = request.clone();
    request[name] = value.into();
    request
}

pub(super) async fn a_pair_encrypts(world: &World) {
    let key = world.key(json!({"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT/DECRYPT"})).await;
    let id = version(world, &key).await;
    let plaintext = STANDARD.encode(b"text");
    for algorithm in ["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1"] {
        let of = json!({"KeyId": key, "KeyVersionId": id, "Algorithm": algorithm});
        let seal = with(&of, "Plaintext", &*plaintext);
        let sealed = world.ok("AsymmetricEncrypt", seal.clone()).await;
        let open = with(&of, "CiphertextBlob", sealed["CiphertextBlob"].clone());
        let opened = world.ok("AsymmetricDecrypt", open.clone()).await;
        assert_eq!(opened["Plaintext"], plaintext);
        for (action, request) in [("AsymmetricEncrypt", &seal), ("AsymmetricDecrypt", &open)] {
            let nonsense = with(request, "Algorithm", "Nonsense");
            world.refused(action, nonsense, 400, INVALID).await;
            let none = with(request, "KeyVersionId", "00000000-0000-4000-8000-000000000000");
            world.refused(action, none, 404, "Forbidden.KeyVersionNotFound").await;
        }
        let wrong = with(&open, "CiphertextBlob", STANDARD.encode([7; 256]));
        world.refused("AsymmetricDecrypt", wrong, 400, INVALID).await;
    }
    let sign = json!({"KeyId": key, "KeyVersionId": id, "Algorithm": "RSA_PSS_SHA_256",
        "Digest": STANDARD.encode([7; 32])});
    world.refused("AsymmetricSign", sign, 400, UNSUPPORTED).await;
}

pub(super) async fn a_pair_signs(world: &World) {
    let digest = STANDARD.encode([7; 32]);
    for (spec, algorithm) in [("RSA_2048", "RSA_PKCS1_SHA_256"), ("EC_P256", "ECDSA_SHA_256")] {
        let key = world.key(json!({"KeySpec": spec, "KeyUsage": "SIGN/VERIFY"})).await;
        let id = version(world, &key).await;
        let of = json!({"KeyId": key, "KeyVersionId": id});
        let sign = with(&with(&of, "Algorithm", algorithm), "Digest", &*digest);
        let signed = world.ok("AsymmetricSign", sign.clone()).await;
        let verify = with(&sign, "Value", signed["Value"].clone());
        for (digest, is_signed) in [(&digest, true), (&STANDARD.encode([8; 32]), false)] {
            let verify = with(&verify, "Digest", digest.as_str());
            let verified = world.ok("AsymmetricVerify", verify).await;
            assert_eq!(verified["Value"], is_signed);
        }
        let public = world.ok("GetPublicKey", of.clone()).await;
        assert!(text(&public["PublicKey"]).starts_with("-----BEGIN PUBLIC KEY-----"));
        for (action, request) in [("AsymmetricSign", &sign), ("AsymmetricVerify", &verify)] {
            let short = with(request, "Digest", STANDARD.encode([7; 31]));
            world.refused(action, short, 400, INVALID).await;
            let none = with(request, "KeyVersionId", "00000000-0000-4000-8000-000000000000");
            world.refused(action, none, 404, "Forbidden.KeyVersionNotFound").await;
        }
        let none = with(&of, "KeyVersionId", "00000000-0000-4000-8000-000000000000");
        world.refused("GetPublicKey", none, 404, "Forbidden.KeyVersionNotFound").await;
        let seal = json!({"KeyId": key, "KeyVersionId": id, "Algorithm": "RSAES_OAEP_SHA_256",
            "Plaintext": digest});
        world.refused("AsymmetricEncrypt", seal, 400, UNSUPPORTED).await;
    }
    let symmetric = world.key(json!({})).await;
    let of = json!({"KeyId": symmetric, "KeyVersionId": version(world, &symmetric).await});
    world.refused("GetPublicKey", of, 400, UNSUPPORTED).await;
}

pub(super) async fn versions_are_made_by_hand(world: &World) {
    let key = world.key(json!({"KeySpec": "EC_P256"})).await;
    let early = "Rejected.LimitExceeded";
    world.refused("CreateKeyVersion", json!({"KeyId": key}), 400, early).await;
    let first = version(world, &key).await;
    world.pass(7 * DAY);
    let made = world.ok("CreateKeyVersion", json!({"KeyId": key})).await;
    assert_ne!(made["KeyVersion"]["KeyVersionId"], first);
    let listed = world.ok("ListKeyVersions", json!({"KeyId": key})).await;
    assert_eq!(listed["TotalCount"], 2);
}
