//! `kms encrypt-file` and `kms decrypt-file`: whole files, or nothing.

#[cfg(unix)]
mod links;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use super::local::Local;
use super::{at_shared, failure, ran, ran_with_stdin};

/// A local gateway and a folder for files.
struct Files {
    local: Local,
    folder: PathBuf,
}

impl Files {
    /// The name is the test's own.
    fn new(name: &str) -> Self {
        Self { local: Local::start(name, &[]), folder: folder(name) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).expect(name);
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect(name)
    }

    /// The folder's names, sorted: what is left behind shows here.
    fn names(&self) -> Vec<String> {
        names(&self.folder)
    }

    fn command(&self, line: &[&str], input: &str, output: &str) -> Command {
        let named = |name: &str| match name {
            "-" => PathBuf::from("-"),
            name => self.path(name),
        };
        let mut command = self.local.kms("http");
        command.args(line).arg("--in").arg(named(input)).arg("--out").arg(named(output));
        command
    }

    fn encrypt(&self, more: &[&str], input: &str, output: &str) -> Output {
        let line = ["encrypt-file", "--key-id", "alias/default"];
        ran(&mut self.command(&line, input, output), more)
    }

    fn decrypt(&self, more: &[&str], input: &str, output: &str) -> Output {
        ran(&mut self.command(&["decrypt-file"], input, output), more)
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-files"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names.map(|name| name.display().to_string()).collect();
    names.sort_unstable();
    names
}

fn text(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n % 251) as u8).collect()
}

/// A success says nothing.
fn silent(output: &Output) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*stderr), (Some(0), ""));
    assert!(output.stdout.is_empty());
}

#[test]
fn files_of_every_length_come_back() {
    let files = Files::new("lengths");
    for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000] {
        files.write("text", &text(length));
        silent(&files.encrypt(&["--force"], "text", "sealed"));
        silent(&files.decrypt(&["--force"], "sealed", "opened"));
        assert!(files.read("opened") == text(length), "{length}");
    }
    assert_eq!(files.names(), ["opened", "sealed", "text"]);
}

#[test]
fn streams_come_back_on_either_gateway() {
    let files = Files::new("pipes");
    for (seals, opens) in [("true", "false"), ("false", "true")] {
        let with = |shared: &str, line: &[&str]| {
            let mut command = files.local.kms("http");
            command.arg(format!("--use-shared-gateway={shared}")).args(line);
            command
        };
        let context = ["--context", "tenant=a", "--context", "app=b"];
        let line = ["EncryptFile", "--KeyId=alias/default", "--in=-", "--out=-"];
        let sealed = ran_with_stdin(&mut with(seals, &line), &context, &text(100_000));
        assert_eq!((sealed.status.code(), &sealed.stderr[..]), (Some(0), &b""[..]));
        let line = ["DecryptFile", "--in=-", "--out=-", "--EncryptionContext"];
        let context = [r#"{"app":"b"}"#];
        let opened = ran_with_stdin(&mut with(opens, &line), &context, &sealed.stdout);
        assert_eq!((opened.status.code(), &opened.stderr[..]), (Some(0), &b""[..]));
        assert!(opened.stdout == text(100_000));
    }
}

#[cfg(unix)]
#[test]
fn a_file_over_the_limit_of_the_process_is_an_error_and_leaves_nothing_behind() {
    let files = Files::new("limit");
    files.write("text", &text(2_000_000));
    silent(&files.encrypt(&[], "text", "sealed"));
    let line = ["encrypt-file", "--key-id", "alias/default"];
    for (line, input) in [(&line[..], "text"), (&["decrypt-file"], "sealed")] {
        let command = files.command(line, input, "out");
        let mut limited = Command::new("sh");
        limited.args(["-c", "ulimit -f 1000; exec \"$@\"", "sh"]);
        limited.arg(command.get_program()).args(command.get_args()).env_clear();
        let variables = command.get_envs();
        limited.envs(variables.filter_map(|(name, value)| Some((name, value?))));
        let message = failure(&ran(&mut limited, &[]), 3)["Message"].to_string();
        assert!(message.contains("too large"), "{message}");
    }
    assert_eq!(files.names(), ["sealed", "text"]);
}

#[cfg(unix)]
#[test]
fn a_new_file_is_for_its_owner_only_and_one_that_is_overwritten_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;

    let files = Files::new("owner");
    files.write("text", b"text");
    files.write("opened", b"readable by the group");
    let of_the_group = fs::Permissions::from_mode(0o640);
    fs::set_permissions(files.path("opened"), of_the_group).expect("it is our own");
    silent(&files.encrypt(&[], "text", "sealed"));
    silent(&files.decrypt(&["--force"], "sealed", "opened"));
    for (name, expected) in [("sealed", 0o600), ("opened", 0o640)] {
        let mode = fs::metadata(files.path(name)).expect(name).permissions().mode();
        assert_eq!(mode & 0o777, expected, "{name}");
    }
}

