//! A wrong command line, told in one sentence.
//!
//! clap's own text quotes what it stumbles over, and that may be the rest of an unquoted secret.

use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::output::Failure;

/// What is wrong with the command line. Values of parameters are never shown.
pub(crate) fn failure(error: &Error, root: &Command) -> Failure {
    let message = match error.kind() {
        ErrorKind::UnknownArgument => unknown_option(error, root),
        ErrorKind::InvalidSubcommand => unknown_action(error),
        ErrorKind::MissingRequiredArgument => missing(error),
        ErrorKind::MissingSubcommand => "no action is named: see --help".into(),
        ErrorKind::InvalidValue => invalid_value(error),
        _ => first_line(error),
    };
    Failure::usage(message)
}

fn unknown_option(error: &Error, root: &Command) -> String {
    let given = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let Some(long) = given.strip_prefix("--").filter(|long| !long.is_empty()) else {
        return "a text stands where an option is expected: give parameters as `--Name value`, and \
                quote values with spaces"
            .into();
    };
    if let Some(near) = text(error, ContextKind::SuggestedArg) {
        return format!("unknown option `{given}`: did you mean `{near}`?");
    }
    match root.get_arguments().any(|arg| arg.get_long() == Some(long)) {
        true => format!("the option `{given}` belongs before the action"),
        false => format!("unknown option `{given}`: see --help of this action"),
    }
}

fn unknown_action(error: &Error) -> String {
    let given = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
    match text(error, ContextKind::SuggestedSubcommand) {
        Some(near) => format!("unknown action `{given}`: did you mean `{near}`?"),
        None => format!("unknown action `{given}`: see `kms actions`"),
    }
}

fn missing(error: &Error) -> String {
    let Some(ContextValue::Strings(options)) = error.get(ContextKind::InvalidArg) else {
        return first_line(error);
    };
    format!("required and not given: {}", options.join(", "))
}

fn invalid_value(error: &Error) -> String {
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(valid)) if !valid.is_empty() => {
            format!("{}: expected {}", first_line(error), valid.join(", "))
        }
        _ => first_line(error),
    }
}

/// A part of clap's report; of several suggestions the last, which clap thinks nearest.
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
