//! The cache itself, which its handle and its services share.

use alibabacloud_kms_middleware::__private::{runtime, unpoisoned};
use std::sync::{Arc, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};
use std::time::Duration;

use tokio::runtime::{Handle, Id};
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tracing::Instrument;

use super::entries::{Entries, Entry, Found, Kept};
use super::key::{Key, subject};
use super::limits::Limits;
use super::lookup::{Counts, Lookup, Statistics};
use super::refusal::is_refusal;
use super::settings::CacheSettings;
use super::versions::{VersionWatch, Watches};
use crate::after::after;
use crate::flight::{Flight, Flights, Launch, LoadReason, Lost, Runtimes};
use crate::lock::lock;
use crate::task::spawn;
use crate::{BoxFuture, Call, Error, Reply};

/// The pause after a failed refresh.
const PAUSE: Duration = Duration::from_secs(5);

/// The time between two passes that remove what is past its hard limit.
const MIN_SWEEP: Duration = Duration::from_secs(1);

pub(super) struct Store {
    settings: CacheSettings,
    counts: Counts,
    /// Hits share this lock. It is changed only while `state` is locked.
    entries: RwLock<Entries>,
    /// Held for look-ups in maps, never across an await.
    state: Mutex<State>,
}

struct State {
    flights: Flights<Key, Result<Reply, Error>, Load>,
    watches: Watches,
    sweep: Option<Sweep>,
}

/// What is known about a load before it ends.
pub(super) struct Load {
    limits: Limits,
    /// The bare name of the secret or key.
    subject: Option<Box<str>>,
}

impl Load {
    pub(super) fn limits(&self) -> Limits {
        self.limits
    }
}

/// A load in progress.
pub(super) type Loading = Flight<Result<Reply, Error>, Load>;

/// The task that wipes what is past its hard limit, also without further calls.
struct Sweep {
    at: Instant,
    /// The runtime that drives it.
    runtime: Id,
    task: AbortHandle,
}

impl Drop for Sweep {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The loads in progress that a call may wait for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Joinable {
    /// Any.
    Any,
    /// Those with the call's own limits.
    Alike,
    /// None, because all of them started before the call.
    Nothing,
}

/// The result of `seek`.
pub(super) enum Served {
    /// A cached result.
    Kept(Kept),
    /// The load that this call started.
    Led(Arc<Loading>),
    /// The load that another call started.
    Joined(Arc<Loading>),
}

impl Store {
    pub(super) fn new(settings: CacheSettings) -> Self {
        let entries = RwLock::new(Entries::new(settings.capacity()));
        let state = State { flights: Flights::default(), watches: Watches::default(), sweep: None };
        Self { settings, counts: Counts::default(), entries, state: Mutex::new(state) }
    }

    pub(super) fn settings(&self) -> &CacheSettings {
        &self.settings
    }

    /// Returns the cached result for a call if it is fresh: the short path.
    pub(super) fn fresh_answer(&self, key: &Key, call: &Call) -> Option<Kept> {
        let found = self.entries().find(key, Instant::now(), || self.settings.date());
        let Some(Found::Fresh(answer)) = found else { return None };
        self.counts.looked_up(call, Lookup::new(&answer));
        Some(answer)
    }

    /// Returns the cached result for a call, or a load to wait for: one in progress, or a new one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): there is no tokio runtime to load on.
    pub(super) fn seek(
        self: &Arc<Self>,
        key: &Key,
        call: &Call,
        joins: Joinable,
        runtimes: Runtimes,
        load: impl FnOnce() -> BoxFuture<Reply>,
    ) -> Result<(Served, Lookup), Error> {
        let runtime = runtime::current()?;
        let now = Instant::now();
        let mut state = self.state();
        if joins == Joinable::Nothing {
            // A load that started before may return an older answer.
            state.flights.remove(key);
            let launch = state.begin(key, call, runtime, LoadReason::Callers);
            drop(state);
            return Ok((Served::Led(self.start(launch, key, load())), Lookup::Fresh));
        }
        let limits = Limits::new(call);
        let suits = |flight: &Loading| joins == Joinable::Any || flight.about().limits == limits;
        let found = self.entries().find(key, now, || self.settings.date());
        match found {
            Some(Found::Fresh(answer)) => {
                let lookup = Lookup::new(&answer);
                return Ok((Served::Kept(answer), lookup));
            }
            Some(Found::Stale { answer, is_due }) => {
                let is_loading =
                    || state.flights.find(key, runtime.id(), runtimes, |_| true).is_some();
                if is_due && !is_loading() {
                    let launch = state.begin(key, call, runtime, LoadReason::Background);
                    drop(state);
                    self.start(launch, key, load());
                }
                return Ok((Served::Kept(answer), Lookup::Stale));
            }
            None => {}
        }
        if let Some(flight) = state.flights.find(key, runtime.id(), runtimes, suits) {
            return Ok((Served::Joined(flight), Lookup::Miss));
        }
        let launch = state.begin(key, call, runtime, LoadReason::Callers);
        drop(state);
        Ok((Served::Led(self.start(launch, key, load().in_current_span())), Lookup::Miss))
    }

    /// Removes a load that shows no sign of life, so that later calls do not wait for it.
    pub(super) fn give_up(&self, key: &Key, flight: &Loading) {
        self.state().flights.give_up(key, flight.number());
    }

    /// Counts and reports the outcome of a call's look-up.
    pub(super) fn looked_up(&self, call: &Call, lookup: Lookup) {
        self.counts.looked_up(call, lookup);
    }

