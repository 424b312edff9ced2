//! Failures: one JSON object on stderr, and the exit code.

use std::net::TcpListener;
use std::process::Command;

use alibabacloud_kms::{Error, ServiceError};
use mockito::{Matcher, Server};
use serde_json::json;

use super::{at_instance, at_shared, failure, kms, mocked, ran};

#[test]
fn the_services_refusal_is_exit_1() {
    let mut server = Server::new();
    let body = r#"{"Code":"Forbidden.KeyNotFound","Message":"The specified Key is not found.",
        "RequestId":"r-2","HostId":"kms.cn-hangzhou.aliyuncs.com"}"#;
    mocked(&mut server, "DescribeKey")
        .match_query(Matcher::Any)
        .with_status(404)
        .with_body(body)
        .create();
    let line = ["DescribeKey", "--KeyId", "k"];
    let output = ran(&mut at_shared(&server.url()), &line);
    let advice = Error::from_service(ServiceError::new("Forbidden.KeyNotFound", ""))
        .advice()
        .expect("a code")
        .replace("`use_shared_gateway(true)`", "--use-shared-gateway");
    assert_eq!(
        failure(&output, 1),
        json!({
            "Code": "Forbidden.KeyNotFound",
            "Message": "The specified Key is not found.",
            "RequestId": "r-2",
            "HttpStatus": 404,
            "Gateway": "shared",
            "Kind": "Service",
            "Advice": advice,
        })
    );
}

#[test]
fn a_refusal_that_is_not_the_services_has_its_status() {
    let mut server = Server::new();
    mocked(&mut server, "DescribeKey")
        .match_query(Matcher::Any)
        .with_status(403)
        .with_body("<html>canary</html>")
        .create();
    let line = ["DescribeKey", "--KeyId", "k"];
    let failure = failure(&ran(&mut at_shared(&server.url()), &line), 1);
    assert_eq!(failure["HttpStatus"], 403);
    assert_eq!(failure.get("Code"), None);
}

#[test]
fn no_connection_is_exit_3() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let line = ["--max-attempts=1", "ListKeys"];
    let failure = failure(&ran(&mut at_shared(&endpoint), &line), 3);
    assert_eq!(failure["Kind"], "Connect");
    assert_eq!(failure["Gateway"], "shared");
}

#[test]
fn an_answer_that_does_not_come_in_time_is_exit_3() {
    // It takes connections, and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let line = ["--timeout=0.2", "ListKeys"];
    let failure = failure(&ran(&mut at_shared(&endpoint), &line), 3);
    assert_eq!(failure["Kind"], "Timeout");
}

#[test]
fn an_answer_that_is_not_one_is_exit_3() {
    let mut server = Server::new();
    mocked(&mut server, "ListKeys").match_query(Matcher::Any).with_body("canary").create();
    let failure = failure(&ran(&mut at_shared(&server.url()), &["ListKeys"]), 3);
    assert_eq!(failure["Kind"], "Decode");
}

#[test]
fn usage_configuration_and_credentials_are_exit_2() {
    let cases: [(Command, &[&str], &str); 8] = [
        (kms(), &["Encrpt"], "Usage"),
        (kms(), &["ListKeys", "--PageSize=canary"], "Usage"),
        (kms(), &["ListKeys"], "Config"),
        (kms(), &["--region=cn-hangzhou", "ListKeys"], "Credential"),
        (kms(), &["--endpoint=http://127.0.0.1:1", "ListKeys"], "Credential"),
        (
            kms(),
            &[
                "--instance-endpoint=http://127.0.0.1:1",
                "GetPublicKey",
                "--KeyId=k",
                "--KeyVersionId=v",
            ],
            "Credential",
        ),
        (at_instance("http://127.0.0.1:1"), &["ListKeys"], "Route"),
        (at_shared("ftp://canary"), &["ListKeys"], "Config"),
    ];
    for (mut command, line, kind) in cases {
        assert_eq!(failure(&ran(&mut command, line), 2)["Kind"], kind, "{line:?}");
    }
}

