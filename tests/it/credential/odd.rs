//! Keys, files and answers as they come from people and programs, and not as they should be.

use std::error::Error as _;

use alibabacloud_kms::credential::{CliProfile, CredentialsUri, IniProfile, Variables};
use alibabacloud_kms::{Credential, Error, ProvideCredential};
use mockito::{Matcher, Server};

use super::world::{Home, TempFile, World, config, error_of, id_of, issued};

const AROUND: [(&str, &str); 10] = [
    ("", "\n"),
    ("", "\r\n"),
    (" ", " "),
    ("\t", ""),
    ("\u{a0}", "\u{a0}"),
    ("\u{feff}", ""),
    ("", "\u{200b}"),
    ("\"", "\""),
    ("'", "'"),
    (" \"", "\"\n"),
];

fn json(text: &str) -> String {
    serde_json::to_string(text).expect("JSON")
}

/// The sentences of an error and its causes.
fn sentences(error: &Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

async fn is_sts_key(provider: &dyn ProvideCredential, what: &str) {
    let expected = Credential::sts("id", "secret", "token").identity();
    assert_eq!(provider.provide().await.expect(what).identity(), expected, "{what}");
}

#[tokio::test]
async fn white_space_and_quotes_around_a_key_are_never_a_part_of_it() {
    for (before, after) in AROUND {
        let [id, secret, token] =
            ["id", "secret", "token"].map(|key| format!("{before}{key}{after}"));
        let what = format!("{before:?} {after:?}");

        let mut world = World::at("127.0.0.1:1");
        world
            .set("ALIBABA_CLOUD_ACCESS_KEY_ID", &id)
            .set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", &secret)
            .set("ALIBABA_CLOUD_SECURITY_TOKEN", &token);
        is_sts_key(&Variables::new(&world.environment()), &what).await;

        let text = config(&format!(
            r#""name":{},"mode":{},"access_key_id":{},"access_key_secret":{},"sts_token":{}"#,
            json(&format!("{before}default{after}")),
            json(&format!("{before}StsToken{after}")),
            json(&id),
            json(&secret),
            json(&token)
        ));
        let file = TempFile::new("odd-cli", &text);
        let profile = CliProfile::new(&world.environment()).file(file.path()).cached();
        is_sts_key(&profile, &what).await;

        let text = format!(
            "[default]\ntype = sts\naccess_key_id = {id}\naccess_key_secret = {secret}\n\
             security_token = {token}\n"
        );
        let file = TempFile::new("odd-ini", &text);
        let profile = IniProfile::new(&world.environment()).file(file.path()).cached();
        is_sts_key(&profile, &what).await;
    }
}

#[tokio::test]
async fn white_space_within_a_key_is_an_error_that_names_the_variable_or_the_field() {
    for broken in ["can ary", "can\nary", "can\u{a0}ary", "can\u{200b}ary"] {
        for variable in [
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
            "ALIBABA_CLOUD_SECURITY_TOKEN",
        ] {
            let mut world = World::at("127.0.0.1:1");
            world
                .set("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
                .set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")
                .set(variable, broken);
            let error = error_of(Variables::new(&world.environment()).provide().await);
            let text = sentences(&error);
            assert!(text.contains(variable) && text.contains("white space"), "{text}");
            assert!(!format!("{text}{error:?}").contains("ary"), "{text}");
        }
        for field in ["access_key_id", "access_key_secret", "sts_token"] {
            let fields = [("access_key_id", "i"), ("access_key_secret", "s"), ("sts_token", "t")];
            let fields = fields.map(|(name, value)| {
                format!("{name:?}:{}", json(if name == field { broken } else { value }))
            });
            let fields = format!(r#""name":"default","mode":"StsToken",{}"#, fields.join(","));
            let file = TempFile::new("odd-cli-within", &config(&fields));
            let world = World::at("127.0.0.1:1");
            let profile = CliProfile::new(&world.environment()).file(file.path()).cached();
            let error = error_of(profile.provide().await);
            let text = sentences(&error);
            assert!(text.contains(field) && text.contains("white space"), "{text}");
            assert!(!format!("{text}{error:?}").contains("ary"), "{text}");
        }
    }
}

#[tokio::test]
async fn a_value_of_nothing_but_white_space_is_as_unset() {
    let mut world = World::at("127.0.0.1:1");
    world
        .set("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
        .set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret")
        .set("ALIBABA_CLOUD_SECURITY_TOKEN", " \n");
    let given = Variables::new(&world.environment()).provide().await.expect("a key");
    assert_eq!(given.identity(), Credential::access_key("id", "secret").identity());
    world.set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "\"\"");
    let error = error_of(Variables::new(&world.environment()).provide().await);
    assert!(error.to_string().contains("ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set"), "{error}");
}

#[tokio::test]
async fn the_go_sdks_quotes_and_comments_are_read() {
    for line in [
        r#"access_key_secret = "secret""#,
        "access_key_secret = 'secret'",
        "access_key_secret = secret ; of the app",
        "access_key_secret = secret # of the app",
        r#"access_key_secret="secret" ; of the app"#,
        "access_key_secret\t=\tsecret\t;of the app\r",
    ] {
        let text = format!("[default]\r\ntype = \"access_key\"\r\naccess_key_id = 'id'\n{line}\n");
        let file = TempFile::new("odd-go", &text);
        let environment = World::at("127.0.0.1:1").environment();
        let profile = IniProfile::new(&environment).file(file.path()).cached();
        let given = profile.provide().await.expect(line);
        assert_eq!(given.identity(), Credential::access_key("id", "secret").identity(), "{line}");
    }
}

#[tokio::test]
async fn an_expiration_may_have_an_offset() {
    for (expiration, is_time) in [
        ("2026-11-23T09:00:00+00:00", true),
        ("2026-11-23T17:00:00.123456+08:00", true),
        ("2026-11-23 01:00:00-0800", true),
        ("2026-11-23T09:00:00", false),
        ("2026-11-23T09:00:00+canary", false),
    ] {
        let mut server = Server::new_async().await;
        let body = issued("id", expiration);
        let _mock = server.mock("GET", Matcher::Any).with_body(body).create_async().await;
        let environment = World::new(&server).environment();
        let provider = CredentialsUri::new("http://issuer.example/", &environment).expect("a URI");
        let given = provider.cached().provide().await;
        if is_time {
            assert_eq!(id_of(given), "id", "{expiration}");
        } else {
            let text = sentences(&error_of(given));
            assert!(text.contains("Expiration that is not of the form"), "{text}");
            assert!(!text.contains("canary"), "{text}");
        }
    }
}

#[tokio::test]
async fn the_token_of_a_portal_goes_over_tls_alone() {
    let fields = r#""mode":"CloudSSO","cloud_sso_account_id":"1","cloud_sso_access_config":"ac",
        "cloud_sso_access_token_expire":4070908800,"access_token":"canary""#;
    for url in ["http://sso.example/login", "HTTP://sso.example/login", "sso.example/login"] {
        let home =
            Home::from_profile("odd-sso", &format!(r#"{fields},"cloud_sso_sign_in_url":"{url}""#));
        let world = home.of(World::at("127.0.0.1:1"));
        let error = error_of(CliProfile::new(&world.environment()).cached().provide().await);
        let text = sentences(&error);
        assert!(text.contains("https://") && !text.contains("canary"), "{text}");
        assert!(world.requests().is_empty(), "{url}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_in_place_of_a_file_is_an_error_and_waits_for_nobody() {
    let home = Home::new("odd-pipe");
    let pipe = home.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    let environment = World::at("127.0.0.1:1").environment();
    let providers: [Box<dyn ProvideCredential>; 3] = [
        Box::new(CliProfile::new(&environment).file(&pipe).cached()),
        Box::new(IniProfile::new(&environment).file(&pipe).cached()),
        Box::new(IniProfile::new(&environment).file(home.path()).cached()),
    ];
    for provider in providers {
        let text = sentences(&error_of(provider.provide().await));
        assert!(text.contains("must be a regular file"), "{text}");
    }
}
