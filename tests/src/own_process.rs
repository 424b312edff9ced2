//! Tests that run once more, in a process of their own.

use std::path::PathBuf;
use std::process::Command;

/// Returns the path of this test program.
pub fn program() -> PathBuf {
    std::env::current_exe().expect("a program")
}

/// Runs one test by a command that starts this program, and fails if the test does or is not there.
pub fn run(command: &mut Command, test: &str) {
    let output = command.args(["--exact", test, "--nocapture"]).output().expect("the command runs");
    let shown = String::from_utf8_lossy(&output.stdout);
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{shown}\n{why}");
    assert!(shown.contains("1 passed"), "the test ran: {shown}");
}
