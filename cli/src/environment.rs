//! The environment: its variables, and the credentials that they lead to.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use alibabacloud_kms::__private::{file_path, looks_like_a_path, shown, trimmed};
use alibabacloud_kms::credential::{DefaultChain, Environment};
use alibabacloud_kms::{Error, ErrorKind};

/// Returns the value of an environment variable.
pub(crate) type Env = Arc<dyn Fn(&str) -> Option<OsString> + Send + Sync>;

/// Returns the value of a variable as it is, or `None` if it is unset or empty: what has only white
/// space and quotes is empty.
pub(crate) fn set(env: &Env, name: &str) -> Option<OsString> {
    env(name).filter(|value| value.to_str().is_none_or(|text| !trimmed(text).is_empty()))
}

/// Returns a variable, or `None` if it is unset or empty.
pub(crate) fn variable(env: &Env, name: &str) -> Result<Option<String>, Error> {
    match set(env, name) {
        None => Ok(None),
        Some(value) => match value.into_string() {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(wrong(format!("{name} is not UTF-8"))),
        },
    }
}

/// Returns the path of an existing file in an option or a variable. A value that does not look like
/// a path is not shown.
pub(crate) fn path(value: &OsStr, setting: &str) -> Result<PathBuf, Error> {
    let path = file_path(value).ok_or_else(|| {
        wrong(format!("{setting} must be the path of a file, and its value does not look like one"))
    })?;
    match path.try_exists() {
        Ok(false) => Err(wrong(format!("{setting} names {}, which does not exist", shown(&path)))),
        _ => Ok(path),
    }
}

/// Checks the path of a folder, which may not exist yet; a bare word is one too.
pub(crate) fn folder(value: &Path, setting: &str) -> Result<(), Error> {
    match value.exists() || looks_like_a_path(&Path::new(".").join(value)) {
        true => Ok(()),
        false => Err(wrong(format!(
            "{setting} must be the path of a folder, and does not look like one"
        ))),
    }
}

/// Returns the provider of access keys: the official SDKs' chain in this environment.
pub(crate) fn credentials(env: &Env) -> DefaultChain {
    let env = Arc::clone(env);
    DefaultChain::from_environment(&Environment::from_variables(move |name| env(name)))
}

/// Returns the error of a wrong option or variable.
pub(crate) fn wrong(message: String) -> Error {
    Error::new(ErrorKind::Config, message)
}
