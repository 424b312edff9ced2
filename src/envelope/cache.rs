//! A bounded cache of data keys, which lets concurrent messages share one load.
//!
//! A message decides whether it can share a key when it takes the key, not when the key arrives: it
//! claims its part of the limits from a key that is kept or on its way. If there is neither, the
//! message starts a load of its own at once, and does not wait for any other load.

use alibabacloud_kms_middleware::__private::runtime;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tracing::Instrument as _;

use crate::flight::{Flight, Flights, Launch, LoadReason, Lost, MAX_LOST, Runtimes};
use crate::lock::lock;
use crate::lru::Lru;
use crate::{Error, ErrorKind, Outcome};

/// How long calls of another runtime wait for a load: a client's default time limit of a call.
const LONGEST: Duration = Duration::from_secs(30);

/// A data key that several messages share.
pub(super) trait SharedKey: Send + Sync + 'static {
    /// What is known about a key before it arrives.
    type Promise: Send + Sync + 'static;

    /// Returns `true` if its limits allow no further message, so that it need not be kept.
    fn is_used_up(&self) -> bool;
}

/// Keeps a limited number of keys and evicts the least recently used one.
pub(super) struct Cache<V: SharedKey> {
    state: Arc<Mutex<State<V>>>,
}

struct State<V: SharedKey> {
    kept: Lru<Vec<u8>, Arc<V>>,
    flights: Flights<Vec<u8>, Made<V>, V::Promise>,
}

type Made<V> = Result<Arc<V>, Error>;

/// A load of such a key.
type Loading<V> = Flight<Made<V>, <V as SharedKey>::Promise>;

/// The result for one message.
enum Served<V: SharedKey, F> {
    Kept(Arc<V>),
    Joined(Arc<Loading<V>>),
    Begun(Launch<Made<V>, V::Promise>, F),
}

impl<V: SharedKey> Cache<V> {
    pub(super) fn new(capacity: usize) -> Self {
        let state = State { kept: Lru::new(capacity.max(1)), flights: Flights::default() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Returns the key of this identity that `claim` accepts; else waits for one on its way that
    /// `join` accepts; else starts a load with `begin`, which keeps the key when it arrives.
    /// `is_young` decides whether a key is recent enough to be kept.
    ///
    /// A failure is returned to every message that waits for that load.
    ///
    /// # Errors
    ///
    /// Those of the load. [`ErrorKind::Config`]: there is no tokio runtime to load on.
    pub(super) async fn get<F>(
        &self,
        identity: &[u8],
        claim: impl Fn(&V) -> bool,
        join: impl Fn(&V::Promise) -> bool,
        is_young: impl Fn(&V) -> bool,
        begin: impl Fn() -> (V::Promise, F),
    ) -> Result<Arc<V>, Error>
    where
        F: Future<Output = Result<V, Error>> + Send + 'static,
    {
        let identity = identity.to_vec();
        let (mut runtimes, mut ended) = (Runtimes::Every, 0);
        loop {
            let runtime = runtime::current()?;
            let served = {
                let mut state = self.state();
                let old = state.kept.remove_if(|key| !is_young(key));
                let served = state.serve(&identity, runtime, runtimes, &claim, &join, &begin);
                drop(state);
                drop(old);
                served
            };
            let flight = match served {
                Served::Kept(key) => return Ok(key),
                Served::Joined(flight) => flight,
                Served::Begun(launch, load) => self.start(launch, identity.clone(), load),
            };
            match flight.outcome().await {
                Ok(made) => return made,
                Err(Lost::Silent) => {
                    self.state().flights.give_up(&identity, flight.number());
                    runtimes = Runtimes::Own;
                }
                Err(lost @ Lost::Ended) => {
                    ended += 1;
                    if ended == MAX_LOST {
                        let message = format!("no data key came: {lost}");
                        let error = Error::new(ErrorKind::Layer, message);
                        return Err(error.with_outcome(Outcome::Unknown));
                    }
                }
            }
        }
    }

    fn start(
        &self,
        launch: Launch<Made<V>, V::Promise>,
        identity: Vec<u8>,
        load: impl Future<Output = Result<V, Error>> + Send + 'static,
    ) -> Arc<Loading<V>> {
        let (state, number) = (Arc::downgrade(&self.state), launch.flight().number());
        launch.start(load.in_current_span(), move |loaded| {
            let made = loaded.map(|made| made.map(Arc::new));
            land(&state, identity, number, made.as_ref().ok().and_then(|made| made.as_ref().ok()));
            made
        })
    }

    fn state(&self) -> MutexGuard<'_, State<V>> {
        lock(&self.state)
    }
}

impl<V: SharedKey> State<V> {
    fn serve<F>(
        &mut self,
        identity: &Vec<u8>,
        runtime: Handle,
        runtimes: Runtimes,
        claim: impl Fn(&V) -> bool,
        join: impl Fn(&V::Promise) -> bool,
        begin: impl Fn() -> (V::Promise, F),
    ) -> Served<V, F> {
        if let Some(key) = self.kept.get(identity).filter(|key| claim(key)) {
            return Served::Kept(Arc::clone(key));
        }
        let suits = |flight: &Loading<V>| join(flight.about());
        if let Some(flight) = self.flights.find(identity, runtime.id(), runtimes, suits) {
            return Served::Joined(flight);
        }
        let ((promise, load), identity) = (begin(), identity.clone());
        let launch = self.flights.begin(identity, runtime, LONGEST, LoadReason::Callers, promise);
        Served::Begun(launch, load)
    }
}

/// Keeps a key that has arrived, unless the messages that waited for it have used it up.
fn land<V: SharedKey>(
    state: &Weak<Mutex<State<V>>>,
    identity: Vec<u8>,
    number: u64,
    key: Option<&Arc<V>>,
) {
    let Some(state) = state.upgrade() else { return };
    let mut state = lock(&state);
    state.flights.give_up(&identity, number);
    let removed = match key.filter(|key| !key.is_used_up()) {
        Some(key) => state.kept.insert(identity, Arc::clone(key)),
        None => Vec::new(),
    };
    drop(state);
    drop(removed);
}
