//! Profiles of the aliyun CLI: which one, what they give beside what the judge knows, and when they
//! are read again.

use std::time::Duration;

use alibabacloud_kms::credential::{CliProfile, DefaultChain, Environment, LoadCredential as _};
use alibabacloud_kms::{Credential, ProvideCredential as _};
use mockito::Server;

#[cfg(feature = "process")]
use super::world::TempFile;
use super::world::{CLI_FILE, Home, IN_AN_HOUR, World, config, error_of, id_of, issued};

const KEY: &str = r#""access_key_id":"id","access_key_secret":"secret""#;

fn nowhere() -> World {
    World::at("127.0.0.1:1")
}

fn named(names: &[&str]) -> String {
    let profile = |name| {
        format!(
            r#"{{"name":"{name}","mode":"AK","access_key_id":"{name}","access_key_secret":"s"}}"#
        )
    };
    let profiles: Vec<String> = names.iter().map(profile).collect();
    format!(r#"{{"current":"{}","profiles":[{}]}}"#, names[0], profiles.join(","))
}

async fn given(environment: &Environment) -> String {
    id_of(CliProfile::new(environment).cached().provide().await)
}

#[tokio::test]
async fn the_profile_is_the_one_that_is_named_or_the_current_one() {
    let home = Home::from_cli("cli-names", &named(&["current", "variable", "hand"]));
    let mut world = home.of(nowhere());
    assert_eq!(given(&world.environment()).await, "current");
    world.set("ALIBABA_CLOUD_PROFILE", "variable");
    assert_eq!(given(&world.environment()).await, "variable");
    let by_hand = CliProfile::new(&world.environment()).profile("hand").cached();
    assert_eq!(id_of(by_hand.provide().await), "hand");
    let error =
        error_of(CliProfile::new(&world.environment()).profile("x").cached().provide().await);
    assert!(error.to_string().contains("`x`") && error.to_string().contains(CLI_FILE));
}

#[tokio::test]
async fn modes_that_the_cli_has_beyond_the_sdks_are_known() {
    for (fields, credential) in [
        (r#""mode":"BearerToken","bearer_token":"token""#.to_owned(), Credential::bearer("token")),
        (
            r#""mode":"BearerToken","bearer_token":"token",
            "bearer_token_header_key":"X-Acs-Bearer-Token""#
                .to_owned(),
            Credential::bearer("token"),
        ),
        // An editor's mark at the beginning does not matter.
        (format!(r#""mode":"AK",{KEY}"#), Credential::access_key("id", "secret")),
    ] {
        let home = Home::new("cli-modes");
        home.put(CLI_FILE, format!("\u{feff}{}", config(&format!(r#""name":"default",{fields}"#))));
        let profile = CliProfile::new(&home.of(nowhere()).environment()).cached();
        let given = profile.provide().await.expect("a credential");
        assert_eq!(given.identity(), credential.identity(), "{fields}");
    }
    for fields in [
        r#""mode":"RsaKeyPair","private_key":"p","key_pair_name":"n""#,
        r#""mode":"Anonymous""#,
        r#""mode":"BearerToken","bearer_token":"t","bearer_token_header_key":"x-other""#,
        r#""mode":"BearerToken""#,
    ] {
        let home = Home::from_profile("cli-modes", fields);
        error_of(CliProfile::new(&home.of(nowhere()).environment()).cached().provide().await);
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_used_is_an_error_of_its_field() {
    const ROLE: &str = r#""ram_role_arn":"acs:ram::1:role/app""#;
    let assumed = |fields: &str| format!(r#""mode":"RamRoleArn",{KEY},{fields}"#);
    for (fields, field) in [
        (assumed(r#""ram_role_arn":"role/app""#), "ram_role_arn"),
        (assumed(&format!(r#"{ROLE},"ram_session_name":"s""#)), "ram_session_name"),
        (assumed(&format!(r#"{ROLE},"role_session_name":"s""#)), "role_session_name"),
        (assumed(&format!(r#"{ROLE},"expired_seconds":60"#)), "expired_seconds"),
        (assumed(&format!(r#"{ROLE},"policy":"[]""#)), "policy"),
        (assumed(&format!(r#"{ROLE},"external_id":"x""#)), "external_id"),
        (assumed(&format!(r#"{ROLE},"sts_region":"sts.cn-hangzhou.aliyuncs.com""#)), "sts_region"),
        (r#""mode":"EcsRamRole","ram_role_name":"a/b""#.to_owned(), "ram_role_name"),
        (r#""mode":"CredentialsURI","credentials_uri":"ftp://x""#.to_owned(), "credentials_uri"),
    ] {
        let home = Home::from_profile("cli-wrong", &fields);
        let world = home.of(nowhere());
        let error = error_of(CliProfile::new(&world.environment()).cached().provide().await);
        let shown = format!("{error:?}");
        assert!(shown.contains(&format!("the field `{field}` is wrong")), "{shown}");
        assert!(!shown.contains("`new`"), "{shown}");
        assert!(world.requests().is_empty());
    }
}

#[tokio::test]
async fn a_uri_is_asked_as_the_variable_is() {
    let mut server = Server::new_async().await;
    server.mock("GET", "/issue?a=b").with_body(issued("uri", IN_AN_HOUR)).create_async().await;
    let fields = r#""mode":"CredentialsURI","credentials_uri":"http://issuer.example/issue?a=b""#;
    let home = Home::from_profile("cli-uri", fields);
    assert_eq!(given(&home.of(World::new(&server)).environment()).await, "uri");
}

#[tokio::test]
async fn a_role_is_assumed_by_a_temporary_key_and_by_an_instance() {
    let mut server = Server::new_async().await;
    let sts = format!(r#"{{"Credentials":{}}}"#, issued("role", IN_AN_HOUR));
    server.mock("POST", "/").with_body(sts).create_async().await;
    server.mock("PUT", "/latest/api/token").with_body("token").create_async().await;
    let role = server.mock("GET", "/latest/meta-data/ram/security-credentials/app");
    role.with_body(issued("instance", IN_AN_HOUR)).create_async().await;
    for (fields, token) in [
        (format!(r#""mode":"RamRoleArn",{KEY},"sts_token":"temporary""#), "temporary"),
        (
            r#""mode":"RamRoleArnWithRoleName","ram_role_name":"app""#.to_owned(),
            "token-of-instance",
        ),
    ] {
        let fields = format!(r#"{fields},"ram_role_arn":"acs:ram::1:role/app""#);
        let home = Home::from_profile("cli-roles", &fields);
        let world = home.of(World::new(&server));
        assert_eq!(given(&world.environment()).await, "role");
        let requests = world.requests();
        let sts = requests.last().expect("a request");
        assert!(sts.contains(&format!("x-acs-security-token: {token}\n")), "{sts}");
    }
}

#[tokio::test]
async fn metadata_that_are_switched_off_are_not_asked() {
    let home = Home::from_profile("cli-off", r#""mode":"EcsRamRole""#);
    let mut world = home.of(nowhere());
    world.set("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
    error_of(CliProfile::new(&world.environment()).cached().provide().await);
    assert!(world.requests().is_empty());
}

#[tokio::test]
async fn sources_that_do_not_end_are_named_one_by_one() {
    let profile = |name: &str, source: &str| {
        format!(
            r#"{{"name":"{name}","mode":"ChainableRamRoleArn","source_profile":"{source}",
            "ram_role_arn":"acs:ram::1:role/app"}}"#
        )
    };
    let many = (0..20).map(|index| profile(&format!("p{index}"), &format!("p{}", index + 1)));
    for (profiles, chain) in [
        (vec![profile("p0", "p0")], "p0 -> p0"),
        (vec![profile("p0", "p1"), profile("p1", "p0")], "p0 -> p1 -> p0"),
        (vec![profile("p0", "p1")], "p0 -> p1"),
        (many.collect(), "p0 -> p1 -> p2 -> p3 -> p4 -> p5 -> p6 -> p7 -> p8"),
    ] {
        let text = format!(r#"{{"current":"p0","profiles":[{}]}}"#, profiles.join(","));
        let home = Home::from_cli("cli-chain", &text);
        let world = home.of(nowhere());
        let error = error_of(CliProfile::new(&world.environment()).cached().provide().await);
        assert!(error.to_string().contains(&format!("`{chain}`")), "{error}");
        assert!(world.requests().is_empty());
    }
}

#[tokio::test]
async fn a_file_that_changed_is_read_again_when_a_minute_is_over_or_a_key_is_refused() {
    let home = Home::from_cli("cli-rotation", &named(&["first"]));
    let world = home.of(nowhere());
    let profile = CliProfile::new(&world.environment()).cached();
    let first = profile.provide().await.expect("a credential");
    home.put(CLI_FILE, named(&["second"]));
    assert_eq!(id_of(profile.provide().await), "first");
    assert!(profile.refused(first.identity().expect("an identity")));
    assert_eq!(id_of(profile.provide().await), "second");
    home.put(CLI_FILE, named(&["third"]));
    world.advance(Duration::from_secs(61));
    // The load is on its way: what there is is served meanwhile.
    while id_of(profile.provide().await) != "third" {
        tokio::task::yield_now().await;
    }
}

#[cfg(all(unix, feature = "process"))]
#[tokio::test]
async fn a_program_is_asked_again_when_its_key_expires() {
    let output = |id: &str, end: &str| {
        format!(
            r#"{{"mode":"StsToken","access_key_id":"{id}","access_key_secret":"s",
            "sts_token":"t","expiration":"{end}"}}"#
        )
    };
    let file = TempFile::new("cli-program", &output("first", IN_AN_HOUR));
    let command = format!(r#""mode":"External","process_command":"cat {}""#, file.path().display());
    let home = Home::from_profile("cli-program-home", &command);
    let before = home.text(CLI_FILE);
    let world = home.of(nowhere());
    let profile = CliProfile::new(&world.environment()).cached();
    assert_eq!(id_of(profile.provide().await), "first");
    std::fs::write(file.path(), output("second", "2026-11-23T10:00:00Z")).expect("a file");
    assert_eq!(id_of(profile.provide().await), "first");
    world.advance(Duration::from_secs(3600));
    assert_eq!(id_of(profile.provide().await), "second");
    assert_eq!(home.text(CLI_FILE), before, "nothing is written back");
}

#[tokio::test]
async fn it_applies_where_the_file_is_unless_it_is_switched_off() {
    let applies = |world: &World| CliProfile::new(&world.environment()).not_applicable().is_none();
    assert!(!applies(&nowhere()));
    let home = Home::new("cli-applies");
    let mut world = home.of(nowhere());
    assert!(!applies(&world));
    home.put(CLI_FILE, "");
    assert!(applies(&world));
    world.set("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "True");
    assert!(!applies(&world));
}

#[tokio::test]
async fn the_explanation_names_profile_and_file_and_mode() {
    let home = Home::from_profile("cli-explained", &format!(r#""mode":"AK",{KEY}"#));
    home.put(".alibabacloud/credentials", "[default]\ntype = bearer\nbearer_token = t\n");
    let mut world = home.of(nowhere());
    world.set("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
    let explanation = DefaultChain::from_environment(&world.environment()).explain().await;
    assert_eq!(explanation.used(), Some("cli_profile"));
    let text = explanation.to_string();
    let at = |path| home.path().join(path).display().to_string();
    let cli = format!("the profile `default` of {}, mode AK", at(CLI_FILE));
    let ini = format!("the profile `default` of {}, type bearer", at(".alibabacloud/credentials"));
    assert!(text.contains(&cli) && text.contains(&ini), "{text}");
    // And the error names them, too.
    home.put(CLI_FILE, config(r#""name":"default","mode":"AK","access_key_id":"id""#));
    let error = error_of(CliProfile::new(&world.environment()).cached().provide().await);
    assert!(error.to_string().contains(&cli), "{error}");
}

#[tokio::test]
async fn a_profile_that_was_never_filled_in_is_passed_over() {
    // As the CLI writes it at its first start.
    let home = Home::from_profile("cli-new", r#""mode":"","output_format":"json""#);
    home.put(".alibabacloud/credentials", "[default]\ntype = bearer\nbearer_token = t\n");
    let chain = DefaultChain::from_environment(&home.of(nowhere()).environment());
    let given = chain.provide().await.expect("a credential");
    assert_eq!(given.identity(), Credential::bearer("t").identity());
}
