use std::fs;
use std::path::PathBuf;

use super::*;

const FILE: &str = "{\n\t\"current\": \"a\",\n\t\"profiles\": [\n\
    \t\t{\"name\": \"b\", \"sts_token\": \"of b\"},\n\
    \t\t{\"name\": \"a\",  \"mode\":\"OAuth\", \"sts_token\" : \"\\u006fld\",\"x\":{\"sts_token\":1.50}},\n\
    \t\t{\"name\": \"a\", \"sts_token\": \"of another a\"}\n\
    \t], \"profiles_of\": [ ],\n\t\"plugin\": null }\n";

#[test]
fn what_is_not_written_stays_as_it_is() {
    let fields = r#"{"sts_token":"n\"ew","sts_expiration":7}"#;
    let expected = FILE
        .replace(r#""\u006fld""#, r#""n\"ew""#)
        .replace("{\"name\": \"a\",  ", "{\"sts_expiration\": 7, \"name\": \"a\",  ");
    assert_eq!(edited(FILE, "a", fields).expect("a text").as_str(), expected);
    let marked = format!("\u{feff}{FILE}");
    let edited = edited(&marked, "a", fields).expect("a text");
    assert_eq!(edited.as_str(), format!("\u{feff}{expected}"));
}

#[test]
fn a_profile_is_found_by_its_name_without_white_space_around_it() {
    let file = |token: &str| format!(r#"{{"profiles":[{{"name":"a ","sts_token":"{token}"}}]}}"#);
    let edited = edited(&file("old"), "a", r#"{"sts_token":"new"}"#).expect("a text");
    assert_eq!(edited.as_str(), file("new"));
}

#[test]
fn values_that_no_type_holds_stay_as_they_are() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let file = |token: &str| {
        format!(
            r#"{{"x":1e999,"deep":{deep},"profiles":[{{"name":"a","x":-7e400,"deep":{deep},"sts_token":"{token}"}}]}}"#
        )
    };
    let edited = edited(&file("old"), "a", r#"{"sts_token":"new"}"#).expect("a text");
    assert_eq!(edited.as_str(), file("new"));
}

#[test]
fn a_file_of_another_form_is_left_alone() {
    for file in ["", "[]", "{}", r#"{"profiles":{}}"#, r#"{"profiles":[1,{"name":2}]}"#] {
        assert!(edited(file, "a", "{}").is_none(), "{file}");
    }
    assert!(edited(FILE, "c", "{}").is_none());
}

/// A folder of its own with the CLI's file in it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("kms-write-back-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("config.json"), FILE).expect("a file");
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("config.json")
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.0)
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing depends on it.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn change(token: &str) -> Change {
    Change {
        profile: "a".into(),
        fields: Zeroizing::new(format!(r#"{{"sts_token":"{token}"}}"#)),
        nonce: token.into(),
    }
}

#[tokio::test]
async fn a_profile_that_is_not_as_expected_is_not_overwritten() {
    let folder = Folder::new("expected");
    change("canary").write(&folder.file(), |_| false).await.expect("no error");
    assert_eq!(fs::read_to_string(folder.file()).expect("the file"), FILE);
    assert_eq!(folder.names(), ["config.json"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_stays_a_link_and_permissions_stay_too() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new("link");
    let link = folder.0.join("link.json");
    std::os::unix::fs::symlink("config.json", &link).expect("a link");
    fs::set_permissions(folder.file(), fs::Permissions::from_mode(0o640)).expect("permissions");
    change("new").write(&link, |_| true).await.expect("no error");
    assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
    let written = fs::read_to_string(folder.file()).expect("the file");
    assert!(written.contains("\"new\""), "{written}");
    let mode = fs::metadata(folder.file()).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(folder.names(), ["config.json", "link.json"]);
}

#[cfg(unix)]
#[tokio::test]
async fn further_names_of_the_file_lead_to_what_was_written() {
    let folder = Folder::new("names");
    let other = folder.0.join("other.json");
    fs::hard_link(folder.file(), &other).expect("another name");
    change("new").write(&folder.file(), |_| true).await.expect("no error");
    let written = fs::read_to_string(&other).expect("the file");
    assert!(written.contains("\"new\""), "{written}");
    assert_eq!(folder.names(), ["config.json", "other.json"]);
}

/// Only root can give a file to another owner: elsewhere the group is as far as it goes.
#[cfg(unix)]
#[tokio::test]
async fn the_owner_and_the_group_stay() {
    use std::os::unix::fs::{MetadataExt as _, chown};

    let folder = Folder::new("owner");
    // Where it may not be given away, it is the process's own all the same.
    let _ = chown(folder.file(), Some(65_534), Some(65_534));
    let owner = |path: PathBuf| {
        let metadata = fs::metadata(path).expect("the file");
        (metadata.uid(), metadata.gid(), metadata.mode())
    };
    let before = owner(folder.file());
    change("new").write(&folder.file(), |_| true).await.expect("no error");
    assert_eq!(owner(folder.file()), before);
    assert_eq!(folder.names(), ["config.json"]);
}

/// Root may write into every folder: there the file is replaced as ever.
#[cfg(unix)]
#[tokio::test]
async fn a_file_in_a_folder_that_takes_no_other_is_written_in_place() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new("folder");
    let mode = |mode| fs::set_permissions(&folder.0, fs::Permissions::from_mode(mode));
    mode(0o500).expect("permissions");
    let written = change("new").write(&folder.file(), |_| true).await;
    mode(0o700).expect("permissions");
    written.expect("no error");
    let text = fs::read_to_string(folder.file()).expect("the file");
    assert!(text.contains("\"new\""), "{text}");
    assert_eq!(folder.names(), ["config.json"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_replaced_is_given_up_only_if_there_is_room() {
    // EPERM, EACCES, EBUSY, EXDEV, EINVAL, EROFS, ENAMETOOLONG, ENOTSUP
    for number in [1, 13, 16, 18, 22, 30, 36, 95] {
        let error = io::Error::from_raw_os_error(number);
        assert!(is_of_the_place(error.kind()), "{error}");
    }
    // EIO, EFBIG, ENOSPC, EDQUOT
    for number in [5, 27, 28, 122] {
        let error = io::Error::from_raw_os_error(number);
        assert!(!is_of_the_place(error.kind()), "{error}");
    }
}

/// A file on a disk that has room for this many bytes.
struct OnFullDisk(io::Cursor<Vec<u8>>, usize);

impl io::Write for OnFullDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let at = usize::try_from(self.0.position()).expect("small");
        match bytes.len().min(self.1 - at) {
            0 => Err(io::ErrorKind::StorageFull.into()),
            room => self.0.write(&bytes[..room]),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl io::Seek for OnFullDisk {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_file_that_is_written_in_place_is_whole_on_a_full_disk_too() {
    let (text, content) = ("the old text", "the new content");
    let mut file = OnFullDisk(io::Cursor::new(text.into()), text.len() + 1);
    let error = write_over(&mut file, text, content, |_, _| Ok(())).expect_err("no room");
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    // The file is cut to the length that it had.
    assert_eq!(&file.0.into_inner()[..text.len()], text.as_bytes());
}

#[tokio::test]
async fn a_file_that_is_read_only_stays_as_it_is() {
    let folder = Folder::new("read-only");
    let mut permissions = fs::metadata(folder.file()).expect("the file").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(folder.file(), permissions).expect("permissions");
    let error = change("canary").write(&folder.file(), |_| true).await.expect_err("read-only");
    assert_eq!(error.kind(), ErrorKind::Credential);
    assert!(!format!("{error:?}").contains("canary"));
    assert_eq!(fs::read_to_string(folder.file()).expect("the file"), FILE);
    assert_eq!(folder.names(), ["config.json"]);
}

#[tokio::test]
async fn many_writes_at_once_lose_nothing() {
    let folder = Folder::new("many");
    let fields = ["f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8"];
    let mut writes = tokio::task::JoinSet::new();
    for field in fields {
        let (fields, file) = (format!(r#"{{"{field}":1}}"#), folder.file());
        let change = Change { profile: "b".into(), fields: fields.into(), nonce: field.into() };
        writes.spawn(async move { change.write(&file, |_| true).await });
    }
    for result in writes.join_all().await {
        result.expect("no error");
    }
    let written = fs::read_to_string(folder.file()).expect("the file");
    assert!(fields.iter().all(|field| written.contains(&format!("\"{field}\": 1"))), "{written}");
}
