//! The command as a library: under another name, with actions of your own.

use std::fmt;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::sync::Arc;

use alibabacloud_kms::ActionInfo;
use alibabacloud_kms_local::LocalGatewayBuilder;

use crate::process::Process;
use crate::registry::Registry;
use crate::run;

/// The command `kms`, for a program of your own.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use alibabacloud_kms::kms_api;
/// use alibabacloud_kms_cli::Cli;
///
/// kms_api! {
///     version = "2016-01-20";
///     pub registry ACTIONS;
///
///     /// Counts the keys of a department.
///     #[doc_url = "https://example.com/count-keys"]
///     pub action CountKeys {
///         gateways: shared;
///         idempotent: true;
///         request { department: String }
///         response { count: i32 }
///     }
/// }
///
/// fn main() -> ExitCode {
///     // `acme-kms count-keys --department sales`, and everything that `kms` has.
///     Cli::new().name("acme-kms").actions(ACTIONS).run()
/// }
/// ```
#[must_use = "`run` runs the command"]
#[derive(Default)]
pub struct Cli {
    registry: Registry,
}

impl Cli {
    /// Creates the command `kms`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the name that help texts show (default `kms`).
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.registry.name = name.into();
        self
    }

    /// Sets the version that `--version` shows (default this package's).
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.registry.version = version.into();
        self
    }

    /// Adds actions and operations, such as a registry of `kms_api!`. Each becomes a command with
    /// an option per parameter, and is listed by `actions`. An action with the name of a declared
    /// one replaces it. An action with the name of another command makes [`run`](Self::run) fail.
    pub fn actions(mut self, actions: &[&'static ActionInfo]) -> Self {
        self.registry.add(actions);
        self
    }

    /// Sets the gateway that the command `local` starts, such as one with handlers of your own.
    pub fn local(mut self, gateway: LocalGatewayBuilder) -> Self {
        self.registry.local = gateway;
        self
    }

    /// Runs the command in this process, with its arguments, environment and streams, and returns
    /// the exit code for `main`.
    #[must_use = "it is what `main` returns"]
    pub fn run(self) -> ExitCode {
        let process = Process {
            args: std::env::args_os().collect(),
            env: Arc::new(|name| std::env::var_os(name)),
            stdin: &mut io::stdin().lock(),
            stdout: &mut io::stdout().lock(),
            stderr: &mut io::stderr(),
            stderr_is_terminal: io::stderr().is_terminal(),
        };
        ExitCode::from(run::run(process, &self.registry).code())
    }
}

impl fmt::Debug for Cli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cli").field("name", &self.registry.name).finish_non_exhaustive()
    }
}
