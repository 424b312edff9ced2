//! Keeps a loaded credential and replaces it in time.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use alibabacloud_kms_middleware::__private::runtime;
use async_trait::async_trait;
use tokio::runtime::Handle;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::{Environment, LoadCredential, Temporary};
use crate::flight::{Flight, Flights, Launch, LoadReason, Lost, MAX_LOST, Runtimes};
use crate::lock::lock;
use crate::{Credential, Error, ErrorKind, Identity, ProvideCredential};

/// The maximum time between the replacement of a credential and its expiry.
const LONGEST_WINDOW: Duration = Duration::from_secs(15 * 60);
/// The maximum time before its expiry from which a credential already counts as expired, since the
/// request takes time to arrive.
const LONGEST_MARGIN: Duration = Duration::from_secs(10);
/// The time after which a credential without an expiry is loaded again.
const RECHECK: Duration = Duration::from_secs(60);
/// The maximum time for which calls get the error of a failed load, without another load.
const LONGEST_REST: Duration = Duration::from_secs(1);
/// The minimum time between two loads that refusals cause.
const RENEWAL_PAUSE: Duration = Duration::from_secs(10);

/// A provider that keeps the credential that a [`LoadCredential`] loads, and replaces it in time.
/// Clones share the credential. It loads only inside a tokio runtime.
///
/// | kept credential | what a call gets |
/// |---|---|
/// | none, expired or about to expire | waits for the current load, which all calls share |
/// | expires soon | the kept credential; a load starts in the background |
/// | refused by the service | waits for a new load, which all calls share |
/// | the load failed | the kept credential while it is valid, else the error |
///
/// A load starts in the background at a random moment in the last third of a credential's life, at
/// most 15 minutes before its end. After a failed load, the background pauses for a random time
/// before the next: up to 1 s at first, and up to twice as long after each further failure, at most
/// a minute. For the first second of a pause, calls without a valid credential get the error of the
/// failed load, so that they do not make an outage worse.
///
/// A load runs in a task of its own, so it continues if the call that started it is dropped. The
/// task belongs to the runtime of that call. Calls on other runtimes wait for it while that runtime
/// is driven, up to the loader's limit, and then load themselves.
pub struct Cached<L> {
    loader: Arc<L>,
    inner: Arc<Inner>,
}

/// Does not depend on the loader's type, so that it is compiled once for all of them.
struct Inner {
    loader: Arc<dyn LoadCredential>,
    environment: Environment,
    state: Mutex<State>,
}

/// The result of a load.
type Landed = Result<(), Error>;

#[derive(Default)]
struct State {
    current: Option<Current>,
    /// The current loads, all of the one credential.
    flights: Flights<(), Landed>,
    /// The number of the latest load that has ended.
    landed: u64,
    failures: u32,
    /// The time before which the background does not try again.
    not_before: Option<Instant>,
    /// The time until which calls get the error of the last load, and that error.
    rest: Option<(Instant, Error)>,
    renewed_at: Option<Instant>,
}

struct Current {
    credential: Credential,
    expires_at: Option<SystemTime>,
    refresh_at: SystemTime,
    /// The time from which calls wait for another one instead of getting this one.
    urgent_at: Option<SystemTime>,
    is_refused: bool,
}

/// What a call gets.
enum Served {
    Now(Result<Credential, Error>),
    Later(Arc<Flight<Landed>>),
}

/// What to do with the kept credential.
enum Age {
    Fresh,
    Due,
    Void,
}

impl<L: LoadCredential> Cached<L> {
    /// Creates a provider that keeps what `loader` loads.
    pub fn new(loader: L, environment: &Environment) -> Self {
        let loader = Arc::new(loader);
        let inner = Inner {
            loader: Arc::clone(&loader) as _,
            environment: environment.clone(),
            state: Mutex::default(),
        };
        Self { loader, inner: Arc::new(inner) }
    }

