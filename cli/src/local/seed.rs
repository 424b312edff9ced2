//! `kms local export`: prints the contents of a gateway's store as a seed.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use alibabacloud_kms::__private::shown;
use alibabacloud_kms_local::LocalGatewayBuilder;
use clap::{Arg, ArgMatches, Command, value_parser};
use serde_json::json;
use zeroize::Zeroizing;

use crate::environment;
use crate::output::{self, Failure};
use crate::process::Process;

/// Returns the command line of `kms local export`.
pub(super) fn command() -> Command {
    let path = |name: &'static str| Arg::new(name).long(name).value_parser(value_parser!(PathBuf));
    Command::new("export")
        .about("Exports the contents of a stopped gateway's store as a seed")
        .arg(path("dir").value_name("DIR").required(true).help("Folder of the gateway"))
        .arg(path("output").value_name("FILE").help(
            "File to create, readable by its owner only; by default, the seed goes to stdout",
        ))
}

/// Runs `kms local export`.
pub(super) fn export(
    options: &ArgMatches,
    gateway: LocalGatewayBuilder,
    process: &mut Process<'_>,
) -> Result<(), Failure> {
    let folder = options.get_one::<PathBuf>("dir").cloned().unwrap_or_default();
    environment::folder(&folder, "--dir")?;
    if !folder.join("store.redb").exists() {
        let folder = folder.display();
        return Err(Failure::usage(format!("--dir: {folder} has no store.redb to export")));
    }
    let seed = gateway.store(folder).export()?;
    if !seed.left_out.is_empty() {
        let left_out = seed.left_out.join(", ");
        let message = format!("left out, because a seed cannot contain them: {left_out}");
        // A warning: the export succeeds, even if stderr is closed.
        let _ = writeln!(process.stderr, "{}", json!({ "Kind": "LeftOut", "Message": message }));
    }
    let text = serde_json::to_string_pretty(&seed).map(Zeroizing::new);
    let text = text.map_err(|_| Failure::usage("the seed cannot be written"))?;
    let Some(path) = options.get_one::<PathBuf>("output") else {
        return output::write(process.stdout, |out| writeln!(out, "{}", *text));
    };
    let mut file = OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    let written = file.open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| {
        Failure::usage(format!("--output: {} cannot be created: {error}", shown(path)))
    })
}
