//! A file that exists as a whole or not at all.
//!
//! It is written under another name in the same folder, and renamed when it is on the disk. Without
//! `--force`, an existing file is never replaced, even if it appears in the meantime.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::SystemTime;

use alibabacloud_kms::__private::{has_further_names, shown};
use alibabacloud_kms_local::__private::{Access, WholeFile};
use tokio::io::AsyncWrite;

use super::blocks::WriteBehind;
use super::streams::{self, Stream};
use crate::output::Failure;

/// Whether an existing file is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overwrite {
    Yes,
    No,
}

/// The value of `--out`, with links followed.
#[derive(Debug)]
pub(super) struct Target {
    stream: Stream,
    overwrite: Overwrite,
    /// The existing file.
    old: Option<Seen>,
}

/// What tells a file and its content from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    #[cfg(unix)]
    inode: (u64, u64),
    /// User and group.
    #[cfg(unix)]
    owner: (u32, u32),
    length: u64,
    modified: Option<SystemTime>,
    /// Seconds and nanoseconds. Unlike the time above, no program can set it.
    #[cfg(unix)]
    changed: (i64, i64),
}

/// The output file or stdout.
pub(super) struct Output {
    file: WriteBehind,
    /// `None` for stdout.
    unfinished: Option<Unfinished>,
}

/// A file under its temporary name; removed on drop.
struct Unfinished {
    whole: WholeFile,
    target: PathBuf,
    overwrite: Overwrite,
    old: Option<Seen>,
}

/// Resolves links, and fails early if writing the file would fail at the end.
pub(super) fn resolve(target: Stream, overwrite: Overwrite) -> Result<Target, Failure> {
    let resolved = |stream, old| Ok(Target { stream, overwrite, old });
    let Stream::File(mut path) = target else { return resolved(target, None) };
    if path.parent() == Some(Path::new("")) {
        // Errors show a bare word too: it becomes the name of a file.
        path = Path::new(".").join(path);
    }
    let wrong = |what: &str| Err(Failure::usage(format!("--out {what}: {}", shown(&path))));
    if path.file_name().is_none() {
        return wrong("is not the name of a file");
    }
    if lacks_folder(&path) {
        return wrong("is in a folder that does not exist: create it first");
    }
    let is_link = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_symlink());
    let metadata = match fs::metadata(&path) {
        Ok(metadata) => metadata,
        Err(_) if is_link => {
            return wrong("is a link whose target does not exist or cannot be reached");
        }
        Err(_) => return resolved(Stream::File(path), None),
    };
    if !metadata.is_file() {
        return wrong("exists and is not a regular file: choose another name");
    }
    if let Overwrite::No = overwrite {
        return Err(taken(&path));
    }
    // Other hard links would keep the old content, which may be a plaintext: the file is replaced
    // instead of being written to.
    if has_further_names(&metadata) {
        return wrong("has other hard links, which would keep the old content: remove it first");
    }
    let old = Some(Seen::new(&metadata));
    if !is_link {
        return resolved(Stream::File(path), old);
    }
    // Resolve a symbolic link, so that the file is replaced and not the link.
    match fs::canonicalize(&path) {
        Ok(file) => resolved(Stream::File(file), old),
        Err(_) => wrong("is a link that cannot be followed"),
    }
}

impl Target {
    pub(super) fn is_stdout(&self) -> bool {
        matches!(self.stream, Stream::Standard)
    }
}

impl Seen {
    fn new(file: &Metadata) -> Self {
        #[cfg(unix)]
        let (inode, owner, changed) = {
            use std::os::unix::fs::MetadataExt as _;
            let times = (file.ctime(), file.ctime_nsec());
            ((file.dev(), file.ino()), (file.uid(), file.gid()), times)
        };
        Self {
            #[cfg(unix)]
            inode,
            #[cfg(unix)]
            owner,
            length: file.len(),
            modified: file.modified().ok(),
            #[cfg(unix)]
            changed,
        }
    }
}

