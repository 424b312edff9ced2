//! Connections that several requests wait for.
//!
//! Over HTTP/2 one connection is enough for an origin. It is made in a task of its own for all
//! requests that wait for it, so that no request depends on another one being polled, and no host
//! waits for another one.

use std::sync::{Arc, Mutex};

use alibabacloud_kms_middleware::__private::runtime;
use tokio::runtime::Handle;
use tracing::Instrument as _;

use super::entries::{PoolKey, Usable};
use super::making::Making;
use crate::flight::{Flight, Flights, Launch, LoadReason, Lost, Runtimes};
use crate::lock::lock;
use crate::{Error, ErrorKind};

/// The result for requests that wait for a connection. The connection itself is among the idle
/// ones.
type Connected = Result<(), Error>;

/// The connections in progress that may be shared.
#[derive(Default)]
pub(super) struct Shared {
    flights: Arc<Mutex<Flights<PoolKey, Connected>>>,
}

enum Sought {
    Joined(Arc<Flight<Connected>>),
    Led(Launch<Connected>),
}

impl Shared {
    /// Makes a connection, or waits for the one that another request makes to the same origin.
    pub(super) async fn connect(&self, making: Making) -> Result<Usable, Error> {
        let flight = match self.seek(&making, &runtime::current()?) {
            Sought::Joined(flight) => flight,
            Sought::Led(launch) => return self.lead(launch, making).await,
        };
        if let Ok(Err(error)) = flight.outcome().await {
            return Err(error);
        }
        match making.idle.take(&making.key).await {
            Some(shared) => Ok(shared),
            // The server does not speak HTTP/2, or has just closed the connection.
            None => making.run().await,
        }
    }

    fn seek(&self, making: &Making, runtime: &Handle) -> Sought {
        let mut flights = lock(&self.flights);
        // A connection of another runtime could not be used here. One that was begun before a pause
        // of this runtime is about to fail.
        let suits = |flight: &Flight<Connected>| !flight.is_overdue();
        match flights.find(&making.key, runtime.id(), Runtimes::Own, suits) {
            Some(flight) => Sought::Joined(flight),
            None => {
                let (key, limit) = (making.key.clone(), making.connector.limit());
                let waiting = LoadReason::Callers;
                Sought::Led(flights.begin(key, runtime.clone(), limit, waiting, ()))
            }
        }
    }

    async fn lead(&self, launch: Launch<Connected>, making: Making) -> Result<Usable, Error> {
        let (flights, key) = (Arc::clone(&self.flights), making.key.clone());
        let number = launch.flight().number();
        let made = Arc::new(Mutex::new(None));
        let own = Arc::clone(&made);
        let flight = launch.start(making.run().in_current_span(), move |loaded| {
            lock(&flights).give_up(&key, number);
            loaded.map(|connected| connected.map(|usable| *lock(&made) = Some(usable)))
        });
        match flight.outcome().await {
            Ok(connected) => connected?,
            Err(lost) => return Err(Error::new(ErrorKind::Connect, lost.to_string())),
        }
        let made = lock(&own).take();
        made.ok_or_else(|| Error::new(ErrorKind::Connect, Lost::Ended.to_string()))
    }
}
