//! What this process uses: memory, sockets, tasks. Read from Linux's `/proc`.

use std::fmt;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;

/// A reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Resident memory, in KiB.
    pub memory: u64,
    /// Open sockets.
    pub sockets: usize,
    /// Tasks of the runtime.
    pub tasks: usize,
}

impl Usage {
    /// Reads what is used now.
    pub fn now() -> Self {
        Self {
            memory: memory(),
            sockets: sockets(),
            tasks: Handle::current().metrics().num_alive_tasks(),
        }
    }

    /// Waits until no more sockets and tasks are there than in this reading; how long that took, or
    /// none if it does not come about.
    pub async fn comes_back(&self) -> Option<Duration> {
        let begun = Instant::now();
        // Less than the time for which connections are kept idle.
        while begun.elapsed() < Duration::from_secs(10) {
            let now = Self::now();
            if now.sockets <= self.sockets && now.tasks <= self.tasks {
                return Some(begun.elapsed());
            }
            // Connections end in tasks of their own.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        None
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { memory, sockets, tasks } = self;
        write!(f, "{memory:>7} KiB, {sockets:>5} sockets, {tasks:>5} tasks")
    }
}

fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a process");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

fn sockets() -> usize {
    let files = std::fs::read_dir("/proc/self/fd").expect("Linux").flatten();
    files
        .filter_map(|file| std::fs::read_link(file.path()).ok())
        .filter(|target| target.as_os_str().as_encoded_bytes().starts_with(b"socket:"))
        .count()
}
