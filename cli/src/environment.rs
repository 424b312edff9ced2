//! The environment: its variables, and the credentials that they lead to.

use std::ffi::OsString;
use std::sync::Arc;

use alibabacloud_kms::credential::{DefaultChain, Environment};
use alibabacloud_kms::{Error, ErrorKind};

/// The environment: a variable's value.
pub(crate) type Env = Arc<dyn Fn(&str) -> Option<OsString> + Send + Sync>;

/// A variable that is set to something.
pub(crate) fn variable(env: &Env, name: &str) -> Result<Option<String>, Error> {
    match env(name).filter(|value| !value.is_empty()) {
        None => Ok(None),
        Some(value) => match value.into_string() {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(wrong(format!("{name} is not UTF-8"))),
        },
    }
}

/// Who signs, where an access key does: the official SDKs' chain in this environment.
pub(crate) fn credentials(env: &Env) -> DefaultChain {
    let env = Arc::clone(env);
    DefaultChain::of(&Environment::of_variables(move |name| env(name)))
}

/// An option or a variable that is wrong.
pub(crate) fn wrong(message: String) -> Error {
    Error::new(ErrorKind::Config, message)
}
