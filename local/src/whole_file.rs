//! A file that exists as a whole or not at all.
//!
//! It is written under another name in the same folder, and renamed when it is on the disk, or, for
//! a file that is worth nothing after a crash of the machine, when it is written.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use alibabacloud_kms::__private::{sync_folder, take_over};
use tempfile::{Builder, NamedTempFile, PersistError};

/// The end of temporary names.
const SUFFIX: &str = ".unfinished";

/// The number of random characters in them.
const RANDOM: usize = 6;

/// The maximum length of a file's name in bytes, on most file systems.
const MAX_NAME: usize = 255;

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
        let prefix = prefix(target);
        let mut builder = Builder::new();
        builder.prefix(&prefix).suffix(SUFFIX).rand_bytes(RANDOM);
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

    /// Copies owner, group and permissions from the file that it will replace; on Linux, its access
    /// control list too.
    ///
    /// # Errors
    ///
    /// Those of the system: most allow only root to change the owner of files.
    pub fn take_over(&self, old: &Metadata) -> io::Result<()> {
        // First, because the bits of a group are the list's mask: without the list, the group itself
        // would have the rights of everyone in it.
        #[cfg(target_os = "linux")]
        take_over_list(self.file.as_file(), &self.target)?;
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

/// Returns the beginning of a temporary name: the target's name, as much of it as leaves room for
/// the rest.
fn prefix(target: &Path) -> String {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let room = MAX_NAME - "..".len() - RANDOM - SUFFIX.len();
    let end = (0..=room.min(name.len())).rev().find(|&end| name.is_char_boundary(end));
    format!(".{}.", &name[..end.unwrap_or_default()])
}

/// Gives a file the access control list of another, or none.
#[cfg(target_os = "linux")]
fn take_over_list(file: &File, of: &Path) -> io::Result<()> {
    use rustix::fs::{XattrFlags, fremovexattr, fsetxattr, lgetxattr};
    use rustix::io::Errno;

    const NAME: &str = "system.posix_acl_access";
    // The longest value of an attribute on Linux.
    let mut list = vec![0; 64 << 10];
    let taken = match lgetxattr(of, NAME, &mut list[..]) {
        Ok(length) => fsetxattr(file, NAME, &list[..length], XattrFlags::empty()),
        // The folder may have given it one of its own.
        Err(Errno::NODATA) => fremovexattr(file, NAME),
        Err(error) => Err(error),
    };
    match taken {
        // Not every file system has lists.
        Err(Errno::NODATA | Errno::OPNOTSUPP) => Ok(()),
        taken => Ok(taken?),
    }
}

fn folder(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;

    use rustix::fs::{XattrFlags, lgetxattr, setxattr};
    use rustix::io::Errno;

    use super::*;

    const LIST: &str = "system.posix_acl_access";

    /// The user 12345 may read, and the owner's group may not.
    fn list() -> Vec<u8> {
        let entries: [(u16, u16, u32); 5] = [
            (0x01, 6, u32::MAX),
            (0x02, 4, 12345),
            (0x04, 0, u32::MAX),
            (0x10, 4, u32::MAX),
            (0x20, 0, u32::MAX),
        ];
        let mut list = 2_u32.to_le_bytes().to_vec();
        for (tag, rights, id) in entries {
            list.extend(tag.to_le_bytes());
            list.extend(rights.to_le_bytes());
            list.extend(id.to_le_bytes());
        }
        list
    }

    #[test]
    fn a_file_has_the_access_control_list_of_the_one_that_it_replaces() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, plain) = (folder.path().join("a"), folder.path().join("b"));
        for path in [&path, &plain] {
            fs::write(path, "old").expect("written");
        }
        match setxattr(&path, LIST, &list(), XattrFlags::empty()) {
            // This file system has none.
            Err(Errno::OPNOTSUPP) => return,
            set => set.expect("it is valid"),
        }
        // Files in this folder get a list of their own.
        setxattr(folder.path(), "system.posix_acl_default", &list(), XattrFlags::empty())
            .expect("it is valid");
        for (path, expected) in [(&path, Some(list())), (&plain, None)] {
            let old = fs::metadata(path).expect("a file");
            let mut whole = WholeFile::beside(path, Access::Owner).expect("created");
            whole.file().write_all(b"new").expect("written");
            whole.take_over(&old).expect("it is ours");
            whole.replace().expect("renamed");
            let mut found = [0; 1024];
            let length = lgetxattr(path, LIST, &mut found[..]).ok();
            assert_eq!(length.map(|length| found[..length].to_vec()), expected);
            let mode = fs::metadata(path).expect("a file").permissions().mode();
            assert_eq!(mode, old.permissions().mode());
        }
    }

    #[test]
    fn a_name_of_any_length_has_room_for_the_rest() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["n".to_owned(), "n".repeat(MAX_NAME), "ü".repeat(MAX_NAME / 2)] {
            let target = folder.path().join(&name);
            let whole = WholeFile::beside(&target, Access::Owner).expect(&name);
            whole.replace().expect(&name);
            assert!(target.is_file());
        }
    }
}
