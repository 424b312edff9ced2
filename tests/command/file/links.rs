//! Files with several names, and with another owner.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use super::super::{Folder, KMS, at_shared, failure, ran};
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

/// Only root can be another user.
#[test]
fn a_file_whose_owner_would_not_remain_is_refused_before_any_request() {
    let folder = Folder::new("others");
    let path = |name: &str| folder.path(name).display().to_string();
    fs::write(path("text"), b"text").expect("written");
    fs::write(path("out"), b"another's").expect("written");
    if chown(path("out"), Some(12_345), Some(12_345)).is_err() {
        return;
    }
    // Where the command is, another user may not get.
    fs::copy(KMS, path("kms")).expect("copied");
    for name in ["", "text", "out"] {
        fs::set_permissions(folder.path(name), fs::Permissions::from_mode(0o777)).expect("set");
    }
    let given = at_shared("http://127.0.0.1:1");
    let mut kms = Command::new(path("kms"));
    kms.env_clear().envs(given.get_envs().filter_map(|(name, value)| Some((name, value?))));
    kms.uid(65_534).gid(65_534);
    kms.args(["encrypt-file", "--key-id=k", "--force", "--in", &path("text"), "--out"]);
    let refused = failure(&ran(&mut kms, &[&path("out")]), 3);
    let message = refused["Message"].to_string();
    assert!(message.contains("belongs to another user"), "{message}");
    assert_eq!(fs::read(path("out")).expect("a file"), b"another's");
    assert_eq!(names(&folder.0), ["kms", "out", "text"]);
}

/// Only root can mount, and not everywhere.
#[cfg(target_os = "linux")]
#[test]
fn a_mount_point_is_kept_and_told_to_be_one() {
    let files = Files::new("mount");
    for name in ["text", "out", "mounted"] {
        files.write(name, b"text");
    }
    let mounted = |program: &str| {
        let mut command = Command::new("unshare");
        let mount = format!("mount --bind \"$0\" \"$1\" && shift && {program}");
        command.args(["--mount", "sh", "-c", &mount]);
        command.arg(files.path("mounted")).arg(files.path("out"));
        command
    };
    if !mounted("true").status().is_ok_and(|status| status.success()) {
        return;
    }
    let kms = files.command(&["encrypt-file", "--key-id=alias/default", "--force"], "text", "out");
    let mut command = mounted("exec \"$@\"");
    command.arg(kms.get_program()).args(kms.get_args());
    command.envs(kms.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.output().expect("it runs");
    let message = failure(&output, 3)["Message"].to_string();
    assert!(message.contains("mount point") && message.contains("another name"), "{message}");
    assert_eq!(files.names(), ["mounted", "out", "text"]);
}
