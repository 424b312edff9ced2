//! The input of a file command, and stdout.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
#[cfg(unix)]
use std::os::fd::AsFd as _;
#[cfg(windows)]
use std::os::windows::io::AsHandle as _;
use std::path::{Path, PathBuf};

use alibabacloud_kms::__private::shown;

use crate::output::Failure;
use crate::parameters::STDIN;

/// The value of `--in` or `--out`.
#[derive(Debug, Clone)]
pub(super) enum Stream {
    Standard,
    File(PathBuf),
}

impl Stream {
    pub(super) fn new(name: OsString) -> Self {
        match name == OsStr::new(STDIN) {
            true => Self::Standard,
            false => Self::File(name.into()),
        }
    }
}

/// Returns the input, and its length if it is known.
pub(super) fn input(stream: Stream) -> Result<(File, Option<u64>), Failure> {
    let file = match stream {
        Stream::Standard => {
            stdin().map_err(|error| Failure::system("stdin cannot be read", &error))?
        }
        Stream::File(path) => File::open(&path).map_err(|error| {
            // A bare word is shown as the name of a file.
            let is_word = path.parent() == Some(Path::new("")) && path.file_name().is_some();
            let path = if is_word { Path::new(".").join(path) } else { path };
            Failure::usage(format!("--in cannot be read: {}: {error}", shown(&path)))
        })?,
    };
    match file.metadata() {
        Ok(metadata) if metadata.is_dir() => {
            Err(Failure::usage("--in cannot be read: it is a folder"))
        }
        Ok(metadata) if metadata.is_file() => Ok((file, Some(metadata.len()))),
        _ => Ok((file, None)),
    }
}

/// Returns a separate handle, because the process's own is locked elsewhere.
fn stdin() -> io::Result<File> {
    #[cfg(unix)]
    let stdin = io::stdin().as_fd().try_clone_to_owned()?;
    #[cfg(windows)]
    let stdin = io::stdin().as_handle().try_clone_to_owned()?;
    Ok(stdin.into())
}

/// Returns a separate handle, which bypasses the process's buffer. That buffer is empty.
pub(super) fn stdout() -> io::Result<File> {
    #[cfg(unix)]
    let stdout = io::stdout().as_fd().try_clone_to_owned()?;
    #[cfg(windows)]
    let stdout = io::stdout().as_handle().try_clone_to_owned()?;
    Ok(stdout.into())
}
