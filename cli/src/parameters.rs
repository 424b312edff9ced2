//! The clap command of one action: an option for each of its parameters.

use alibabacloud_kms::__private::repeated_name;
use alibabacloud_kms::ActionInfo;
use alibabacloud_kms::middleware::payload::{FieldInfo, FieldKind, Required};
use clap::{Arg, ArgAction, Command};

use crate::items::Items;
use crate::names::spellings;
use crate::output::Failure;

/// The value with which a secret parameter is read from stdin.
pub(crate) const STDIN: &str = "-";

/// Returns the command of an action or an operation, under its wire name and the shell's spellings,
/// with options for the given items of its lists.
pub(crate) fn command(action: &'static ActionInfo, items: &Items) -> Command {
    let about = match action.deprecated {
        true => format!("(deprecated) {}", action.summary),
        false => action.summary.into(),
    };
    Command::new(action.name)
        .aliases(spellings(action.name))
        .about(about)
        .after_help(action.doc_url)
        .args(action.request.fields.iter().flat_map(|field| parameter(field, items)))
}

/// Returns the failure of a value of the wrong type, which is not shown.
pub(crate) fn mismatch(field: &FieldInfo) -> Failure {
    let expected = match field.kind {
        FieldKind::String => "a text",
        FieldKind::Integer => "a whole number",
        FieldKind::Boolean => "`true` or `false`",
        FieldKind::Bytes => "Base64",
        FieldKind::StringList => "a text, or a JSON list of texts",
        FieldKind::Map | FieldKind::Object(_) => "a JSON object",
        FieldKind::ObjectList(_) => "a JSON list of objects, or one object",
    };
    Failure::usage(format!("--{} must be {expected}", field.name))
}

/// Refuses a JSON object that has a name twice, of which parsers keep only the last value.
pub(crate) fn check_names(option: &str, object: &str) -> Result<(), Failure> {
    match repeated_name(object) {
        Some(name) => Err(Failure::usage(format!("--{option} has {name:?} twice"))),
        None => Ok(()),
    }
}

/// Returns the option of a parameter, and those of its items.
fn parameter(field: &'static FieldInfo, items: &Items) -> Vec<Arg> {
    let action = match field.kind {
        FieldKind::StringList | FieldKind::ObjectList(_) => ArgAction::Append,
        _ => ArgAction::Set,
    };
    let items = items.options(field);
    let required = field.required == Required::Always;
    let whole = Arg::new(field.name)
        .long(field.name)
        .aliases(spellings(field.name))
        .value_name(value_name(field.kind))
        .help(help(field))
        .action(action)
        .required(required && items.is_empty())
        // As in getopt, the next argument is the value, even if it is a PEM text or a negative
        // number.
        .allow_hyphen_values(true);
    let whole = if required && !items.is_empty() {
        whole.required_unless_present_any(items.iter().map(Arg::get_id))
    } else {
        whole
    };
    std::iter::once(whole).chain(items).collect()
}

fn help(field: &FieldInfo) -> String {
    let mut help = String::from(field.docs);
    let mut add = |text: &str| {
        if !help.is_empty() {
            help.push(' ');
        }
        help.push_str(text);
    };
    if let FieldKind::StringList | FieldKind::ObjectList(_) = field.kind {
        add("May be repeated.");
    }
    match field.required {
        Required::OnShared => add("Required by the shared gateway."),
        Required::ByService => add("Required by the service, in most cases."),
        // Those of `Required::Always` are in the usage line.
        _ => {}
    }
    if field.secret {
        add("`-` reads it from stdin, unchanged.");
    }
    help
}

fn value_name(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::String => "TEXT",
        FieldKind::Integer => "NUMBER",
        FieldKind::Boolean => "true|false",
        FieldKind::Bytes => "BASE64",
        FieldKind::StringList => "TEXT|JSON",
        FieldKind::Map | FieldKind::Object(_) | FieldKind::ObjectList(_) => "JSON",
    }
}
