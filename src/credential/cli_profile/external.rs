//! The mode `External`: an access key from the output of a program.
//!
//! `process_command` is split at spaces, quotes and backslashes as a shell would do, but no shell
//! runs it and nothing is expanded. The program inherits this process's variables and has an empty
//! input. Its error output is discarded, and neither it nor the command is shown, since both may
//! hold secrets. It is killed after a minute, or when no call waits for it.
//!
//! The output is `{"mode": "StsToken", "access_key_id", "access_key_secret", "sts_token",
//! "expiration": "2026-11-23T09:00:00Z"}`; in the mode `AK` without the token, and without
//! `expiration` if the program is to run again every minute. Unlike in some official SDKs it is not
//! written back to the file, where nothing reads it.

use std::process::Stdio;
use std::time::Duration;

use alibabacloud_kms_middleware::__private::append;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

use crate::credential::Temporary;
use crate::credential::profile::{optional_key, required_id, required_key, text};
use crate::middleware::wire::json;
use crate::middleware::wire::time::parse_iso8601;
use crate::{Credential, Error, ErrorKind, ExposeSecret as _, SecretString, kms_api};

/// The time limit of a program, as in the official SDKs.
const LIMIT: Duration = Duration::from_secs(60);

/// The maximum length of the output; it is a few hundred bytes.
const MAX_OUTPUT: usize = 256 << 10;

kms_api! {
    version = "2015-04-01";

    /// The output of a program.
    pub object Output {
        mode: Option<String> = "mode",
        access_key_id: Option<String> = "access_key_id",
        #[secret] access_key_secret: Option<SecretString> = "access_key_secret",
        #[secret] sts_token: Option<SecretString> = "sts_token",
        expiration: Option<String> = "expiration",
    }
}

pub(super) async fn run(command: &SecretString) -> Result<Temporary, Error> {
    let words = Words::split(command.expose_secret())?;
    let mut words = words.iter();
    let program = words.next().ok_or_else(|| wrong("process_command is empty"))?;
    let mut child = Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| {
            wrong("the program of process_command cannot be started").with_source(error)
        })?;
    // After the time limit the child is dropped, which kills it.
    match tokio::time::timeout(LIMIT, output(&mut child)).await {
        Ok(output) => parse(&output?),
        Err(_) => {
            let message = format!("the program of process_command took longer than {LIMIT:?}");
            Err(wrong(message)
                .with_source(Error::new(ErrorKind::Timeout, "the time limit was exceeded")))
        }
    }
}

async fn output(child: &mut Child) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut out = Zeroizing::new(Vec::new());
    let mut part = Zeroizing::new([0; 4096]);
    let unread = |error| wrong("the output of process_command cannot be read").with_source(error);
    if let Some(mut pipe) = child.stdout.take() {
        loop {
            let length = pipe.read(&mut *part).await.map_err(unread)?;
            if length == 0 {
                break;
            }
            if length > MAX_OUTPUT - out.len() {
                return Err(wrong("the output of process_command is larger than 256 KiB"));
            }
            append(&mut out, &part[..length]);
        }
    }
    let status = child.wait().await.map_err(unread)?;
    match status.success() {
        true => Ok(out),
        // `exit status: 3`, or the signal that ended it.
        false => Err(wrong(format!("the program of process_command failed: {status}"))),
    }
}

fn parse(output: &[u8]) -> Result<Temporary, Error> {
    let mut issued = Output::default();
    json::decode(output, &mut issued).map_err(|error| {
        wrong("the output of process_command is not the expected JSON").with_source(error)
    })?;
    let id = required_id(&issued.access_key_id, "access_key_id")?;
    let key = required_key(issued.access_key_secret.as_ref(), "access_key_secret")?;
    let token = optional_key(issued.sts_token.as_ref(), "sts_token")?;
    let credential = match (text(&issued.mode), token) {
        (None | Some("AK"), None) => Credential::access_key(id, key),
        (Some("StsToken"), None) => return Err(wrong("the field `sts_token` is missing or empty")),
        (None | Some("AK" | "StsToken"), Some(token)) => Credential::sts(id, key, token),
        // Its access key may not be the one that is meant to sign.
        _ => return Err(wrong("the output's mode is neither AK nor StsToken")),
    };
    let expires_at = match text(&issued.expiration) {
        None => None,
        Some(end) => Some(parse_iso8601(end).ok_or_else(|| {
            wrong(
                "the output's expiration is not of the form 2026-11-23T09:00:00Z or \
                 2026-11-23T17:00:00+08:00",
            )
        })?),
    };
    Ok(Temporary { credential, expires_at })
}

/// The words of a command line in one buffer. Together they are no longer than the line, so the
/// buffer never grows, which would leave a copy behind.
struct Words {
    text: Zeroizing<String>,
    /// The end of each word.
    ends: Vec<usize>,
}

impl Words {
    /// Splits a line. On Windows a backslash is part of a path, except before a quote.
    fn split(command: &str) -> Result<Self, Error> {
        const ESCAPED_IN_QUOTES: &[char] =
            if cfg!(windows) { &['"'] } else { &['"', '\\', '$', '`'] };
        let mut text = Zeroizing::new(String::with_capacity(command.len()));
        let mut ends = Vec::new();
        // Two quotes with nothing between them are a word, too.
        let mut is_in_word = false;
        let mut quote = None;
        let mut rest = command.chars().peekable();
        while let Some(next) = rest.next() {
            match (quote, next) {
                (None, space) if space.is_whitespace() => {
                    if std::mem::take(&mut is_in_word) {
                        ends.push(text.len());
                    }
                    continue;
                }
                (None, '"' | '\'') => quote = Some(next),
                (Some(open), close) if open == close => quote = None,
                (None, '\\') if cfg!(not(windows)) => {
                    text.push(
                        rest.next().ok_or_else(|| wrong("process_command ends in a backslash"))?,
                    );
                }
                (Some('"'), '\\') => {
                    let escaped = rest.next_if(|next| ESCAPED_IN_QUOTES.contains(next));
                    text.push(escaped.unwrap_or('\\'));
                }
                (_, other) => text.push(other),
            }
            is_in_word = true;
        }
        if is_in_word {
            ends.push(text.len());
        }
        match quote {
            None => Ok(Self { text, ends }),
            Some(_) => Err(wrong("process_command has an unclosed quote")),
        }
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        let begins = std::iter::once(&0).chain(&self.ends);
        begins.zip(&self.ends).map(|(begin, end)| &self.text[*begin..*end])
    }
}

fn wrong(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Credential, message)
}

#[cfg(test)]
mod tests;