    /// Returns the loader.
    pub fn loader(&self) -> &L {
        &self.loader
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn now(&self) -> SystemTime {
        self.environment.clock().now()
    }

    async fn provide(self: &Arc<Self>) -> Result<Credential, Error> {
        let (mut runtimes, mut ended, mut late) = (Runtimes::Every, 0, 0);
        loop {
            let flight = match self.serve(runtimes)? {
                Served::Now(result) => return result,
                Served::Later(flight) => flight,
            };
            match flight.outcome().await {
                Ok(landed) => {
                    if let Some(result) = self.serve_after(landed) {
                        return result;
                    }
                    late += 1;
                    if late == MAX_LOST {
                        let message =
                            "the loaded credential has expired: check this machine's clock";
                        return Err(Error::new(ErrorKind::Credential, message));
                    }
                }
                Err(Lost::Silent) => {
                    self.state().flights.give_up(&(), flight.number());
                    runtimes = Runtimes::Own;
                }
                Err(lost @ Lost::Ended) => {
                    ended += 1;
                    if ended == MAX_LOST {
                        let message = format!("no credential was loaded: {lost}");
                        return Err(Error::new(ErrorKind::Credential, message));
                    }
                }
            }
        }
    }

    /// Returns what a call gets now, or the load that it must wait for.
    fn serve(self: &Arc<Self>, runtimes: Runtimes) -> Result<Served, Error> {
        let now = self.now();
        let mut state = self.state();
        Ok(match (state.age(now), state.valid(now), state.rest()) {
            (Age::Fresh, Some(credential), _) => Served::Now(Ok(credential)),
            (Age::Due, Some(credential), _) => {
                if let Ok(runtime) = Handle::try_current()
                    && state.may_load(&runtime, runtimes)
                {
                    let launch = state.begin(runtime, self.loader.limit());
                    drop(state);
                    self.start(launch);
                }
                Served::Now(Ok(credential))
            }
            (_, valid, Some(error)) => Served::Now(valid.ok_or(error)),
            (_, _, None) => {
                let runtime = runtime::current()?;
                if let Some(flight) = state.flights.find(&(), runtime.id(), runtimes, |_| true) {
                    return Ok(Served::Later(flight));
                }
                let launch = state.begin(runtime, self.loader.limit());
                drop(state);
                Served::Later(self.start(launch))
            }
        })
    }

    /// Returns what a call gets after waiting for a load with this result; `None` if what was
    /// loaded has expired since: the call was not polled in time.
    fn serve_after(&self, landed: Result<(), Error>) -> Option<Result<Credential, Error>> {
        match (self.state().valid(self.now()), landed) {
            (Some(credential), _) => Some(Ok(credential)),
            (None, Err(error)) => Some(Err(error)),
            (None, Ok(())) => None,
        }
    }

    /// Starts a load. Must be called without the lock, which the load takes when it ends.
    fn start(self: &Arc<Self>, launch: Launch<Landed>) -> Arc<Flight<Landed>> {
        let span = tracing::debug_span!(
            "kms.credential.load",
            kms.credential.provider = self.loader.name()
        );
        let (inner, number) = (Arc::clone(self), launch.flight().number());
        let loading = Arc::clone(self);
        let load = async move { loading.load().await };
        launch.start(load.instrument(span), move |loaded| inner.land(loaded, number))
    }

    async fn load(&self) -> Result<Temporary, Error> {
        let (loader, limit) = (&self.loader, self.loader.limit());
        tokio::time::timeout(limit, loader.load()).await.unwrap_or_else(|_| {
            let message = format!("{} took longer than its limit of {limit:?}", loader.name());
            Err(Error::new(ErrorKind::Credential, message)
                .with_source(Error::new(ErrorKind::Timeout, "the time limit was exceeded")))
        })
    }

    fn kept(&self, loaded: Temporary) -> Result<Current, Error> {
        let Temporary { credential, expires_at } = loaded;
        let now = self.now();
        let Some(end) = expires_at else {
            let (refresh_at, urgent_at) = (now + RECHECK - self.jitter(RECHECK / 4), None);
            return Ok(Current {
                credential,
                expires_at,
                refresh_at,
                urgent_at,
                is_refused: false,
            });
        };
        let life = end.duration_since(now).unwrap_or_default();
        if life.is_zero() {
            let message = format!(
                "{} returned an expired credential: check this machine's clock",
                self.loader.name()
            );
            return Err(Error::new(ErrorKind::Credential, message));
        }
        let window = LONGEST_WINDOW.min(life / 3);
        let refresh_at = end - window / 2 - self.jitter(window / 2);
        let urgent_at = Some(end - LONGEST_MARGIN.min(life / 10));
        Ok(Current { credential, expires_at, refresh_at, urgent_at, is_refused: false })
    }

    fn jitter(&self, bound: Duration) -> Duration {
        self.environment.backoff(bound, bound).wait(1, None)
    }

    fn land(
        &self,
        loaded: Result<Result<Temporary, Error>, Lost>,
        number: u64,
    ) -> Result<Landed, Lost> {
        let kept = loaded.map(|result| result.and_then(|loaded| self.kept(loaded)));
        let mut state = self.state();
        let is_current = state.flights.landed(&(), number);
        // A load that was given up may still bring a credential, but must not replace a later one.
        let is_latest = state.landed < number;
        match kept {
            Ok(Ok(current)) => {
                tracing::debug!("a credential was loaded");
                if is_latest {
                    state.landed = number;
                    state.current = Some(current);
                    (state.failures, state.not_before, state.rest) = (0, None, None);
                }
                Ok(Ok(()))
            }
            Ok(Err(error)) => {
                if is_current {
                    let wait = self.postpone(&mut state);
                    state.rest = Some((Instant::now() + wait.min(LONGEST_REST), error.clone()));
                    if let Some(current) = &mut state.current {
                        // It may have been refused for another reason; the next refusal will show.
                        current.is_refused = false;
                    }
                }
                tracing::warn!(
                    error.type = error.kind().as_str(),
                    kms.credential.is_kept = state.current.is_some(),
                    "no credential was loaded",
                );
                Ok(Err(error))
            }
            Err(lost) => {
                if is_current {
                    self.postpone(&mut state);
                }
                Err(lost)
            }
        }
    }

    /// Pauses the background after a failed load. Returns the length of the pause.
    fn postpone(&self, state: &mut State) -> Duration {
        state.failures = state.failures.saturating_add(1);
        let backoff = self.environment.backoff(Duration::from_secs(1), Duration::from_secs(60));
        let wait = backoff.wait(state.failures, None);
        state.not_before = Some(Instant::now() + wait);
        wait
    }
}

impl State {
    fn age(&self, now: SystemTime) -> Age {
        match &self.current {
            Some(current) if current.is_refused => Age::Void,
            Some(current) if now < current.refresh_at => Age::Fresh,
            Some(current) if current.urgent_at.is_none_or(|urgent| now < urgent) => Age::Due,
            _ => Age::Void,
        }
    }

