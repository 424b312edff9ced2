//! The errors of envelopes.

use std::borrow::Cow;

use crate::{Error, ErrorKind, Outcome};

/// Returns the error of an envelope that cannot be opened.
pub(super) fn damaged(why: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Envelope, format!("the envelope cannot be opened: {}", why.into()))
}

/// Returns the error of an envelope that cannot be opened although KMS decrypted its data key.
pub(super) fn not_authentic(why: impl Into<Cow<'static, str>>) -> Error {
    damaged(why).with_outcome(Outcome::Answered)
}

/// Returns the error of a failure in the cryptography library, which no input causes.
pub(super) fn failed(what: &'static str) -> Error {
    Error::new(ErrorKind::Envelope, what)
}
