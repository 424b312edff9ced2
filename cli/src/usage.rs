//! The error of a wrong command line, as one sentence.
//!
//! clap's own text quotes the argument at which it fails, which may be the rest of an unquoted
//! secret.

use std::error::Error as _;
use std::ffi::OsString;

use alibabacloud_kms::__private::shown_action;
use alibabacloud_kms::ActionInfo;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Arg, Command};

use crate::names::is_named;
use crate::output::Failure;
use crate::registry::Registry;

/// Returns what is wrong with the command line. Values of parameters are never shown.
pub(crate) fn failure(
    error: &Error,
    root: &mut Command,
    registry: &Registry,
    args: &[OsString],
) -> Failure {
    let message = match error.kind() {
        ErrorKind::UnknownArgument => unknown_option(error, root, registry),
        ErrorKind::InvalidSubcommand => without_equals(error, root, args)
            .unwrap_or_else(|| unknown_action(error, registry, args)),
        ErrorKind::InvalidUtf8 => not_utf8(root, args),
        ErrorKind::MissingRequiredArgument => missing(error),
        ErrorKind::MissingSubcommand => "no action is given: see --help".into(),
        ErrorKind::InvalidValue
        | ErrorKind::ValueValidation
        | ErrorKind::TooManyValues
        | ErrorKind::TooFewValues
        | ErrorKind::WrongNumberOfValues => invalid_value(error),
        _ => first_line(error),
    };
    Failure::usage(message)
}

fn unknown_option(error: &Error, root: &Command, registry: &Registry) -> String {
    let given = text(error, ContextKind::InvalidArg).unwrap_or_default();
    // A text that does not look like an option may be anything, such as a key in PEM.
    let Some(long) = given.strip_prefix("--").filter(|long| is_option(long)) else {
        return "a text was given where an option is expected: pass parameters as `--Name value`, \
                and quote values with spaces"
            .into();
    };
    if let Some(near) = text(error, ContextKind::SuggestedArg) {
        let all = registry.actions().into_iter().chain(registry.operations());
        let names = all.flat_map(|action| action.request.fields).map(|field| field.name);
        let near = in_api(near.trim_start_matches('-'), names);
        return format!("unknown option `{given}`: did you mean `--{near}`?");
    }
    let long = long.replace('_', "-");
    if root.get_arguments().any(|arg| arg.get_long() == Some(&long)) {
        format!("the option `--{long}` belongs before the action")
    } else {
        format!("unknown option `{given}`: see --help of this action")
    }
}

/// Returns `true` if a text looks like an option's name, also of another program: `key_id`,
/// `Tag.1.Key`. Words have letters or digits there, and random texts both.
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

fn unknown_action(error: &Error, registry: &Registry, args: &[OsString]) -> String {
    let given = text(error, ContextKind::InvalidSubcommand).unwrap_or_default();
    let of_instance = args.windows(2).any(|pair| pair[0] == "instance" && pair[1] == given);
    let names = |list: Vec<&'static ActionInfo>| list.into_iter().map(|action| action.name);
    let (mut own, mut others) = (names(registry.actions()), names(registry.operations()));
    if of_instance {
        std::mem::swap(&mut own, &mut others);
    }
    if let Some(name) = others.find(|name| is_named(name, given)) {
        let command = &registry.name;
        return if of_instance {
            format!("`{name}` is no operation of the instance: use `{command} {name}`")
        } else {
            format!("`{name}` is an operation of the instance: use `{command} instance {name}`")
        };
    }
    match text(error, ContextKind::SuggestedSubcommand) {
        Some(near) => {
            let near = in_api(near, own);
            format!("unknown action {}: did you mean `{near}`?", shown_action(given))
        }
        // A text that does not look like an action's name may be anything.
        None => "unknown action: see `kms actions`".into(),
    }
}

/// Returns a name in camel case as the API writes it, and any other as it is.
fn in_api<'a>(name: &'a str, mut wire: impl Iterator<Item = &'a str>) -> &'a str {
    let is_camel = name.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_camel { wire.find(|wire| is_named(wire, name)).unwrap_or(name) } else { name }
}

/// Returns the message for a value that was taken for an action, since the option before it takes
/// one only after an equals sign.
fn without_equals(error: &Error, root: &Command, args: &[OsString]) -> Option<String> {
    let given = text(error, ContextKind::InvalidSubcommand);
    let given = given.filter(|given| ["true", "false"].contains(given))?;
    let requires_it = |option: &&str| {
        let is_this = |arg: &Arg| arg.get_long() == option.strip_prefix("--");
        root.get_arguments().any(|arg| is_this(arg) && arg.is_require_equals_set())
    };
    let pairs = args.windows(2).filter(|pair| pair[1] == given);
    let before = pairs.filter_map(|pair| pair[0].to_str()).find(requires_it)?;
    Some(format!("the value of {before} follows an equals sign: `{before}={given}`"))
}

/// Returns the message for a value that is not UTF-8, with its option, which clap does not tell:
/// the value is the last argument of the shortest beginning of the line that clap refuses for this.
fn not_utf8(root: &mut Command, args: &[OsString]) -> String {
    let is_refused = |&at: &usize| {
        let refused = root.try_get_matches_from_mut(&args[..=at]).err();
        args[at].to_str().is_none()
            && refused.is_some_and(|error| error.kind() == ErrorKind::InvalidUtf8)
    };
    let option = (0..args.len()).find(is_refused).and_then(|at| option_of(args, at));
    match option {
        Some(option) => format!("the value of --{option} is wrong: it is not UTF-8"),
        None => "the value of an option is wrong: it is not UTF-8".into(),
    }
}

/// Returns the name of the option whose value is this argument, or a part of it.
fn option_of(args: &[OsString], at: usize) -> Option<String> {
    let lossy = args[at].to_string_lossy();
    let option = match lossy.split_once('=') {
        Some((option, _)) if option.starts_with("--") => option,
        _ => args[at.checked_sub(1)?].to_str()?,
    };
    option.strip_prefix("--").filter(|option| is_option(option)).map(Into::into)
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
