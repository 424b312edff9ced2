//! The error of a wrong command line, as one sentence.
//!
//! clap's own text quotes the argument at which it fails, which may be the rest of an unquoted
//! secret.

use std::error::Error as _;

use alibabacloud_kms::__private::shown_action;
use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::output::Failure;

/// Returns what is wrong with the command line. Values of parameters are never shown.
pub(crate) fn failure(error: &Error, root: &Command) -> Failure {
    let message = match error.kind() {
        ErrorKind::UnknownArgument => unknown_option(error, root),
        ErrorKind::InvalidSubcommand => unknown_action(error),
        ErrorKind::MissingRequiredArgument => missing(error),
        ErrorKind::MissingSubcommand => "no action is given: see --help".into(),
        ErrorKind::InvalidValue
        | ErrorKind::ValueValidation
        | ErrorKind::TooManyValues
        | ErrorKind::TooFewValues
        | ErrorKind::WrongNumberOfValues
        | ErrorKind::InvalidUtf8 => invalid_value(error),
        _ => first_line(error),
    };
    Failure::usage(message)
}

fn unknown_option(error: &Error, root: &Command) -> String {
    let given = text(error, ContextKind::InvalidArg).unwrap_or_default();
    // A text that does not look like an option may be anything, such as a key in PEM.
    let Some(long) = given.strip_prefix("--").filter(|long| is_option(long)) else {
        return "a text was given where an option is expected: pass parameters as `--Name value`, \
                and quote values with spaces"
            .into();
    };
    if let Some(near) = text(error, ContextKind::SuggestedArg) {
        return format!("unknown option `{given}`: did you mean `{near}`?");
    }
    let long = long.replace('_', "-");
    match root.get_arguments().any(|arg| arg.get_long() == Some(&long)) {
        true => format!("the option `--{long}` belongs before the action"),
        false => format!("unknown option `{given}`: see --help of this action"),
    }
}

/// Returns `true` if a text looks like an option's name, also of another program: `key_id`, `Tag.1.Key`.
/// Words have letters or digits there, and random texts both.
fn is_option(long: &str) -> bool {
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_word = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        is_plain(word) && (digits == 0 || digits == word.len())
    };
    let looks_like_words = |long: &str| long.split(['-', '_', '.']).all(is_word);
    (1..=64).contains(&long.len())
        && !long.starts_with('-')
        && (long.split('-').all(is_plain) || looks_like_words(long))
}

fn unknown_action(error: &Error) -> String {
    let given = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
    match text(error, ContextKind::SuggestedSubcommand) {
        Some(near) => {
            format!("unknown action {}: did you mean `{near}`?", shown_action(given))
        }
        // A text that does not look like an action's name may be anything.
        None => "unknown action: see `kms actions`".into(),
    }
}

fn missing(error: &Error) -> String {
    let Some(ContextValue::Strings(options)) = error.get(ContextKind::InvalidArg) else {
        return first_line(error);
    };
    format!("missing required options: {}", options.join(", "))
}

/// Returns what is expected; clap's own message quotes the value.
fn invalid_value(error: &Error) -> String {
    let option = text(error, ContextKind::InvalidArg).unwrap_or("an option");
    let expected = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(valid)) if !valid.is_empty() => {
            Some(format!("expected {}", valid.join(", ")))
        }
        // Our parsers and those of numbers name what they expect, and never the value.
        _ => error.source().map(ToString::to_string),
    };
    match expected {
        Some(expected) => format!("the value of {option} is wrong: {expected}"),
        None => format!("the value of {option} is missing or wrong: see --help"),
    }
}

/// Returns a part of clap's report; of several suggestions the last, which is the nearest.
fn text(error: &Error, part: ContextKind) -> Option<&str> {
    match error.get(part)? {
        ContextValue::String(text) => Some(text),
        ContextValue::Strings(texts) => texts.last().map(String::as_str),
        _ => None,
    }
}

fn first_line(error: &Error) -> String {
    let text = error.render().to_string();
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).into()
}
