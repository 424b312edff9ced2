//! The connections of a transport.
//!
//! A turn is a permit to use one connection, and the number of turns bounds the number of
//! connections. A request takes a turn before it looks for a connection, and gives it back when the
//! connection is idle again or closed. A request that finds no idle connection for its origin makes
//! one; before that, the connections that were idle longest are dropped until there is room. So
//! there are never more connections than turns, however many requests wait, and no connection is
//! made without a request. Over HTTP/2 the requests to an origin share one. The turns belong to the
//! transport. An idle connection belongs to the tokio runtime that it was made on, because that
//! runtime drives it. hyper-util's pooled client cannot do this: it bounds only idle connections,
//! and starts one for each request that finds none.

mod body;
mod entries;
mod idle;
mod lease;
mod making;
#[cfg(feature = "http2")]
mod shared;

use std::sync::Arc;
use std::time::Duration;

use alibabacloud_kms_middleware::__private::runtime;
use aws_lc_rs::rand;
use http::{Request, Response};
use tokio::sync::Semaphore;
use tokio::time::Instant;

pub use self::body::ResponseBody;
use self::entries::{PoolKey, Usable};
use self::idle::Idle;
use self::lease::Lease;
use self::making::Making;
#[cfg(feature = "http2")]
use self::shared::Shared;
use super::connect::Connector;
use super::connection::{Unanswered, YEAR};
use super::failure;
use super::origin::Origin;
use super::settings::TransportSettings;
use crate::middleware::signals::Departure;
use crate::{Body, Error};

pub(super) struct Pool {
    turns: Arc<Semaphore>,
    max_connections: usize,
    max_age: Duration,
    idle: Arc<Idle>,
    #[cfg(feature = "http2")]
    shared: Shared,
}

impl Pool {
    pub(super) fn new(settings: &TransportSettings) -> Self {
        let max_connections = settings.max_connections.min(Semaphore::MAX_PERMITS);
        Self {
            turns: Arc::new(Semaphore::new(max_connections)),
            max_connections,
            max_age: settings.max_age,
            idle: Arc::new(Idle::new(settings.idle_timeout)),
            #[cfg(feature = "http2")]
            shared: Shared::default(),
        }
    }

    /// Sends a request when its turn has come, over an idle or a new connection.
    pub(super) async fn send(
        &self,
        connector: &Arc<Connector>,
        mut request: Request<Body>,
    ) -> Result<Response<ResponseBody>, Error> {
        let runtime = runtime::current()?;
        let origin = Origin::new(connector.id(), request.uri())?;
        let key = PoolKey { origin, runtime: runtime.id() };
        let departure = request.extensions().get::<Departure>().cloned().unwrap_or_default();
        departure.mark_held();
        let turns = Arc::clone(&self.turns);
        let turn = turns.acquire_owned().await.expect("the pool never closes its turns");
        loop {
            let mut usable = match self.idle.take(&key).await {
                Some(usable) => usable,
                // In a box: a handshake takes some KB, which each request would carry along.
                None => Box::pin(self.connect(connector, &key)).await?,
            };
            departure.mark_sent();
            match usable.connection.send(request).await {
                Ok(response) => {
                    let lease = Lease { usable, key, idle: Arc::clone(&self.idle), turn };
                    return Ok(response.map(|body| ResponseBody::new(body, lease)));
                }
                // The server has just closed an idle connection: nothing was sent, so try another.
                Err(Unanswered { unsent: Some(unsent), .. }) if !usable.is_new => {
                    departure.mark_unsent();
                    request = unsent;
                }
                Err(unanswered) => return Err(failure::unanswered(unanswered, &key.origin)),
            }
        }
    }

    /// Returns a new connection, or a shared one that another request is making.
    async fn connect(&self, connector: &Arc<Connector>, key: &PoolKey) -> Result<Usable, Error> {
        let busy = self.max_connections - self.turns.available_permits();
        self.idle.shrink(self.max_connections - busy);
        let making = Making {
            connector: Arc::clone(connector),
            key: key.clone(),
            idle: Arc::clone(&self.idle),
            retires: self.retirement(),
        };
        #[cfg(feature = "http2")]
        if connector.may_share(&key.origin) {
            return self.shared.connect(making).await;
        }
        making.run().await
    }

    /// Returns the time at which a connection that is made now is too old.
    fn retirement(&self) -> Instant {
        let max_age = self.max_age.min(YEAR);
        let mut random = [0];
        // Without a random source all connections end at the same age.
        let _ = rand::fill(&mut random);
        Instant::now() + max_age - max_age / 10 * u32::from(random[0]) / 255
    }
}
