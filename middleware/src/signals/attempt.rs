//! The number of an attempt.

use http::Extensions;

/// The number of an attempt, from 1: an extension of the [`Call`](crate::Call).
///
/// A retry policy inserts it into each call that it repeats. Spans record it as `kms.attempt`, and
/// the number of earlier attempts as `http.request.resend_count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt(u32);

impl Attempt {
    /// Creates the number of an attempt; 0 counts as 1.
    pub fn new(number: u32) -> Self {
        Self(number.max(1))
    }

    /// Returns the attempt in these extensions, or the first attempt if they have none.
    pub fn from_extensions(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or(Self(1))
    }

    /// Returns the number, from 1.
    pub fn number(self) -> u32 {
        self.0
    }

    /// Returns the number of attempts that came before, or `None` for the first.
    pub fn resend_count(self) -> Option<u32> {
        Some(self.0 - 1).filter(|resent| *resent > 0)
    }
}
