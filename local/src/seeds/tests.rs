use serde_json::{Value, json};

use super::Seed;
use super::{AccessKeySeed, ClientKeySeed, KeySeed, KeyVersionSeed, SecretSeed, SecretVersionSeed};

/// A seed of which no field is left out.
fn full() -> Seed {
    let version = KeyVersionSeed {
        id: Some("5fad90f8-398e-46c2-ab6f-f897fccb8da1".to_owned()),
        material: Some("AAAA".into()),
        material_sha256: Some("AAAA".to_owned()),
    };
    let key = KeySeed {
        id: Some("key-app".to_owned()),
        usage: Some("ENCRYPT/DECRYPT".to_owned()),
        origin: Some("Aliyun_KMS".to_owned()),
        description: "of orders".to_owned(),
        disabled: true,
        rotation_interval: Some("30d".to_owned()),
        policy: Some("{}".to_owned()),
        material: Some("AAAA".into()),
        versions: vec![version],
        ..KeySeed::new("alias/app").tag("env", "test")
    };
    let mut secret = SecretSeed::new("db", "a value").tag("env", "test");
    secret.secret_type = Some("Generic".to_owned());
    secret.description = "of orders".to_owned();
    secret.policy = Some("{}".to_owned());
    secret.rotation_interval = Some("7d".to_owned());
    secret.encryption_key = Some("alias/app".to_owned());
    secret.extended_config.insert("SecretSubType".to_owned(), json!("SingleUser"));
    let mut of_secret = SecretVersionSeed::new("v2", "another", &["ACSCurrent"]);
    of_secret.data_type = Some("text".to_owned());
    secret.versions.push(of_secret);
    Seed {
        keys: vec![key],
        secrets: vec![secret],
        access_keys: vec![AccessKeySeed::new("LTAI1", "secret").security_token("token")],
        client_keys: vec![ClientKeySeed::new("KAAP.1", "AAAA").password("password")],
        left_out: Vec::new(),
        schema: Some("seed.schema.json".to_owned()),
    }
}

fn names(value: &Value) -> Vec<&String> {
    let mut names: Vec<_> = value.as_object().expect("an object").keys().collect();
    names.sort_unstable();
    names
}

#[test]
fn the_schema_has_every_field_and_no_other() {
    let schema: Value =
        serde_json::from_str(include_str!("../../seed.schema.json")).expect("it is JSON");
    let seed = serde_json::to_value(full()).expect("it is written");
    let of = |kind: &str| &schema["$defs"][kind];
    for (described, written) in [
        (&schema, &seed),
        (of("key"), &seed["keys"][0]),
        (of("key_version"), &seed["keys"][0]["versions"][0]),
        (of("secret"), &seed["secrets"][0]),
        (of("secret_version"), &seed["secrets"][0]["versions"][0]),
        (of("access_key"), &seed["access_keys"][0]),
        (of("client_key"), &seed["client_keys"][0]),
    ] {
        assert_eq!(names(&described["properties"]), names(written));
        assert_eq!(described["additionalProperties"], false);
        for name in described["required"].as_array().into_iter().flatten() {
            let mut less = written.clone();
            less.as_object_mut().expect("an object").remove(name.as_str().expect("a name"));
            assert_ne!(less, *written, "{name}");
        }
    }
}

#[test]
fn a_seed_is_read_as_it_was_written_and_its_debug_shows_no_secret() {
    let seed = full();
    let text = serde_json::to_string(&seed).expect("it is written");
    let again: Seed = serde_json::from_str(&text).expect("it is read");
    assert_eq!(serde_json::to_string(&again).expect("it is written"), text);
    let shown = format!("{seed:?} {:?} {:?}", seed.keys, seed.secrets);
    assert!(!shown.contains("a value") && !shown.contains("AAAA"), "{shown}");
    serde_json::from_str::<Seed>(r#"{"kyes": []}"#).expect_err("a name is wrong");
}
