//! Files that hold secrets.

use std::io::{ErrorKind as IoErrorKind, Read as _};
use std::path::Path;

use zeroize::Zeroizing;

use crate::{Error, ErrorKind};

/// What a file may be long; tokens and profiles are a few kilobytes.
const MAX_FILE: u64 = 1 << 20;

/// Reads a text file into a buffer that is wiped.
pub(super) async fn read(path: &Path) -> Result<Zeroizing<String>, Error> {
    let path = path.to_owned();
    // A file may be on a network's disk.
    let read = tokio::task::spawn_blocking(move || read_now(&path)).await;
    read.unwrap_or_else(|error| {
        Err(Error::new(ErrorKind::Credential, "a file was not read to its end").with_source(error))
    })
}

/// The same, on a thread that may wait.
pub(super) fn read_now(path: &Path) -> Result<Zeroizing<String>, Error> {
    let wrong = |what: &str| {
        Error::new(ErrorKind::Credential, format!("the file {} {what}", path.display()))
    };
    let failed = |error: std::io::Error| match error.kind() {
        IoErrorKind::NotFound => wrong("is not there"),
        IoErrorKind::InvalidData => wrong("is not UTF-8"),
        _ => wrong("cannot be read").with_source(error),
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    if length > MAX_FILE {
        return Err(wrong("is larger than 1 MiB"));
    }
    // Room for all of it, so that no buffer is outgrown and left behind.
    let capacity = usize::try_from(length).unwrap_or_default() + 1;
    let mut text = Zeroizing::new(String::with_capacity(capacity));
    file.take(MAX_FILE).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}
