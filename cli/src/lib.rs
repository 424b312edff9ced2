//! The command `kms`: every declared action from the shell, and a local gateway to try them on.
//!
//! Driven by the registries [`api::ALL`](alibabacloud_kms::api::ALL) and
//! [`instance_api::ALL`](alibabacloud_kms::instance_api::ALL): an action that is declared is a
//! command at once. The answer goes to stdout, a failure as one JSON object to stderr.
//!
//! What surrounds a process (arguments, environment, streams) is handed to the module `run`, so that
//! tests hand in their own.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod actions;
mod bench;
mod command;
mod credentials;
mod environment;
mod file;
mod local;
mod log;
mod names;
mod options;
mod output;
mod parameters;
mod process;
mod request;
mod run;
mod settings;
mod usage;

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::sync::Arc;

use crate::process::Process;

/// Runs the command in this process: its arguments, environment and streams.
#[must_use]
pub fn main() -> ExitCode {
    let exit = run::run(Process {
        args: std::env::args_os().collect(),
        env: Arc::new(|name| std::env::var_os(name)),
        stdin: &mut io::stdin().lock(),
        stdout: &mut io::stdout().lock(),
        stderr: &mut io::stderr(),
        stderr_is_terminal: io::stderr().is_terminal(),
    });
    ExitCode::from(exit.code())
}
