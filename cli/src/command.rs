//! The command line as clap sees it, built from the registries.

use clap::Command;

use crate::items::Items;
use crate::registry::Registry;
use crate::{actions, bench, credentials, file, local, options, parameters};

const HELP: &str = "\
Parameters have their API name (--KeyId) or its shell spelling (--key-id). Lists are repeated \
options, numbered ones (--ResourceId.1 a, --Tag.1.Key k) or JSON, objects are JSON.

Environment variables, which options override (an empty one counts as unset; white space and \
quotes around a value are removed):
  ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET
                                           The access key; `kms credentials` lists the other sources
  ALIBABA_CLOUD_SECURITY_TOKEN             The STS token of a temporary access key
  ALIBABA_CLOUD_REGION_ID                  --region
  ALIBABA_CLOUD_KMS_ENDPOINT               --endpoint
  ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT      --instance-endpoint
  ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE        --client-key-file
  ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD    The client key's password
  ALIBABA_CLOUD_KMS_CA_FILE                --ca-file
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY
                                           Proxies and their exceptions; in lower case too
  KMS_LOG                                  Log level on stderr, such as `debug`

Exit codes: 0 success; 1 refused by the service, or a file cannot be decrypted; 2 usage, \
configuration or credentials; 3 transport, timeout or file system; 130 interrupted; 141 stdout is \
closed.
A failure is one JSON object on stderr.";

/// Returns the whole command line, with options for the given items of lists.
pub(crate) fn root(registry: &Registry, items: &Items) -> Command {
    let command = |action| parameters::command(action, items);
    let operations = registry.operations().into_iter().map(command);
    let instance = Command::new("instance")
        .about("Calls a native operation of the instance gateway; binary values are Base64")
        .subcommand_required(true)
        .subcommand_value_name("Operation")
        .subcommand_help_heading("Operations")
        .subcommands(operations);
    Command::new(registry.name.clone())
        .version(registry.version.clone())
        .about("Calls Alibaba Cloud KMS")
        .after_help(HELP)
        .subcommand_required(true)
        .subcommand_value_name("Action")
        .subcommand_help_heading("Actions")
        .args(options::all())
        .subcommand(actions::command())
        .subcommand(credentials::command())
        .subcommand(instance)
        .subcommand(local::command())
        .subcommand(bench::command())
        .subcommand(file::encrypt_command())
        .subcommand(file::decrypt_command())
        .subcommands(registry.actions().into_iter().map(command))
}

/// The names of the commands that are not actions.
pub(crate) const COMMANDS: [&str; 8] = [
    "actions",
    "bench",
    "credentials",
    "decrypt-file",
    "encrypt-file",
    "help",
    "instance",
    "local",
];

#[cfg(test)]
mod tests {
    use alibabacloud_kms::api;

    use super::*;

    #[test]
    fn no_two_names_are_the_same() {
        root(&Registry::default(), &Items::among(&[])).debug_assert();
    }

    #[test]
    fn every_command_that_is_no_action_is_known_by_name() {
        let mut root = root(&Registry::default(), &Items::among(&[]));
        root.build();
        let names = root.get_subcommands().map(Command::get_name);
        let mut names: Vec<_> = names.filter(|name| api::find(name).is_none()).collect();
        names.sort_unstable();
        assert_eq!(names, COMMANDS);
    }

    #[test]
    fn every_parameter_is_an_option_under_all_its_names() {
        for action in api::ALL.iter() {
            for field in action.request.fields {
                for name in [field.name.to_owned(), crate::names::kebab(field.name)] {
                    let line = ["kms", action.name, &format!("--{name}"), "x"];
                    let unknown = root(&Registry::default(), &Items::among(&[]))
                        .try_get_matches_from(line)
                        .err()
                        .is_some_and(|error| {
                            error.kind() == clap::error::ErrorKind::UnknownArgument
                        });
                    assert!(!unknown, "{line:?}");
                }
            }
        }
    }
}
