//! One run of the command, from arguments to exit code.

use std::sync::Arc;

use alibabacloud_kms::{ActionInfo, Call};
use clap::ArgMatches;
use tokio::runtime::Builder;

use crate::items::Items;
use crate::output::{self, Exit, Failure};
use crate::process::{Process, block_on};
use crate::registry::Registry;
use crate::{actions, bench, command, credentials, file, local, log, request, settings, usage};

/// Does what the arguments say, and reports a failure on stderr.
pub(crate) fn run(mut process: Process<'_>, registry: &Registry) -> Exit {
    match dispatch(&mut process, registry) {
        Ok(()) => Exit::Success,
        Err(failure) => {
            failure.report(process.stderr);
            failure.exit()
        }
    }
}

fn dispatch(process: &mut Process<'_>, registry: &Registry) -> Result<(), Failure> {
    if let Some(action) = registry.conflict(&command::COMMANDS) {
        return Err(Failure::usage(format!(
            "the action `{}` has the name of a command: declare it under another one",
            action.name
        )));
    }
    let mut root = command::root(registry, &Items::among(&process.args));
    let options = match root.try_get_matches_from_mut(&process.args) {
        Ok(options) => options,
        Err(help) if !help.use_stderr() => {
            return output::write(process.stdout, |out| write!(out, "{}", help.render()));
        }
        Err(error) => return Err(usage::failure(&error, &mut root, registry, &process.args)),
    };
    log::start(&process.env)?;
    let action = match options.subcommand() {
        Some(("actions", chosen)) => return actions::run(chosen, registry, process.stdout),
        Some(("bench", chosen)) => return bench::run(&options, chosen, registry, process),
        Some(("encrypt-file", chosen)) => {
            return file::encrypt(&options, chosen, registry, process);
        }
        Some(("decrypt-file", chosen)) => {
            return file::decrypt(&options, chosen, registry, process);
        }
        Some(("credentials", _)) => return credentials::run(process),
        Some(("local", chosen)) => return local::run(chosen, registry, process),
        Some(("instance", chosen)) => chosen
            .subcommand()
            .and_then(|(name, parameters)| Some((registry.operation(name)?, parameters))),
        Some((name, parameters)) => registry.action(name).map(|action| (action, parameters)),
        None => None,
    };
    // clap accepts only our commands.
    let (action, parameters) =
        action.ok_or_else(|| Failure::usage("no action is given: see --help"))?;
    call(action, parameters, &options, registry, process)
}

