//! Files that hold secrets.

use std::ffi::OsStr;
use std::io::{ErrorKind as IoErrorKind, Read as _};
use std::path::{Path, PathBuf};

use alibabacloud_kms_middleware::__private::{shown, unread_because};
use zeroize::Zeroizing;

use crate::trimmed::file_path;
use crate::{Error, ErrorKind};

/// The maximum length of a file; tokens and profiles are a few kilobytes.
const MAX_FILE: u64 = 1 << 20;

/// Returns the path that a setting names.
///
/// # Errors
///
/// [`ErrorKind::Credential`]: the value is not a path, but for instance the file's own content, and is
/// not shown; or there is no such file.
pub(super) fn path(value: &OsStr, setting: &str) -> Result<PathBuf, Error> {
    let wrong = |message| Error::new(ErrorKind::Credential, message);
    let path = file_path(value).ok_or_else(|| {
        wrong(format!("{setting} must be the path of a file, and its value does not look like one"))
    })?;
    match is_missing(&path) {
        true => Err(wrong(format!("{setting} names {}, which does not exist", shown(&path)))),
        false => Ok(path),
    }
}

/// Returns `true` if a file does not exist, and `false` for one that may not be looked at.
pub(super) fn is_missing(path: &Path) -> bool {
    matches!(path.try_exists(), Ok(false))
}

/// Reads a text file into a buffer that is wiped.
pub(super) async fn read(path: &Path) -> Result<Zeroizing<String>, Error> {
    let path = path.to_owned();
    // The file may be on a network disk.
    let read = tokio::task::spawn_blocking(move || read_now(&path)).await;
    read.unwrap_or_else(|error| {
        Err(Error::new(ErrorKind::Credential, "reading a file was interrupted").with_source(error))
    })
}

/// Reads a text file on a thread that may block.
pub(super) fn read_now(path: &Path) -> Result<Zeroizing<String>, Error> {
    let wrong =
        |what: &str| Error::new(ErrorKind::Credential, format!("the file {} {what}", shown(path)));
    let failed = |error: std::io::Error| match error.kind() {
        IoErrorKind::InvalidData => wrong("is not UTF-8"),
        _ => wrong(unread_because(&error)).with_source(error),
    };
    // Opening a pipe would wait until something is written to it.
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(wrong("is a folder, a pipe or a device, and must be a regular file"));
    }
    let length = metadata.len();
    if length > MAX_FILE {
        return Err(wrong("is larger than 1 MiB"));
    }
    // Reserve the full length: growing would leave buffers behind.
    let capacity = usize::try_from(length).unwrap_or_default() + 1;
    let mut text = Zeroizing::new(String::with_capacity(capacity));
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(MAX_FILE).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}
