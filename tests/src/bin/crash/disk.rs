//! A small disk of its own, which can be filled.

use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Room for what the store grows by between two kills, in bytes.
const ROOM: u64 = 4 << 20;

/// A tmpfs, which is unmounted when it is dropped.
pub(crate) struct Disk {
    folder: PathBuf,
}

impl Disk {
    pub(crate) fn mount(folder: &Path) -> Result<Self, Box<dyn Error>> {
        std::fs::create_dir_all(folder)?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={ROOM}"), "tmpfs"]).arg(folder);
        if !mount.status()?.success() {
            return Err("NOT TESTED: a tmpfs cannot be mounted; run it as root on Linux".into());
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// Fills it up to so many bytes.
    pub(crate) fn fill(&self, left: usize) -> Result<(), Box<dyn Error>> {
        let mut ballast = OpenOptions::new().append(true).create(true).open(self.ballast())?;
        let block = [0_u8; 4096];
        while ballast.write_all(&block).is_ok() {}
        let length = ballast.metadata()?.len();
        ballast.set_len(length.saturating_sub(left as u64))?;
        Ok(())
    }

    /// Makes all of its room free again.
    pub(crate) fn empty(&self) -> Result<(), Box<dyn Error>> {
        File::create(self.ballast())?;
        Ok(())
    }

    /// Makes it larger than what is in this folder of it, so that there is room again: a store does
    /// not shrink.
    pub(crate) fn grow(&self, folder: &Path) -> Result<(), Box<dyn Error>> {
        let mut used = 0;
        for entry in std::fs::read_dir(folder)? {
            used += entry?.metadata()?.len();
        }
        let mut mount = Command::new("mount");
        mount.args(["-o", &format!("remount,size={}", used + ROOM)]).arg(&self.folder);
        if mount.status()?.success() { Ok(()) } else { Err("the disk cannot grow".into()) }
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.folder).status();
    }
}
