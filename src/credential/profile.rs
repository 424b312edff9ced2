//! What the files of profiles have in common: where a profile is, and what may be missing in it.

use std::fmt;
use std::path::Path;

use super::Temporary;
use crate::{Credential, Error, ErrorKind, ExposeSecret as _, SecretString};

/// A profile, as errors and explanations name it.
pub(super) struct Place<'a> {
    pub(super) name: &'a str,
    pub(super) file: &'a Path,
    /// How it signs in, such as `mode AK`.
    pub(super) kind: String,
}

impl Place<'_> {
    /// The error of a profile that gave no credential, with its cause.
    pub(super) fn failed(&self, cause: Error) -> Error {
        let error = Error::new(ErrorKind::Credential, format!("{self}, gave no credential"));
        let error = match cause.status() {
            Some(status) => error.with_status(status),
            None => error,
        };
        error.with_source(cause)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, file, kind } = self;
        write!(f, "the profile `{}` of {}, {kind}", name.escape_debug(), file.display())
    }
}

/// A field's text; an empty one is as missing.
pub(super) fn text(field: &Option<String>) -> Option<&str> {
    field.as_deref().filter(|text| !text.is_empty())
}

/// A field's secret; an empty one is as missing.
pub(super) fn secret(field: &Option<SecretString>) -> Option<&SecretString> {
    field.as_ref().filter(|secret| !secret.expose_secret().is_empty())
}

/// What stands in a field that must be there.
pub(super) fn required<T>(value: Option<T>, field: &str) -> Result<T, Error> {
    value.ok_or_else(|| {
        let message = format!("the field `{field}` is missing or empty");
        Error::new(ErrorKind::Credential, message)
    })
}

/// A credential that does not say how long it is valid.
pub(super) fn lasting(credential: Credential) -> Temporary {
    Temporary { credential, expires_at: None }
}
