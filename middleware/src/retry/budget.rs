//! A shared bound on retries, so that an outage is not amplified.

use std::sync::atomic::{AtomicU32, Ordering};

/// Tokens that retries take and successes give back.
///
/// A retry costs [`COST`](Self::COST) tokens, a success gives one back; without tokens nothing is
/// repeated. In steady state at most one call in five is a retry.
#[derive(Debug)]
pub struct Budget {
    tokens: AtomicU32,
    capacity: u32,
}

impl Budget {
    /// What a retry costs.
    pub const COST: u32 = 5;

    /// A full budget of so many tokens; 2,500 unless told: the restart of a gateway with a hundred
    /// calls under way, each of which needs a few attempts, must not spend it.
    pub fn new(capacity: u32) -> Self {
        Self { tokens: AtomicU32::new(capacity), capacity }
    }

    /// The tokens that are left.
    pub fn tokens(&self) -> u32 {
        self.tokens.load(Ordering::Relaxed)
    }

    /// The tokens of a full budget.
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// Gives a token back.
    pub(crate) fn deposit(&self) {
        let capacity = self.capacity;
        self.update(|tokens| (tokens < capacity).then_some(tokens + 1));
    }

    /// Takes the tokens of a retry; `false` if there are too few.
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