#[test]
fn a_parameter_that_only_the_shared_gateway_requires_is_refused_before_any_request() {
    let line = ["GetPublicKey", "--KeyId=k"];
    let failure = failure(&ran(&mut at_shared("http://127.0.0.1:1"), &line), 2);
    assert_eq!(failure["Code"], "MissingParameter");
    assert_eq!(failure["Kind"], "Encode");
}

#[test]
fn a_wrong_password_is_exit_2() {
    let mut command = at_instance("http://127.0.0.1:1");
    command.env("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD", "canary");
    let output = ran(&mut command, &["GetSecretValue", "--SecretName=s"]);
    let failure = failure(&output, 2);
    assert_eq!(failure["Kind"], "ClientKey");
    let message = failure["Message"].to_string();
    assert!(message.contains("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD"), "{message}");
}

#[test]
fn a_variable_with_only_white_space_and_quotes_is_as_unset() {
    for empty in [" ", "\n", "\"\"", "' '"] {
        let mut command = at_shared("http://127.0.0.1:1");
        for name in ["KMS_CA_FILE", "KMS_CLIENT_KEY_PASSWORD", "KMS_INSTANCE_ENDPOINT"] {
            command.env(format!("ALIBABA_CLOUD_{name}"), empty);
        }
        let output = ran(command.env("KMS_LOG", empty), &["--max-attempts=1", "ListKeys"]);
        assert_eq!(failure(&output, 3)["Kind"], "Connect", "{empty:?}");
        let mut command = at_instance("http://127.0.0.1:1");
        command.env("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD", empty);
        let message = failure(&ran(&mut command, &["ListKeys"]), 2)["Message"].to_string();
        assert!(message.contains("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD"), "{message}");
    }
}

#[test]
fn a_log_filter_may_have_white_space_and_quotes_around_it() {
    for filter in [" debug ", "debug\n", "\"debug\"", "alibabacloud_kms=debug"] {
        let mut command = at_shared("http://127.0.0.1:1");
        let output = ran(command.env("KMS_LOG", filter), &["--max-attempts=1", "ListKeys"]);
        assert!(output.stderr.windows(5).any(|word| word == b"DEBUG"), "{filter:?}");
    }
    for wrong in ["verbose", "1"] {
        let mut command = at_shared("http://127.0.0.1:1");
        let message =
            failure(&ran(command.env("KMS_LOG", wrong), &["ListKeys"]), 2)["Message"].to_string();
        assert!(message.contains("KMS_LOG") && message.contains("debug"), "{message}");
    }
}

#[test]
fn a_closed_stdout_is_not_a_success() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output =
        kms().args(["actions", "--json"]).stdout(writer).output().expect("the command runs");
    // As one that SIGPIPE ends: quietly.
    assert_eq!((output.status.code(), output.stderr), (Some(141), Vec::new()));
}

#[test]
fn a_proxy_of_the_environment_is_used_and_a_wrong_one_is_named() {
    let proxy = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", proxy.local_addr().expect("an address"));
    drop(proxy);
    let line = ["--max-attempts", "1", "DescribeKey", "--KeyId", "k"];

    let mut command = at_shared("https://kms.invalid");
    let output = ran(command.env("https_proxy", &url), &line);
    let message = failure(&output, 3)["Message"].to_string();
    assert!(message.contains(url.as_str()), "{message}");

    let mut command = at_shared("https://kms.invalid");
    let output = ran(command.env("HTTPS_PROXY", "ftp://canary"), &line);
    let message = failure(&output, 2)["Message"].to_string();
    assert!(message.contains("HTTPS_PROXY"), "{message}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_store_without_cas_is_exit_3_before_connecting_and_the_remedy_is_named() {
    let mut command = at_shared("https://127.0.0.1:1");
    let no_certificates = command.env("SSL_CERT_FILE", "/dev/null");
    let failure = failure(&ran(no_certificates, &["DescribeKey", "--KeyId", "k"]), 3);
    assert_eq!(failure["Kind"], "Tls");
    let message = failure["Message"].to_string();
    assert!(message.contains("unset SSL_CERT_FILE"), "{message}");
}
