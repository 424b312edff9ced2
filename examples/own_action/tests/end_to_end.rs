//! The action in a mock, on the command line, and in a local gateway.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::{env, fs, process};

use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::{ExposeSecret, Gateway, KmsClient};
use passphrases::native::ChooseWordsRequest;
use passphrases::{GetRandomPassphraseRequest, PassphraseApi, local_gateway};
use serde_json::Value;

#[tokio::test]
async fn a_rule_of_a_mock_answers_on_both_gateways() {
    let mock = MockGateway::new();
    let rule = mock
        .on::<GetRandomPassphraseRequest>()
        .matching(|request| request.word_count == 2)
        .answer_with(|_, answer| answer.random_passphrase = "moon tree".into());
    let client = mock.builder().build().expect("a client");
    for (use_shared_gateway, expected) in [(true, "moon tree"), (false, "moon-tree")] {
        let request = GetRandomPassphraseRequest::new(2).separator("-");
        let call = client.get_random_passphrase(request).use_shared_gateway(use_shared_gateway);
        let answer = call.await.expect("an answer");
        // The instance gives words, and the transfer puts the separator between them.
        assert_eq!(answer.random_passphrase.expose_secret(), expected);
    }
    assert_eq!(rule.requests().len(), 2);
    mock.verify().expect("as the rule says");
}

#[tokio::test]
async fn a_local_gateway_serves_action_and_operation_by_their_handlers() {
    let gateway = local_gateway().start().await.expect("a gateway");
    let client = KmsClient::builder()
        .shared(gateway.open_api_gateway())
        .instance(gateway.instance_gateway())
        .build()
        .expect("a client");
    for (use_shared_gateway, at) in [(true, Gateway::Shared), (false, Gateway::Instance)] {
        let request = GetRandomPassphraseRequest::new(3);
        let call = client.get_random_passphrase(request).use_shared_gateway(use_shared_gateway);
        let reply = call.reply().await.expect("an answer");
        assert_eq!(reply.gateway(), at);
        assert!(reply.request_id().is_some_and(|id| id.len() == 36), "{reply:?}");
        let refused = client
            .get_random_passphrase(GetRandomPassphraseRequest::new(65))
            .use_shared_gateway(use_shared_gateway)
            .await
            .expect_err("too many");
        assert_eq!(refused.code(), Some("InvalidParameter"));
        assert_eq!(refused.status().map(|status| status.as_u16()), Some(400));
    }
    let operation = client.instance().invoke(ChooseWordsRequest::new(5)).await.expect("an answer");
    assert_eq!(operation.words.expose_secret().split(' ').count(), 5);
}

/// A folder that goes with its test.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        Self(env::temp_dir().join(format!("acme-kms-{test}-{}", process::id())))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It goes with the machine otherwise.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// `acme-kms local`, as a process.
struct Served(Child, u16);

impl Served {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_acme-kms"));
        command.args(["local", "--dir"]).arg(folder).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the command");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let port = line.trim().strip_prefix("ready ").and_then(|port| port.parse().ok());
        Self(child, port.expect("a port"))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(folder: &Path, served: &Served) -> Command {
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("a file of the gateway");
    let key: Value = serde_json::from_str(&read("access_key.json")).expect("JSON");
    let text = |name: &str| key[name].as_str().expect("a text").to_owned();
    let address = format!("http://127.0.0.1:{}", served.1);
    let mut command = Command::new(env!("CARGO_BIN_EXE_acme-kms"));
    command
        .env_clear()
        .env("ALIBABA_CLOUD_ACCESS_KEY_ID", text("access_key_id"))
        .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", text("access_key_secret"))
        .env("ALIBABA_CLOUD_KMS_ENDPOINT", &address)
        .env("ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT", &address)
        .env("ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE", folder.join("client_key.json"))
        .env("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD", read("password"));
    command
}

fn answer(output: &Output) -> Value {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn the_command_calls_the_action_on_both_gateways_and_the_operation() {
    let folder = Folder::new("calls");
    let served = Served::start(&folder.0);
    let run = |line: &[&str]| command(&folder.0, &served).args(line).output().expect("it runs");
    for gateway in [
        "--use-shared-gateway=true",
        "--use-shared-gateway=false",
        "--default-api-name=GetRandomPassphrase",
        "--default-api-name=get-random-passphrase",
    ] {
        let line = [gateway, "get-random-passphrase", "--word-count", "2", "--separator", "-"];
        let given = answer(&run(&line));
        let passphrase = given["RandomPassphrase"].as_str().expect("a passphrase");
        assert_eq!(passphrase.split('-').count(), 2, "{gateway}");
    }
    let given = answer(&run(&["instance", "ChooseWords", "--Count", "3"]));
    assert_eq!(given["Words"].as_str().map(|words| words.split(' ').count()), Some(3));
    // What is not of the user's own is there as ever.
    assert!(answer(&run(&["ListKeys"]))["TotalCount"].is_number());

    let refused = run(&["GetRandomPassphrase", "--WordCount", "0"]);
    assert_eq!(refused.status.code(), Some(1));
    let failure: Value = serde_json::from_slice(&refused.stderr).expect("JSON");
    assert_eq!(failure["Code"], "InvalidParameter");
}

#[test]
fn help_and_lists_name_the_command_and_its_actions() {
    let run = |line: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_acme-kms")).args(line).output();
        let output = output.expect("it runs");
        assert!(output.status.success(), "{line:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    assert!(run(&["--help"]).contains("Usage: acme-kms"));
    assert!(run(&["GetRandomPassphrase", "--help"]).contains("--Separator"));
    let list = run(&["actions"]);
    assert!(list.contains("GetRandomPassphrase") && list.contains("instance ChooseWords"));
    let misspelt = Command::new(env!("CARGO_BIN_EXE_acme-kms")).arg("GetRandomPasphrase").output();
    let failure = String::from_utf8(misspelt.expect("it runs").stderr).expect("UTF-8");
    assert!(failure.contains("`GetRandomPassphrase`"), "{failure}");
}