fn call(
    action: &'static ActionInfo,
    parameters: &ArgMatches,
    options: &ArgMatches,
    registry: &Registry,
    process: &mut Process<'_>,
) -> Result<(), Failure> {
    let request = request::read(action, parameters, process.stdin)?;
    let client = settings::client(options, &process.env, registry)?;
    let call = Call::from_parts(action, Arc::from(request));
    let reply = block_on(Builder::new_current_thread(), client.send(call))??;
    output::answer(process.stdout, reply.payload())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use alibabacloud_kms::{api, native};
    use serde_json::Value;

    use super::*;

    /// Returns exit, stdout and the object on stderr of a run without environment.
    fn ran(line: &[&str]) -> (Exit, String, Value) {
        ran_with(line.iter().map(OsString::from).collect())
    }

    fn ran_with(line: Vec<OsString>) -> (Exit, String, Value) {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let process = Process {
            args: std::iter::once("kms".into()).chain(line).collect(),
            env: Arc::new(|_| None),
            stdin: &mut std::io::empty(),
            stdout: &mut stdout,
            stderr: &mut stderr,
            stderr_is_terminal: false,
        };
        let exit = run(process, &Registry::default());
        let stderr = match stderr.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&stderr).expect("one JSON object"),
        };
        let stdout = String::from_utf8(stdout).expect("UTF-8");
        (exit, stdout, stderr)
    }

    fn refused(line: &[&str]) -> String {
        let (exit, stdout, stderr) = ran(line);
        assert_eq!((exit, stdout.as_str()), (Exit::Usage, ""), "{line:?}");
        assert_eq!(stderr["Kind"], "Usage", "{line:?}");
        stderr["Message"].as_str().expect("a message").to_owned()
    }

    #[test]
    fn a_misspelt_name_is_answered_with_the_nearest() {
        assert!(refused(&["Encrpt"]).contains("`Encrypt`"));
        assert!(refused(&["list-kesy"]).contains("`list-keys`"));
        assert!(refused(&["instance", "AdvanceEncrpt"]).contains("`AdvanceEncrypt`"));
        assert!(refused(&["Encrypt", "--KyeId", "k"]).contains("`--KeyId`"));
        assert!(refused(&["encrypt", "--plaintxt", "p"]).contains("`--plaintext`"));
        assert!(refused(&["--regoin", "r", "ListKeys"]).contains("`--region`"));
    }

    #[test]
    fn an_option_in_the_spelling_of_another_program_is_named() {
        for (line, expected) in [
            (&["Encrypt", "--key_id", "k"][..], "`--key_id`: did you mean `--key-id`?"),
            (&["Encrypt", "--KeyId.1=canary"], "`--KeyId.1`: did you mean `--KeyId`?"),
            (&["Encrypt", "--ResourceId.1=canary"], "unknown option `--ResourceId.1`"),
            (&["TagResources", "--Tag.1=canary"], "`--Tag.1`: did you mean `--Tag`?"),
            (&["ListKeys", "--use_shared_gateway=true"], "`--use-shared-gateway` belongs before"),
        ] {
            let message = refused(line);
            assert!(message.contains(expected) && !message.contains("canary"), "{message}");
        }
        for secret in ["--canary_x9aB3f", "--canary.x1y2z3", "--canary_/x", "--eyJcanary1.e.x"] {
            assert!(!refused(&["Encrypt", secret]).contains("canary"), "{secret}");
        }
    }

    #[test]
    fn a_list_that_is_required_may_be_written_item_by_item() {
        let whole = ["TagResources", "--RegionId=r", "--ResourceType=key", "--Tag.1.Key=k"];
        assert!(refused(&whole).contains("--ResourceId"));
        let items = [&whole[..], &["--ResourceId.1=a"]].concat();
        // All that is missing is a gateway.
        assert_eq!(ran(&items).2["Kind"], "Config");
        let twice = [&items[..], &["--ResourceId.1", "canary"]].concat();
        assert!(refused(&twice).contains("--ResourceId.1"));
        assert!(!refused(&twice).contains("canary"));
    }

    #[test]
    fn a_name_of_the_other_list_is_answered_with_its_whole_command() {
        for (line, expected) in [
            (&["AdvanceEncrypt"][..], "`kms instance AdvanceEncrypt`"),
            (&["--region=r", "generate-random", "--Length=1"], "`kms instance GenerateRandom`"),
            (&["Hash"], "`kms instance Hash`"),
            (&["instance", "ReEncrypt"], "`kms ReEncrypt`"),
            (&["instance", "listKeys"], "`kms ListKeys`"),
        ] {
            let message = refused(line);
            assert!(message.contains(expected) && !message.contains("did you mean"), "{message}");
        }
    }

    #[test]
    fn a_suggested_name_has_the_spelling_of_the_api_or_the_shell() {
        for (line, expected) in [
            (&["reEncrpt"][..], "`ReEncrypt`"),
            (&["instance", "advanceEncrpt"], "`AdvanceEncrypt`"),
            (&["Encrypt", "--keyIdd=k"], "`--KeyId`"),
            (&["Encrypt", "--plaintxt=canary"], "`--plaintext`"),
            (&["UpdateKmsInstanceBindVpc", "--kmsInstanceIds=i"], "`--KmsInstanceId`"),
        ] {
            let message = refused(line);
            assert!(message.ends_with(&format!("did you mean {expected}?")), "{message}");
        }
    }

    #[test]
    fn required_parameters_that_are_missing_are_all_named() {
        let message = refused(&["encrypt"]);
        assert!(message.contains("--KeyId") && message.contains("--Plaintext"));
        // The instance needs no key version.
        assert!(!refused(&["AsymmetricSign"]).contains("KeyVersionId"));
    }

    #[test]
    fn the_rest_of_an_unquoted_secret_is_not_shown() {
        let line = ["Encrypt", "--KeyId", "k", "--Plaintext", "my", "canary"];
        assert!(!refused(&line).contains("canary"));
        let line = ["Encrypt", "--KeyId", "k", "--Plaintxt=canary"];
        assert!(!refused(&line).contains("canary"));
    }

    #[test]
    fn options_before_an_export_are_refused_with_their_name() {
        for option in ["--dir=a", "--tls", "--listen=127.0.0.1:0"] {
            let message = refused(&["local", option, "export", "--dir=b"]);
            let name = option.split('=').next().expect("a name");
            assert!(message.contains(name) && message.contains("export"), "{message}");
        }
    }

    #[test]
    fn an_option_of_the_command_is_told_its_place() {
        assert!(refused(&["ListKeys", "--endpoint", "h"]).contains("`--endpoint`"));
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_not_utf8_is_refused_with_its_option() {
        use std::os::unix::ffi::OsStringExt as _;

        for (line, option) in [
            (&[&b"Encrypt"[..], b"--KeyId=k", b"--Plaintext", b"canary\xff"][..], "--Plaintext"),
            (&[b"Encrypt", b"--KeyId=k", b"--Plaintext=canary\xff"], "--Plaintext"),
            (&[b"Encrypt", b"--KeyId", b"canary\xff", b"--Plaintext=\xff"], "--KeyId"),
            (&[b"--region", b"canary\xff", b"ListKeys"], "--region"),
            (&[b"TagResources", b"--ResourceId.1=canary\xff"], "--ResourceId.1"),
            // The path of a file may be any bytes.
            (&[b"--ca-file=\xff", b"Encrypt", b"--key-id", b"canary\xff"], "--key-id"),
        ] {
            let args = line.iter().map(|arg| OsString::from_vec(arg.to_vec()));
            let (exit, _, stderr) = ran_with(args.collect());
            let message = stderr["Message"].as_str().expect("a message");
            let expected = format!("the value of {option} is wrong: it is not UTF-8");
            assert_eq!((exit, message), (Exit::Usage, expected.as_str()));
        }
    }

    #[test]
    fn a_value_without_its_equals_sign_is_not_taken_for_an_action() {
        for value in ["true", "false"] {
            let message = refused(&["--use-shared-gateway", value, "ListKeys"]);
            assert!(message.contains(&format!("`--use-shared-gateway={value}`")), "{message}");
        }
        let second = refused(&["--region", "true", "--use-shared-gateway", "true", "ListKeys"]);
        assert!(second.contains("`--use-shared-gateway=true`"), "{second}");
        assert!(refused(&["--use-shared-gateway", "Encrpt"]).contains("`Encrypt`"));
        assert!(!refused(&["--ignore-ssl", "true", "ListKeys"]).contains("equals"));
    }

    #[test]
    fn a_number_that_is_none_is_told_what_is_expected() {
        for value in ["abc", "-1", "99999999999", "0"] {
            let message = refused(&["--max-attempts", value, "ListKeys"]);
            assert!(message.contains("--max-attempts"), "{message}");
            assert!(message.contains("a whole number from 1 to 4294967295"), "{message}");
            let message = refused(&["bench", "--case=encrypt", "--concurrency", value]);
            assert!(message.contains("a whole number from 1 to 10000"), "{message}");
        }
        for line in
            [&["--timeout", "-1", "ListKeys"][..], &["bench", "--case=encrypt", "--duration", "-1"]]
        {
            assert!(refused(line).contains("expected a positive number of seconds"), "{line:?}");
        }
    }

    #[test]
    fn other_wrong_lines_are_refused() {
        refused(&[]);
        refused(&["instance"]);
        refused(&["bench"]);
        refused(&["bench", "--case", "hash"]);
        refused(&["--protocol", "ftp", "ListKeys"]);
        refused(&["--timeout", "soon", "ListKeys"]);
        refused(&["--max-attempts", "0", "ListKeys"]);
        refused(&["--ca-file", "f", "--ignore-ssl", "ListKeys"]);
        refused(&["ListKeys", "--PageSize"]);
        refused(&["ListKeys", "--PageSize", "1", "--page-size", "2"]);
    }

    #[test]
    fn help_and_version_go_to_stdout() {
        for line in [
            &["--help"][..],
            &["--version"],
            &["help", "encrypt"],
            &["encrypt", "--help"],
            &["instance", "sign", "--help"],
        ] {
            let (exit, stdout, stderr) = ran(line);
            assert_eq!((exit, stderr), (Exit::Success, Value::Null), "{line:?}");
            assert!(!stdout.is_empty(), "{line:?}");
        }
    }

    #[test]
    fn a_call_without_a_gateway_is_a_config_error() {
        let (exit, stdout, stderr) = ran(&["ListKeys"]);
        assert_eq!((exit, stdout.as_str()), (Exit::Usage, ""));
        assert_eq!(stderr["Kind"], "Config");
    }

    #[test]
    fn the_table_has_a_line_for_each_action_and_operation() {
        let (exit, stdout, _) = ran(&["actions"]);
        assert_eq!(exit, Exit::Success);
        assert_eq!(stdout.lines().count(), api::ALL.len() + native::ALL.len());
    }
}
