//! Calls that succeed, and what they look like on the wire.

use mockito::{Matcher, Server};
use serde_json::{Value, json};

use super::{answer, at_instance, at_shared, mocked, parameter, ran, ran_with_stdin};

#[test]
fn an_action_is_called_under_its_wire_name_and_in_kebab_case() {
    let mut server = Server::new();
    let body =
        r#"{"KeyId":"k-1","KeyVersionId":"v-1","CiphertextBlob":"Y2lwaGVy","RequestId":"r"}"#;
    let mock = mocked(&mut server, "Encrypt")
        .match_query(Matcher::AllOf(vec![
            parameter("KeyId", "alias/app"),
            parameter("Plaintext", "中文 text"),
            parameter("EncryptionContext", r#"{"z":"1","a":"2"}"#),
        ]))
        .with_body(body)
        .expect(2)
        .create();
    let context = r#"{"z": "1", "a": "2"}"#;
    for names in [
        ["Encrypt", "--KeyId", "--Plaintext", "--EncryptionContext"],
        ["encrypt", "--key-id", "--plaintext", "--encryption-context"],
    ] {
        let [action, key, plaintext, name] = names;
        let line = [action, key, "alias/app", plaintext, "中文 text", name, context];
        let output = ran(&mut at_shared(&server.url()), &line);
        let wire: Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(answer(&output), wire);
    }
    mock.assert();
}

#[test]
fn lists_and_objects_are_flattened() {
    let mut server = Server::new();
    let mock = mocked(&mut server, "TagResources")
        .match_query(Matcher::AllOf(vec![
            parameter("ResourceId.1", "a"),
            parameter("ResourceId.2", "b"),
            parameter("Tag.1.Key", "k"),
            parameter("Tag.1.Value", "v"),
        ]))
        .with_body(r#"{"RequestId":"r-1"}"#)
        .expect(2)
        .create();
    let line = ["TagResources", "--RegionId=cn-hangzhou", "--ResourceType=key"];
    for lists in [
        &["--ResourceId=a", "--ResourceId=b", "--Tag", r#"[{"Key":"k","Value":"v"}]"#],
        // As for `aliyun kms`.
        &["--Tag.1.Key=k", "--Tag.1.Value=v", "--ResourceId.1=a", "--ResourceId.2=b"],
    ] {
        let output = ran(at_shared(&server.url()).args(line), lists);
        assert_eq!(answer(&output), json!({"RequestId": "r-1"}));
    }
    mock.assert();
}

#[test]
fn a_secret_from_stdin_travels_in_the_body() {
    let mut server = Server::new();
    let mock = mocked(&mut server, "CreateSecret")
        .match_query(parameter("SecretName", "s"))
        .match_body(parameter("SecretData", "line one\n"))
        .with_body(r#"{"SecretName":"s","VersionId":"v","RequestId":"r"}"#)
        .create();
    let line = ["create-secret", "--secret-name=s", "--version-id=v", "--secret-data=-"];
    let output = ran_with_stdin(&mut at_shared(&server.url()), &line, b"line one\n");
    assert_eq!(answer(&output)["SecretName"], "s");
    mock.assert();
}

#[test]
fn an_operation_of_the_instance_takes_and_gives_base64() {
    let mut server = Server::new();
    // AdvanceEncryptRequest { KeyId = 1: "k", Plaintext = 2: 00 ff }
    let request = b"\x0a\x01k\x12\x02\x00\xff".to_vec();
    // AdvanceEncryptResponse { KeyId = 1, CiphertextBlob = 2, Iv = 3, RequestId = 4 }
    let response = b"\x0a\x01k\x12\x02\xfe\xff\x1a\x01\x07\x22\x01r".to_vec();
    let mock = server
        .mock("POST", "/")
        .match_header("x-kms-apiname", "AdvanceEncrypt")
        .match_request(move |sent| sent.body().is_ok_and(|body| *body == request))
        .with_body(response)
        .create();
    let line = ["instance", "advance-encrypt", "--KeyId=k", "--plaintext=AP8="];
    let answer = answer(&ran(&mut at_instance(&server.url()), &line));
    assert_eq!(answer["CiphertextBlob"], "/v8=");
    assert_eq!(answer["Iv"], "Bw==");
    assert_eq!(answer["RequestId"], "r");
    mock.assert();
}

#[test]
fn options_choose_the_gateway() {
    let mut shared = Server::new();
    let mock = mocked(&mut shared, "GetSecretValue")
        .match_query(parameter("SecretName", "s"))
        .with_body(r#"{"SecretName":"s","SecretData":"d","VersionId":"v","RequestId":"r"}"#)
        .expect(2)
        .create();
    for option in ["--use-shared-gateway", "--default-api-name=get-secret-value"] {
        let mut command = at_instance("http://127.0.0.1:1");
        command
            .env("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
            .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret");
        let endpoint = format!("--endpoint={}", shared.url());
        let line = [&endpoint, option, "GetSecretValue", "--SecretName=s"];
        assert_eq!(answer(&ran(&mut command, &line))["SecretData"], "d");
    }
    mock.assert();
}

#[test]
fn a_log_is_written_only_when_asked_for() {
    let mut server = Server::new();
    mocked(&mut server, "ListKeys")
        .match_query(Matcher::Any)
        .with_body(r#"{"Keys":{"Key":[]},"RequestId":"r"}"#)
        .expect(2)
        .create();
    assert_eq!(answer(&ran(&mut at_shared(&server.url()), &["ListKeys"]))["RequestId"], "r");
    let mut command = at_shared(&server.url());
    let output = ran(command.env("KMS_LOG", "trace"), &["ListKeys"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(!output.stderr.is_empty());
    assert!(!String::from_utf8_lossy(&output.stderr).contains("canary"));
}
