//! Reads the files that options name: JSON if the name ends in `.json`, otherwise YAML.

use std::path::Path;

use alibabacloud_kms::__private::{read_bounded, shown, unread_because};
use serde::de::DeserializeOwned;

use crate::environment::path;
use crate::output::Failure;

/// The maximum length of a file, in bytes.
const LIMIT: usize = 64 << 20;

/// What the error of a wrong file may show.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// The cause, which may quote the file.
    Cause,
    /// Only the position of the mistake, because the file has secrets.
    Position,
}

/// Reads a file. `what` names the expected content in errors, such as "a seed".
pub(super) fn read<T: DeserializeOwned>(
    option: &str,
    given: &Path,
    what: &str,
    may_show: Shown,
) -> Result<T, Failure> {
    let path = path(given.as_os_str(), option)?;
    let unread = |why: &str| Failure::usage(format!("{option}: {} {why}", shown(&path)));
    let bytes = read_bounded(&path, LIMIT).map_err(|error| unread(unread_because(&error)))?;
    let text = str::from_utf8(&bytes).map_err(|_| unread("is not UTF-8"))?;
    let is_json = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("json"));
    let parsed = if is_json {
        serde_json::from_str(text).map_err(|error| {
            (Some((error.line() as u64, error.column() as u64)), error.to_string())
        })
    } else {
        serde_saphyr::from_str(text).map_err(|error| {
            let at = error.location().map(|at| (at.line(), at.column()));
            (at, error.without_snippet().to_string())
        })
    };
    parsed.map_err(|(at, cause)| {
        let at =
            at.map_or_else(String::new, |(line, column)| format!(", line {line} column {column}"));
        let cause = if may_show == Shown::Cause { format!(": {cause}") } else { at };
        Failure::usage(format!("{option}: {} is not {what}{cause}", shown(&path)))
    })
}
