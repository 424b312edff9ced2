//! `kms encrypt-file` and `kms decrypt-file`: envelopes of whole files, in constant memory.
//!
//! The output file appears under its name when it is complete and authentic, or not at all.

mod blocks;
mod output;
mod progress;
mod signals;
mod streams;

use std::error::Error as _;
use std::future::Future;
use std::io::{self, Write};

use alibabacloud_kms::envelope::Envelope;
use alibabacloud_kms::{Error, ErrorKind, Pairs};
use clap::builder::{NonEmptyStringValueParser, OsStringValueParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::Value as Json;
use tokio::runtime::Builder;

use self::blocks::ReadAhead;
use self::output::{Output, Overwrite};
use self::progress::{Progress, Read};
use self::streams::Stream;
use crate::output::Failure;
use crate::parameters::check_names;
use crate::process::{Process, block_on};
use crate::registry::Registry;
use crate::settings;

const STREAM_HELP: &str = "\
`-` is stdin or stdout. An output file appears when it is complete: a failure or an interrupt leaves \
nothing behind. A new file is readable only by its owner. An existing file is kept unless --force is \
given; then it keeps its owner and permissions, on Linux with its access control list, and --in and \
--out may be the same file. Links are followed. A file with other hard links is not overwritten, since \
they would keep the old content; nor is a file that another program changes meanwhile.";

const STDOUT_HELP: &str = "\
Output on stdout is authentic, but may be incomplete: discard it if the exit code is not 0.";

/// Returns the command line of `kms encrypt-file`.
pub(crate) fn encrypt_command() -> Command {
    let key = Arg::new("key-id")
        .long("key-id")
        .alias("KeyId")
        .value_name("TEXT")
        .required(true)
        .value_parser(NonEmptyStringValueParser::new())
        .help("Id, alias or ARN of the key that encrypts the data key");
    Command::new("encrypt-file")
        .alias("EncryptFile")
        .about("Encrypts a file of any size with a data key of KMS")
        .after_help(STREAM_HELP)
        .arg(key)
        .args(common("Context of the file, which readers can require"))
}

/// Returns the command line of `kms decrypt-file`.
pub(crate) fn decrypt_command() -> Command {
    Command::new("decrypt-file")
        .alias("DecryptFile")
        .about("Decrypts a file that encrypt-file encrypted")
        .after_help(format!("{STREAM_HELP}\n{STDOUT_HELP}"))
        .args(common("Pair that the context of the file must have"))
}

/// Encrypts a file.
pub(crate) fn encrypt(
    options: &ArgMatches,
    chosen: &ArgMatches,
    registry: &Registry,
    process: &mut Process<'_>,
) -> Result<(), Failure> {
    let key_id: String = chosen.get_one("key-id").cloned().unwrap_or_default();
    run(options, chosen, registry, process, async |envelope, reader, writer, context| {
        envelope.seal_stream(&key_id, reader, writer, context).await
    })
}

/// Decrypts a file.
pub(crate) fn decrypt(
    options: &ArgMatches,
    chosen: &ArgMatches,
    registry: &Registry,
    process: &mut Process<'_>,
) -> Result<(), Failure> {
    run(options, chosen, registry, process, async |envelope, reader, writer, context| {
        envelope.open_stream(reader, writer, context).await
    })
}

fn common(context: &'static str) -> Vec<Arg> {
    let stream = |name: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name("FILE|-")
            .required(true)
            .allow_hyphen_values(true)
            .value_parser(OsStringValueParser::new().map(Stream::new))
            .help(help)
    };
    vec![
        stream("in", "File to read"),
        stream("out", "File to write"),
        Arg::new("force")
            .long("force")
            .action(ArgAction::SetTrue)
            .help("Overwrite an existing file"),
        Arg::new("context")
            .long("context")
            .value_name("NAME=VALUE")
            .action(ArgAction::Append)
            .help(format!("{context}. May be repeated")),
        Arg::new("encryption-context")
            .long("encryption-context")
            .alias("EncryptionContext")
            .value_name("JSON")
            .conflicts_with("context")
            .help("The context as a JSON object"),
    ]
}

type Reader<'a> = Read<'a, ReadAhead>;

