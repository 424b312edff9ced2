use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::engine::testing::{engine, engine_and_clock};
use crate::engine::{
    Engine, KeyFilter, KeySpec, KeyState, NewKey, NewSecret, NewSecretVersion, Origin, PageRequest,
    SecretDataType, SecretType, VersionSelector, WrappingAlgorithm, wrap,
};
use crate::seeds::{KeySeed, KeyVersionSeed, SecretSeed, SecretVersionSeed, Seed};

const ACCOUNT: &str = r#"{"Accounts":[{"AccountName":"app","AccountPassword":"old"}]}"#;

fn seed() -> Seed {
    let mut seed = Seed::default();
    for (spec, name) in KeySpec::ALL {
        let is_derived = cfg!(feature = "rsa-seeds") || !name.starts_with("RSA");
        if spec.check_built().is_ok() && is_derived {
            let alias = format!("alias/{}", name.to_ascii_lowercase());
            seed.keys.push(KeySeed::new(alias).spec(name).tag("env", "test"));
        }
    }
    let mut secret = SecretSeed::new("db", "old");
    secret.versions = vec![SecretVersionSeed::new("v2", "new", &["ACSCurrent", "green"])];
    seed.secrets.push(secret);
    seed
}

fn planted(seed: &Seed) -> Engine {
    let engine = engine();
    engine.plant(seed).expect("it is empty");
    engine
}

#[test]
fn the_same_seed_gives_the_same_ids_and_public_keys() {
    let (first, second) = (planted(&seed()), planted(&seed()));
    let page = || PageRequest::new(Some(1), Some(50)).expect("it is valid");
    let keys = |engine: &Engine| engine.list_keys(&KeyFilter::default(), page()).items;
    assert_eq!(keys(&first), keys(&second));
    assert!(keys(&first).len() >= 9);
    for key in keys(&first).iter().filter(|key| key.spec.is_asymmetric()) {
        let public = |engine: &Engine| engine.public_key(&key.key_id, None).expect("a pair").value;
        assert_eq!(public(&first), public(&second), "{:?}", key.spec);
    }
    let sealed = first.encrypt("alias/aliyun_aes_256", b"text", b"").expect("it encrypts");
    let (id, iv) = (&sealed.key_version_id, &sealed.iv);
    let opened = second.decrypt(id, iv, &sealed.ciphertext_and_tag, b"", None);
    assert_eq!(**opened.expect("it is the same key").value, *b"text");
}

#[test]
fn an_id_that_is_fixed_stays() {
    let mut seed = Seed::default();
    seed.keys.push(
        KeySeed::new("alias/app")
            .id("key-app")
            .material("BwcHBwcHBwcHBwcHBwcHBw==")
            .spec("Aliyun_AES_128"),
    );
    let engine = planted(&seed);
    let key = engine.describe_key("alias/app").expect("it is there");
    assert_eq!((key.key_id.as_str(), key.spec), ("key-app", KeySpec::Aes128));
    engine.encrypt("key-app", b"text", b"").expect("it encrypts");
}

#[test]
fn secrets_have_their_versions_and_stages() {
    let engine = planted(&seed());
    let read = |stage| {
        let selector = VersionSelector { version_id: None, stage };
        let value = engine.secret_value("db", &selector).expect("it is there");
        value.data.expose_secret().to_owned()
    };
    assert_eq!((read(None), read(Some("green"))), ("new".to_owned(), "new".to_owned()));
}

#[test]
fn what_is_exported_is_planted_again_whole() {
    let (engine, clock) = engine_and_clock();
    engine.plant(&seed()).expect("it is empty");
    engine.disable_key("alias/ec_p256").expect("it is there");
    // A key version that is created by request.
    clock.advance(Duration::from_secs(7 * 24 * 3600));
    engine.create_key_version("alias/ec_p256k").expect("it is there");
    let mut managed = SecretSeed::new("managed", ACCOUNT);
    managed.secret_type = Some("Rds".to_owned());
    managed.extended_config.insert("SecretSubType".to_owned(), json!("SingleUser"));
    managed.extended_config.insert("DBInstanceId".to_owned(), json!("rm-1"));
    managed.rotation_interval = Some("7d".to_owned());
    managed.encryption_key = Some("alias/aliyun_aes_256".to_owned());
    let more = Seed { secrets: vec![managed], ..Seed::default() };
    engine.plant(&more).expect("it is new");
    let exported = engine.export().expect("it is written");
    let of = |seed: &Seed| {
        let secret = seed.secrets.iter().find(|it| it.name == "managed").expect("it is there");
        (secret.rotation_interval.clone(), secret.encryption_key.clone())
    };
    let key = engine.describe_key("alias/aliyun_aes_256").expect("it is there").key_id;
    assert_eq!(of(&exported), (Some("604800s".to_owned()), Some(key)));
    assert!(exported.left_out.is_empty(), "{:?}", exported.left_out);
    let again = planted(&exported).export().expect("it is written");
    let text = |seed: &Seed| serde_json::to_string_pretty(seed).expect("it is written");
    assert_eq!(text(&exported), text(&again));
    assert_eq!(engine.check_planted(&exported), Ok(()));
}

