//! The cached answers and their lifetimes. Has neither a runtime nor a lock.
//!
//! Removed answers are returned instead of dropped, so that they are wiped after the lock is
//! released.

use std::hash::BuildHasherDefault;
use std::sync::Arc;
use std::time::SystemTime;

use tokio::time::Instant;

use super::key::{DigestHasher, Key, text};
use super::settings::Lifetime;
use crate::lru::Lru;
use crate::{Error, Reply};

/// A cached result. A clone, which is made under the lock, copies nothing: what is in a reply is
/// shared.
#[derive(Clone)]
pub(super) enum Kept {
    Reply(Reply),
    /// The service refused the call.
    Refusal(Arc<Error>),
}

impl Kept {
    /// Returns it as the result of a call that made no request.
    pub(super) fn into_result(self) -> Result<Reply, Error> {
        match self {
            Self::Reply(reply) => Ok(reply.with_attempts(0)),
            Self::Refusal(error) => Err(Arc::unwrap_or_clone(error).with_attempts(0)),
        }
    }
}

/// A cached result with its lifetime.
pub(super) struct Entry {
    answer: Kept,
    lifetime: Lifetime,
    /// The bare name of the secret or key.
    subject: Option<Box<str>>,
    /// The time of the next refresh, after a failed one.
    try_at: Option<Instant>,
}

impl Entry {
    pub(super) fn new(answer: Kept, lifetime: Lifetime, subject: Option<Box<str>>) -> Self {
        Self { answer, lifetime, subject, try_at: None }
    }

    /// Returns the version of the secret.
    pub(super) fn version(&self) -> Option<Arc<str>> {
        match &self.answer {
            Kept::Reply(reply) => text(reply.payload(), "VersionId").map(Arc::from),
            Kept::Refusal(_) => None,
        }
    }
}

/// The result of a look-up.
pub(super) enum Found {
    Fresh(Kept),
    Stale {
        answer: Kept,
        /// Whether a refresh may be tried.
        is_due: bool,
    },
}

pub(super) struct Entries {
    kept: Lru<Key, Entry, BuildHasherDefault<DigestHasher>>,
}

impl Entries {
    pub(super) fn new(capacity: usize) -> Self {
        Self { kept: Lru::new(capacity) }
    }

    /// Returns a result that may still be used.
    pub(super) fn find(
        &self,
        key: &Key,
        now: Instant,
        date: impl FnOnce() -> SystemTime,
    ) -> Option<Found> {
        let entry = self.kept.get(key).filter(|entry| now < entry.lifetime.gone_at)?;
        let answer = entry.answer.clone();
        Some(if entry.lifetime.is_fresh(now, date) {
            Found::Fresh(answer)
        } else {
            Found::Stale { answer, is_due: entry.try_at.is_none_or(|at| at <= now) }
        })
    }

    /// Returns the version that is cached for a call at any service.
    pub(super) fn version_at_any_service(&self, key: &Key) -> Option<Arc<str>> {
        let wanted = key.for_any_service();
        let mut entries = self.kept.iter().filter(|(key, _)| key.for_any_service() == wanted);
        entries.find_map(|(_, entry)| entry.version())
    }

    /// Adds an entry, and returns those that it replaced or evicted.
    #[must_use = "to be dropped when the lock is free"]
    pub(super) fn insert(&mut self, key: Key, entry: Entry) -> Vec<Entry> {
        self.kept.insert(key, entry)
    }

    /// Records that a refresh failed, and the time of the next one.
    pub(super) fn postpone(&mut self, key: &Key, try_at: Instant) {
        if let Some(entry) = self.kept.peek(key) {
            entry.try_at = Some(try_at);
        }
    }

    #[must_use = "to be dropped when the lock is free"]
    pub(super) fn remove(&mut self, key: &Key) -> Vec<Entry> {
        self.kept.remove(key).into_iter().collect()
    }

    /// Removes everything about this secret or key.
    #[must_use = "to be dropped when the lock is free"]
    pub(super) fn remove_about(&mut self, subject: &str) -> Vec<Entry> {
        self.kept.remove_if(|entry| entry.subject.as_deref() == Some(subject))
    }

    /// Removes everything past its hard limit.
    #[must_use = "to be dropped when the lock is free"]
    pub(super) fn remove_gone(&mut self, now: Instant) -> Vec<Entry> {
        self.kept.remove_if(|entry| entry.lifetime.gone_at <= now)
    }

    #[must_use = "to be dropped when the lock is free"]
    pub(super) fn remove_all(&mut self) -> Vec<Entry> {
        self.kept.remove_if(|_| true)
    }

    /// Returns the next hard limit.
    pub(super) fn next_gone_at(&self) -> Option<Instant> {
        self.kept.iter().map(|(_, entry)| entry.lifetime.gone_at).min()
    }

    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }
}
