//! `kms local`: the embedded gateway as a process of its own.

use std::future::ready;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;

use alibabacloud_kms_local::LocalGateway;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use tokio::runtime::Builder;

use crate::options;
use crate::output::{self, Failure};
use crate::process::block_on;

/// The command line of `kms local`.
pub(crate) fn command() -> Command {
    Command::new("local")
        .about("Runs a KMS in this process, for tests and development, until it is interrupted")
        .arg(
            Arg::new("listen")
                .long("listen")
                .value_name("ADDRESS:PORT")
                .default_value("127.0.0.1:0")
                .value_parser(value_parser!(SocketAddr))
                .help("Where to listen; port 0 is a free one"),
        )
        .arg(
            Arg::new("dir")
                .long("dir")
                .value_name("DIR")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("The folder for client_key.json, password, access_key.json, ca.pem and port"),
        )
        .arg(
            Arg::new("tls")
                .long("tls")
                .action(ArgAction::SetTrue)
                .help("Speak TLS, with a certificate of a CA of its own"),
        )
        .arg(options::context_aad())
}

/// Serves until the process is told to stop; says `ready PORT` when it begins to.
pub(crate) fn run(options: &ArgMatches, stdout: &mut dyn Write) -> Result<(), Failure> {
    block_on(Builder::new_multi_thread(), serve(options, stdout))?
}

async fn serve(options: &ArgMatches, stdout: &mut dyn Write) -> Result<(), Failure> {
    let mut builder = LocalGateway::builder();
    if let Some(&address) = options.get_one("listen") {
        builder = builder.listen(address);
    }
    if let Some(directory) = options.get_one::<PathBuf>("dir") {
        builder = builder.directory(directory);
    }
    if options.get_flag("tls") {
        builder = builder.with_tls();
    }
    if let Some(form) = options::chosen_context_aad(options) {
        builder = builder.context_aad(form);
    }
    let gateway = builder.start().await?;
    let port = gateway.address().port();
    let mut stopped = pin!(gateway.stopped());
    // The first poll sets the signal handlers: who reads `ready` may send a signal at once.
    tokio::select! {
        biased;
        ended = &mut stopped => return Ok(ended?),
        () = ready(()) => {}
    }
    output::write(stdout, |out| writeln!(out, "ready {port}"))?;
    Ok(stopped.await?)
}
