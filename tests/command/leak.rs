//! What is given where a name or a path is expected, and is something else, is not shown.

use std::path::PathBuf;
use std::process::Command;

use super::{Folder, kms, ran};

/// What people have put where a path was expected: each holds the word that no output may hold.
fn contents() -> [String; 15] {
    [
        "[default]\ntype = access_key\naccess_key_secret = canary/x.y".to_owned(),
        r#"{"KeyId":"KAAP.1","PrivateKeyData":"canary/x.y"}"#.to_owned(),
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.canary-0123456789abcdef".to_owned(),
        format!("/canary/{}", "x".repeat(5000)),
        "-----BEGIN PRIVATE KEY-----\ncanary/x.y\n-----END PRIVATE KEY-----\n".to_owned(),
        "access_keys:\n- id: LTAItest\n  secret: canary.x\n".to_owned(),
        "https://b.example/ca.pem?OSSAccessKeyId=LTAI5tX&Expires=1&Signature=canary%3D".to_owned(),
        "https://user:canary@b.example/p?token=canary".to_owned(),
        "[default] type = ram_role_arn access_key_secret = canary role_arn = acs:ram::1:role/app"
            .to_owned(),
        "CAISab/canary+x0123456789ABCDEFabcdefghijklmnopqrstuv/w".to_owned(),
        "Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.canary-0123456789abcdef".to_owned(),
        "token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.canary-0123456789abcdef".to_owned(),
        "hvs.Xcanary0123456789abcdefGHIJ".to_owned(),
        "wJalrcanary/K7MDENG/bPxRfiCYEXAMPLEKEY12".to_owned(),
        "canary0123456789abcdef0123456789abcdef".to_owned(),
    ]
}

/// Every variable that takes a name, a path, an address or a key.
const VARIABLES: [&str; 30] = [
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "ALIBABA_CLOUD_SECURITY_TOKEN",
    "ALIBABA_CLOUD_REGION_ID",
    "ALIBABA_CLOUD_KMS_ENDPOINT",
    "ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT",
    "ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE",
    "ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD",
    "ALIBABA_CLOUD_KMS_CA_FILE",
    "ALIBABA_CLOUD_PROFILE",
    "ALIBABA_CLOUD_CREDENTIALS_FILE",
    "ALIBABA_CLOUD_CREDENTIALS_URI",
    "ALIBABA_CLOUD_ROLE_ARN",
    "ALIBABA_CLOUD_ROLE_SESSION_NAME",
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
    "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
    "ALIBABA_CLOUD_STS_REGION",
    "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED",
    "ALIBABA_CLOUD_ECS_METADATA",
    "ALIBABA_CLOUD_IMDSV1_DISABLED",
    "ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "https_proxy",
    "no_proxy",
    "KMS_LOG",
    "HOME",
    "USERPROFILE",
];

/// Every option that takes one, with what must stand before and behind it.
const OPTIONS: [(&[&str], &str, &[&str]); 26] = [
    (&[], "--region", &["ListKeys"]),
    (&[], "--endpoint", &["ListKeys"]),
    (&[], "--instance-endpoint", &["ListKeys"]),
    (&["--instance-endpoint=http://127.0.0.1:1"], "--client-key-file", &["ListKeys"]),
    (&[], "--ca-file", &["ListKeys"]),
    (&[], "--tls-certificate-file", &["ListKeys"]),
    (&["--tls-certificate-file=/"], "--tls-key-file", &["ListKeys"]),
    (&[], "--protocol", &["ListKeys"]),
    (&[], "--default-api-name", &["ListKeys"]),
    (&[], "--encoding", &["ListKeys"]),
    (&[], "--context-aad", &["ListKeys"]),
    (&[], "--max-attempts", &["ListKeys"]),
    (&[], "--timeout", &["ListKeys"]),
    (&["encrypt-file", "--key-id=k", "--out=-"], "--in", &[]),
    (&["encrypt-file", "--key-id=k", "--in=/dev/null", "--force"], "--out", &[]),
    (&["local", "--dir=/dev/null/x"], "--listen", &[]),
    (&["local"], "--dir", &[]),
    (&["local", "--dir=/dev/null/x", "--tls"], "--name", &[]),
    (&["local", "--dir=/dev/null/x"], "--seed", &[]),
    (&["local", "--dir=/dev/null/x"], "--faults", &[]),
    (&["local", "--dir=/dev/null/x"], "--print-env", &[]),
    (&["local", "--dir=/dev/null/x"], "--context-aad", &[]),
    (&["local", "export"], "--dir", &[]),
    (&["bench"], "--case", &[]),
    (&["bench", "--case=encrypt"], "--concurrency", &[]),
    (&["bench", "--case=encrypt"], "--duration", &[]),
];

