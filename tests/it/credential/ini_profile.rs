//! The INI file that the SDKs share: where it is, and what the judge does not know.

use alibabacloud_kms::credential::{Environment, IniProfile, LoadCredential as _};
use alibabacloud_kms::{Credential, ProvideCredential as _};

use super::world::{Home, TempFile, World, error_of, id_of};

fn nowhere() -> World {
    World::at("127.0.0.1:1")
}

fn section(name: &str, id: &str) -> String {
    format!("[{name}]\ntype = access_key\naccess_key_id = {id}\naccess_key_secret = secret\n")
}

async fn given(environment: &Environment) -> String {
    id_of(IniProfile::new(environment).cached().provide().await)
}

#[tokio::test]
async fn the_file_is_the_one_that_is_named_or_one_of_two_at_home() {
    let home = Home::new("ini-places");
    let mut world = home.of(nowhere());
    home.put(".alibabacloud/credentials.ini", section("default", "with-ending"));
    assert_eq!(given(&world.environment()).await, "with-ending");
    home.put(".alibabacloud/credentials", section("default", "without-ending"));
    assert_eq!(given(&world.environment()).await, "without-ending");
    let file = TempFile::new("ini-variable", &section("default", "variable"));
    world.set("ALIBABA_CLOUD_CREDENTIALS_FILE", file.path().display().to_string());
    assert_eq!(given(&world.environment()).await, "variable");
    let file = TempFile::new("ini-hand", &section("default", "hand"));
    let by_hand = IniProfile::new(&world.environment()).file(file.path());
    assert_eq!(id_of(by_hand.cached().provide().await), "hand");
}

#[tokio::test]
async fn the_section_is_the_one_that_is_named_or_the_default() {
    let text = section("default", "0") + &section("variable", "1") + &section("hand", "2");
    let file = TempFile::new("ini-names", &text);
    let mut world = nowhere();
    let profile = |world: &World| IniProfile::new(&world.environment()).file(file.path());
    assert_eq!(id_of(profile(&world).cached().provide().await), "0");
    world.set("ALIBABA_CLOUD_PROFILE", "variable");
    assert_eq!(id_of(profile(&world).cached().provide().await), "1");
    assert_eq!(id_of(profile(&world).profile("hand").cached().provide().await), "2");
    let error = error_of(profile(&world).profile("other").cached().provide().await);
    assert!(error.to_string().contains("other") && error.to_string().contains("ini-names"));
}

#[tokio::test]
async fn sts_keys_and_bearer_tokens_are_types_too() {
    let key = "access_key_id = id\naccess_key_secret = secret\n";
    for (text, credential) in [
        (
            format!("[default]\ntype = sts\n{key}security_token = token"),
            Credential::sts("id", "secret", "token"),
        ),
        ("[default]\ntype = bearer\nbearer_token = token".to_owned(), Credential::bearer("token")),
    ] {
        let file = TempFile::new("ini-types", &text);
        let profile = IniProfile::new(&nowhere().environment()).file(file.path()).cached();
        let given = profile.provide().await.expect("a credential");
        assert_eq!(given.identity(), credential.identity(), "{text}");
    }
}

#[tokio::test]
async fn it_applies_where_a_file_is_or_is_named() {
    let applies = |world: &World| IniProfile::new(&world.environment()).not_applicable().is_none();
    assert!(!applies(&nowhere()));
    let home = Home::new("ini-applies");
    let mut world = home.of(nowhere());
    assert!(!applies(&world));
    home.put(".alibabacloud/credentials", "");
    assert!(applies(&world));
    // It is a mistake then that it is not there.
    world = nowhere();
    world.set("ALIBABA_CLOUD_CREDENTIALS_FILE", "/no/such/file");
    assert!(applies(&world));
    let error = error_of(IniProfile::new(&world.environment()).cached().provide().await);
    assert!(error.to_string().contains("/no/such/file"));
}
