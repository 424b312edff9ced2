//! The cache itself: what its handle and its services share.

use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tracing::Instrument;

use super::entries::{Answer, Entries, Entry, Found};
use super::flight::{AbortOnDrop, Flight, Flights, Limits};
use super::key::{Key, subject};
use super::lookup::{Counts, Lookup, Statistics};
use super::refusal::is_refusal;
use super::settings::{Settings, after};
use super::versions::{VersionWatch, Watches};
use crate::lock::lock;
use crate::{BoxFuture, Call, Error, Reply};

/// After a refresh that failed, the next one is tried so much later.
const PAUSE: Duration = Duration::from_secs(5);

/// Between two passes over what is kept, for what is past its hard limit.
const MIN_SWEEP: Duration = Duration::from_secs(1);

pub(super) struct Shared {
    settings: Settings,
    counts: Counts,
    /// Held for look-ups in maps, never over an await.
    state: Mutex<State>,
}

struct State {
    entries: Entries,
    flights: Flights,
    watches: Watches,
    sweep: Option<Sweep>,
}

/// The task that wipes what is past its hard limit, also if nobody calls any more.
struct Sweep {
    at: Instant,
    task: AbortOnDrop,
}

/// Which loads on their way a call may wait for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Joins {
    /// Any.
    Any,
    /// Those with the call's own limits.
    Alike,
    /// None: they were begun before the call.
    Nothing,
}

/// What a call is given.
pub(super) enum Given {
    /// What was kept.
    Answer(Answer),
    /// The load that this call began.
    Led(Arc<Flight>),
    /// The load that another call began.
    Joined(Arc<Flight>),
}

