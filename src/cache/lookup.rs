//! What became of a look-up: where all of them are counted and told.

use std::sync::atomic::{AtomicU64, Ordering};

use super::entries::Answer;
use crate::Call;
use crate::middleware::metrics;

/// What became of a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lookup {
    /// A fresh answer was kept.
    Hit,
    /// A stale answer was kept, and still may be given.
    Stale,
    /// Nothing was kept: the call waited for a load, its own or another's.
    Miss,
    /// A refusal was kept.
    Negative,
    /// The call asked not to be given what is kept.
    Fresh,
}

impl Lookup {
    /// That of a fresh answer.
    pub(super) fn of(answer: &Answer) -> Self {
        match answer {
            Answer::Reply(_) => Self::Hit,
            Answer::Refusal(_) => Self::Negative,
        }
    }

    /// The look-up as events and metrics name it.
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

/// How often what happened since the cache was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Calls that were given a fresh answer.
    pub hits: u64,
    /// Calls that were given a stale answer while it was or had been tried to refresh it.
    pub stale: u64,
    /// Calls that waited for a load, their own or another call's.
    pub misses: u64,
    /// Calls that were given a refusal that was kept.
    pub negative: u64,
    /// Calls that asked for a fresh answer.
    pub fresh: u64,
    /// Calls that were made of the service below, refreshes in the background included.
    pub loads: u64,
    /// Answers and refusals that are kept now.
    pub entries: usize,
}

/// The counts behind [`Statistics`].
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
    /// Counts and tells what became of a call's look-up. Every look-up passes here, once.
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

    /// Counts a call of the service below.
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
