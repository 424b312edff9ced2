//! A file that exists as a whole or not at all.
//!
//! It is written under another name in the same folder, and renamed when it is on the disk, or, for
//! a file that is worth nothing after a crash of the machine, when it is written.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use alibabacloud_kms::__private::{sync_folder, take_over};
use tempfile::{Builder, NamedTempFile, PersistError};

/// A file under its temporary name; removed on drop.
#[derive(Debug)]
pub struct WholeFile {
    file: NamedTempFile,
    target: PathBuf,
}

/// Who may read a new file, as far as the process's umask allows.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_enums, reason = "for this workspace only")]
pub enum Access {
    /// Its owner.
    Owner,
    /// Everyone.
    Everyone,
}

impl WholeFile {
    /// Creates an empty file beside its target.
    ///
    /// # Errors
    ///
    /// Those of the system: the folder does not exist, or cannot be written.
    pub fn beside(target: &Path, access: Access) -> io::Result<Self> {
        let prefix = format!(".{}.", target.file_name().unwrap_or_default().display());
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(".unfinished");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(match access {
            Access::Owner => 0o600,
            Access::Everyone => 0o644,
        }));
        #[cfg(not(unix))]
        let _ = access;
        // Its errors quote the path, which may be anything that was given for one.
        let file =
            builder.tempfile_in(folder(target)).map_err(|error| io::Error::from(error.kind()))?;
        Ok(Self { file, target: target.to_owned() })
    }

    /// Returns the file for writing.
    pub fn file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Copies owner, group and permissions from the file that it will replace.
    ///
    /// # Errors
    ///
    /// Those of the system: most allow only root to change the owner of files.
    pub fn take_over(&self, old: &Metadata) -> io::Result<()> {
        take_over(self.file.as_file(), old)
    }

    /// Syncs it to the disk and renames it to its target, replacing an existing file.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn replace(self) -> io::Result<()> {
        self.named(|file, target| file.persist(target))
    }

    /// Renames it to its target, replacing an existing file, without waiting for the disk: after a
    /// crash of the machine, it may be empty.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn replace_unsynced(self) -> io::Result<()> {
        self.file.persist(&self.target)?;
        Ok(())
    }

    /// Syncs it to the disk and renames it to its target, which must not exist.
    ///
    /// # Errors
    ///
    /// Those of the system; [`AlreadyExists`](io::ErrorKind::AlreadyExists) if the target exists,
    /// even if it appeared a moment ago.
    pub fn keep_existing(self) -> io::Result<()> {
        self.named(|file, target| match file.persist_noclobber(target) {
            // Not every file system has links, or renames that do not replace.
            Err(PersistError { error, file })
                if error.kind() != io::ErrorKind::AlreadyExists
                    && fs::symlink_metadata(target).is_err() =>
            {
                file.persist(target)
            }
            named => named,
        })
    }

    fn named(
        self,
        name: impl FnOnce(NamedTempFile, &PathBuf) -> Result<File, PersistError>,
    ) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        name(self.file, &self.target)?;
        // The name is not durable before the folder is on the disk.
        sync_folder(folder(&self.target));
        Ok(())
    }
}

fn folder(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