#[test]
fn what_was_given_for_a_path_is_not_quoted_by_the_system() {
    let kms = || at_shared("http://127.0.0.1:1");
    let line = ["encrypt-file", "--key-id=k", "--in=Cargo.toml", "--out"];
    let refused = failure(&ran(kms().args(line), &["{\"canary\": 1}/out"]), 2);
    assert!(!refused.to_string().contains("canary"), "{refused}");
}

#[test]
fn the_name_of_a_file_is_shown_and_a_folder_that_does_not_exist_is_said_to() {
    let folder = folder("named");
    fs::write(folder.join("report"), b"text").expect("written");
    for (out, expected) in [
        ("report", "use --force to overwrite it: ./report"),
        ("nodir/x", "is in a folder that does not exist: create it first: nodir/x"),
        ("nodir/", "is in a folder that does not exist: create it first: ./nodir/"),
        ("canary/../{}", "[not shown"),
    ] {
        let mut kms = at_shared("http://127.0.0.1:1");
        kms.args(["encrypt-file", "--key-id=k", "--in=report", "--out", out]).current_dir(&folder);
        let message = failure(&ran(&mut kms, &[]), 2)["Message"].to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_to_its_end_is_named() {
    let files = Files::new("full");
    files.write("text", &text(1 << 20));
    let mut kms = files.local.kms("http");
    kms.args(["encrypt-file", "--key-id=alias/default", "--in=text", "--out=sealed"]);
    let mut command = Command::new("sh");
    command.current_dir(&files.folder);
    // No file may be larger than 64 KiB.
    let limited = "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\"";
    command.args(["-c", limited]).arg(kms.get_program()).args(kms.get_args()).env_clear();
    command.envs(kms.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let failure = failure(&ran(&mut command, &[]), 3);
    let message = failure["Message"].to_string();
    assert!(message.contains("--out cannot be written") && message.contains("sealed"), "{message}");
    assert_eq!(files.names(), ["text"]);
}

#[test]
fn a_file_that_is_not_what_was_encrypted_leaves_nothing() {
    let files = Files::new("tampered");
    files.write("text", &text(200_000));
    silent(&files.encrypt(&["--context=tenant=a"], "text", "sealed"));
    let sealed = files.read("sealed");
    let changed = |at: usize| {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        changed
    };
    for wrong in [
        changed(0),
        changed(20),
        changed(sealed.len() - 100_000),
        changed(sealed.len() - 1),
        sealed[..sealed.len() - 1].to_vec(),
        sealed[..sealed.len() - 100_000].to_vec(),
        [&sealed[..], b"\0"].concat(),
        Vec::new(),
    ] {
        files.write("wrong", &wrong);
        assert_eq!(failure(&files.decrypt(&[], "wrong", "opened"), 1)["Kind"], "Envelope");
        assert_eq!(files.names(), ["sealed", "text", "wrong"]);
    }
    let error = failure(&files.decrypt(&["--context=tenant=b"], "sealed", "opened"), 1);
    assert_eq!(error["Kind"], "Envelope");
    files.write("opened", b"another's");
    failure(&files.decrypt(&["--force"], "wrong", "opened"), 1);
    assert_eq!(files.read("opened"), b"another's");
    silent(&files.decrypt(&["--force", "--context=tenant=a"], "sealed", "opened"));
    assert!(files.read("opened") == text(200_000));
}

#[test]
fn a_file_that_is_there_is_kept_unless_told_otherwise() {
    // Nothing answers there: what is wrong with files is said before any request.
    let mut kms = at_shared("http://127.0.0.1:1");
    let folder = folder("kept");
    let path = |name: &str| folder.join(name).display().to_string();
    fs::write(path("text"), b"text").expect("written");
    fs::write(path("out"), b"another's").expect("written");
    kms.args(["encrypt-file", "--key-id=k", "--in", &path("text"), "--out"]);
    let refused = failure(&ran(&mut kms, &[&path("out")]), 2);
    assert_eq!(refused["Kind"], "Usage");
    assert_eq!(fs::read(path("out")).expect("a file"), b"another's");
    assert_eq!(names(&folder), ["out", "text"]);

    let files = Files::new("forced");
    files.write("file", &text(100_000));
    silent(&files.encrypt(&["--force"], "file", "file"));
    assert!(files.read("file") != text(100_000));
    silent(&files.decrypt(&["--force"], "file", "file"));
    assert!(files.read("file") == text(100_000));
    assert_eq!(files.names(), ["file"]);
}

#[test]
fn wrong_lines_are_refused_before_any_request() {
    let folder = folder("lines");
    let path = |name: &str| folder.join(name).display().to_string();
    fs::write(path("text"), b"text").expect("written");
    let (text, out, none, deep) = (path("text"), path("out"), path("none"), path("none/out"));
    for line in [
        &["encrypt-file", "--in", &text, "--out", &out][..],
        &["encrypt-file", "--key-id=", "--in", &text, "--out", &out],
        &["encrypt-file", "--key-id=k", "--in", &text],
        &["encrypt-file", "--key-id=k", "--in", &none, "--out", &out],
        &["encrypt-file", "--key-id=k", "--in", &folder.display().to_string(), "--out", &out],
        &["encrypt-file", "--key-id=k", "--in", &text, "--out", &deep],
        &["encrypt-file", "--key-id=k", "--force", "--in", &text, "--out", ".."],
        &["encrypt-file", "--key-id=k", "--in", &text, "--out", &out, "--context=a"],
        &["decrypt-file", "--in", &text, "--out", &out, "--EncryptionContext=a"],
        &["decrypt-file", "--in", &text, "--out", &out, "--EncryptionContext={}", "--context=a=b"],
        #[cfg(unix)]
        &["decrypt-file", "--force", "--in", &text, "--out", "/dev/null"],
    ] {
        let error = failure(&ran(&mut at_shared("http://127.0.0.1:1"), line), 2);
        assert_eq!(error["Kind"], "Usage", "{line:?}");
        assert_eq!(names(&folder), ["text"]);
    }
}

#[test]
fn what_the_service_refuses_leaves_nothing() {
    let files = Files::new("refused");
    files.write("text", b"text");
    let mut command = files.command(&["encrypt-file", "--key-id=alias/nobody"], "text", "sealed");
    let error = failure(&ran(&mut command, &[]), 1);
    assert_eq!(error["Code"], "Forbidden.AliasNotFound");
    let line = ["encrypt-file", "--key-id=k", "--in", "-", "--out"];
    let mut command = at_shared("http://127.0.0.1:1");
    let sealed = files.path("sealed").display().to_string();
    assert_eq!(failure(&ran(command.args(line), &[&sealed]), 3)["Kind"], "Connect");
    assert_eq!(files.names(), ["text"]);
}

#[test]
fn a_reader_that_goes_away_is_not_a_success() {
    let files = Files::new("closed");
    files.write("text", &text(1_000_000));
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = files.command(&["encrypt-file", "--key-id=alias/default"], "text", "-");
    let output = command.stdout(writer).output().expect("the command runs");
    assert_eq!((output.status.code(), output.stderr), (Some(141), Vec::new()));
}

/// The command, with a pipe to its stdin.
#[cfg(unix)]
fn spawned(command: &mut Command) -> Child {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the command runs")
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_leaves_nothing() {
    for signal in ["INT", "QUIT", "TERM", "HUP"] {
        let files = Files::new(&format!("interrupted-{signal}"));
        let kms = files.command(&["encrypt-file", "--key-id=alias/default"], "-", "sealed");
        // Whoever runs the tests may ignore signals, as `nohup` does, and that is inherited.
        let mut command = Command::new("env");
        command.arg("--default-signal=INT,QUIT,TERM,HUP");
        command.arg(kms.get_program()).args(kms.get_args()).env_clear();
        command.envs(kms.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let mut child = spawned(&mut command);
        let mut stdin = child.stdin.take().expect("piped");
        // More than a pipe holds: when all is taken, the command is at work.
        stdin.write_all(&text(1 << 20)).expect("stdin is read");
        assert_eq!(files.names().len(), 1, "under another name");
        assert!(!files.path("sealed").exists());
        let kill = format!("kill -{signal} {}", child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().expect("a shell").success());
        // Its stdin is still open.
        let output = child.wait_with_output().expect("it ends");
        drop(stdin);
        assert_eq!(failure(&output, 130)["Kind"], "Interrupted", "{signal}");
        assert_eq!(files.names(), [""; 0]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_was_ignored_stays_ignored() {
    let files = Files::new("ignored");
    let kms = files.command(&["encrypt-file", "--key-id=alias/default"], "-", "sealed");
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(kms.get_program());
    command.args(kms.get_args()).env_clear();
    command.envs(kms.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut child = spawned(&mut command);
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(&text(1 << 20)).expect("stdin is read");
    let kill = format!("kill -HUP {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().expect("a shell").success());
    stdin.write_all(&text(1 << 20)).expect("stdin is read");
    drop(stdin);
    silent(&child.wait_with_output().expect("it ends"));
    assert_eq!(files.names(), ["sealed"]);
}

/// The most memory that a process has had, in KiB.
#[cfg(target_os = "linux")]
fn peak(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[cfg(target_os = "linux")]
#[test]
fn fifty_megabytes_take_no_more_memory_than_one() {
    let files = Files::new("memory");
    let mib = text(1 << 20);
    let feed = |mut child: Child, bytes: &[u8]| {
        let mut stdin = child.stdin.take().expect("piped");
        let (begin, rest) = bytes.split_at(1 << 20);
        stdin.write_all(begin).expect("stdin is read");
        let early = peak(&child);
        let (middle, end) = rest.split_at(rest.len() - 1);
        stdin.write_all(middle).expect("stdin is read");
        let late = peak(&child);
        stdin.write_all(end).expect("stdin is read");
        drop(stdin);
        silent(&child.wait_with_output().expect("it ends"));
        println!("peak: {early} KiB after 1 MiB, {late} KiB after all");
        assert!(late < early + 8 * 1024, "{early} KiB, then {late} KiB");
    };
    let line = ["encrypt-file", "--key-id=alias/default"];
    feed(spawned(&mut files.command(&line, "-", "sealed")), &mib.repeat(50));
    let sealed = files.read("sealed");
    feed(spawned(&mut files.command(&["decrypt-file"], "-", "opened")), &sealed);
    assert!(files.read("opened") == mib.repeat(50));
}

#[test]
fn an_envelope_says_what_it_is() {
    let files = Files::new("header");
    files.write("text", b"text");
    silent(&files.encrypt(&["--context=tenant=a"], "text", "sealed"));
    let header =
        alibabacloud_kms::envelope::Header::parse(&files.read("sealed")).expect("a header");
    assert_eq!(header.context().get("tenant"), Some("a"));
    let mut kms = files.local.kms("http");
    let key = super::answer(&ran(&mut kms, &["DescribeKey", "--KeyId=alias/default"]));
    assert_eq!(Value::from(header.key_id()), key["KeyMetadata"]["KeyId"]);
}
