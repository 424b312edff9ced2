//! `--print-env`: the variables that a client's process needs to reach the gateway, in the syntax
//! of a shell.

use std::fmt::Write as _;
use std::path::Path;

use alibabacloud_kms::Endpoint;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::output::Failure;

/// The forms in which variables are printed.
pub(super) const FORMS: [&str; 4] = ["sh", "fish", "powershell", "dotenv"];

/// Returns the variables for clients of the gateway that uses this folder, one per line.
pub(super) fn of_folder(
    form: &str,
    folder: &Path,
    endpoint: &Endpoint,
    has_tls: bool,
) -> Result<Zeroizing<String>, Failure> {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let read = |name: &str| {
        let text = std::fs::read_to_string(folder.join(name));
        text.map(Zeroizing::new)
            .map_err(|error| Failure::usage(format!("{name} of --dir cannot be read: {error}")))
    };
    let access_key: Value = serde_json::from_str(&read("access_key.json")?)
        .map_err(|_| Failure::usage("access_key.json of --dir is not JSON"))?;
    let member =
        |name: &str| Zeroizing::new(access_key[name].as_str().unwrap_or_default().to_owned());
    let path = |name: &str| Zeroizing::new(folder.join(name).to_string_lossy().into_owned());
    let endpoint = Zeroizing::new(endpoint.to_string());
    let mut variables = vec![
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", member("access_key_id")),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", member("access_key_secret")),
        ("ALIBABA_CLOUD_KMS_ENDPOINT", endpoint.clone()),
        ("ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT", endpoint),
        ("ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE", path("client_key.json")),
        ("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD", read("password")?),
    ];
    if has_tls {
        variables.push(("ALIBABA_CLOUD_KMS_CA_FILE", path("ca.pem")));
    }
    let mut text = Zeroizing::new(String::with_capacity(4096));
    for (name, value) in &variables {
        let value = quoted(form, value);
        let line = match form {
            "fish" => writeln!(text, "set -gx {name} {}", *value),
            "powershell" => writeln!(text, "$env:{name} = {}", *value),
            "dotenv" => writeln!(text, "{name}={}", *value),
            _ => writeln!(text, "export {name}={}", *value),
        };
        line.map_err(|_| Failure::usage("the variables cannot be written"))?;
    }
    Ok(text)
}

/// Returns the value as one word of this shell.
fn quoted(form: &str, value: &str) -> Zeroizing<String> {
    Zeroizing::new(match form {
        "fish" => format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'")),
        "powershell" => format!("'{}'", value.replace('\'', "''")),
        "dotenv" => {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$");
            format!("\"{value}\"")
        }
        _ => format!("'{}'", value.replace('\'', r"'\''")),
    })
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_value_is_one_word_in_every_shell() {
        let value = "it's $HOME\\\"";
        for (form, expected) in [
            ("sh", "'it'\\''s $HOME\\\"'"),
            ("fish", "'it\\'s $HOME\\\\\"'"),
            ("powershell", "'it''s $HOME\\\"'"),
            ("dotenv", "\"it's \\$HOME\\\\\\\"\""),
        ] {
            assert_eq!(*quoted(form, value), expected, "{form}");
        }
    }
}
