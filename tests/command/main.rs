//! The command `kms` as its users run it: arguments and environment in, JSON and exit code out.

mod actions;
mod bench;
mod calls;
mod credentials;
mod failures;
mod file;
mod leak;
mod local;
mod pipes;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use mockito::{Matcher, Mock, ServerGuard};
use serde_json::Value;

/// The command under test.
const KMS: &str = env!("CARGO_BIN_EXE_kms-under-test");

const CLIENT_KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/client_key/client_key.json");

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    /// An empty one. The name is the test's own.
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("kms-command-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, content).expect("written");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing depends on it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The command without environment, on no ECS instance.
fn kms() -> Command {
    let mut command = Command::new(KMS);
    command.env_clear().env("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
    // Of another program on tokio, which would panic.
    command.env("TOKIO_WORKER_THREADS", "four");
    command
}

/// The command with an access key, at this shared gateway.
fn at_shared(endpoint: &str) -> Command {
    let mut command = kms();
    command
        .env("ALIBABA_CLOUD_ACCESS_KEY_ID", "id")
        .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "canary-secret")
        .env("ALIBABA_CLOUD_KMS_ENDPOINT", endpoint);
    command
}

/// The command with a client key, at this instance gateway.
fn at_instance(endpoint: &str) -> Command {
    let mut command = kms();
    command
        .env("ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT", endpoint)
        .env("ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE", CLIENT_KEY)
        .env("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD", "vector-password");
    command
}

fn ran(command: &mut Command, arguments: &[&str]) -> Output {
    command.args(arguments).output().expect("the command runs")
}

fn ran_with_stdin(command: &mut Command, arguments: &[&str], stdin: &[u8]) -> Output {
    let mut child = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command runs");
    let mut pipe = child.stdin.take().expect("piped");
    pipe.write_all(stdin).expect("stdin is read");
    drop(pipe);
    child.wait_with_output().expect("the command ends")
}

/// The answer of a call that must have succeeded silently.
fn answer(output: &Output) -> Value {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*stderr), (Some(0), ""));
    assert!(output.stdout.ends_with(b"\n"));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The failure of a call that must have ended with this code and nothing on stdout.
fn failure(output: &Output, code: i32) -> Value {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert!(output.stdout.is_empty());
    let stderr = String::from_utf8(output.stderr.clone()).expect("UTF-8");
    assert_eq!(stderr.lines().count(), 1);
    assert!(!stderr.contains("canary"), "{stderr}");
    serde_json::from_str(&stderr).expect("one JSON object")
}

/// A gateway that answers requests of this action.
fn mocked(server: &mut ServerGuard, action: &str) -> Mock {
    server.mock("POST", Matcher::Any).match_header("x-acs-action", action)
}

fn parameter(name: &str, value: &str) -> Matcher {
    Matcher::UrlEncoded(name.into(), value.into())
}
