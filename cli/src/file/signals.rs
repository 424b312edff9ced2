//! Waits for signals that end a process, so that it can clean up first.

use crate::output::Failure;

/// Waits for a signal that ends the process.
pub(super) async fn interrupted() -> Result<(), Failure> {
    #[cfg(unix)]
    let told = unix::told_to_end().await;
    #[cfg(not(unix))]
    let told = tokio::signal::ctrl_c().await;
    told.map_err(|error| Failure::system("waiting for signals failed", &error))
}

#[cfg(unix)]
mod unix {
    use std::future::poll_fn;
    use std::task::Poll;
    use std::{fs, io};

    use tokio::signal::unix::{SignalKind, signal};

    pub(super) async fn told_to_end() -> io::Result<()> {
        let mut signals = Vec::new();
        for kind in kinds() {
            if !is_ignored(kind) {
                signals.push(signal(kind)?);
            }
        }
        poll_fn(|cx| {
            // All of them are polled, so that each can wake the task.
            let told = signals.iter_mut().map(|signal| signal.poll_recv(cx).is_ready());
            if told.fold(false, |any, told| any | told) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        Ok(())
    }

    /// Returns the signals with which terminals and other programs end a process.
    fn kinds() -> [SignalKind; 4] {
        [SignalKind::interrupt(), SignalKind::quit(), SignalKind::terminate(), SignalKind::hangup()]
    }

    /// Returns `true` if the parent process chose to ignore this signal, as `nohup` does. Only
    /// Linux reports this.
    fn is_ignored(kind: SignalKind) -> bool {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.is_some_and(|mask| mask >> (kind.as_raw_value() - 1) & 1 == 1)
    }
}