    /// Returns the kept credential, if it has not expired.
    fn valid(&self, now: SystemTime) -> Option<Credential> {
        let current = self.current.as_ref()?;
        let is_valid = current.expires_at.is_none_or(|end| now < end);
        is_valid.then(|| current.credential.clone())
    }

    /// Returns the error of a load that failed a moment ago.
    fn rest(&self) -> Option<Error> {
        let (until, error) = self.rest.as_ref()?;
        (Instant::now() < *until).then(|| error.clone())
    }

    fn may_load(&self, runtime: &Handle, runtimes: Runtimes) -> bool {
        self.not_before.is_none_or(|at| at <= Instant::now())
            && self.flights.find(&(), runtime.id(), runtimes, |_| true).is_none()
    }

    fn begin(&mut self, runtime: Handle, limit: Duration) -> Launch<Landed> {
        self.flights.begin((), runtime, limit, LoadReason::Background, ())
    }
}

#[async_trait]
impl<L: LoadCredential> ProvideCredential for Cached<L> {
    async fn provide(&self) -> Result<Credential, Error> {
        self.inner.provide().await
    }

    /// Returns the credential if it is fresh; [`provide`](Self::provide) handles every other case.
    fn current(&self) -> Option<Cow<'_, Credential>> {
        let (now, state) = (self.inner.now(), self.inner.state());
        let is_fresh = matches!(state.age(now), Age::Fresh);
        state.valid(now).filter(|_| is_fresh).map(Cow::Owned)
    }

    fn identity(&self) -> Option<Identity> {
        self.inner.loader.identity()
    }

    fn refused(&self, credential: Identity) -> bool {
        let mut guard = self.inner.state();
        let state = &mut *guard;
        let Some(current) = &mut state.current else {
            return true;
        };
        // Another credential is in use already, or is being loaded because an earlier call was
        // refused.
        if current.is_refused || current.credential.identity() != Some(credential) {
            return true;
        }
        let now = Instant::now();
        if state.renewed_at.is_some_and(|at| now.duration_since(at) < RENEWAL_PAUSE) {
            return false;
        }
        state.renewed_at = Some(now);
        current.is_refused = true;
        true
    }
}

impl<L> Clone for Cached<L> {
    fn clone(&self) -> Self {
        Self { loader: Arc::clone(&self.loader), inner: Arc::clone(&self.inner) }
    }
}

impl<L: fmt::Debug> fmt::Debug for Cached<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cached").field(&self.loader).finish()
    }
}

#[cfg(test)]
mod tests;
