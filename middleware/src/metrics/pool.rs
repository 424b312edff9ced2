//! Connections: how long they take to make, how many are open, and what each carried.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http::Uri;

use super::facade::{self, Held, Label, Stopwatch, label};
use super::{codes, table};
use crate::error::Error;
use crate::telemetry::error_type;

/// A connection that is being made.
pub(crate) struct Connecting {
    peer: Peer,
    begun: Stopwatch,
}

impl Connecting {
    pub(crate) fn begin(uri: &Uri) -> Self {
        Self { peer: Peer::of(uri), begun: Stopwatch::start() }
    }

    /// It came to be.
    pub(crate) fn opened(&self) -> OpenConnection {
        self.ended(None);
        let held = facade::hold(&table::CONNECTIONS, || self.peer.labels());
        OpenConnection {
            peer: self.peer.clone(),
            since: Stopwatch::start(),
            requests: Arc::default(),
            _held: held,
        }
    }

    /// It did not.
    pub(crate) fn failed(&self, error: &Error) {
        self.ended(Some(error));
    }

    fn ended(&self, error: Option<&Error>) {
        facade::record(&table::CONNECT_DURATION, self.begun.seconds(), || {
            let mut labels = self.peer.labels();
            let word = error.map(error_type::of_ours);
            labels.extend(word.map(|word| label("error.type", codes::word(&word))));
            labels
        });
    }
}

/// A connection that is open for as long as this lives.
pub(crate) struct OpenConnection {
    peer: Peer,
    since: Stopwatch,
    requests: Arc<AtomicU32>,
    /// Counts it as open.
    _held: Held,
}

impl OpenConnection {
    /// Counts this connection's requests, for those who see the answers and not the connection.
    pub(crate) fn requests(&self) -> Requests {
        Requests(Arc::clone(&self.requests))
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        let requests = f64::from(self.requests.load(Ordering::Relaxed));
        facade::record(&table::CONNECTION_REQUESTS, requests, || self.peer.labels());
        facade::record(&table::CONNECTION_DURATION, self.since.seconds(), || self.peer.labels());
    }
}

/// How many requests a connection answered.
#[derive(Debug, Clone)]
pub(crate) struct Requests(Arc<AtomicU32>);

impl Requests {
    /// One more.
    pub(crate) fn answered(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Whom a connection leads to.
#[derive(Clone)]
struct Peer {
    address: String,
    port: u16,
}

impl Peer {
    fn of(uri: &Uri) -> Self {
        let default = if uri.scheme() == Some(&http::uri::Scheme::HTTP) { 80 } else { 443 };
        Self {
            address: uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned(),
            port: uri.port_u16().unwrap_or(default),
        }
    }

    fn labels(&self) -> Vec<Label> {
        vec![
            label("server.address", self.address.clone()),
            label("server.port", self.port.to_string()),
        ]
    }
}