fn run(
    options: &ArgMatches,
    chosen: &ArgMatches,
    registry: &Registry,
    process: &mut Process<'_>,
    work: impl AsyncFnOnce(&Envelope, Reader<'_>, &mut Output, &Pairs) -> Result<u64, Error>,
) -> Result<(), Failure> {
    let stream = |name| chosen.get_one(name).cloned().unwrap_or(Stream::Standard);
    let context = context(chosen)?;
    let overwrite = match chosen.get_flag("force") {
        true => Overwrite::Yes,
        false => Overwrite::No,
    };
    let envelope = Envelope::new(settings::client(options, &process.env, registry)?);
    let (input, length) = streams::input(stream("in"))?;
    let target = output::resolve(stream("out"), overwrite)?;
    let is_stdout = target.is_stdout();

    let terminal = process.stderr_is_terminal.then_some(&mut *process.stderr as &mut dyn Write);
    let progress = terminal.map(|stderr| Progress::new(stderr, length));
    let work = async {
        let mut output = Output::create(target)?;
        let reader = Read::new(ReadAhead::new(input), progress);
        work(&envelope, reader, &mut output, &context).await.map_err(|error| {
            if is_stdout && is_closed_pipe(&error) { Failure::closed_pipe() } else { error.into() }
        })?;
        output.finish().await
    };
    block_on(Builder::new_current_thread(), unless_interrupted(work))?
}

/// Returns `true` if the reader of the output is gone. Reading never fails like this.
fn is_closed_pipe(error: &Error) -> bool {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    let mut kinds = causes.filter_map(|cause| cause.downcast_ref()).map(io::Error::kind);
    error.kind() == ErrorKind::Io && kinds.any(|kind| kind == io::ErrorKind::BrokenPipe)
}

/// Gives up when a signal ends the process, which removes the unfinished file.
async fn unless_interrupted(
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    tokio::select! {
        // The first poll sets the signal handlers, before there is anything to remove.
        biased;
        interrupted = signals::interrupted() => {
            interrupted?;
            Err(Failure::interrupted())
        }
        done = work => done,
    }
}

/// Returns the context from either option.
fn context(chosen: &ArgMatches) -> Result<Pairs, Failure> {
    let mut context = Pairs::new();
    for pair in chosen.get_many("context").into_iter().flatten() {
        let pair: &String = pair;
        let (name, value) =
            pair.split_once('=').ok_or_else(|| Failure::usage("--context must be NAME=VALUE"))?;
        if context.get(name).is_some() {
            return Err(Failure::usage(format!("--context has {name:?} twice")));
        }
        context.insert(name, value);
    }
    if let Some(text) = chosen.get_one::<String>("encryption-context") {
        let wrong = || Failure::usage("--EncryptionContext must be a JSON object of texts");
        let Ok(Json::Object(members)) = serde_json::from_str(text) else {
            return Err(wrong());
        };
        check_names("EncryptionContext", text)?;
        for (name, value) in members {
            let Json::String(value) = value else { return Err(wrong()) };
            context.insert(name, value);
        }
    }
    Ok(context)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::sync::Arc;

    use alibabacloud_kms_local::LocalGateway;

    use super::*;
    use crate::environment::Env;
    use crate::options;

    fn read(line: &[&str]) -> Result<Pairs, Failure> {
        let line = ["decrypt-file", "--in=-", "--out=-"].iter().chain(line);
        context(&decrypt_command().try_get_matches_from(line).expect("options"))
    }

    #[test]
    fn a_context_is_pairs_or_json() {
        let pairs = read(&["--context", "a=b=c", "--context=d="]).expect("a context");
        assert_eq!(pairs, Pairs::from([("a", "b=c"), ("d", "")]));
        for name in ["--EncryptionContext", "--encryption-context"] {
            let json = read(&[name, r#"{"d":"","a":"b=c"}"#]).expect("a context");
            assert_eq!(json.get("a"), Some("b=c"));
            assert_eq!(json.len(), 2);
        }
        assert!(read(&[]).expect("a context").is_empty());
    }

    #[test]
    fn progress_is_shown_on_a_terminal_and_gone_at_the_end() {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let folder = std::env::temp_dir().join(format!("kms-progress-{}", std::process::id()));
        let gateway = LocalGateway::builder().directory(&folder).start();
        let gateway = runtime.block_on(gateway).expect("a gateway");
        let key = std::fs::read(folder.join("access_key.json")).expect("an access key");
        let key: Json = serde_json::from_slice(&key).expect("JSON");
        let endpoint = gateway.endpoint().to_string();
        let env: Env = Arc::new(move |name: &str| match name {
            "ALIBABA_CLOUD_ACCESS_KEY_ID" => key["access_key_id"].as_str().map(Into::into),
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET" => key["access_key_secret"].as_str().map(Into::into),
            "ALIBABA_CLOUD_KMS_ENDPOINT" => Some(endpoint.clone().into()),
            _ => None,
        });
        std::fs::write(folder.join("text"), [0; 100_000]).expect("written");
        for (stderr_is_terminal, out) in [(true, "shown"), (false, "not shown")] {
            let option = |name: &str, file: &str| {
                OsString::from(format!("--{name}={}", folder.join(file).display()))
            };
            let line = ["kms", "encrypt-file", "--key-id=alias/default"].map(OsString::from);
            let line = line.into_iter().chain([option("in", "text"), option("out", out)]);
            let root = Command::new("kms").args(options::all()).subcommand(encrypt_command());
            let options = root.try_get_matches_from(line).expect("options");
            let (_, chosen) = options.subcommand().expect("the subcommand");
            let mut stderr = Vec::new();
            let mut process = Process {
                args: Vec::new(),
                env: Arc::clone(&env),
                stdin: &mut std::io::empty(),
                stdout: &mut std::io::sink(),
                stderr: &mut stderr,
                stderr_is_terminal,
            };
            encrypt(&options, chosen, &Registry::default(), &mut process).expect("it is encrypted");
            let stderr = String::from_utf8(stderr).expect("UTF-8");
            assert_eq!(stderr.contains("of 97.7 KiB"), stderr_is_terminal);
            assert_eq!(stderr.ends_with("\r\x1b[K"), stderr_is_terminal);
        }
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn a_context_that_is_none_is_refused() {
        for line in [
            &["--context=a"][..],
            &["--context=a=1", "--context=a=2"],
            &["--EncryptionContext=a=1"],
            &["--EncryptionContext=[]"],
            &[r#"--EncryptionContext={"a":1}"#],
            &[r#"--EncryptionContext={"a":"1","b":"2","a":"1"}"#],
        ] {
            read(line).expect_err("no context");
        }
    }
}
