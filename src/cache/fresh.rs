//! Calls that are not answered from the cache.

use crate::{Action, PendingCall};

/// An extension of a [`Call`](crate::Call) that is not to be answered from the cache; its answer is
/// kept. [`PendingCall::fresh`](crate::PendingCall::fresh) attaches it.
///
/// It waits for no load that was begun before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fresh;

impl<A: Action> PendingCall<A> {
    /// Is not answered from a [cache](crate::cache), which keeps the answer; without one it changes
    /// nothing.
    pub fn fresh(self) -> Self {
        self.extension(Fresh)
    }
}
