//! Codes of messages, and what is random.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::world::{World, text};

const INVALID: &str = "InvalidParameter";

pub(super) async fn messages_have_codes(world: &World) {
    let message = STANDARD.encode(b"message");
    for algorithm in ["HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"] {
        let key = world.key(json!({"KeySpec": algorithm})).await;
        let of = json!({"KeyId": key, "Algorithm": algorithm, "Message": message});
        let made = world.ok("GenerateMac", of.clone()).await;
        for (mac, is_equal) in [(text(&made["Mac"]), true), (STANDARD.encode([7; 32]), false)] {
            let mut verify = of.clone();
            verify["Mac"] = mac.into();
            assert_eq!(world.ok("VerifyMac", verify).await["Value"], is_equal);
        }
        let mut other = of.clone();
        other["Algorithm"] = "Nonsense".into();
        world.refused("GenerateMac", other.clone(), 400, INVALID).await;
        other["Mac"] = message.as_str().into();
        world.refused("VerifyMac", other, 400, INVALID).await;
    }
    let key = world.key(json!({})).await;
    let unsupported = "Rejected.UnsupportedOperation";
    let mut of = json!({"KeyId": key, "Algorithm": "HMAC_SHA_256", "Message": message});
    world.refused("GenerateMac", of.clone(), 400, unsupported).await;
    of["Mac"] = message.into();
    world.refused("VerifyMac", of, 400, unsupported).await;
}

pub(super) async fn passwords_are_random(world: &World) {
    let made = world.ok("GetRandomPassword", json!({"PasswordLength": "16"})).await;
    assert_eq!(text(&made["RandomPassword"]).len(), 16);
    world.refused("GetRandomPassword", json!({"PasswordLength": "7"}), 400, INVALID).await;
}

pub(super) async fn a_challenge_is_given(world: &World) {
    let given = world.ok("GetChallenge", json!({})).await;
    assert_ne!(given["Nonce"], given["ChallengeToken"]);
    assert_ne!(given["Nonce"], world.ok("GetChallenge", json!({})).await["Nonce"]);
}
