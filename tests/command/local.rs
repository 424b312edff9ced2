//! `kms local`: both gateways in a process of their own.

#[cfg(target_os = "linux")]
mod attack;
mod environment;
mod files;

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::{answer, failure, kms, ran};

/// `kms local` as a process; it is killed if it was not stopped.
pub(super) struct Local {
    process: Child,
    pub(super) directory: PathBuf,
    port: u16,
}

impl Local {
    /// Starts it in an empty folder and waits until it is ready. The name is the test's own.
    pub(super) fn start(name: &str, options: &[&str]) -> Self {
        Self::started(name, options).0
    }

    /// The same, with the lines that it prints before it is ready.
    fn started(name: &str, options: &[&str]) -> (Self, Vec<String>) {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&directory);
        Self::started_in(directory, options)
    }

    fn started_in(directory: PathBuf, options: &[&str]) -> (Self, Vec<String>) {
        let mut process = kms()
            .args(["local", "--listen=127.0.0.1:0", "--dir"])
            .arg(&directory)
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command runs");
        let stdout = process.stdout.take().expect("piped");
        let mut local = Self { process, directory, port: 0 };
        let mut lines = Vec::new();
        for line in BufReader::new(stdout).lines() {
            let line = line.expect("a line");
            if let Some(port) = line.strip_prefix("ready ") {
                local.port = port.parse().expect("a port");
                return (local, lines);
            }
            lines.push(line);
        }
        panic!("it ended before it was ready: {lines:?}");
    }

    /// Starts it again in the folder of one that ended.
    fn again(&self, options: &[&str]) -> Self {
        Self::started_in(self.directory.clone(), options).0
    }

    fn address(&self) -> (&'static str, u16) {
        ("127.0.0.1", self.port)
    }

    fn access_key(&self) -> String {
        let key: Value = serde_json::from_str(&self.file("access_key.json")).expect("JSON");
        key["access_key_id"].as_str().expect("a text").to_owned()
    }

    /// Kills it.
    fn end(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.directory.join(name)).expect(name)
    }

    /// The command with everything that this gateway's folder gives.
    pub(super) fn kms(&self, scheme: &str) -> Command {
        let key: Value = serde_json::from_str(&self.file("access_key.json")).expect("JSON");
        let text = |name: &str| key[name].as_str().expect("a text").to_owned();
        let endpoint = format!("{scheme}://127.0.0.1:{}", self.port);
        let mut command = kms();
        command
            .env("ALIBABA_CLOUD_ACCESS_KEY_ID", text("access_key_id"))
            .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", text("access_key_secret"))
            .env("ALIBABA_CLOUD_KMS_ENDPOINT", &endpoint)
            .env("ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT", &endpoint)
            .env("ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE", self.directory.join("client_key.json"))
            .env("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD", self.file("password"));
        command
    }

    /// Sends a signal and waits for the end.
    #[cfg(unix)]
    fn stop(&mut self, signal: &str) -> std::process::ExitStatus {
        let id = self.process.id();
        let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {id}")]).status();
        assert!(sent.expect("a shell").success());
        self.process.wait().expect("it ends")
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn what_one_local_gateway_encrypts_the_other_decrypts() {
    let local = Local::start("both", &["--tls"]);
    let ca = local.directory.join("ca.pem");
    let kms = || {
        let mut command = local.kms("https");
        command.env("ALIBABA_CLOUD_KMS_CA_FILE", &ca);
        command
    };
    let context = ["--EncryptionContext", r#"{"tenant":"a"}"#];
    let line = ["Encrypt", "--KeyId=alias/default", "--Plaintext=text"];
    let sealed = answer(&ran(kms().args(line), &context));
    let blob = sealed["CiphertextBlob"].as_str().expect("a text");
    for option in ["--use-shared-gateway=true", "--use-shared-gateway=false"] {
        let line = [option, "decrypt", "--ciphertext-blob", blob];
        let opened = answer(&ran(kms().args(line), &context));
        assert_eq!(opened["Plaintext"], "text");
        assert_eq!(opened["KeyVersionId"], sealed["KeyVersionId"]);
    }
}

#[test]
fn an_instance_without_a_client_key_is_called_with_the_access_key() {
    let local = Local::start("rpc", &[]);
    let kms = || {
        let mut command = local.kms("http");
        command
            .env("ALIBABA_CLOUD_KMS_ENDPOINT", "")
            .env("ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE", "")
            .env("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD", "");
        command
    };
    let line = ["Encrypt", "--KeyId=alias/default", "--Plaintext=text"];
    let sealed = answer(&ran(&mut kms(), &line));
    assert!(sealed["CiphertextBlob"].is_string());
    // It speaks RPC there, which has no native operations.
    let native = failure(&ran(&mut kms(), &["instance", "GenerateRandom", "--Length=8"]), 2);
    assert_eq!(native["Kind"], "Route");
}

#[test]
fn the_cas_are_checked_unless_told_otherwise() {
    let local = Local::start("cas", &["--tls"]);
    let line = ["--max-attempts=1", "ListKeys"];
    let untrusted = failure(&ran(&mut local.kms("https"), &line), 3);
    assert_eq!(untrusted["Kind"], "Tls");
    assert!(untrusted["Advice"].is_string());
    let line = ["--ignore-ssl", "ListKeys"];
    assert_eq!(answer(&ran(&mut local.kms("https"), &line))["PageNumber"], 1);
}

#[test]
fn every_benchmark_runs_against_a_local_gateway() {
    let local = Local::start("bench", &[]);
    for case in ["encrypt", "decrypt", "sign", "verify", "get_secret_value"] {
        let line = ["bench", "--duration=0.1", "--json", "--case", case];
        let report = answer(&ran(&mut local.kms("http"), &line));
        assert_eq!(report["case"], case);
        assert_eq!(report["errors"], json!({}), "{case}");
    }
}

#[cfg(unix)]
#[test]
fn a_local_gateway_that_is_told_to_stop_ends_in_order() {
    for signal in ["TERM", "INT"] {
        let mut local = Local::start(signal, &[]);
        assert_eq!(local.file("port").trim(), local.port.to_string());
        assert_eq!(local.stop(signal).code(), Some(0));
        assert!(!local.directory.join("port").exists(), "{signal}");
    }
}

#[test]
fn the_port_of_one_that_was_killed_is_replaced() {
    let mut local = Local::start("killed", &[]);
    local.end();
    assert_eq!(local.file("port"), local.port.to_string(), "nothing removed it");
    let next = local.again(&[]);
    assert_eq!(next.file("port"), next.port.to_string());
}

#[test]
fn an_address_that_is_taken_is_exit_2() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let line = ["local", "--listen", &address, "--dir"];
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("taken");
    let output = ran(kms().args(line).arg(directory), &[]);
    assert_eq!(failure(&output, 2)["Kind"], "Config");
}

#[test]
fn a_name_that_no_certificate_can_be_for_is_refused() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("of-no-name");
    let local = || {
        let mut command = kms();
        command.args(["local", "--dir"]).arg(&directory);
        command
    };
    assert_eq!(failure(&ran(&mut local(), &["--tls", "--name=not a name"]), 2)["Kind"], "Config");
    assert_eq!(failure(&ran(&mut local(), &["--name=without.tls"]), 2)["Kind"], "Usage");
    assert!(!directory.exists(), "nothing is made before it is refused");
}
