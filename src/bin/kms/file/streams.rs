//! What of the system's a file command needs: its input, stdout, and signals.

use std::fs::File;
use std::io;
#[cfg(unix)]
use std::os::fd::AsFd;
#[cfg(windows)]
use std::os::windows::io::AsHandle;

use super::Stream;
use crate::output::Failure;

/// What is read, and its length if that is known.
pub(super) fn input(stream: Stream) -> Result<(File, Option<u64>), Failure> {
    let Stream::File(path) = stream else {
        return Ok((
            stdin().map_err(|error| Failure::system("stdin cannot be read", &error))?,
            None,
        ));
    };
    let wrong = |why: &dyn std::fmt::Display| {
        Failure::usage(format!("--in cannot be read: {}: {why}", path.display()))
    };
    let file = File::open(&path).map_err(|error| wrong(&error))?;
    let metadata = file.metadata().map_err(|error| wrong(&error))?;
    if metadata.is_dir() {
        return Err(wrong(&"it is a directory"));
    }
    let length = metadata.is_file().then_some(metadata.len());
    Ok((file, length))
}

/// A handle of its own: the process's streams are locked for others to use.
fn stdin() -> io::Result<File> {
    #[cfg(unix)]
    let stdin = io::stdin().as_fd().try_clone_to_owned()?;
    #[cfg(windows)]
    let stdin = io::stdin().as_handle().try_clone_to_owned()?;
    Ok(stdin.into())
}

/// A handle of its own, past the process's buffer, in which nothing is.
pub(super) fn stdout() -> io::Result<File> {
    #[cfg(unix)]
    let stdout = io::stdout().as_fd().try_clone_to_owned()?;
    #[cfg(windows)]
    let stdout = io::stdout().as_handle().try_clone_to_owned()?;
    Ok(stdout.into())
}

/// Waits until the process is told to end.
pub(super) async fn interrupted() -> Result<(), Failure> {
    let failed = |error| Failure::system("no signal can be waited for", &error);
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let mut hang_up = signal(SignalKind::hangup()).map_err(failed)?;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
        Ok(())
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map_err(failed)
}