#[test]
fn managed_secrets_that_were_created_by_request_are_planted_again_whole() {
    let (engine, clock) = engine_and_clock();
    let two = r#"{"Accounts":[{"AccountName":"app","AccountPassword":"old"},
        {"AccountName":"app_clone","AccountPassword":"older"}]}"#;
    let redis = json!({"SecretSubType": "DoubleUsers", "AccountName": "app", "InstanceId": "r-1",
        "CloneAccountName": "app_clone", "AccountPrivilege": "RoleReadOnly", "RegionId": "r"});
    let polar = json!({"SecretSubType": "DoubleUsers", "RegionId": "r", "DBType": "MySQL",
        "DBClusterId": "pc-1", "AccountName": "app"});
    let names = ["rds", "redis", "polar", "acs/ram/user/app", "acs/ecs/root"];
    let contents = [
        ACCOUNT,
        two,
        "$Auto",
        r#"{"AccessKeys":[{"AccessKeyId":"LTAIold","AccessKeySecret":"old"}]}"#,
        r#"{"UserName":"root","Password":"old"}"#,
    ];
    let types = ["Rds", "Redis", "PolarDB", "RAMCredentials", "ECS"];
    let configs = [
        json!({"SecretSubType": "SingleUser", "DBInstanceId": "rm-1"}),
        redis,
        polar,
        json!({"SecretSubType": "RamUserAccessKey", "UserName": "app"}),
        json!({"SecretSubType": "Password", "RegionId": "r", "InstanceId": "i-1"}),
    ];
    for (((name, data), secret_type), config) in names.iter().zip(contents).zip(types).zip(configs)
    {
        let version = NewSecretVersion {
            version_id: "v1".to_owned(),
            data: data.into(),
            data_type: SecretDataType::Text,
        };
        let new = NewSecret {
            secret_type: SecretType::parse(secret_type).expect("a type"),
            extended_config: config.as_object().cloned().expect("an object"),
            ..NewSecret::generic(name, version)
        };
        engine.create_secret(new).expect(secret_type);
    }
    // The longest interval that an existing key may have.
    let key = engine.create_key(KeySpec::Aes256.into()).expect("it is valid").key_id;
    let years = Duration::from_secs(730 * 24 * 3600);
    engine.update_rotation_policy(&key, Some(years)).expect("it is symmetric");
    clock.advance(Duration::from_secs(1));
    engine.rotate_secret("redis", "v2").expect("it is managed");
    let exported = engine.export().expect("it is written");
    let second = planted(&exported);
    for name in names {
        for stage in ["ACSCurrent", "ACSPrevious"] {
            let value = |engine: &Engine| {
                let selector = VersionSelector { version_id: None, stage: Some(stage) };
                let value = engine.secret_value(name, &selector).ok()?;
                Some((value.version_id, value.data.expose_secret().to_owned()))
            };
            assert_eq!(value(&engine), value(&second), "{name} {stage}");
        }
    }
    assert_eq!(second.check_planted(&exported), Ok(()));
    second.rotate_secret("redis", "v3").expect("its value is of one account");
}

