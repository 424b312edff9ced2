//! Keeps what was loaded, and replaces it in time.
//!
//! | what there is | what a call gets |
//! |---|---|
//! | nothing, or what has expired or is about to | waits for the load that is on its way, one for all |
//! | what expires soon | what there is; a load is begun in the background |
//! | what the service refused | waits for one load |
//! | a load that failed | what there is while it is valid, else the error |
//!
//! A load is begun at a random moment in the last third of a credential's life, and not more than 15
//! minutes before its end. After one that failed the background waits: 1 s, doubling up to a minute,
//! each time a random part of it; and calls that nothing can be served get its error for the first
//! second of that, so that they do not make an outage worse. A load runs in a task of its own: it goes
//! on if the call that began it is dropped.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::{Environment, LoadCredential, Temporary};
use crate::lock::lock;
use crate::{Credential, Error, ErrorKind, Identity, ProvideCredential};

/// How long before its end a credential is replaced at the earliest.
const LONGEST_WINDOW: Duration = Duration::from_secs(15 * 60);
/// How long before its end a credential is as good as expired: the call must get there.
const LONGEST_MARGIN: Duration = Duration::from_secs(10);
/// How often what does not expire is loaded.
const RECHECK: Duration = Duration::from_secs(60);
/// How long all get the error of a load that failed.
const LONGEST_REST: Duration = Duration::from_secs(1);
/// How often a refusal makes it load at once.
const RENEWAL_PAUSE: Duration = Duration::from_secs(10);

/// A provider of what is loaded. Clones share it.
///
/// Must be used inside a tokio runtime.
pub struct Cached<L> {
    shared: Arc<Shared<L>>,
}

struct Shared<L> {
    loader: L,
    environment: Environment,
    state: Mutex<State>,
}

/// Where the end of a load is told.
type Flight = watch::Receiver<Option<Result<(), Error>>>;

#[derive(Default)]
struct State {
    current: Option<Current>,
    /// The load that is on its way; its end is told to all who wait.
    flight: Option<Flight>,
    failures: u32,
    /// When the background may try again.
    not_before: Option<Instant>,
    /// Until when the error of the last load is everyone's.
    rest: Option<(Instant, Error)>,
    renewed_at: Option<Instant>,
}

struct Current {
    credential: Credential,
    expires_at: Option<SystemTime>,
    refresh_at: SystemTime,
    /// From when on it is too late to serve it while another one is loaded.
    urgent_at: Option<SystemTime>,
    is_refused: bool,
}

/// What a call gets.
enum Served {
    Now(Result<Credential, Error>),
    Later(Flight),
}

/// What to do with what there is.
enum Age {
    Fresh,
    Due,
    Void,
}

impl<L: LoadCredential> Cached<L> {
    /// Keeps what this loads.
    pub fn new(loader: L, environment: &Environment) -> Self {
        Self {
            shared: Arc::new(Shared {
                loader,
                environment: environment.clone(),
                state: Mutex::default(),
            }),
        }
    }

    /// What loads.
    pub fn loader(&self) -> &L {
        &self.shared.loader
    }

    /// What a call gets now, or the load that it must wait for.
    fn serve(&self) -> Served {
        let now = self.shared.now();
        let state = self.shared.state();
        match (state.age(now), state.valid(now), state.rest()) {
            (Age::Fresh, Some(credential), _) => Served::Now(Ok(credential)),
            (Age::Due, Some(credential), _) => {
                if state.may_load() {
                    Shared::begin(&self.shared, state);
                }
                Served::Now(Ok(credential))
            }
            (_, valid, Some(error)) => Served::Now(valid.ok_or(error)),
            (_, _, None) => Served::Later(Shared::begin(&self.shared, state)),
        }
    }

    /// What a call gets that waited for a load which ended like this.
    fn serve_after(&self, landed: Result<(), Error>) -> Result<Credential, Error> {
        match (self.shared.state().valid(self.shared.now()), landed) {
            (Some(credential), _) => Ok(credential),
            (None, Err(error)) => Err(error),
            (None, Ok(())) => {
                let message = "the credential expired as it was loaded";
                Err(Error::new(ErrorKind::Credential, message))
            }
        }
    }
}

impl<L: LoadCredential> Shared<L> {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn now(&self) -> SystemTime {
        self.environment.clock().now()
    }

