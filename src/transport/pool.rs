//! The connections of a transport.
//!
//! Their number is bounded by turns. A request takes a turn before it looks for a connection and
//! gives it back when its connection is idle again or closed; only a request that finds none idle
//! makes one, and before it does, idle connections to elsewhere are dropped until there is room. So
//! there are never more connections than turns, however many requests wait, and no connection is
//! made that no request asked for. This is what hyper-util's pooled client does not offer: it bounds
//! idle connections only, and starts one for each request that finds none.

mod body;
mod idle;
mod target;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use aws_lc_rs::rand;
use http::{Request, Response};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

pub use self::body::ResponseBody;
use self::idle::Idle;
pub(super) use self::target::Target;
use super::builder::Settings;
use super::connect::Connector;
use super::connection::{Connection, Unanswered};
use super::failure;
use crate::Body;
use crate::Error;
use crate::middleware::signals::Departure;
use crate::transport::measure::Connecting;

pub(super) struct Pool {
    turns: Arc<Semaphore>,
    max_connections: usize,
    idle_timeout: Duration,
    max_age: Duration,
    idle: Mutex<Idle>,
}

/// A connection that can take a request.
struct Usable {
    connection: Connection,
    /// When it is too old.
    retires: Instant,
    is_new: bool,
}

/// A connection that a request is using, with the request's turn.
struct Lease {
    usable: Usable,
    target: Target,
    pool: Arc<Pool>,
    turn: OwnedSemaphorePermit,
}

impl Pool {
    pub(super) fn new(settings: &Settings) -> Self {
        let max_connections = settings.max_connections.min(Semaphore::MAX_PERMITS);
        Self {
            turns: Arc::new(Semaphore::new(max_connections)),
            max_connections,
            idle_timeout: settings.idle_timeout,
            max_age: settings.max_age,
            idle: Mutex::default(),
        }
    }

    /// Sends a request when its turn has come, over an idle connection or a new one.
    pub(super) async fn send(
        self: Arc<Self>,
        connector: &Connector,
        mut request: Request<Body>,
    ) -> Result<Response<ResponseBody>, Error> {
        let target = Target::new(connector, request.uri())?;
        let departure = request.extensions().get::<Departure>().cloned().unwrap_or_default();
        departure.mark_held();
        let turns = Arc::clone(&self.turns);
        let turn = turns.acquire_owned().await.expect("the pool never closes its turns");
        loop {
            let mut usable = match self.reuse(&target).await {
                Some(usable) => usable,
                None => self.connect(connector, &target).await?,
            };
            departure.mark_sent();
            match usable.connection.send(request).await {
                Ok(response) => {
                    let lease = Lease { usable, target, pool: self, turn };
                    return Ok(response.map(|body| ResponseBody::new(body, lease)));
                }
                // The server closed it just now.
                Err(Unanswered { unsent: Some(unsent), .. }) if !usable.is_new => {
                    departure.mark_returned();
                    request = unsent;
                }
                Err(unanswered) => return Err(failure::unanswered(unanswered, &target)),
            }
        }
    }

    /// An idle connection, of which the runtime knows nothing bad.
    async fn reuse(&self, target: &Target) -> Option<Usable> {
        loop {
            let found = self.idle().take(target, Instant::now(), self.idle_timeout)?;
            // A server may have closed it just now: let the runtime look at the network before.
            tokio::task::yield_now().await;
            if found.connection.is_ready() {
                return Some(found);
            }
        }
    }

    /// A new connection, or one that another request made meanwhile and shares.
    async fn connect(
        self: &Arc<Self>,
        connector: &Connector,
        target: &Target,
    ) -> Result<Usable, Error> {
        let counted = Connecting::begin(&target.uri());
        let connecting = async {
            let turn = connector.turn().await;
            if turn.is_some()
                && let Some(shared) = self.reuse(target).await
            {
                return Ok(shared);
            }
            let busy = self.max_connections - self.turns.available_permits();
            self.idle().shrink(self.max_connections - busy);
            let connection = connector.connect(target, &counted).await?;
            let retires = self.retirement();
            if let Some(connection) = connection.share() {
                let shared = Usable { connection, retires, is_new: false };
                self.keep(target.clone(), shared);
            }
            Ok(Usable { connection, retires, is_new: true })
        };
        let limit = connector.limit();
        let connected = match tokio::time::timeout(limit, connecting).await {
            Ok(connected) => connected,
            Err(_) => Err(failure::connect_timeout(limit, target)),
        };
        connected.inspect_err(|error| counted.failed(error))
    }

    /// Makes a connection idle, and sees to it that it does not stay so for ever.
    fn keep(self: &Arc<Self>, target: Target, usable: Usable) {
        let mut idle = self.idle();
        idle.put(target, usable, Instant::now());
        if idle.sweeper.as_ref().is_none_or(|sweeper| sweeper.is_finished())
            && let Ok(runtime) = Handle::try_current()
        {
            let sweeper = runtime.spawn(sweep(Arc::downgrade(self)));
            idle.sweeper = Some(sweeper.abort_handle());
        }
    }

    /// When a connection that is made now is too old.
    fn retirement(&self) -> Instant {
        // A limit that no clock can hold is none.
        let max_age = self.max_age.min(Duration::from_secs(60 * 60 * 24 * 365));
        let mut random = [0];
        // Without a random source they all end at the same age.
        let _ = rand::fill(&mut random);
        Instant::now() + max_age - max_age / 10 * u32::from(random[0]) / 255
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        // A thread that panicked left a list that is whole: it is changed in single steps.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    /// Makes the connection idle, and ends the turn after that.
    fn give_back(mut self) {
        if self.usable.connection.is_ready() {
            return self.put();
        }
        // It has read the end of the answer, but not yet done with it.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                let limit = self.pool.idle_timeout;
                let ready = self.usable.connection.ready();
                if let Ok(true) = tokio::time::timeout(limit, ready).await {
                    self.put();
                }
            });
        }
    }

    fn put(self) {
        let Self { usable, target, pool, turn } = self;
        pool.keep(target, usable);
        drop(turn);
    }
}

/// Drops connections as they expire, until none is left.
async fn sweep(pool: Weak<Pool>) {
    loop {
        let next = {
            let Some(pool) = pool.upgrade() else { return };
            let mut idle = pool.idle();
            let next = idle.sweep(Instant::now(), pool.idle_timeout);
            if next.is_none() {
                idle.sweeper = None;
            }
            next
        };
        match next {
            Some(next) => tokio::time::sleep_until(next).await,
            None => return,
        }
    }
}
