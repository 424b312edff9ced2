//! One load for all callers that want the same value at the same time.
//!
//! A load is a task of its own, so no caller depends on another one being polled. A task runs on
//! one tokio runtime, and a runtime that its program is not driving (a current-thread runtime
//! outside `block_on`, a blocked worker) runs none. So loads are kept by key *and* runtime: a call
//! waits for a load of its own runtime for as long as the load takes. It waits for a load of
//! another runtime while that runtime shows signs of life, up to the load's limit, and then starts
//! its own.
//!
//! However the task of a load ends, the waiting calls get a result: [`Launch::start`] has a guard
//! that ends the load with [`Lost`] if it panics, is aborted or its runtime ends.
//!
//! [`Flights`] is plain data without a lock: it belongs to the state of the cache around it, whose
//! lock covers "return the kept value, else join a load, else start one". A task is spawned after
//! that lock is released: a runtime that is shutting down drops the task at once, and ending the
//! load takes the lock.

use std::collections::HashMap;
use std::fmt;
use std::future::poll_fn;
use std::hash::Hash;
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Poll, ready};
use std::time::Duration;

use alibabacloud_kms_middleware::__private::runtime;
use tokio::runtime::{Handle, Id};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::after::after;
use crate::task::spawn;

/// The time within which another runtime must show a sign of life.
const PULSE: Duration = Duration::from_millis(250);

/// The maximum number of times that a call looks for another load after one was [lost](Lost).
pub(crate) const MAX_LOST: usize = 2;

/// The loads in progress, by what they load.
pub(crate) struct Flights<K, T, M = ()> {
    running: HashMap<K, Vec<Running<T, M>>>,
    last_number: u64,
    clean_at: usize,
}

struct Running<T, M> {
    number: u64,
    flight: Weak<Flight<T, M>>,
    /// Keeps a background load alive, for which no caller waits.
    _background: Option<Arc<Flight<T, M>>>,
}

/// The loads that a call may wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runtimes {
    /// Those of every runtime.
    Every,
    /// Those of the call's own runtime, because others have kept it waiting.
    Own,
}

/// The reason for a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoadReason {
    /// Callers wait for it: it ends with the last of them.
    Callers,
    /// The cache started it: it continues without waiting callers.
    Background,
}

impl<K: Eq + Hash, T, M> Flights<K, T, M> {
    /// Returns a load in progress that calls of this runtime may wait for: one of this runtime,
    /// else the latest of another runtime that is within its limit.
    pub(crate) fn find(
        &self,
        key: &K,
        runtime: Id,
        runtimes: Runtimes,
        suits: impl Fn(&Flight<T, M>) -> bool,
    ) -> Option<Arc<Flight<T, M>>> {
        let mut foreign = None;
        for running in self.running.get(key)?.iter().rev() {
            let Some(flight) = running.flight.upgrade().filter(|flight| !flight.is_over()) else {
                continue;
            };
            if flight.runtime.id() == runtime {
                if suits(&flight) {
                    return Some(flight);
                }
            } else if runtimes == Runtimes::Every
                && foreign.is_none()
                && !flight.is_overdue()
                && suits(&flight)
            {
                foreign = Some(flight);
            }
        }
        foreign
    }

    /// Adds a load of this runtime. [`Launch::start`] starts it after the lock around `self` is
    /// released.
    ///
    /// `limit` is the maximum time for which calls of other runtimes wait for it.
    pub(crate) fn begin(
        &mut self,
        key: K,
        runtime: Handle,
        limit: Duration,
        reason: LoadReason,
        about: M,
    ) -> Launch<T, M> {
        self.clean();
        self.last_number += 1;
        let (tell, outcome) = watch::channel(None);
        let now = Instant::now();
        let flight = Arc::new(Flight {
            number: self.last_number,
            runtime,
            overdue_at: after(now, limit),
            about,
            outcome,
            task: OnceLock::new(),
        });
        self.running.entry(key).or_default().push(Running {
            number: flight.number,
            flight: Arc::downgrade(&flight),
            _background: (reason == LoadReason::Background).then(|| Arc::clone(&flight)),
        });
        Launch { flight, tell }
    }

    /// Removes a load that has ended, and earlier loads of the same value. Returns `true` if the
    /// load was still wanted: neither removed nor given up by every caller.
    pub(crate) fn landed(&mut self, key: &K, number: u64) -> bool {
        let Some(running) = self.running.get_mut(key) else { return false };
        let of_number = running.iter().find(|running| running.number == number);
        let was_wanted = of_number.is_some_and(|running| running.flight.strong_count() > 0);
        if was_wanted {
            running.retain(|running| running.number > number);
        } else {
            running.retain(|running| running.number != number);
        }
        if running.is_empty() {
            self.running.remove(key);
        }
        was_wanted
    }

    /// Removes one load, so that later calls do not wait for it.
    pub(crate) fn give_up(&mut self, key: &K, number: u64) {
        if let Some(running) = self.running.get_mut(key) {
            running.retain(|running| running.number != number);
        }
    }

    /// Removes all loads of a value.
    pub(crate) fn remove(&mut self, key: &K) {
        self.running.remove(key);
    }

    /// Removes all loads for which `is_to_go` returns `true`.
    pub(crate) fn remove_if(&mut self, is_to_go: impl Fn(&M) -> bool) {
        let about = |running: &Running<T, M>| {
            running.flight.upgrade().is_none_or(|flight| is_to_go(&flight.about))
        };
        self.running.retain(|_, loads| {
            loads.retain(|running| !about(running));
            !loads.is_empty()
        });
    }

