//! A file that exists as a whole or not at all.
//!
//! It is written under another name in the same folder, and renamed when it is on the disk. Without
//! `--force`, an existing file is never replaced, even if it appears in the meantime.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

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
}

/// Resolves links, and fails early if writing the file would fail at the end.
pub(super) fn resolve(target: Stream, overwrite: Overwrite) -> Result<Stream, Failure> {
    let Stream::File(mut path) = target else { return Ok(target) };
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
        Err(_) => return Ok(Stream::File(path)),
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
    if !is_link {
        return Ok(Stream::File(path));
    }
    // Resolve a symbolic link, so that the file is replaced and not the link.
    match fs::canonicalize(&path) {
        Ok(file) => Ok(Stream::File(file)),
        Err(_) => wrong("is a link that cannot be followed"),
    }
}

impl Output {
    pub(super) fn create(target: Stream, overwrite: Overwrite) -> Result<Self, Failure> {
        let Stream::File(target) = target else {
            let stdout = streams::stdout().map_err(|error| Failure::stdout(&error))?;
            return Ok(Self { file: WriteBehind::new(stdout), unfinished: None });
        };
        let created = WholeFile::beside(&target, Access::Owner).and_then(|mut whole| {
            let file = whole.file().try_clone()?;
            Ok((WriteBehind::new(file), Unfinished { whole, target: target.clone(), overwrite }))
        });
        let (file, unfinished) = created.map_err(|error| {
            Failure::usage(format!("--out cannot be written: {}: {error}", shown(&target)))
        })?;
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
    fn publish(self) -> Result<(), Failure> {
        let Self { whole, target, overwrite } = self;
        if let Ok(old) = fs::metadata(&target) {
            let what = "belongs to another user, who would not remain its owner: remove it first";
            whole
                .take_over(&old)
                .map_err(|error| Failure::system(&format!("{} {what}", shown(&target)), &error))?;
        }
        let named = match overwrite {
            Overwrite::Yes => whole.replace(),
            Overwrite::No => whole.keep_existing(),
        };
        named.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => taken(&target),
            _ => unwritten(&target, &error),
        })
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
    Failure::system(&format!("{} cannot be written", shown(target)), error)
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

    #[tokio::test]
    async fn a_name_that_was_taken_meanwhile_is_kept() {
        let folder = folder_of("taken");
        let target = folder.join("out");
        let output = Output::create(Stream::File(target.clone()), Overwrite::No);
        let output = output.expect("it is created");
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
        let target = || Stream::File(folder.join("out"));
        let first = Output::create(target(), Overwrite::No).expect("it is created");
        let second = Output::create(target(), Overwrite::Yes).expect("it is created");
        first.finish().await.expect("it is finished");
        second.finish().await.expect("it is finished");
        assert_eq!(names(&folder), ["out"]);
        fs::remove_dir_all(folder).expect("removed");
    }
}