#[test]
fn a_managed_secret_in_the_form_of_a_request_has_one_account_in_each_version() {
    let two = ACCOUNT.replace("]", r#",{"AccountName":"app_clone","AccountPassword":"older"}]"#);
    let secret = |versions| SecretSeed {
        secret_type: Some("Rds".to_owned()),
        extended_config: json!({"SecretSubType": "DoubleUsers", "DBInstanceId": "rm-1"})
            .as_object()
            .cloned()
            .expect("an object"),
        versions,
        ..SecretSeed::new("db", two.clone())
    };
    let seed = Seed { secrets: vec![secret(Vec::new())], ..Seed::default() };
    let engine = planted(&seed);
    for (stage, name) in [("ACSCurrent", "app"), ("ACSPrevious", "app_clone")] {
        let selector = VersionSelector { version_id: None, stage: Some(stage) };
        let value = engine.secret_value("db", &selector).expect(stage).data;
        let value: serde_json::Value = serde_json::from_str(value.expose_secret()).expect("JSON");
        assert_eq!(value["AccountName"], name);
    }
    assert_eq!(engine.check_planted(&seed), Ok(()));
    engine.rotate_secret("db", "v2").expect("it is managed");
    assert_eq!(engine.check_planted(&seed), Ok(()));

    let more = vec![SecretVersionSeed::new("v2", ACCOUNT, &[])];
    let seed = Seed { secrets: vec![secret(more)], ..Seed::default() };
    let why =
        crate::engine::testing::engine().plant(&seed).expect_err("two accounts in one of two");
    assert!(why.contains("version v1 has two accounts"), "{why}");
}

/// The access key of a RAM user, in the form of a request.
fn ram_secret(name: &str) -> SecretSeed {
    let data = r#"{"AccessKeys":[{"AccessKeyId":"LTAIold","AccessKeySecret":"old"}]}"#;
    let mut secret = SecretSeed::new(name, data);
    secret.secret_type = Some("RAMCredentials".to_owned());
    secret.extended_config.insert("SecretSubType".to_owned(), json!("RamUserAccessKey"));
    secret.extended_config.insert("UserName".to_owned(), json!("app"));
    secret
}

#[test]
fn a_seed_fits_after_a_rotation_at_an_earlier_time() {
    let (engine, clock) = engine_and_clock();
    let seed = Seed { secrets: vec![ram_secret("acs/ram/user/app")], ..Seed::default() };
    engine.plant(&seed).expect("it is empty");
    clock.set_back(Duration::from_secs(3600));
    engine.rotate_secret("acs/ram/user/app", "rotated").expect("it is managed");
    assert_eq!(engine.check_planted(&seed), Ok(()));
}

#[test]
fn a_name_that_is_derived_is_found_again() {
    let mut secret = ram_secret("$Auto").tag("env", "test");
    secret.data = Some(
        r#"{"AccessKeys":[{"AccessKeyId":"LTAI1","AccessKeySecret":"x"},
            {"AccessKeyId":"LTAI2","AccessKeySecret":"y"}]}"#
            .into(),
    );
    let seed = Seed { secrets: vec![secret], ..Seed::default() };
    let engine = planted(&seed);
    engine.describe_secret("acs/ram/user/app").expect("it has the name of its user");
    assert_eq!(engine.check_planted(&seed), Ok(()));

    let mut other = seed.clone();
    other.secrets[0].extended_config.insert("UserName".to_owned(), json!("other"));
    let why = engine.check_planted(&other).expect_err("it is another secret");
    assert!(why.contains("acs/ram/user/other"), "{why}");
    let generic = Seed { secrets: vec![SecretSeed::new("$Auto", "x")], ..Seed::default() };
    let why = crate::engine::testing::engine().plant(&generic).expect_err("it has no user");
    assert!(why.contains("SecretName"), "{why}");
}

#[test]
fn imported_material_that_is_gone_is_bound_in_an_export_too() {
    let engine = engine();
    let new = NewKey { origin: Origin::External, ..KeySpec::Aes256.into() };
    let key = engine.create_key(new).expect("it is valid").key_id;
    let import = |engine: &Engine, byte: u8| {
        let algorithm = WrappingAlgorithm::RsaesOaepSha256;
        let given = engine.parameters_for_import(&key, algorithm).expect("it is external");
        let wrapped = wrap(&given.public_key, algorithm, &[byte; 32], "").expect("it wraps");
        engine.import_key_material(&key, &wrapped, &given.import_token, 0)
    };
    import(&engine, 7).expect("it is the first");
    let sealed = engine.encrypt(&key, b"text", b"").expect("it encrypts");
    let whole = engine.export().expect("it is written");
    engine.delete_key_material(&key).expect("it is there");
    let exported = engine.export().expect("it is written");
    for seed in [&whole, &exported] {
        let second = planted(seed);
        assert_eq!(second.check_planted(seed), Ok(()));
        second.delete_key_material(&key).ok();
        let described = second.describe_key(&key).expect("it is there");
        assert_eq!(described.state, KeyState::PendingImport);
        assert_eq!(second.check_planted(seed), Ok(()));
        let written = serde_json::to_value(second.export().expect("it is written"));
        let expected = serde_json::to_value(&exported).expect("it is written");
        assert_eq!(written.expect("it is written"), expected);
        import(&second, 8).expect_err("it is other material");
        import(&second, 7).expect("it is the same material");
        let (id, iv) = (&sealed.key_version_id, &sealed.iv);
        let opened = second.decrypt(id, iv, &sealed.ciphertext_and_tag, b"", None);
        assert_eq!(**opened.expect("it is the same key").value, *b"text");
        assert_eq!(second.check_planted(seed), Ok(()));
    }
    let mut other = exported.clone();
    other.keys[0].versions[0].material_sha256 = Some("AAAA".to_owned());
    let why = crate::engine::testing::engine().plant(&other).expect_err("it is too short");
    assert!(why.contains("material_sha256"), "{why}");
    other.keys[0].versions[0].material_sha256 = Some(STANDARD.encode([7; 32]));
    engine.check_planted(&other).expect_err("it is bound to other material");
    let mut with_other = whole.clone();
    with_other.keys[0].versions[0].material = Some(STANDARD.encode([8; 32]).into());
    engine.check_planted(&with_other).expect_err("it is other material");
    other.keys[0].origin = None;
    let why = crate::engine::testing::engine().plant(&other).expect_err("it is not external");
    assert!(why.contains("EXTERNAL"), "{why}");
}