    /// The load that is on its way, or a new one.
    fn begin(shared: &Arc<Self>, mut state: MutexGuard<'_, State>) -> Flight {
        if let Some(flight) = &state.flight {
            return flight.clone();
        }
        let (tell, flight) = watch::channel(None);
        state.flight = Some(flight.clone());
        // A runtime that is ending drops the load at once, and then the load takes the lock.
        drop(state);
        let load = Load { shared: Arc::clone(shared), tell, is_over: false };
        let span = tracing::debug_span!(
            "kms.credential.load",
            kms.credential.provider = shared.loader.name()
        );
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(load.run().instrument(span));
        }
        flight
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
            let message = format!("{} gave a credential that has expired", self.loader.name());
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

    fn land(&self, result: Result<Temporary, Error>) -> Result<(), Error> {
        let result = result.and_then(|loaded| self.kept(loaded));
        let mut state = self.state();
        state.flight = None;
        match result {
            Ok(current) => {
                tracing::debug!("a credential was loaded");
                state.current = Some(current);
                (state.failures, state.not_before, state.rest) = (0, None, None);
                Ok(())
            }
            Err(error) => {
                state.failures = state.failures.saturating_add(1);
                let backoff =
                    self.environment.backoff(Duration::from_secs(1), Duration::from_secs(60));
                let wait = backoff.wait(state.failures, None);
                let now = Instant::now();
                state.not_before = Some(now + wait);
                state.rest = Some((now + wait.min(LONGEST_REST), error.clone()));
                if let Some(current) = &mut state.current {
                    // It may have been refused for another reason; the next refusal says.
                    current.is_refused = false;
                }
                tracing::warn!(
                    error.type = error.kind().as_str(),
                    kms.credential.is_kept = state.current.is_some(),
                    "no credential was loaded",
                );
                Err(error)
            }
        }
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

    /// What there is, if it has not expired.
    fn valid(&self, now: SystemTime) -> Option<Credential> {
        let current = self.current.as_ref()?;
        let is_valid = current.expires_at.is_none_or(|end| now < end);
        is_valid.then(|| current.credential.clone())
    }

    /// The error of a load that failed a moment ago.
    fn rest(&self) -> Option<Error> {
        let (until, error) = self.rest.as_ref()?;
        (Instant::now() < *until).then(|| error.clone())
    }

    fn may_load(&self) -> bool {
        self.flight.is_none() && self.not_before.is_none_or(|at| at <= Instant::now())
    }
}

#[async_trait]
impl<L: LoadCredential> ProvideCredential for Cached<L> {
    async fn provide(&self) -> Result<Credential, Error> {
        // A load can be cut short if the runtime that ran it ends; ours is another one then.
        for _ in 0..2 {
            let mut flight = match self.serve() {
                Served::Now(result) => return result,
                Served::Later(flight) => flight,
            };
            let landed = flight.wait_for(Option::is_some).await.map(|landed| landed.clone());
            if let Ok(Some(landed)) = landed {
                return self.serve_after(landed);
            }
        }
        let message = "loading the credential was cut short: it needs a tokio runtime that goes on";
        Err(Error::new(ErrorKind::Credential, message))
    }

    fn identity(&self) -> Option<Identity> {
        self.shared.loader.identity()
    }

    fn refused(&self, credential: Identity) -> bool {
        let mut guard = self.shared.state();
        let state = &mut *guard;
        let Some(current) = &mut state.current else {
            return true;
        };
        // Another one is in use already, or will be: others were refused before.
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
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<L: fmt::Debug> fmt::Debug for Cached<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cached").field(&self.shared.loader).finish()
    }
}

/// A load on its way.
struct Load<L: LoadCredential> {
    shared: Arc<Shared<L>>,
    tell: watch::Sender<Option<Result<(), Error>>>,
    is_over: bool,
}

impl<L: LoadCredential> Load<L> {
    async fn run(mut self) {
        let (loader, limit) = (&self.shared.loader, self.shared.loader.limit());
        let loaded = tokio::time::timeout(limit, loader.load()).await.unwrap_or_else(|_| {
            let message = format!("{} took longer than its limit of {limit:?}", loader.name());
            Err(Error::new(ErrorKind::Credential, message)
                .with_source(Error::new(ErrorKind::Timeout, "the time limit ran out")))
        });
        let result = self.shared.land(loaded);
        self.is_over = true;
        // They may all have gone.
        let _ = self.tell.send(Some(result));
    }
}

impl<L: LoadCredential> Drop for Load<L> {
    fn drop(&mut self) {
        if !self.is_over {
            // The loader panicked, or the runtime ended.
            self.shared.state().flight = None;
        }
    }
}

#[cfg(test)]
mod tests;
