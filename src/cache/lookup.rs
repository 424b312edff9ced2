//! The outcomes of look-ups, and the one place that counts and reports them.

use std::sync::atomic::{AtomicU64, Ordering};

use super::entries::Kept;
use crate::Call;
use crate::middleware::metrics;

/// The outcome of a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lookup {
    /// A fresh answer was cached.
    Hit,
    /// A stale answer was cached and could still be used.
    Stale,
    /// Nothing was cached: the call waited for a load, its own or another's.
    Miss,
    /// A refusal was cached.
    Negative,
    /// The call bypassed the cached answer.
    Fresh,
}

impl Lookup {
    /// Returns the outcome for a fresh answer.
    pub(super) fn new(answer: &Kept) -> Self {
        match answer {
            Kept::Reply(_) => Self::Hit,
            Kept::Refusal(_) => Self::Negative,
        }
    }

    /// Returns its name in events and metrics.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Stale => "stale",
            Self::Miss => "miss",
            Self::Negative => "negative",
            Self::Fresh => "fresh",
        }
    }
}

/// Counters since the cache was created.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Calls that got a fresh answer.
    pub hits: u64,
    /// Calls that got a stale answer, while a refresh was running or had failed.
    pub stale: u64,
    /// Calls that waited for a load, their own or another call's.
    pub misses: u64,
    /// Calls that got a cached refusal.
    pub negative: u64,
    /// Calls that bypassed the cached answer.
    pub fresh: u64,
    /// Calls to the service below, including refreshes in the background.
    pub loads: u64,
    /// Answers and refusals that are cached now.
    pub entries: usize,
}

/// The counters behind [`Statistics`].
#[derive(Debug, Default)]
pub(super) struct Counts {
    hits: AtomicU64,
    stale: AtomicU64,
    misses: AtomicU64,
    negative: AtomicU64,
    fresh: AtomicU64,
    loads: AtomicU64,
}

impl Counts {
    /// Counts and reports the outcome of a call's look-up. Every look-up passes here once.
    pub(super) fn looked_up(&self, call: &Call, lookup: Lookup) {
        let count = match lookup {
            Lookup::Hit => &self.hits,
            Lookup::Stale => &self.stale,
            Lookup::Miss => &self.misses,
            Lookup::Negative => &self.negative,
            Lookup::Fresh => &self.fresh,
        };
        count.fetch_add(1, Ordering::Relaxed);
        let (action, outcome) = (call.action(), lookup.as_str());
        metrics::cache_lookup(action, outcome);
        tracing::debug!(kms.operation = action.name, kms.cache.outcome = outcome, "looked up");
    }

    /// Counts a call to the service below.
    pub(super) fn loaded(&self) {
        self.loads.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn statistics(&self, entries: usize) -> Statistics {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Statistics {
            hits: read(&self.hits),
            stale: read(&self.stale),
            misses: read(&self.misses),
            negative: read(&self.negative),
            fresh: read(&self.fresh),
            loads: read(&self.loads),
            entries,
        }
    }
}
