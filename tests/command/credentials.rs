//! Who signs: what `kms credentials` shows, and what calls do.

use mockito::{Matcher, Server};

use super::{answer, failure, kms, mocked, ran};

const ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";

fn issued() -> &'static str {
    r#"{"Code":"Success","AccessKeyId":"issued-id","AccessKeySecret":"canary-secret",
        "SecurityToken":"canary-token","Expiration":"2099-01-01T00:00:00Z"}"#
}

#[test]
fn every_provider_has_a_line_and_the_one_that_is_used_is_named() {
    let mut server = Server::new();
    server.mock("GET", "/canary").with_body(issued()).create();
    let mut command = kms();
    command.env("ALIBABA_CLOUD_CREDENTIALS_URI", format!("{}/canary", server.url()));
    let output = ran(&mut command, &["credentials"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    for provider in
        ["environment", "oidc_role", "cli_profile", "ini_profile", "ecs_role", "credentials_uri"]
    {
        assert!(text.lines().any(|line| line.starts_with(provider)), "{provider} in {text}");
    }
    assert!(text.ends_with("\nused: credentials_uri\n"), "{text}");
    assert!(!text.contains("canary"), "{text}");
}

#[test]
fn a_profile_of_the_cli_is_shown_with_its_file_and_mode() {
    let home = std::env::temp_dir().join(format!("kms-command-home-{}", std::process::id()));
    let file = home.join(".aliyun").join("config.json");
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    let profile = r#""name":"p","mode":"AK","access_key_id":"i","access_key_secret":"canary""#;
    let config = format!(r#"{{"current":"p","profiles":[{{{profile}}}]}}"#);
    std::fs::write(&file, config).expect("a file");
    let mut command = kms();
    command.env(if cfg!(windows) { "USERPROFILE" } else { "HOME" }, &home);
    let output = ran(&mut command, &["credentials"]);
    std::fs::remove_dir_all(&home).expect("the folder");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let place = format!("the profile `p` of {}, mode AK", file.display());
    assert!(text.contains(&place) && text.ends_with("\nused: cli_profile\n"), "{text}");
    assert!(!text.contains("canary"), "{text}");
}

#[test]
fn without_any_the_exit_code_is_2_and_what_is_missing_is_named() {
    let mut command = kms();
    command.env(ID, "canary");
    let output = ran(&mut command, &["credentials"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.contains(SECRET) && !text.contains("canary"), "{text}");
}

#[test]
fn a_call_without_credentials_names_every_place_that_was_looked_at() {
    let output = ran(&mut kms(), &["--region=cn-hangzhou", "ListKeys"]);
    let failure = failure(&output, 2);
    let message = failure["Message"].as_str().expect("a message");
    for name in [ID, SECRET, "ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_CREDENTIALS_URI"] {
        assert!(message.contains(name), "{name} in {message}");
    }
}

#[test]
fn an_instance_without_client_key_and_credentials_lacks_either() {
    let line = ["--instance-endpoint=http://127.0.0.1:1", "GetSecretValue", "--SecretName=s"];
    let failure = failure(&ran(&mut kms(), &line), 2);
    let message = failure["Message"].as_str().expect("a message");
    assert!(message.contains("--client-key-file") && message.contains(ID), "{message}");
}

#[test]
fn a_call_is_signed_by_whoever_the_chain_finds() {
    let mut server = Server::new();
    server.mock("GET", "/issue").with_body(issued()).create();
    mocked(&mut server, "ListKeys")
        .match_query(Matcher::Any)
        .match_header("x-acs-accesskey-id", "issued-id")
        .match_header("x-acs-security-token", "canary-token")
        .with_body(r#"{"Keys":{"Key":[]},"RequestId":"r"}"#)
        .create();
    let mut command = kms();
    command
        .env("ALIBABA_CLOUD_KMS_ENDPOINT", server.url())
        .env("ALIBABA_CLOUD_CREDENTIALS_URI", format!("{}/issue", server.url()));
    assert_eq!(answer(&ran(&mut command, &["ListKeys"]))["RequestId"], "r");
}
