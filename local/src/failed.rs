//! Why a local gateway does not start or go on.

use std::fmt;

use alibabacloud_kms::{BoxError, Error, ErrorKind};

/// Returns the error of a gateway. `what` completes the sentence "the local gateway …".
pub(super) fn failed(what: impl fmt::Display, why: impl Into<BoxError>) -> Error {
    Error::new(ErrorKind::Config, format!("the local gateway {what}")).with_source(why)
}
