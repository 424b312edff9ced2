//! Calls that bypass the cached answer.

use crate::{Action, PendingCall};

/// An extension for a [`Call`](crate::Call) that must not be answered from the cache. Its answer is
/// cached. [`PendingCall::fresh`](crate::PendingCall::fresh) attaches it.
///
/// The call does not wait for a load that started before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a mark has no parts")]
pub struct Fresh;

impl<A: Action> PendingCall<A> {
    /// Bypasses the answer in a [cache](crate::cache), and caches the new one. Without a cache it
    /// has no effect.
    pub fn fresh(self) -> Self {
        self.extension(Fresh)
    }
}
