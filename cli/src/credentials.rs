//! `kms credentials`: shows the sources of credentials, their results, and which one is used.

use alibabacloud_kms::{Error, ErrorKind};
use clap::Command;
use tokio::runtime::Builder;

use crate::environment;
use crate::output::{self, Failure};
use crate::process::{Process, block_on};

/// Returns the command line of `kms credentials`.
pub(crate) fn command() -> Command {
    Command::new("credentials")
        .about("Shows the sources of credentials, their results, and which one is used")
}

/// Asks every provider and prints a line for each.
pub(crate) fn run(process: &mut Process<'_>) -> Result<(), Failure> {
    let chain = environment::credentials(&process.env);
    let explanation = block_on(Builder::new_current_thread(), chain.explain())?;
    output::write(process.stdout, |out| {
        writeln!(out, "{explanation}")?;
        match explanation.used() {
            Some(provider) => writeln!(out, "used: {provider}"),
            None => Ok(()),
        }
    })?;
    match explanation.used() {
        Some(_) => Ok(()),
        None => {
            let message = "no source gave a credential: the lines on stdout say why";
            Err(Error::new(ErrorKind::Credential, message).into())
        }
    }
}
