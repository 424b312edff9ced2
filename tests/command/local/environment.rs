//! `--print-env`: what it prints is what a shell needs to reach the gateway.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Local;
use crate::{KMS, answer};

/// A folder whose name is not one word in any shell.
const FOLDER: &str = "it's a $folder \\ of \"mine\"";

/// A gateway in a folder of such a name, and the lines that it prints in this form.
fn printed(test: &str, form: &str) -> (Local, Vec<String>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test).join(FOLDER);
    fs::create_dir_all(&folder).expect("a folder");
    let (local, lines) = Local::started_in(folder, &[&format!("--print-env={form}")]);
    assert!(lines.len() >= 6, "{lines:?}");
    (local, lines)
}

/// The call of a shell with only these variables.
fn call(shell: &mut Command, script: &str) {
    shell.env_clear().env("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true").env("KMS", KMS);
    for (option, word) in [("true", "shared"), ("false", "instance")] {
        let script = script.replace("OPTION", &format!("--use-shared-gateway={option}"));
        let output = Command::new(shell.get_program())
            .envs(shell.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .args(["-c", &script])
            .output()
            .expect("the shell runs");
        assert!(answer(&output)["CiphertextBlob"].is_string(), "{word}");
    }
}

#[cfg(unix)]
#[test]
fn a_shell_that_evaluates_it_reaches_both_gateways() {
    let (_local, lines) = printed("print-env", "sh");
    let encrypt = "exec \"$KMS\" OPTION Encrypt --KeyId=alias/default --Plaintext=text";
    call(&mut Command::new("sh"), &format!("{}\n{encrypt}", lines.join("\n")));
}

#[test]
fn every_form_has_the_same_variables_in_its_own_words() {
    let names = |lines: &[String], before: &str, between: &str| -> Vec<String> {
        let name = |line: &String| {
            let line = line.strip_prefix(before).expect("a variable");
            let (name, value) = line.split_once(between).expect("a value");
            let quotes = (value.chars().next(), value.chars().next_back());
            let quote = if before.is_empty() { '"' } else { '\'' };
            assert_eq!(quotes, (Some(quote), Some(quote)), "{line}");
            name.to_owned()
        };
        lines.iter().map(name).collect()
    };
    let expected = [
        "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "ALIBABA_CLOUD_KMS_ENDPOINT",
        "ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT",
        "ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE",
        "ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD",
    ];
    for (form, before, between, folder) in [
        ("sh", "export ", "=", r#"it'\''s a $folder \ of "mine"/"#),
        ("fish", "set -gx ", " ", r#"it\'s a $folder \\ of "mine"/"#),
        ("powershell", "$env:", " = ", r#"it''s a $folder \ of "mine"/"#),
        ("dotenv", "", "=", r#"it's a \$folder \\ of \"mine\"/"#),
    ] {
        let (_local, lines) = printed(&format!("print-env-{form}"), form);
        assert_eq!(names(&lines, before, between), expected, "{form}");
        assert!(lines[4].contains(folder), "{}", lines[4]);
    }
}