#[test]
fn derived_material_of_an_external_key_binds_it_too() {
    let mut key = KeySeed::new("alias/app");
    key.origin = Some("EXTERNAL".to_owned());
    key.versions = vec![KeyVersionSeed::default()];
    let mut seed = Seed::default();
    seed.keys.push(key);
    let first = planted(&seed);
    first.delete_key_material("alias/app").expect("it is there");
    let exported = first.export().expect("it is written");
    let second = planted(&exported);
    let described = second.describe_key("alias/app").expect("it is there");
    assert_eq!(described.state, KeyState::PendingImport);
    for engine in [first, second] {
        assert_eq!(engine.check_planted(&seed), Ok(()));
    }
}

#[test]
fn what_a_seed_cannot_have_is_reported() {
    let engine = planted(&seed());
    engine.set_deletion_protection("alias/ec_p256", Some("kept".to_owned())).expect("it is there");
    let left_out = engine.export().expect("it is written").left_out;
    assert_eq!(left_out, ["protection of keys from deletion (1)"]);
}

#[test]
fn the_key_of_a_secret_and_data_keys_that_are_left_out_are_reported() {
    let mut seed = seed();
    let key = KeySeed::new("alias/of-db").id("key-of-db");
    seed.keys.push(key);
    seed.secrets[0].encryption_key = Some("alias/of-db".to_owned());
    let engine = planted(&seed);
    engine.seed().expect("it lacks the default keys");
    let left_out = || engine.export().expect("it is written").left_out;
    assert!(left_out().is_empty(), "every gateway has the example");
    engine.add_managed_data_key_version("another").expect("it is drawn");
    assert_eq!(left_out(), ["managed data keys (1)"]);
    engine.schedule_key_deletion("key-of-db", 7).expect("the window is valid");
    let waiting = "keys that wait for their deletion (1)";
    let sealed = "encryption keys of secrets (1)";
    assert_eq!(left_out(), [waiting, sealed, "managed data keys (1)"]);
}

#[test]
fn the_versions_of_a_key_are_listed_in_the_order_of_the_seed() {
    let (engine, clock) = engine_and_clock();
    engine.plant(&seed()).expect("it is empty");
    for _ in 0..3 {
        clock.advance(Duration::from_secs(7 * 24 * 3600));
        engine.create_key_version("alias/ec_p256").expect("it is old enough");
    }
    let listed = |engine: &Engine| {
        let listed = engine.list_key_versions("alias/ec_p256", PageRequest::default());
        let versions = listed.expect("it is there").items.into_iter();
        versions.map(|version| version.key_version_id).collect::<Vec<_>>()
    };
    let expected = listed(&engine);
    assert_eq!(expected.len(), 4);
    let exported = engine.export().expect("it is written");
    assert_eq!(listed(&planted(&exported)), expected);
}

