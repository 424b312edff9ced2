//! The command `kms`: every declared action from the shell, and a local gateway to try them with.
//!
//! The command is driven by the registries [`api::ALL`](alibabacloud_kms::api::ALL) and
//! [`native::ALL`](alibabacloud_kms::native::ALL): every declared action is a command. A program of
//! your own can add its actions: see [`Cli`]. The answer goes to stdout, a failure as one JSON
//! object to stderr.
//!
//! The surroundings of the process (arguments, environment, streams) are passed to the module
//! `run`, so that tests pass their own.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

mod actions;
mod bench;
mod cli;
mod command;
mod credentials;
mod environment;
mod file;
mod items;
mod local;
mod log;
mod names;
mod options;
mod output;
mod parameters;
mod process;
mod registry;
mod request;
mod run;
mod settings;
mod usage;
mod words;

use std::process::ExitCode;

pub use self::cli::Cli;

/// Runs the command `kms` in this process, with its arguments, environment and streams, and returns
/// the exit code for `main`.
#[must_use]
pub fn main() -> ExitCode {
    Cli::new().run()
}