/// A home in which every provider has something to look at, and nobody to ask.
fn home() -> Folder {
    let home = Folder::new("leak");
    let profile = r#""mode":"AK","access_key_id":"i","access_key_secret":"s""#;
    let config = format!(r#"{{"current":"default","profiles":[{{"name":"default",{profile}}}]}}"#);
    home.write(".aliyun/config.json", &config);
    let ini = "[default]\ntype = access_key\naccess_key_id = i\naccess_key_secret = s\n";
    home.write(".alibabacloud/credentials", ini);
    home.write("token", "token");
    home
}

fn surrounded(home: &Folder) -> Command {
    let mut command = kms();
    let token: PathBuf = home.path("token");
    command
        .env(if cfg!(windows) { "USERPROFILE" } else { "HOME" }, home.path(""))
        .env("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/app")
        .env("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/ack")
        .env("ALIBABA_CLOUD_OIDC_TOKEN_FILE", token)
        .env("ALIBABA_CLOUD_CREDENTIALS_URI", "http://127.0.0.1:1/")
        .env("ALIBABA_CLOUD_KMS_ENDPOINT", "http://127.0.0.1:1")
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .env("KMS_LOG", "trace");
    command
}

fn assert_silent(command: &mut Command, arguments: &[&str], what: &str) {
    let output = ran(command, arguments);
    let text =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    let text = text.concat();
    assert!(!text.contains("canary"), "{what} is shown by {arguments:?}: {text}");
    assert!(!text.contains("panicked"), "{what}: {text}");
}

#[test]
fn what_stands_in_a_variable_in_place_of_a_name_or_a_path_is_not_shown() {
    let home = home();
    for variable in VARIABLES {
        for content in contents() {
            let mut command = surrounded(&home);
            if variable == "ALIBABA_CLOUD_REGION_ID" {
                command.env_remove("ALIBABA_CLOUD_KMS_ENDPOINT");
            }
            command.env(variable, &content);
            assert_silent(&mut command, &["credentials"], variable);
            let call = ["--max-attempts=1", "--timeout=2", "ListKeys"];
            let mut command = surrounded(&home);
            command.env(variable, &content);
            assert_silent(&mut command, &call, variable);
        }
    }
}

#[test]
fn a_bare_word_in_place_of_a_path_or_a_profile_is_not_shown() {
    let home = home();
    for variable in [
        "ALIBABA_CLOUD_PROFILE",
        "ALIBABA_CLOUD_CREDENTIALS_FILE",
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
        "ALIBABA_CLOUD_KMS_CA_FILE",
        "ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE",
        "HOME",
    ] {
        for arguments in [&["credentials"][..], &["--max-attempts=1", "ListKeys"]] {
            let mut command = surrounded(&home);
            command
                .env("ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT", "http://127.0.0.1:1")
                .env(variable, "canary30letters");
            assert_silent(&mut command, arguments, variable);
        }
    }
}

#[test]
fn what_stands_in_an_option_in_place_of_a_name_or_a_path_is_not_shown() {
    let home = home();
    for (before, option, behind) in OPTIONS {
        for content in contents() {
            let option = format!("{option}={content}");
            let line: Vec<&str> = before
                .iter()
                .copied()
                .chain([option.as_str()])
                .chain(behind.iter().copied())
                .collect();
            assert_silent(&mut surrounded(&home), &line, &option);
        }
    }
    for content in contents() {
        assert_silent(&mut surrounded(&home), &[&content], "an action");
        assert_silent(&mut surrounded(&home), &["ListKeys", &content], "a parameter");
    }
}

#[test]
fn a_variable_that_does_not_name_a_file_is_named_itself() {
    let home = home();
    for (variable, arguments) in [
        ("ALIBABA_CLOUD_CREDENTIALS_FILE", &["credentials"][..]),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", &["credentials"]),
        ("ALIBABA_CLOUD_KMS_CA_FILE", &["ListKeys"]),
        ("ALIBABA_CLOUD_REGION_ID", &["ListKeys"]),
    ] {
        for content in contents() {
            let mut command = surrounded(&home);
            command.env_remove("KMS_LOG").env_remove("ALIBABA_CLOUD_KMS_ENDPOINT");
            command.env(variable, content);
            let output = ran(&mut command, arguments);
            let text = [output.stdout, output.stderr].concat();
            let text = String::from_utf8(text).expect("UTF-8");
            let is_long_path = text.contains("cannot be read");
            assert!(text.contains(variable) || is_long_path, "{variable}: {text}");
        }
    }
}
