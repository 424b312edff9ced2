//! The connections of a transport.
//!
//! Their number is bounded by turns. A request takes a turn before it looks for a connection and
//! gives it back when its connection is idle again or closed; only a request that finds none idle
//! makes one, and before it does, idle connections to elsewhere are dropped until there is room. So
//! there are never more connections than turns, however many requests wait, and no connection is
//! made that no request asked for. This is what hyper-util's pooled client does not offer: it bounds
//! idle connections only, and starts one for each request that finds none.

mod body;
mod entries;
mod idle;
mod lease;

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand;
use http::{Request, Response};
use tokio::sync::Semaphore;
use tokio::time::Instant;

pub use self::body::ResponseBody;
use self::entries::Usable;
use self::idle::Idle;
use self::lease::Lease;
use super::connect::Connector;
use super::connection::Unanswered;
use super::failure;
use super::measure::Connecting;
use super::settings::Settings;
use super::target::Target;
use crate::middleware::signals::Departure;
use crate::{Body, Error};

pub(super) struct Pool {
    turns: Arc<Semaphore>,
    max_connections: usize,
    max_age: Duration,
    idle: Arc<Idle>,
}

impl Pool {
    pub(super) fn new(settings: &Settings) -> Self {
        let max_connections = settings.max_connections.min(Semaphore::MAX_PERMITS);
        Self {
            turns: Arc::new(Semaphore::new(max_connections)),
            max_connections,
            max_age: settings.max_age,
            idle: Arc::new(Idle::new(settings.idle_timeout)),
        }
    }

    /// Sends a request when its turn has come, over an idle connection or a new one.
    pub(super) async fn send(
        &self,
        connector: &Connector,
        mut request: Request<Body>,
    ) -> Result<Response<ResponseBody>, Error> {
        let target = Target::new(connector.id(), request.uri())?;
        let departure = request.extensions().get::<Departure>().cloned().unwrap_or_default();
        departure.mark_held();
        let turns = Arc::clone(&self.turns);
        let turn = turns.acquire_owned().await.expect("the pool never closes its turns");
        loop {
            let mut usable = match self.idle.take(&target).await {
                Some(usable) => usable,
                None => self.connect(connector, &target).await?,
            };
            departure.mark_sent();
            match usable.connection.send(request).await {
                Ok(response) => {
                    let lease = Lease { usable, target, idle: Arc::clone(&self.idle), turn };
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

    /// A new connection, or one that another request made meanwhile and shares.
    async fn connect(&self, connector: &Connector, target: &Target) -> Result<Usable, Error> {
        let counted = Connecting::begin(&target.uri());
        let connecting = async {
            let turn = connector.turn().await;
            if turn.is_some()
                && let Some(shared) = self.idle.take(target).await
            {
                return Ok(shared);
            }
            let busy = self.max_connections - self.turns.available_permits();
            self.idle.shrink(self.max_connections - busy);
            let connection = connector.connect(target, &counted).await?;
            let retires = self.retirement();
            if let Some(connection) = connection.share() {
                let shared = Usable { connection, retires, is_new: false };
                self.idle.put(target.clone(), shared);
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

    /// When a connection that is made now is too old.
    fn retirement(&self) -> Instant {
        // An age that would overflow the clock counts as a year.
        let max_age = self.max_age.min(Duration::from_secs(60 * 60 * 24 * 365));
        let mut random = [0];
        // Without a random source they all end at the same age.
        let _ = rand::fill(&mut random);
        Instant::now() + max_age - max_age / 10 * u32::from(random[0]) / 255
    }
}
