//! The command line as clap sees it, built from the registries.

use alibabacloud_kms::{api, instance_api};
use clap::Command;

use crate::{actions, bench, credentials, file, local, options, parameters};

const HELP: &str = "\
Parameters are named as on the wire (--KeyId) or in the shell's way (--key-id). Lists are repeated \
options or JSON, objects are JSON.

Environment, where an option does not say otherwise (an empty value is as unset):
  ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET
                                           The access key; `kms credentials` shows where else one is
                                           looked for
  ALIBABA_CLOUD_SECURITY_TOKEN             The STS token of a temporary access key
  ALIBABA_CLOUD_REGION_ID                  --region
  ALIBABA_CLOUD_KMS_ENDPOINT               --endpoint
  ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT      --instance-endpoint
  ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE        --client-key-file
  ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD    The client key's password
  ALIBABA_CLOUD_KMS_CA_FILE                --ca-file
  HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY
                                           Proxies, and what goes past them; in lower case too
  KMS_LOG                                  Log to stderr, such as `debug`

Exit codes: 0 success; 1 the service said no, or a file does not decrypt; 2 usage, configuration or \
credentials; 3 transport, timeout or a file system; 130 interrupted.
Failures are one JSON object on stderr.";

/// The whole command.
pub(crate) fn root() -> Command {
    let operations = instance_api::ALL.iter().copied().map(parameters::command);
    let instance = Command::new("instance")
        .about("Calls an operation of the instance gateway's own dialect; octets are Base64")
        .subcommand_required(true)
        .subcommand_value_name("Operation")
        .subcommand_help_heading("Operations")
        .subcommands(operations);
    Command::new("kms")
        .version(env!("CARGO_PKG_VERSION"))
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
        .subcommands(api::ALL.iter().copied().map(parameters::command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_names_are_the_same() {
        root().debug_assert();
    }

    #[test]
    fn every_parameter_is_an_option_under_all_its_names() {
        for action in api::ALL.iter() {
            for field in action.request.fields {
                for name in [field.name.to_owned(), crate::names::kebab(field.name)] {
                    let line = ["kms", action.name, &format!("--{name}"), "x"];
                    let unknown = root().try_get_matches_from(line).err().is_some_and(|error| {
                        error.kind() == clap::error::ErrorKind::UnknownArgument
                    });
                    assert!(!unknown, "{line:?}");
                }
            }
        }
    }
}