#[test]
fn what_contradicts_a_seed_is_named() {
    let engine = planted(&seed());
    assert_eq!(engine.check_planted(&seed()), Ok(()));
    let contradicts = |change: &dyn Fn(&mut Seed), name: &str| {
        let mut seed = seed();
        change(&mut seed);
        let why = engine.check_planted(&seed).expect_err(name);
        assert!(why.contains(name), "{why}");
    };
    contradicts(&|seed| seed.keys.push(KeySeed::new("alias/more")), "alias/more");
    contradicts(&|seed| seed.keys[0].spec = "Aliyun_AES_128".to_owned(), "alias/aliyun_aes_256");
    contradicts(&|seed| seed.keys[0].aliases.push("alias/b".to_owned()), "alias/b");
    contradicts(
        &|seed| seed.keys[0].material = Some("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=".into()),
        "material",
    );
    contradicts(
        &|seed| drop(seed.keys[0].tags.insert("env".to_owned(), "prod".to_owned())),
        "tag env",
    );
    contradicts(
        &|seed| drop(seed.secrets[0].tags.insert("env".to_owned(), "test".to_owned())),
        "tag env",
    );
    contradicts(&|seed| seed.secrets.push(SecretSeed::new("other", "x")), "other");
    contradicts(&|seed| seed.secrets[0].data = Some("another".into()), "db");
}

#[test]
fn versions_that_made_room_for_later_ones_are_no_contradiction() {
    let seed = seed();
    let engine = planted(&seed);
    let put = |number: usize| {
        let version = NewSecretVersion {
            version_id: format!("later-{number}"),
            data: "x".to_owned().into(),
            data_type: SecretDataType::Text,
        };
        engine.put_secret_value("db", version, &["ACSCurrent".to_owned()]).expect("it is new");
        let selector = VersionSelector { version_id: Some("v1"), stage: None };
        engine.secret_value("db", &selector).is_ok()
    };
    for number in 0..12 {
        assert_eq!(put(number), number < 8);
        assert_eq!(engine.check_planted(&seed), Ok(()), "{number}");
    }
    // A version that the secret never had: those in its place are still there.
    let mut other = seed.clone();
    let more = (0..3).map(|n| SecretVersionSeed::new(format!("new-{n}"), "x", &[]));
    other.secrets[0].versions.extend(more);
    let why = engine.check_planted(&other).expect_err("it is another seed");
    assert!(why.contains("new-2"), "{why}");
    engine.delete_secret("db", None).expect("it is there");
    let why = engine.check_planted(&seed).expect_err("it is deleted");
    assert!(why.contains("v1"), "{why}");
}

#[test]
fn a_seed_fits_after_rotations_that_leave_none_of_its_versions() {
    let (engine, clock) = engine_and_clock();
    let mut secret = ram_secret("acs/ram/user/app");
    secret.rotation_interval = Some("7d".to_owned());
    let seed = Seed { secrets: vec![secret], ..Seed::default() };
    engine.plant(&seed).expect("it is empty");
    clock.advance(Duration::from_secs(200 * 24 * 3600));
    engine.describe_secret("acs/ram/user/app").expect("it is there");
    assert_eq!(engine.check_planted(&seed), Ok(()));
}

#[test]
fn what_is_wrong_in_a_seed_is_named() {
    for (key, what) in [
        (KeySeed::default(), "without a name"),
        (KeySeed::new("alias/a").spec("AES"), "KeySpec"),
        (KeySeed::new("alias/a").material("AAAA"), "material"),
        (KeySeed::new("alias/a").material("?"), "Base64"),
        (KeySeed::new("a"), "AliasName"),
        #[cfg(not(feature = "rsa-seeds"))]
        (KeySeed::new("alias/a").spec("RSA_2048"), "rsa-seeds"),
    ] {
        let mut seed = Seed::default();
        seed.keys.push(key);
        let why = engine().plant(&seed).expect_err(what);
        assert!(why.contains(what), "{why}");
    }
}

#[test]
fn what_is_wrong_in_a_secret_of_a_seed_is_named() {
    let version = |number: usize| SecretVersionSeed::new(format!("v{number}"), "x", &[]);
    let rotated =
        SecretSeed { rotation_interval: Some("7d".to_owned()), ..SecretSeed::new("a", "x") };
    let sealed =
        SecretSeed { encryption_key: Some("alias/b".to_owned()), ..SecretSeed::new("a", "x") };
    let odd = SecretVersionSeed { data_type: Some("odd".to_owned()), ..version(2) };
    for (secret, what) in [
        (SecretSeed::default(), "no data"),
        (SecretSeed::new("", "x"), "SecretName"),
        (SecretSeed::new("a", ""), "SecretData"),
        (
            SecretSeed { versions: (2..12).map(version).collect(), ..SecretSeed::new("a", "x") },
            "10",
        ),
        (SecretSeed { versions: vec![odd], ..SecretSeed::new("a", "x") }, "SecretDataType"),
        (rotated, "rotation_interval"),
        (sealed, "not found"),
    ] {
        let seed = Seed { secrets: vec![secret], ..Seed::default() };
        let why = engine().plant(&seed).expect_err(what);
        assert!(why.contains(what), "{why}");
    }
}
