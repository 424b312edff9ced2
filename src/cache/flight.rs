//! Loads that are on their way: one for all who want the same answer.
//!
//! A load is a task of its own, so that no caller depends on another one being polled. It ends with
//! the last caller that waits for it: what nobody wants any more is not left running.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::key::Key;
use crate::{Call, Error, ErrorKind, Outcome, Reply};

/// How long and how often a call may try. A load has those of the call that began it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    max_attempts: Option<u32>,
    is_idempotent: bool,
}

impl Limits {
    pub(super) fn of(call: &Call) -> Self {
        let options = call.options();
        Self {
            timeout: options.timeout,
            attempt_timeout: options.attempt_timeout,
            max_attempts: options.max_attempts,
            is_idempotent: call.is_idempotent(),
        }
    }
}

/// A load that is on its way. Who waits for it holds it.
pub(super) struct Flight {
    limits: Limits,
    outcome: watch::Receiver<Option<Result<Reply, Error>>>,
    _task: AbortOnDrop,
}

impl Flight {
    pub(super) fn new(
        limits: Limits,
        outcome: watch::Receiver<Option<Result<Reply, Error>>>,
        task: AbortHandle,
    ) -> Self {
        Self { limits, outcome, _task: AbortOnDrop::new(task) }
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// Waits until it has landed.
    pub(super) async fn outcome(&self) -> Result<Reply, Error> {
        let mut outcome = self.outcome.clone();
        let landed = outcome.wait_for(Option::is_some).await.ok();
        landed.and_then(|outcome| outcome.clone()).unwrap_or_else(|| {
            // It panicked, or the runtime that it ran on is gone.
            Err(Error::new(ErrorKind::Layer, "the load of a cached answer ended without one")
                .with_outcome(Outcome::Unknown))
        })
    }
}

/// The loads on their way, by what they load.
#[derive(Default)]
pub(super) struct Flights {
    running: HashMap<Key, Running>,
    last_number: u64,
    clean_at: usize,
}

struct Running {
    number: u64,
    subject: Option<Box<str>>,
    flight: Weak<Flight>,
    /// Nobody waits for a refresh in the background: it is held here.
    _background: Option<Arc<Flight>>,
}

impl Flights {
    /// Tells loads of the same answer apart.
    pub(super) fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// The load of this answer, if somebody still waits for it.
    pub(super) fn get(&self, key: &Key) -> Option<Arc<Flight>> {
        self.running.get(key)?.flight.upgrade()
    }

    /// Whether it is this load that answers; another may have been begun, or its answer may not be
    /// wanted any more.
    pub(super) fn is_current(&self, key: &Key, number: u64) -> bool {
        self.running.get(key).is_some_and(|running| running.number == number)
    }

    /// Makes this load the one that answers.
    pub(super) fn insert(
        &mut self,
        key: Key,
        number: u64,
        subject: Option<Box<str>>,
        flight: &Arc<Flight>,
        is_awaited: bool,
    ) {
        // Those that nobody waited for until the end have left their numbers.
        if self.running.len() >= self.clean_at {
            self.running.retain(|_, running| running.flight.strong_count() > 0);
            self.clean_at = (2 * self.running.len()).max(64);
        }
        let background = (!is_awaited).then(|| Arc::clone(flight));
        let flight = Arc::downgrade(flight);
        self.running.insert(key, Running { number, subject, flight, _background: background });
    }

    pub(super) fn remove(&mut self, key: &Key) {
        self.running.remove(key);
    }

    /// Lets no load about this secret or key answer later calls.
    pub(super) fn remove_about(&mut self, subject: &str) {
        self.running.retain(|_, running| running.subject.as_deref() != Some(subject));
    }

    pub(super) fn remove_all(&mut self) {
        self.running.clear();
    }
}

/// Ends a task when nobody wants it any more.
pub(super) struct AbortOnDrop(AbortHandle);

impl AbortOnDrop {
    pub(super) fn new(task: AbortHandle) -> Self {
        Self(task)
    }

    pub(super) fn is_finished(&self) -> bool {
        self.0.is_finished()
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
