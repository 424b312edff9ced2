//! The errors of envelopes.

use std::borrow::Cow;

use crate::{Error, ErrorKind, Outcome};

/// An envelope that is not opened.
pub(super) fn damaged(why: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Envelope, format!("the envelope cannot be opened: {}", why.into()))
}

/// An envelope that is not opened although KMS has decrypted its data key.
pub(super) fn not_authentic(why: impl Into<Cow<'static, str>>) -> Error {
    damaged(why).with_outcome(Outcome::Answered)
}

/// The cryptography library's failures, which no input makes.
pub(super) fn failed(what: &'static str) -> Error {
    Error::new(ErrorKind::Envelope, what)
}
