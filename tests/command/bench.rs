//! `kms bench` against a mock.

use mockito::{Matcher, Server};
use serde_json::{Value, json};

use super::{answer, at_shared, mocked, parameter, ran};

#[test]
fn a_benchmark_reports_what_it_measured() {
    let mut server = Server::new();
    mocked(&mut server, "GetSecretValue")
        .match_query(parameter("SecretName", "example"))
        .with_body(r#"{"SecretName":"s","SecretData":"d","VersionId":"v","RequestId":"r"}"#)
        .create();
    let line = ["bench", "--case=get_secret_value", "--concurrency=2", "--duration=0.2", "--json"];
    let report = answer(&ran(&mut at_shared(&server.url()), &line));
    assert!(report["requests"].as_u64().expect("a number") > 0);
    assert!(report["throughput"].as_f64().expect("a number") > 0.0);
    assert_eq!(report["errors"], json!({}));
    let latency = |name: &str| report["latency_micros"][name].as_u64().expect("a number");
    assert!(0 < latency("p50") && latency("p50") <= latency("p90"));
    assert!(latency("p90") <= latency("p99") && latency("p99") <= latency("max"));
}

#[test]
fn a_benchmark_in_which_every_call_fails_is_a_failure() {
    let mut server = Server::new();
    mocked(&mut server, "Encrypt")
        .match_query(Matcher::Any)
        .with_status(400)
        .with_body(r#"{"Code":"Forbidden.KeyNotFound","Message":"No.","RequestId":"r"}"#)
        .create();
    let line = ["bench", "--case=encrypt", "--duration=0.1", "--json"];
    let output = ran(&mut at_shared(&server.url()), &line);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["errors"]["Forbidden.KeyNotFound"], report["requests"]);
    let failure: Value = serde_json::from_slice(&output.stderr).expect("JSON");
    assert_eq!(failure["Code"], "Forbidden.KeyNotFound");
}
