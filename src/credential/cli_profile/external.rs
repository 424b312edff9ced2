//! The mode `External`: an access key from a program's output.
//!
//! `process_command` is split at spaces, quotes and backslashes as a shell would, but no shell runs it
//! and nothing is expanded. The program sees this process's own variables, its input is empty and what
//! it complains about is thrown away: it may hold secrets. Neither is anything of the command shown.
//! It has a minute and is killed when that is over, or when nobody waits any more.
//!
//! The output is `{"mode": "StsToken", "access_key_id", "access_key_secret", "sts_token",
//! "expiration": "2026-11-23T09:00:00Z"}`; in the mode `AK` without token, and without `expiration`
//! if the program is to be asked again every minute. It is not written back to the file, as some
//! official SDKs do: nobody reads it there.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

use crate::credential::Temporary;
use crate::credential::profile::{required, secret, text};
use crate::middleware::clock::parse_iso8601;
use crate::middleware::wire::json;
use crate::middleware::wire::secret_bytes::append;
use crate::{Credential, Error, ErrorKind, ExposeSecret as _, SecretString, kms_api};

/// How long a program may take: what the official SDKs allow.
const LIMIT: Duration = Duration::from_secs(60);

/// What the output may be long; it is some hundred octets.
const MAX_OUTPUT: usize = 256 << 10;

kms_api! {
    version = "2015-04-01";

    /// A program's output.
    pub object Output {
        mode: Option<String> = "mode",
        access_key_id: Option<String> = "access_key_id",
        #[secret] access_key_secret: Option<SecretString> = "access_key_secret",
        #[secret] sts_token: Option<SecretString> = "sts_token",
        expiration: Option<String> = "expiration",
    }
}

pub(super) async fn run(command: &SecretString) -> Result<Temporary, Error> {
    let words = split(command.expose_secret())?;
    let Some((program, arguments)) = words.split_first() else {
        return Err(wrong("process_command is empty"));
    };
    let mut child = Command::new(program.as_str())
        .args(arguments.iter().map(|argument| argument.as_str()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| wrong("the program of process_command does not run").with_source(error))?;
    // If the time is over, the child is dropped, and killed by that.
    match tokio::time::timeout(LIMIT, output(&mut child)).await {
        Ok(output) => parse(&output?),
        Err(_) => {
            let message = format!("the program of process_command took longer than {LIMIT:?}");
            Err(wrong(message).with_source(Error::new(ErrorKind::Timeout, "the time ran out")))
        }
    }
}

async fn output(child: &mut Child) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut out = Zeroizing::new(Vec::new());
    let mut part = Zeroizing::new([0; 4096]);
    let unread =
        |error| wrong("the output of process_command was not read to its end").with_source(error);
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
    let id = required(text(&issued.access_key_id), "access_key_id")?;
    let key = required(secret(&issued.access_key_secret), "access_key_secret")?.clone();
    let credential = match (text(&issued.mode), secret(&issued.sts_token)) {
        (None | Some("AK"), None) => Credential::access_key(id, key),
        (Some("StsToken"), None) => return Err(wrong("the field `sts_token` is missing or empty")),
        (None | Some("AK" | "StsToken"), Some(token)) => Credential::sts(id, key, token.clone()),
        // Its access key may not be the one that is meant to sign.
        _ => return Err(wrong("the output's mode is neither AK nor StsToken")),
    };
    let expires_at = match text(&issued.expiration) {
        None => None,
        Some(end) => Some(parse_iso8601(end).ok_or_else(|| {
            wrong("the output's expiration is not of the form 2026-11-23T09:00:00Z")
        })?),
    };
    Ok(Temporary { credential, expires_at })
}

/// The words of a command line. On Windows a backslash is a part of paths, but before a quote.
fn split(command: &str) -> Result<Vec<Zeroizing<String>>, Error> {
    const ESCAPED_IN_QUOTES: &[char] = if cfg!(windows) { &['"'] } else { &['"', '\\', '$', '`'] };
    let mut words = Vec::new();
    // A word is never longer than the line: the buffer is not outgrown.
    let new_word = || Zeroizing::new(String::with_capacity(command.len()));
    let mut word: Option<Zeroizing<String>> = None;
    let mut quote = None;
    let mut rest = command.chars().peekable();
    while let Some(next) = rest.next() {
        match (quote, next) {
            (None, space) if space.is_whitespace() => words.extend(word.take()),
            (None, '"' | '\'') => {
                quote = Some(next);
                word.get_or_insert_with(new_word);
            }
            (Some(open), close) if open == close => quote = None,
            (None, '\\') if cfg!(not(windows)) => {
                let escaped = rest.next().ok_or_else(|| wrong("process_command ends in a \\"))?;
                word.get_or_insert_with(new_word).push(escaped);
            }
            (Some('"'), '\\') => {
                let escaped = rest.next_if(|next| ESCAPED_IN_QUOTES.contains(next));
                word.get_or_insert_with(new_word).push(escaped.unwrap_or('\\'));
            }
            (_, other) => word.get_or_insert_with(new_word).push(other),
        }
    }
    words.extend(word.take());
    match quote {
        None => Ok(words),
        Some(_) => Err(wrong("process_command has a quote that is not closed")),
    }
}

fn wrong(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Credential, message)
}

#[cfg(test)]
mod tests;
