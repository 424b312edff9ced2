//! What files of profiles have in common: the place of a profile, and fields that may be missing.

use std::fmt;
use std::path::{Path, PathBuf};

use alibabacloud_kms_middleware::__private::shown;

use super::{Temporary, file as files};
use crate::trimmed::{self, shown_name, trimmed};
use crate::{Credential, Error, ErrorKind, ExposeSecret as _, SecretString};

/// The place of a profile, as errors and explanations name it.
pub(super) struct ProfileSource<'a> {
    pub(super) name: &'a str,
    pub(super) file: &'a Path,
    /// The way it signs in, such as `mode AK`.
    pub(super) kind: String,
}

impl ProfileSource<'_> {
    /// Returns the error of a profile from which no credential could be loaded, with its cause.
    pub(super) fn failed(&self, cause: Error) -> Error {
        let error = Error::new(ErrorKind::Credential, format!("{self}, gave no credential"));
        let error = match cause.status() {
            Some(status) => error.with_status(status),
            None => error,
        };
        error.with_source(cause)
    }
}

impl fmt::Display for ProfileSource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, file, kind } = self;
        write!(f, "the profile `{}` of {}, {kind}", name.escape_debug(), shown(file))
    }
}

/// Writes the `Debug` of a provider of profiles.
pub(super) fn show(
    provider: &str,
    name: Option<&str>,
    file: Option<&Path>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    f.debug_struct(provider)
        .field("name", &name.map(shown_name))
        .field("file", &file.map(|file| shown(file).to_string()))
        .finish_non_exhaustive()
}

/// Returns the text of a field without the white space and quotes around it. An empty one counts as
/// missing.
pub(super) fn text(field: &Option<String>) -> Option<&str> {
    field.as_deref().map(trimmed).filter(|text| !text.is_empty())
}

/// Returns the path in a field.
pub(super) fn path(value: &str, field: &str) -> Result<PathBuf, Error> {
    files::path(value.as_ref(), &format!("the field `{field}`"))
}

/// Returns the key or token in a field without the white space and quotes around it. An empty one
/// counts as missing.
pub(super) fn key<'t>(value: &'t str, field: &str) -> Result<Option<&'t str>, Error> {
    trimmed::key(value, &format!("the field `{field}`"))
}

/// Returns the key in a field that may be missing.
pub(super) fn optional_key(
    value: Option<&SecretString>,
    field: &str,
) -> Result<Option<SecretString>, Error> {
    let Some(value) = value else { return Ok(None) };
    Ok(key(value.expose_secret(), field)?.map(SecretString::from))
}

/// Returns the key in a required field.
pub(super) fn required_key(
    value: Option<&SecretString>,
    field: &str,
) -> Result<SecretString, Error> {
    required(optional_key(value, field)?, field)
}

/// Returns the id of an access key in a required field.
pub(super) fn required_id(value: &Option<String>, field: &str) -> Result<String, Error> {
    let id = key(value.as_deref().unwrap_or_default(), field)?;
    required(id, field).map(str::to_owned)
}

/// Returns the secret in a field. An empty one counts as missing.
pub(super) fn secret(field: &Option<SecretString>) -> Option<&SecretString> {
    field.as_ref().filter(|secret| !secret.expose_secret().is_empty())
}

/// Returns the value of a required field.
pub(super) fn required<T>(value: Option<T>, field: &str) -> Result<T, Error> {
    value.ok_or_else(|| {
        let message = format!("the field `{field}` is missing or empty");
        Error::new(ErrorKind::Credential, message)
    })
}

/// Returns a function that adds the name of the field to the error of its value.
pub(super) fn wrong_field(field: &str) -> impl FnOnce(Error) -> Error {
    let message = format!("the field `{field}` is wrong");
    move |error| Error::new(ErrorKind::Credential, message).with_source(error)
}

/// Returns a credential whose expiry is unknown.
pub(super) fn lasting(credential: Credential) -> Temporary {
    Temporary { credential, expires_at: None }
}
