//! `kms local`: runs the local gateway as a process of its own.

mod environment;
mod file;
mod seed;

use std::future::ready;
use std::io::Write;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::pin::pin;

use alibabacloud_kms_local::{FaultRule, LocalGatewayBuilder};
use clap::builder::NonEmptyStringValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use tokio::runtime::Builder;

use self::file::Shown;
use crate::environment::folder;
use crate::options;
use crate::output::{self, Failure};
use crate::process::{Process, block_on};
use crate::registry::Registry;

/// Returns the command line of `kms local`.
pub(crate) fn command() -> Command {
    Command::new("local")
        .about("Runs a KMS in this process, for tests and development, until it is interrupted")
        .arg(
            Arg::new("listen")
                .long("listen")
                .value_name("HOST:PORT")
                .default_value("127.0.0.1:0")
                .value_parser(listen)
                .help("Address or name to listen on; port 0 chooses a free one"),
        )
        .arg(
            Arg::new("dir")
                .long("dir")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help(
                    "Folder for client_key.json, password, access_key.json, admin_token, port, \
                     ca.pem (with --tls) and store.redb, which keeps everything from one run to \
                     the next; without --dir, everything is in memory",
                ),
        )
        .arg(
            Arg::new("tls")
                .long("tls")
                .action(ArgAction::SetTrue)
                .help("Use TLS, with a certificate of a CA of its own"),
        )
        .arg(
            Arg::new("name")
                .long("name")
                .value_name("NAME")
                .action(ArgAction::Append)
                .requires("tls")
                .value_parser(NonEmptyStringValueParser::new())
                .help(
                    "Another name or address of the certificate, such as \
                     kms.cn-hangzhou.aliyuncs.com or *.cryptoservice.kms.aliyuncs.com. May be \
                     repeated. Beyond loopback, the certificate also has this machine's own name",
                ),
        )
        // The gateway knows no charset of its callers, so that Java's form would be the default one.
        .arg(options::context_aad(&["digest", "python"]))
        .subcommand(seed::command())
        // Those before `export` would have no effect.
        .args_conflicts_with_subcommands(true)
        .arg(
            Arg::new("seed")
                .long("seed")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help(
                    "Keys, secrets, access keys and client keys to begin with, in JSON (*.json) or \
                     YAML; if --dir already has a store, it must contain them",
                ),
        )
        .arg(
            Arg::new("faults")
                .long("faults")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("Inject the faults of the rules in this file, a list in JSON or YAML"),
        )
        .arg(
            Arg::new("request-log")
                .long("request-log")
                .action(ArgAction::SetTrue)
                .help("Write a line of JSON to stderr for each request"),
        )
        .arg(
            Arg::new("print-env")
                .long("print-env")
                .value_name("FORM")
                .num_args(0..=1)
                .default_missing_value("sh")
                .requires("dir")
                .value_parser(environment::FORMS)
                .help("Print the environment variables for clients, before the line `ready PORT`"),
        )
}

/// Parses an address, or resolves a name to its first address, preferably IPv4.
fn listen(text: &str) -> Result<SocketAddr, String> {
    let has_port = |(_, port): (_, &str)| port.parse::<u16>().is_ok();
    if !text.rsplit_once(':').is_some_and(has_port) {
        return Err("expected an address or a name with a port, such as localhost:8080".to_owned());
    }
    let unknown = || "its name has no address on this machine".to_owned();
    let addresses: Vec<SocketAddr> = text.to_socket_addrs().map_err(|_| unknown())?.collect();
    let of_ipv4 = addresses.iter().find(|address| address.is_ipv4());
    of_ipv4.or(addresses.first()).copied().ok_or_else(unknown)
}

/// Serves until a signal stops the process. Prints `ready PORT` when it begins to serve.
pub(crate) fn run(
    options: &ArgMatches,
    registry: &Registry,
    process: &mut Process<'_>,
) -> Result<(), Failure> {
    if let Some(("export", chosen)) = options.subcommand() {
        return seed::export(chosen, registry.local.clone(), process);
    }
    block_on(Builder::new_multi_thread(), serve(options, registry, process.stdout))?
}

async fn serve(
    options: &ArgMatches,
    registry: &Registry,
    stdout: &mut dyn Write,
) -> Result<(), Failure> {
    let mut builder = registry.local.clone();
    if let Some(&address) = options.get_one("listen") {
        builder = builder.listen(address);
    }
    if let Some(directory) = options.get_one::<PathBuf>("dir") {
        folder(directory, "--dir")?;
        builder = builder.directory(directory).store(directory);
    }
    if options.get_flag("tls") {
        builder = builder.with_tls();
    }
    for name in options.get_many::<String>("name").into_iter().flatten() {
        builder = builder.name(name);
    }
    if let Some(form) = options::chosen_context_aad(options) {
        builder = builder.context_aad(form);
    }
    if let Some(path) = options.get_one::<PathBuf>("seed") {
        builder = builder.seed(file::read("--seed", path, "a seed", Shown::Position)?);
    }
    if let Some(path) = options.get_one::<PathBuf>("faults") {
        let rules: Vec<FaultRule> = file::read("--faults", path, "a list of rules", Shown::Cause)?;
        builder = rules.into_iter().fold(builder, LocalGatewayBuilder::fault);
    }
    if options.get_flag("request-log") {
        // A closed stderr does not stop the gateway.
        builder = builder.request_log(|request| drop(writeln!(std::io::stderr(), "{request}")));
    }
    let gateway = builder.start().await?;
    if let (Some(form), Some(folder)) =
        (options.get_one::<String>("print-env"), options.get_one::<PathBuf>("dir"))
    {
        let has_tls = options.get_flag("tls");
        let variables = environment::of_folder(form, folder, &gateway.endpoint(), has_tls)?;
        output::write(stdout, |out| out.write_all(variables.as_bytes()))?;
    }
    let port = gateway.address().port();
    let mut stopped = pin!(gateway.run_until_signal());
    // The first poll sets the signal handlers, before `ready` is printed: its reader may send a
    // signal at once.
    tokio::select! {
        biased;
        ended = &mut stopped => return Ok(ended?),
        () = ready(()) => {}
    }
    output::write(stdout, |out| writeln!(out, "ready {port}"))?;
    Ok(stopped.await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_listens_at_an_address_or_at_a_name() {
        for text in ["127.0.0.1:0", "[::1]:8080", "localhost:0"] {
            assert!(listen(text).expect(text).ip().is_loopback(), "{text}");
        }
        assert!(listen("localhost:0").expect("an address").is_ipv4());
        for text in
            ["", "canary", "localhost", "localhost:canary", "canary.invalid:0", "can\nary:1"]
        {
            assert!(!listen(text).expect_err(text).contains("ary"), "{text}");
        }
    }
}