    /// Starts a load. It replaces earlier ones.
    fn start(
        self: &Arc<Self>,
        launch: Launch<Result<Reply, Error>, Load>,
        key: &Key,
        load: impl Future<Output = Result<Reply, crate::BoxError>> + Send + 'static,
    ) -> Arc<Loading> {
        self.counts.loaded();
        let number = launch.flight().number();
        let subject = launch.flight().about().subject.clone();
        let end = LoadEnd { cache: Arc::downgrade(self), key: key.clone(), number, subject };
        launch.start(load, |loaded| {
            let result = loaded.map(|answer| answer.map_err(Error::from_boxed));
            end.land(result.as_ref().map_err(|lost| *lost));
            result
        })
    }

    /// Removes everything about a secret or key, by its bare name.
    pub(super) fn invalidate(&self, subject: &str) {
        let mut state = self.state();
        // A load that started before may return an older answer.
        state.flights.remove_if(|load| load.subject.as_deref() == Some(subject));
        let removed = self.entries_mut().remove_about(subject);
        drop(state);
        drop(removed);
    }

    /// Removes everything.
    pub(super) fn clear(&self) {
        let mut state = self.state();
        state.flights.remove_if(|_| true);
        let removed = self.entries_mut().remove_all();
        drop(state);
        drop(removed);
    }

    pub(super) fn watch(&self, key: &Key) -> VersionWatch {
        let mut state = self.state();
        let cached = self.entries().version_at_any_service(key);
        state.watches.watch(key.for_any_service(), cached)
    }

    pub(super) fn statistics(&self) -> Statistics {
        self.counts.statistics(self.entries().len())
    }

    /// Wipes what is past its hard limit.
    fn sweep(self: &Arc<Self>) {
        let now = Instant::now();
        let mut state = self.state();
        let removed = self.entries_mut().remove_gone(now);
        state.sweep = None;
        let next = self.entries().next_gone_at();
        if let Some(next) = next {
            self.sweep_at(&mut state, next.max(now + MIN_SWEEP));
        }
        drop(state);
        drop(removed);
    }

    /// Ensures that a sweep runs at this time or before.
    fn sweep_at(self: &Arc<Self>, state: &mut State, at: Instant) {
        let Ok(runtime) = Handle::try_current() else { return };
        // A sweep on another runtime may not be driven when its time comes. What it was for stays due.
        let (at, is_driven) = match &state.sweep {
            Some(sweep) => {
                let is_driven = sweep.runtime == runtime.id() && !sweep.task.is_finished();
                (at.min(sweep.at), is_driven && sweep.at <= at)
            }
            None => (at, false),
        };
        if is_driven {
            return;
        }
        let cache = Arc::downgrade(self);
        let task = spawn(&runtime, async move {
            tokio::time::sleep_until(at).await;
            if let Some(cache) = cache.upgrade() {
                cache.sweep();
            }
        });
        state.sweep = Some(Sweep { at, runtime: runtime.id(), task });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn entries(&self) -> RwLockReadGuard<'_, Entries> {
        unpoisoned(self.entries.read())
    }

    fn entries_mut(&self) -> RwLockWriteGuard<'_, Entries> {
        unpoisoned(self.entries.write())
    }
}

impl State {
    fn begin(
        &mut self,
        key: &Key,
        call: &Call,
        runtime: Handle,
        reason: LoadReason,
    ) -> Launch<Result<Reply, Error>, Load> {
        let load = Load { limits: Limits::new(call), subject: subject(call).map(Box::from) };
        self.flights.begin(key.clone(), runtime, load.limits.longest(), reason, load)
    }
}

/// The place of a load's result.
struct LoadEnd {
    cache: Weak<Store>,
    key: Key,
    number: u64,
    subject: Option<Box<str>>,
}

impl LoadEnd {
    fn land(self, result: Result<&Result<Reply, Error>, Lost>) {
        let Some(cache) = self.cache.upgrade() else { return };
        let now = Instant::now();
        let settings = &cache.settings;
        let kept = match result {
            Ok(Ok(reply)) => {
                let answer = Kept::Reply(reply.clone());
                Some((answer, settings.lifetime_of(reply, now)))
            }
            // What came with the status of success is never kept.
            Ok(Err(error)) if is_refusal(error) && !is_in_success(error) => {
                let lifetime = settings.lifetime_of_refusal(now);
                lifetime.map(|lifetime| (Kept::Refusal(Arc::new(error.clone())), lifetime))
            }
            Ok(Err(_)) | Err(_) => None,
        };
        let is_refused = matches!(result, Ok(Err(error)) if is_refusal(error));
        let mut state = cache.state();
        if !state.flights.landed(&self.key, self.number) {
            return;
        }
        let removed = match kept {
            Some((answer, lifetime)) => {
                let entry = Entry::new(answer, lifetime, self.subject);
                state.watches.loaded(&self.key, entry.version());
                cache.sweep_at(&mut state, lifetime.gone_at);
                cache.entries_mut().insert(self.key, entry)
            }
            // If the service refuses the answer now, the old one must not be returned any longer.
            None if is_refused => cache.entries_mut().remove(&self.key),
            None => {
                cache.entries_mut().postpone(&self.key, after(now, PAUSE));
                Vec::new()
            }
        };
        drop(state);
        drop(removed);
    }
}

fn is_in_success(error: &Error) -> bool {
    error.status().is_some_and(|status| status.is_success())
}
