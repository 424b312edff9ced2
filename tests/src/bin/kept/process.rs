//! A server in a process of its own, which is killed when it is dropped.

use std::error::Error;
use std::process::{Child, Command};

pub(crate) struct Process(pub(crate) Child);

impl Process {
    /// Its resident memory, in KiB.
    pub(crate) fn memory(&self) -> Result<u64, Box<dyn Error>> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        Ok(line.and_then(|line| line.trim().split(' ').next()).ok_or("no VmRSS")?.parse()?)
    }

    /// Stops it in order.
    pub(crate) fn stop(mut self) -> Result<(), Box<dyn Error>> {
        Command::new("kill").arg(self.0.id().to_string()).status()?;
        self.0.wait()?;
        Ok(())
    }

    /// Kills it with `SIGKILL`.
    pub(crate) fn kill(mut self) -> Result<(), Box<dyn Error>> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
