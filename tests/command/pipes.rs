//! Readers that go away before the command has said everything.
#![cfg(unix)]

use std::process::{Command, Output, Stdio};

use super::local::Local;
use super::{kms, ran};

/// A run whose stdout nobody reads: the pipe is closed before it begins.
fn unread(command: &mut Command, arguments: &[&str]) -> Output {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let child = command.args(arguments).stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped());
    let child = child.spawn().expect("the command runs");
    child.wait_with_output().expect("the command ends")
}

/// It ended as one that SIGPIPE ends, and said nothing.
fn assert_quiet(output: &Output) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*stderr), (Some(141), ""));
}

#[test]
fn what_nobody_reads_ends_quietly() {
    for line in [&["actions"][..], &["--help"], &["credentials"], &["help", "Encrypt"]] {
        assert_quiet(&unread(&mut kms(), line));
    }
    let folder = super::Folder::new("unread");
    let directory = folder.path("local").display().to_string();
    assert_quiet(&unread(&mut kms(), &["local", "--dir", &directory]));
}

#[test]
fn an_answer_and_a_file_that_nobody_reads_end_quietly_too() {
    let local = Local::start("unread", &[]);
    assert_quiet(&unread(&mut local.kms("http"), &["ListKeys"]));
    let folder = super::Folder::new("unread-file");
    for size in [1, 1_000_000] {
        folder.write("text", &"x".repeat(size));
        let text = format!("--in={}", folder.path("text").display());
        let line = ["encrypt-file", "--key-id=alias/default", "--out=-", &text];
        assert_quiet(&unread(&mut local.kms("http"), &line));
    }
    let (text, sealed) = (folder.path("text"), folder.path("sealed"));
    let mut command = local.kms("http");
    command.args(["encrypt-file", "--key-id=alias/default", "--in"]).arg(text);
    assert!(ran(command.arg("--out").arg(sealed), &[]).status.success());
    let sealed = format!("--in={}", folder.path("sealed").display());
    assert_quiet(&unread(&mut local.kms("http"), &["decrypt-file", "--out=-", &sealed]));
}

#[test]
fn a_closed_stderr_changes_no_exit_code() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = kms();
    command.env("KMS_LOG", "trace").args(["--region=r", "--max-attempts=1", "ListKeys"]);
    let status = command.stdout(Stdio::null()).stderr(writer).status().expect("the command runs");
    assert_eq!(status.code(), Some(2), "no credentials");
}
