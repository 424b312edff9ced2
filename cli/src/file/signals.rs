//! Signals that end a process, waited for so that it can tidy up first.

use crate::output::Failure;

/// Waits until the process is told to end.
pub(super) async fn interrupted() -> Result<(), Failure> {
    #[cfg(unix)]
    let told = unix::told_to_end().await;
    #[cfg(not(unix))]
    let told = tokio::signal::ctrl_c().await;
    told.map_err(|error| Failure::system("no signal can be waited for", &error))
}

#[cfg(unix)]
mod unix {
    use std::future::poll_fn;
    use std::task::Poll;
    use std::{fs, io};

    use tokio::signal::unix::{SignalKind, signal};

    pub(super) async fn told_to_end() -> io::Result<()> {
        let mut signals = Vec::new();
        for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
            if !is_ignored(kind) {
                signals.push(signal(kind)?);
            }
        }
        poll_fn(|cx| {
            // Every one is asked: each must know whom to wake.
            let told = signals.iter_mut().map(|signal| signal.poll_recv(cx).is_ready());
            if told.fold(false, |any, told| any | told) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        Ok(())
    }

    /// Whether whoever started the process said that this signal does not matter, as `nohup` does.
    /// Only Linux tells.
    fn is_ignored(kind: SignalKind) -> bool {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.is_some_and(|mask| mask >> (kind.as_raw_value() - 1) & 1 == 1)
    }
}
