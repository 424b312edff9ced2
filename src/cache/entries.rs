//! What is kept: a bounded map that knows no runtime and no lock.
//!
//! What is removed is handed out rather than dropped, so that it is wiped after the lock is free.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use tokio::time::Instant;

use super::key::{Key, text};
use super::settings::Lifetime;
use crate::{Error, Reply};

/// What is given to those who ask.
#[derive(Clone)]
pub(super) enum Answer {
    Reply(Arc<Reply>),
    /// The service said no.
    Refusal(Error),
}

impl Answer {
    /// As no request was made for it.
    pub(super) fn into_result(self) -> Result<Reply, Error> {
        match self {
            Self::Reply(reply) => Ok(reply.as_ref().clone().with_attempts(0)),
            Self::Refusal(error) => Err(error.with_attempts(0)),
        }
    }
}

/// An answer that is kept.
pub(super) struct Entry {
    answer: Answer,
    lifetime: Lifetime,
    /// The bare name of the secret or key.
    subject: Option<Box<str>>,
    /// When it may be tried again to refresh it, after a failure.
    try_at: Option<Instant>,
    used: u64,
}

impl Entry {
    pub(super) fn new(answer: Answer, lifetime: Lifetime, subject: Option<Box<str>>) -> Self {
        Self { answer, lifetime, subject, try_at: None, used: 0 }
    }

    /// The version of the secret that it holds.
    pub(super) fn version(&self) -> Option<Arc<str>> {
        match &self.answer {
            Answer::Reply(reply) => text(reply.payload(), "VersionId").map(Arc::from),
            Answer::Refusal(_) => None,
        }
    }
}

/// What was found.
pub(super) enum Found {
    Fresh(Answer),
    Stale {
        answer: Answer,
        /// Whether it may be tried to refresh it.
        is_due: bool,
    },
}

pub(super) struct Entries {
    kept: HashMap<Key, Entry>,
    capacity: usize,
    /// Counts uses, to tell which was the last.
    uses: u64,
}

impl Entries {
    pub(super) fn new(capacity: usize) -> Self {
        Self { kept: HashMap::new(), capacity, uses: 0 }
    }

    /// Finds what may still be given.
    pub(super) fn find(&mut self, key: &Key, now: Instant, date: SystemTime) -> Option<Found> {
        let entry = self.kept.get_mut(key).filter(|entry| now < entry.lifetime.gone_at)?;
        self.uses += 1;
        entry.used = self.uses;
        let answer = entry.answer.clone();
        Some(match entry.lifetime.is_fresh(now, date) {
            true => Found::Fresh(answer),
            false => Found::Stale { answer, is_due: entry.try_at.is_none_or(|at| at <= now) },
        })
    }

    /// The version that is kept for a call, whichever service it came to.
    pub(super) fn version_at_any_service(&self, key: &Key) -> Option<Arc<str>> {
        let wanted = key.of_any_service();
        let mut entries = self.kept.iter().filter(|(key, _)| key.of_any_service() == wanted);
        entries.find_map(|(_, entry)| entry.version())
    }

    /// Keeps an entry, and gives what it replaces or what had to make room.
    #[must_use = "to be dropped when the lock is free"]
    pub(super) fn insert(&mut self, key: Key, entry: Entry) -> Vec<Entry> {
        self.uses += 1;
        let mut removed = Vec::new();
        removed.extend(self.kept.insert(key, Entry { used: self.uses, ..entry }));
        while self.kept.len() > self.capacity {
            removed.extend(self.remove_oldest());
        }
        removed
    }

    /// A pass over all of them: few are kept, and a request over the network came before.
    fn remove_oldest(&mut self) -> Option<Entry> {
        let oldest = self.kept.iter().min_by_key(|(_, entry)| entry.used)?.0.clone();
        self.kept.remove(&oldest)
    }

    /// Says that a refresh failed and when to try again.
    pub(super) fn postpone(&mut self, key: &Key, try_at: Instant) {
        if let Some(entry) = self.kept.get_mut(key) {
            entry.try_at = Some(try_at);
        }
    }

    #[must_use = "to be dropped when the lock is free"]
    pub(super) fn remove(&mut self, key: &Key) -> Vec<Entry> {
        self.kept.remove(key).into_iter().collect()
    }

    /// Removes all that is about this secret or key.
    #[must_use = "to be dropped when the lock is free"]
    pub(super) fn remove_about(&mut self, subject: &str) -> Vec<Entry> {
        self.remove_if(|entry| entry.subject.as_deref() == Some(subject))
    }

    /// Removes all that is past its hard limit.
    #[must_use = "to be dropped when the lock is free"]
    pub(super) fn remove_gone(&mut self, now: Instant) -> Vec<Entry> {
        self.remove_if(|entry| entry.lifetime.gone_at <= now)
    }

    #[must_use = "to be dropped when the lock is free"]
    pub(super) fn remove_all(&mut self) -> Vec<Entry> {
        self.remove_if(|_| true)
    }

    fn remove_if(&mut self, is_to_go: impl Fn(&Entry) -> bool) -> Vec<Entry> {
        self.kept.extract_if(|_, entry| is_to_go(entry)).map(|(_, entry)| entry).collect()
    }

    /// When the next one is past its hard limit.
    pub(super) fn next_gone_at(&self) -> Option<Instant> {
        self.kept.values().map(|entry| entry.lifetime.gone_at).min()
    }

    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }
}
