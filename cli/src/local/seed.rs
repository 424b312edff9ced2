//! `kms local export`: prints the contents of a gateway's store as a seed.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use alibabacloud_kms::__private::shown;
use alibabacloud_kms_local::__private::{Access, WholeFile};
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
    create(path, |file| file.write_all(text.as_bytes()))
}

/// Creates a whole file, or none: a part of it would be a part of the keys.
fn create(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Failure> {
    let written = WholeFile::beside(path, Access::Owner).and_then(|mut whole| {
        write(whole.file())?;
        whole.keep_existing()
    });
    written.map_err(|error| {
        let what = format!("--output: {} cannot be created", shown(path));
        match error.kind() {
            ErrorKind::AlreadyExists
            | ErrorKind::InvalidFilename
            | ErrorKind::InvalidInput
            | ErrorKind::NotADirectory
            | ErrorKind::NotFound
            | ErrorKind::PermissionDenied => Failure::usage(format!("{what}: {error}")),
            _ => Failure::system(&what, &error),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_disk_that_is_full_is_a_fault_of_the_system_and_leaves_nothing() {
        let folder = std::env::temp_dir().join(format!("kms-export-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder");
        let path = folder.join("seed.json");
        let full = create(&path, |file| {
            file.write_all(b"a part")?;
            Err(ErrorKind::StorageFull.into())
        });
        assert_eq!(full.expect_err("it is full").exit().code(), 3);
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 0);
        create(&path, |file| file.write_all(b"all")).expect("it is new");
        let taken = create(&path, |_| Ok(())).expect_err("it exists");
        assert_eq!((taken.exit().code(), fs::read(&path).expect("a file")), (2, b"all".to_vec()));
        fs::remove_dir_all(folder).expect("removed");
    }
}
