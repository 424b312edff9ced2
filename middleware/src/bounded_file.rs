//! Reads files that settings name: such a file may be a device without an end, or a pipe that
//! nothing writes to.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::lock::{lock, unpoisoned};

/// How long a pipe or a device may take: the program at its other end may have to start first.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads a file of at most `limit` bytes into a buffer that is wiped.
///
/// # Errors
///
/// Those of the file system, [`io::ErrorKind::FileTooLarge`], and [`io::ErrorKind::TimedOut`] if a
/// pipe or a device does not end within 10 seconds.
pub fn read_bounded(path: &Path, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    read_within(PATIENCE, path, limit)
}

fn read_within(patience: Duration, path: &Path, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let metadata = fs::metadata(path)?;
    if metadata.is_file() || metadata.is_dir() {
        let length = usize::try_from(metadata.len()).unwrap_or(limit);
        return read(path, limit, length.min(limit));
    }
    // Even opening a pipe waits for a writer, and only a thread can be left waiting.
    let is_over = Arc::new((Mutex::new(None), Condvar::new()));
    let (path, own) = (path.to_owned(), Arc::clone(&is_over));
    let _left = thread::Builder::new().spawn(move || {
        *lock(&own.0) = Some(read(&path, limit, limit));
        own.1.notify_one();
    })?;
    let (result, over) = &*is_over;
    let waited = over.wait_timeout_while(lock(result), patience, |result| result.is_none());
    let (mut result, _) = unpoisoned(waited);
    result.take().unwrap_or_else(|| Err(io::ErrorKind::TimedOut.into()))
}

fn read(path: &Path, limit: usize, expected: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    // One byte more reveals a file that is too large. With the full length reserved, nothing is
    // moved and left behind.
    let mut content = Zeroizing::new(Vec::with_capacity(expected.saturating_add(1)));
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)?.take(most).read_to_end(&mut content)?;
    match content.len() > limit {
        true => Err(io::ErrorKind::FileTooLarge.into()),
        false => Ok(content),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn temporary(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("kms-bounded-{}-{name}", std::process::id()))
    }

    #[test]
    fn a_file_is_read_up_to_the_limit() {
        let path = temporary("file");
        fs::write(&path, b"1234").expect("written");
        assert_eq!(read_bounded(&path, 4).expect("small enough").as_slice(), b"1234");
        let error = read_bounded(&path, 3).expect_err("too large");
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        fs::remove_file(&path).expect("removed");
        assert_eq!(read_bounded(&path, 4).expect_err("gone").kind(), io::ErrorKind::NotFound);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_without_an_end_is_too_large() {
        let error = read_bounded(Path::new("/dev/zero"), 1 << 20).expect_err("endless");
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_read_if_something_writes_to_it_and_given_up_otherwise() {
        let pipe = |name: &str| {
            let pipe = temporary(name);
            let made = std::process::Command::new("mkfifo").arg(&pipe).status();
            assert!(made.expect("mkfifo").success());
            pipe
        };
        let silent = pipe("silent");
        let error = read_within(Duration::from_millis(50), &silent, 4).expect_err("no writer");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        // Ends the reader that was left waiting.
        fs::write(&silent, b"").expect("written");
        fs::remove_file(&silent).expect("removed");

        let written = pipe("written");
        let path = written.clone();
        let writer = thread::spawn(move || fs::write(path, b"1234"));
        assert_eq!(read_bounded(&written, 4).expect("written").as_slice(), b"1234");
        writer.join().expect("no panic").expect("written");
        fs::remove_file(&written).expect("removed");
    }
}