impl Shared {
    pub(super) fn new(settings: Settings) -> Self {
        let state = State {
            entries: Entries::new(settings.capacity()),
            flights: Flights::default(),
            watches: Watches::default(),
            sweep: None,
        };
        Self { settings, counts: Counts::default(), state: Mutex::new(state) }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The answer to a call, if a fresh one is kept: the short way.
    pub(super) fn fresh_answer(&self, key: &Key, call: &Call) -> Option<Answer> {
        let (now, date) = (Instant::now(), self.settings.date());
        let Some(Found::Fresh(answer)) = self.state().entries.find(key, now, date) else {
            return None;
        };
        self.counts.looked_up(call, Lookup::of(&answer));
        Some(answer)
    }

    /// Gives a call what is kept, or a load that it may wait for, or one of its own.
    pub(super) fn seek(
        self: &Arc<Self>,
        key: &Key,
        call: &Call,
        joins: Joins,
        load: impl FnOnce() -> BoxFuture<Reply>,
    ) -> (Given, Lookup) {
        let (now, date) = (Instant::now(), self.settings.date());
        let mut state = self.state();
        if joins == Joins::Nothing {
            return (Given::Led(self.begin(&mut state, key, call, load(), true)), Lookup::Fresh);
        }
        let on_its_way = state.flights.get(key);
        match state.entries.find(key, now, date) {
            Some(Found::Fresh(answer)) => {
                let lookup = Lookup::of(&answer);
                return (Given::Answer(answer), lookup);
            }
            Some(Found::Stale { answer, is_due }) => {
                if is_due && on_its_way.is_none() {
                    self.begin(&mut state, key, call, load(), false);
                }
                return (Given::Answer(answer), Lookup::Stale);
            }
            None => {}
        }
        let is_alike = |flight: &Arc<Flight>| flight.limits() == Limits::of(call);
        let given = match on_its_way.filter(|flight| joins == Joins::Any || is_alike(flight)) {
            Some(flight) => Given::Joined(flight),
            None => Given::Led(self.begin(&mut state, key, call, load(), true)),
        };
        (given, Lookup::Miss)
    }

    /// Counts and tells what became of a call's look-up.
    pub(super) fn looked_up(&self, call: &Call, lookup: Lookup) {
        self.counts.looked_up(call, lookup);
    }

    /// Begins a load, which from now on is the one that answers.
    fn begin(
        self: &Arc<Self>,
        state: &mut State,
        key: &Key,
        call: &Call,
        load: BoxFuture<Reply>,
        is_awaited: bool,
    ) -> Arc<Flight> {
        self.counts.loaded();
        let subject: Option<Box<str>> = subject(call).map(Box::from);
        let number = state.flights.next_number();
        let landing = Landing {
            cache: Arc::downgrade(self),
            key: key.clone(),
            number,
            subject: subject.clone(),
        };
        let (sender, outcome) = watch::channel(None);
        let task = async move {
            let result = load.await.map_err(Error::from_boxed);
            landing.land(&result);
            sender.send_replace(Some(result));
        };
        let task = match is_awaited {
            true => tokio::spawn(task.in_current_span()),
            // It is no part of what its caller does, and may take longer.
            false => tokio::spawn(task),
        };
        let flight = Arc::new(Flight::new(Limits::of(call), outcome, task.abort_handle()));
        state.flights.insert(key.clone(), number, subject, &flight, is_awaited);
        flight
    }

    /// Removes what is kept about a secret or key, by its bare name.
    pub(super) fn invalidate(&self, subject: &str) {
        let mut state = self.state();
        // A load that began before may bring what was true before.
        state.flights.remove_about(subject);
        let removed = state.entries.remove_about(subject);
        drop(state);
        drop(removed);
    }

    /// Removes all that is kept.
    pub(super) fn clear(&self) {
        let mut state = self.state();
        state.flights.remove_all();
        let removed = state.entries.remove_all();
        drop(state);
        drop(removed);
    }

    pub(super) fn watch(&self, key: &Key) -> VersionWatch {
        let mut state = self.state();
        let cached = state.entries.version_at_any_service(key);
        state.watches.watch(key.of_any_service(), cached)
    }

    pub(super) fn statistics(&self) -> Statistics {
        self.counts.statistics(self.state().entries.len())
    }

    /// Wipes what is past its hard limit.
    fn sweep(self: &Arc<Self>) {
        let now = Instant::now();
        let mut state = self.state();
        let removed = state.entries.remove_gone(now);
        state.sweep = None;
        if let Some(next) = state.entries.next_gone_at() {
            self.sweep_at(&mut state, next.max(now + MIN_SWEEP));
        }
        drop(state);
        drop(removed);
    }

    /// Makes sure that there is a sweep at this time or before.
    fn sweep_at(self: &Arc<Self>, state: &mut State, at: Instant) {
        let is_due = |sweep: &Sweep| sweep.at <= at && !sweep.task.is_finished();
        if state.sweep.as_ref().is_some_and(is_due) {
            return;
        }
        let cache = Arc::downgrade(self);
        let task = tokio::spawn(async move {
            tokio::time::sleep_until(at).await;
            if let Some(cache) = cache.upgrade() {
                cache.sweep();
            }
        });
        state.sweep = Some(Sweep { at, task: AbortOnDrop::new(task.abort_handle()) });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// Where a load's answer goes.
struct Landing {
    cache: Weak<Shared>,
    key: Key,
    number: u64,
    subject: Option<Box<str>>,
}

impl Landing {
    fn land(self, result: &Result<Reply, Error>) {
        let Some(cache) = self.cache.upgrade() else { return };
        let now = Instant::now();
        let settings = &cache.settings;
        let kept = match result {
            Ok(reply) => {
                let answer = Answer::Reply(Arc::new(reply.clone()));
                Some((answer, settings.lifetime_of(reply, now)))
            }
            Err(error) if is_refusal(error) => {
                let lifetime = settings.lifetime_of_refusal(now);
                lifetime.map(|lifetime| (Answer::Refusal(error.clone()), lifetime))
            }
            Err(_) => None,
        };
        let mut state = cache.state();
        if !state.flights.is_current(&self.key, self.number) {
            return;
        }
        state.flights.remove(&self.key);
        let removed = match (kept, result) {
            (Some((answer, lifetime)), _) => {
                let entry = Entry::new(answer, lifetime, self.subject);
                state.watches.loaded(&self.key, entry.version());
                cache.sweep_at(&mut state, lifetime.gone_at);
                state.entries.insert(self.key, entry)
            }
            // What the service will not give any more is not given any more.
            (None, Err(error)) if is_refusal(error) => state.entries.remove(&self.key),
            (None, _) => {
                state.entries.postpone(&self.key, after(now, PAUSE));
                Vec::new()
            }
        };
        drop(state);
        drop(removed);
    }
}