    /// Removes the entries of loads that every caller gave up, on a runtime that is not driven.
    fn clean(&mut self) {
        if self.running.len() < self.clean_at {
            return;
        }
        self.running.retain(|_, loads| {
            loads.retain(|running| running.flight.strong_count() > 0);
            !loads.is_empty()
        });
        self.clean_at = (2 * self.running.len()).max(64);
    }
}

impl<K, T, M> Default for Flights<K, T, M> {
    fn default() -> Self {
        Self { running: HashMap::new(), last_number: 0, clean_at: 64 }
    }
}

/// A load in progress. The waiting callers hold it.
pub(crate) struct Flight<T, M = ()> {
    number: u64,
    runtime: Handle,
    overdue_at: Instant,
    about: M,
    outcome: watch::Receiver<Option<Result<T, Lost>>>,
    task: OnceLock<AbortHandle>,
}

/// Why a load gave this caller no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// Its task ended without a result: the load panicked, or its runtime ended.
    Ended,
    /// It belongs to another runtime, which did not drive it or took longer than the load's limit.
    Silent,
}

impl<T, M> Flight<T, M> {
    /// Returns its number. Later loads of the same value have greater numbers.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Returns the data that its starter attached.
    pub(crate) fn about(&self) -> &M {
        &self.about
    }

    /// Returns `true` if it has taken longer than its limit, such as on a runtime that was not
    /// driven for a while.
    pub(crate) fn is_overdue(&self) -> bool {
        Instant::now() >= self.overdue_at
    }

    /// Returns `true` if it has ended.
    fn is_over(&self) -> bool {
        self.outcome.has_changed().is_err() || self.outcome.borrow().is_some()
    }
}

impl<T: Clone, M> Flight<T, M> {
    /// Waits until it ends. If it belongs to another runtime than the one that polls the call, waits
    /// only while that runtime drives it.
    pub(crate) async fn outcome(&self) -> Result<T, Lost> {
        let mut outcome = self.outcome.clone();
        let mut landing = pin!(landing(&mut outcome));
        let mut silence = pin!(self.silence());
        poll_fn(|cx| {
            if let Poll::Ready(landed) = landing.as_mut().poll(cx) {
                return Poll::Ready(landed);
            }
            // Each time, because the call may be polled on another runtime than before.
            if Handle::try_current().is_ok_and(|here| here.id() == self.runtime.id()) {
                return Poll::Pending;
            }
            ready!(silence.as_mut().poll(cx));
            // It may have landed just now.
            Poll::Ready(self.outcome.borrow().clone().unwrap_or(Err(Lost::Silent)))
        })
        .await
    }

    /// Waits until its runtime does not drive it, or it is overdue.
    async fn silence(&self) {
        loop {
            let left = self.overdue_at.saturating_duration_since(Instant::now());
            runtime::sleep(PULSE.min(left)).await;
            let is_alive = runtime::timeout(PULSE, self.runtime.spawn(async {})).await.is_some();
            if !is_alive || left <= PULSE {
                return;
            }
        }
    }
}

async fn landing<T: Clone>(
    outcome: &mut watch::Receiver<Option<Result<T, Lost>>>,
) -> Result<T, Lost> {
    let landed = outcome.wait_for(Option::is_some).await;
    landed.ok().and_then(|landed| landed.clone()).unwrap_or(Err(Lost::Ended))
}

/// Ends the task when no caller wants it any more.
impl<T, M> Drop for Flight<T, M> {
    fn drop(&mut self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }
}

/// A load that is in the [`Flights`] and has no task yet.
#[must_use = "`start` begins the load"]
pub(crate) struct Launch<T, M = ()> {
    flight: Arc<Flight<T, M>>,
    tell: watch::Sender<Option<Result<T, Lost>>>,
}

impl<T: Send + Sync + 'static, M> Launch<T, M> {
    pub(crate) fn flight(&self) -> &Arc<Flight<T, M>> {
        &self.flight
    }

    /// Starts the load in a task of its own. Must be called without the lock around the flights.
    ///
    /// `land` gets the loaded value, or [`Lost`] if the task ends without one, exactly once. All
    /// waiting callers get what it returns.
    pub(crate) fn start<L: Send + 'static>(
        self,
        load: impl Future<Output = L> + Send + 'static,
        land: impl FnOnce(Result<L, Lost>) -> Result<T, Lost> + Send + 'static,
    ) -> Arc<Flight<T, M>> {
        let mut guard = Guard { land: Some(land), tell: self.tell, loaded: PhantomData };
        let task = async move {
            let loaded = load.await;
            guard.land(Ok(loaded));
        };
        let task = spawn(&self.flight.runtime, task);
        // It is set only here, so this cannot fail.
        let _ = self.flight.task.set(task);
        self.flight
    }
}

/// Ends a load with a result, however its task ends.
struct Guard<L, T, F: FnOnce(Result<L, Lost>) -> Result<T, Lost>> {
    land: Option<F>,
    tell: watch::Sender<Option<Result<T, Lost>>>,
    loaded: PhantomData<fn(L)>,
}

impl<L, T, F: FnOnce(Result<L, Lost>) -> Result<T, Lost>> Guard<L, T, F> {
    fn land(&mut self, loaded: Result<L, Lost>) {
        if let Some(land) = self.land.take() {
            self.tell.send_replace(Some(land(loaded)));
        }
    }
}

impl<L, T, F: FnOnce(Result<L, Lost>) -> Result<T, Lost>> Drop for Guard<L, T, F> {
    fn drop(&mut self) {
        self.land(Err(Lost::Ended));
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ended => "the load ended without a result: it panicked, or its runtime ended",
            Self::Silent => {
                "the load runs on another tokio runtime, which did not drive it in time"
            }
        })
    }
}

#[cfg(test)]
mod tests;
