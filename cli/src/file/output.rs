//! A file that is there as a whole or not at all.
//!
//! It is written under another name in the same folder, and gets its own when it is on the disk. A
//! name that is taken is never replaced unless that was asked for, even if it is taken meanwhile.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process;
use std::task::{Context, Poll};

use tokio::fs::File;
use tokio::io::AsyncWrite;

use super::streams::{self, Stream};
use crate::output::Failure;

/// What becomes of a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overwrite {
    Yes,
    No,
}

/// What is written to.
pub(super) struct Output {
    file: File,
    /// Not there for stdout.
    unfinished: Option<Unfinished>,
}

/// A file under its other name; removed on drop.
struct Unfinished {
    path: PathBuf,
    target: PathBuf,
    overwrite: Overwrite,
}

/// Finds before anything is done what would fail at the end.
pub(super) fn check(target: &Stream, overwrite: Overwrite) -> Result<(), Failure> {
    let Stream::File(path) = target else { return Ok(()) };
    if path.file_name().is_none() {
        return Err(Failure::usage(format!("--out is no file's name: {}", path.display())));
    }
    match (fs::metadata(path), overwrite) {
        (Ok(metadata), _) if !metadata.is_file() => {
            let what = "--out is there already, and not a regular file";
            Err(Failure::usage(format!("{what}: {}", path.display())))
        }
        (Ok(_), Overwrite::No) => Err(taken(path)),
        _ => Ok(()),
    }
}

impl Output {
    pub(super) fn create(target: Stream, overwrite: Overwrite) -> Result<Self, Failure> {
        let Stream::File(target) = target else {
            let stdout = streams::stdout().map_err(|error| unwritten("stdout", &error))?;
            return Ok(Self { file: File::from_std(stdout), unfinished: None });
        };
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let (path, file) = create_beside(&target, &name).map_err(|error| {
            Failure::usage(format!("--out cannot be written: {}: {error}", target.display()))
        })?;
        let unfinished = Some(Unfinished { path, target, overwrite });
        Ok(Self { file: File::from_std(file), unfinished })
    }

    /// Puts it on the disk and gives it its name.
    pub(super) async fn finish(self) -> Result<(), Failure> {
        let Some(unfinished) = self.unfinished else { return Ok(()) };
        let target = unfinished.target.display().to_string();
        self.file.sync_all().await.map_err(|error| unwritten(&target, &error))?;
        // Closed before it is renamed, for systems that rename no open file.
        drop(self.file.into_std().await);
        unfinished.publish()
    }
}

impl AsyncWrite for Output {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.file).poll_write(cx, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_shutdown(cx)
    }
}

impl Unfinished {
    fn publish(self) -> Result<(), Failure> {
        let named = match self.overwrite {
            Overwrite::Yes => fs::rename(&self.path, &self.target),
            // A link, unlike a rename, does not replace.
            Overwrite::No => match fs::hard_link(&self.path, &self.target) {
                // Not every file system has links.
                Err(_) if fs::symlink_metadata(&self.target).is_err() => {
                    fs::rename(&self.path, &self.target)
                }
                linked => linked,
            },
        };
        named.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => taken(&self.target),
            _ => unwritten(&self.target.display().to_string(), &error),
        })?;
        // The name is not safe before the folder is on the disk; not every system can say when.
        #[cfg(unix)]
        let _ = fs::File::open(folder(&self.target)).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // A second link to what is finished, what is not finished, or, once renamed, nothing.
        let _ = fs::remove_file(&self.path);
    }
}

/// A new file with a new name, for its owner only.
fn create_beside(target: &Path, name: &str) -> io::Result<(PathBuf, fs::File)> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    for number in 0.. {
        let path = folder(target).join(format!(".{name}.{}-{number}.unfinished", process::id()));
        match options.open(&path) {
            // Left by a process of the same id that was killed, or one of another machine.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => {}
            opened => return opened.map(|file| (path, file)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn folder(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn taken(path: &Path) -> Failure {
    let what = "--out is there already, and --force was not given";
    Failure::usage(format!("{what}: {}", path.display()))
}

fn unwritten(what: &str, error: &io::Error) -> Failure {
    Failure::system(&format!("{what} cannot be written"), error)
}

#[cfg(test)]
mod tests {
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