impl Output {
    pub(super) fn create(target: Target) -> Result<Self, Failure> {
        let Target { stream, overwrite, old } = target;
        let Stream::File(target) = stream else {
            let stdout = streams::stdout().map_err(|error| Failure::stdout(&error))?;
            return Ok(Self { file: WriteBehind::new(stdout), unfinished: None });
        };
        let created = WholeFile::beside(&target, Access::Owner).and_then(|mut whole| {
            let file = whole.file().try_clone()?;
            let target = target.clone();
            Ok((WriteBehind::new(file), Unfinished { whole, target, overwrite, old }))
        });
        let (file, mut unfinished) = created.map_err(|error| {
            Failure::usage(format!("--out cannot be written: {}: {error}", shown(&target)))
        })?;
        unfinished.try_owner().map_err(|error| not_kept(&unfinished.target, &error))?;
        Ok(Self { file, unfinished: Some(unfinished) })
    }

    /// Syncs the file to the disk and renames it to its target.
    pub(super) async fn finish(self) -> Result<(), Failure> {
        let Some(unfinished) = self.unfinished else { return Ok(()) };
        // The file is closed before it is renamed, because some systems cannot rename an open file.
        let closed = self.file.close().await;
        closed.map_err(|error| unwritten(&unfinished.target, &error))?;
        unfinished.publish()
    }

    /// Returns the error with the name of the file, which its writer does not have.
    fn named(&self, error: io::Error) -> io::Error {
        match &self.unfinished {
            None => error,
            Some(Unfinished { target, .. }) => {
                let message = format!("--out cannot be written: {}: {error}", shown(target));
                io::Error::new(error.kind(), message)
            }
        }
    }
}

impl AsyncWrite for Output {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.file).poll_write(cx, bytes);
        written.map_err(|error| self.named(error))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.file).poll_flush(cx);
        flushed.map_err(|error| self.named(error))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.file).poll_shutdown(cx);
        shut.map_err(|error| self.named(error))
    }
}

impl Unfinished {
    /// Fails early if the file could not be given the owner of the one that it replaces. This is
    /// tried with a second file, because the output must not belong to another user before it is
    /// complete.
    #[cfg(unix)]
    fn try_owner(&mut self) -> io::Result<()> {
        use std::os::unix::fs::fchown;

        let own = Seen::new(&self.whole.file().metadata()?).owner;
        let Some(Seen { owner, .. }) = self.old.filter(|old| old.owner != own) else {
            return Ok(());
        };
        let mut probe = WholeFile::beside(&self.target, Access::Owner)?;
        let file: &File = probe.file();
        fchown(file, Some(owner.0), Some(owner.1))?;
        // In a folder with the sticky bit, only the owner can remove a file.
        fchown(file, Some(own.0), Some(own.1))
    }

    #[cfg(not(unix))]
    fn try_owner(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn publish(self) -> Result<(), Failure> {
        let Self { mut whole, target, overwrite, old } = self;
        // A large file takes long to sync, in which another program could change the old one. So this
        // is before the old one is looked at.
        whole.file().sync_all().map_err(|error| unwritten(&target, &error))?;
        let named = match overwrite {
            Overwrite::Yes => {
                let existing = to_replace(&target, old.as_ref());
                if let Some(existing) = existing.map_err(|error| unwritten(&target, &error))? {
                    take_over(&whole, &target, &existing)?;
                }
                whole.replace()
            }
            Overwrite::No => whole.keep_existing(),
        };
        named.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => taken(&target),
            _ => unwritten(&target, &error),
        })
    }
}

/// Returns the file to replace, if there is one. Its old content must be the one that was seen, and
/// must be gone once it is replaced: it may be the input, and a plaintext.
fn to_replace(target: &Path, seen: Option<&Seen>) -> io::Result<Option<Metadata>> {
    let existing = match fs::symlink_metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && seen.is_none() => return Ok(None),
        existing => existing?,
    };
    let refused = |why| Err(io::Error::other(why));
    if !existing.is_file() {
        return refused("another program replaced it meanwhile, and it is not a regular file");
    }
    if has_further_names(&existing) {
        return refused(
            "it got another hard link meanwhile, which would keep the old content: remove it first",
        );
    }
    if seen.is_some_and(|seen| *seen != Seen::new(&existing)) {
        return refused("another program changed it meanwhile: try again");
    }
    Ok(Some(existing))
}

fn take_over(whole: &WholeFile, target: &Path, old: &Metadata) -> Result<(), Failure> {
    whole.take_over(old).map_err(|error| not_kept(target, &error))
}

/// Returns the failure of a file that would not keep its owner or its rights.
fn not_kept(target: &Path, error: &io::Error) -> Failure {
    let what =
        "belongs to another user or group, which would not remain its owner: remove it first";
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            Failure::system(&format!("{} {what}", shown(target)), error)
        }
        _ => unwritten(target, error),
    }
}

