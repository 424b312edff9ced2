//! Files with several names, and with another owner.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown, symlink};

use super::super::{at_shared, failure, ran};
use super::{Files, folder, names, silent};

#[test]
fn through_a_link_the_file_that_it_names_is_written() {
    let files = Files::new("links");
    files.write("file", b"plaintext");
    symlink("file", files.path("link")).expect("a link");
    symlink("link", files.path("link-to-link")).expect("a link");
    for name in ["link", "link-to-link"] {
        silent(&files.encrypt(&["--force"], name, name));
        assert_ne!(files.read("file"), b"plaintext", "{name}");
        assert!(fs::symlink_metadata(files.path(name)).expect("a link").is_symlink(), "{name}");
        silent(&files.decrypt(&["--force"], "file", name));
        assert_eq!(files.read("file"), b"plaintext", "{name}");
    }
    // Through the link in, the file out.
    silent(&files.encrypt(&["--force"], "link", "file"));
    assert_ne!(files.read("link"), b"plaintext");
    assert_eq!(files.names(), ["file", "link", "link-to-link"]);
}

#[test]
fn a_link_to_nothing_and_a_file_with_further_names_are_refused_with_the_reason() {
    let kms = || at_shared("http://127.0.0.1:1");
    let folder = folder("names");
    let path = |name: &str| folder.join(name).display().to_string();
    fs::write(path("text"), b"plaintext").expect("written");
    fs::hard_link(path("text"), path("other")).expect("another name");
    symlink("text", path("link")).expect("a link");
    symlink("nothing", path("gone")).expect("a link");
    symlink("loop", path("loop")).expect("a link");
    for (out, reason) in [
        ("text", "hard links"),
        ("other", "hard links"),
        ("link", "hard links"),
        ("gone", "link whose target does not exist"),
        ("loop", "link whose target does not exist"),
    ] {
        let line = ["encrypt-file", "--key-id=k", "--force", "--in", &path("text"), "--out"];
        let refused = failure(&ran(kms().args(line), &[&path(out)]), 2);
        let message = refused["Message"].as_str().expect("a message");
        assert!(message.contains(reason), "{out}: {message}");
    }
    assert_eq!(fs::read(path("other")).expect("a file"), b"plaintext");
    assert_eq!(names(&folder), ["gone", "link", "loop", "other", "text"]);
}

/// Only root can give a file away: elsewhere it is the process's own all the same.
#[test]
fn a_file_that_is_overwritten_keeps_its_owner() {
    let files = Files::new("chown");
    files.write("file", b"text");
    let _ = chown(files.path("file"), Some(65_534), Some(65_534));
    let owner = || {
        let metadata = fs::metadata(files.path("file")).expect("a file");
        (metadata.uid(), metadata.gid())
    };
    let before = owner();
    silent(&files.encrypt(&["--force"], "file", "file"));
    assert_eq!(owner(), before);
}
