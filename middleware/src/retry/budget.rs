//! A shared bound on retries, so that they do not amplify an outage.

use std::sync::atomic::{AtomicU32, Ordering};

/// Tokens that retries take and successes return.
///
/// A retry costs [`COST`](Self::COST) tokens, and a success returns one. If fewer than
/// [`COST`](Self::COST) are left, no call is retried. In the long run there is at most one retry
/// for every five successful calls.
///
/// ```
/// use std::sync::Arc;
///
/// use alibabacloud_kms_middleware::retry::{Budget, RetryPolicy};
///
/// let budget = Arc::new(Budget::new(500));
/// let policy = RetryPolicy::default().budget(Arc::clone(&budget));
/// assert_eq!(budget.tokens(), 500);
/// # let _ = policy;
/// ```
#[derive(Debug)]
pub struct Budget {
    tokens: AtomicU32,
    capacity: u32,
}

impl Budget {
    /// The cost of a retry in tokens.
    pub const COST: u32 = 5;

    /// Creates a full budget of this many tokens. `Budget::default()` has 2,500: enough for a
    /// hundred concurrent calls to retry a few times each while a gateway restarts.
    pub fn new(capacity: u32) -> Self {
        Self { tokens: AtomicU32::new(capacity), capacity }
    }

    /// Returns the number of tokens that are left.
    pub fn tokens(&self) -> u32 {
        self.tokens.load(Ordering::Relaxed)
    }

    /// Returns the number of tokens of a full budget.
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// Returns a token to the budget.
    pub(crate) fn deposit(&self) {
        let capacity = self.capacity;
        self.update(|tokens| (tokens < capacity).then_some(tokens + 1));
    }

    /// Takes the tokens of a retry. Returns `false` if there are too few.
    pub(crate) fn withdraw(&self) -> bool {
        self.update(|tokens| tokens.checked_sub(Self::COST))
    }

    fn update(&self, change: impl FnMut(u32) -> Option<u32>) -> bool {
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change).is_ok()
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(2_500)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_end_when_the_tokens_do_and_successes_bring_them_back() {
        let budget = Budget::new(10);
        assert_eq!([budget.withdraw(), budget.withdraw(), budget.withdraw()], [true, true, false]);
        for _ in 0..20 {
            budget.deposit();
        }
        assert_eq!(budget.tokens(), 10);
    }
}