/// Returns `true` if the folder of a file does not exist. A path that ends in a separator is a
/// folder itself.
fn lacks_folder(path: &Path) -> bool {
    let is_folder = path
        .as_os_str()
        .as_encoded_bytes()
        .last()
        .is_some_and(|&last| std::path::is_separator(last.into()));
    let folder = if is_folder { Some(path) } else { path.parent() };
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    folder.is_some_and(|folder| matches!(folder.try_exists(), Ok(false)))
}

fn taken(path: &Path) -> Failure {
    let what = "the file of --out exists: use --force to overwrite it";
    Failure::usage(format!("{what}: {}", shown(path)))
}

fn unwritten(target: &Path, error: &io::Error) -> Failure {
    let what = match error.kind() {
        io::ErrorKind::ResourceBusy => {
            "is a mount point, which cannot be replaced: choose another name"
        }
        _ => "cannot be written",
    };
    Failure::system(&format!("{} {what}", shown(target)), error)
}

#[cfg(test)]
mod tests {
    use std::process;

    use super::*;

    fn folder_of(test: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("kms-output-{test}-{}", process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder");
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        entries.map(|entry| entry.expect("an entry").file_name().display().to_string()).collect()
    }

    fn created(target: &Path, overwrite: Overwrite) -> Output {
        let target = resolve(Stream::File(target.to_owned()), overwrite).expect("it is fit");
        Output::create(target).expect("it is created")
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_file_that_is_changed_meanwhile_is_not_replaced() {
        type Change = fn(&Path, &Path);
        let changes: [(&str, Change); 5] = [
            ("appended", |target, _| {
                let mut file = fs::OpenOptions::new().append(true).open(target).expect("a file");
                io::Write::write_all(&mut file, b"more").expect("written");
            }),
            ("changed, and its time set back", |target, _| {
                let before = fs::metadata(target).expect("a file");
                // The system's clock for files has ticks.
                while Seen::new(&fs::metadata(target).expect("a file")) == Seen::new(&before) {
                    fs::write(target, "old").expect("written");
                    let file = fs::File::options().write(true).open(target).expect("a file");
                    file.set_modified(before.modified().expect("a time")).expect("set");
                }
            }),
            ("linked", |target, other| fs::hard_link(target, other).expect("linked")),
            ("moved", |target, other| fs::rename(target, other).expect("renamed")),
            ("a link", |target, other| {
                fs::rename(target, other).expect("renamed");
                std::os::unix::fs::symlink(other, target).expect("linked");
            }),
        ];
        for (what, change) in changes {
            let folder = folder_of("changed");
            let (target, other) = (folder.join("out"), folder.join("other"));
            fs::write(&target, "old").expect("written");
            let output = created(&target, Overwrite::Yes);
            change(&target, &other);
            let before = names(&folder).len();
            let failure = output.finish().await.expect_err(what);
            assert_eq!(failure.exit().code(), 3, "{what}");
            assert_eq!(names(&folder).len(), before - 1, "{what}");
            let kept = if target.exists() { &target } else { &other };
            assert!(fs::read(kept).expect("a file").starts_with(b"old"), "{what}");
            fs::remove_dir_all(folder).expect("removed");
        }
    }

    #[tokio::test]
    async fn a_name_that_was_taken_meanwhile_is_kept() {
        let folder = folder_of("taken");
        let target = folder.join("out");
        let output = created(&target, Overwrite::No);
        assert_eq!(names(&folder).len(), 1);
        fs::write(&target, "another's").expect("written");
        output.finish().await.expect_err("it is there already");
        assert_eq!(fs::read(&target).expect("a file"), b"another's");
        assert_eq!(names(&folder), ["out"]);
        fs::remove_dir_all(folder).expect("removed");
    }

    #[tokio::test]
    async fn what_a_killed_process_left_is_not_in_the_way() {
        let folder = folder_of("left");
        let target = folder.join("out");
        let first = created(&target, Overwrite::No);
        let second = created(&target, Overwrite::Yes);
        first.finish().await.expect("it is finished");
        second.finish().await.expect("it is finished");
        assert_eq!(names(&folder), ["out"]);
        fs::remove_dir_all(folder).expect("removed");
    }
}
