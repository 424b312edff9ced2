//! Copies the properties of a file to the one that replaces it.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;

/// Gives a file the owner, group and permissions of the one that it replaces.
///
/// # Errors
///
/// Those of the system: most allow only root to change the owner of files.
pub fn take_over(file: &File, old: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};

        let new = file.metadata()?;
        if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
            fchown(file, Some(old.uid()), Some(old.gid()))?;
        }
    }
    file.set_permissions(old.permissions())
}

/// Returns `true` if the file has other names: they would keep the old content.
pub fn has_further_names(file: &Metadata) -> bool {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::nlink(file) > 1;
    #[cfg(not(unix))]
    {
        let _ = file;
        false
    }
}

/// Syncs the names in a folder to the disk. Not every system can.
pub fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    #[cfg(not(unix))]
    let _ = folder;
}
