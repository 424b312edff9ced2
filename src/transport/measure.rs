//! Connections: how long they take to make, how many are open, and what each carried.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http::Uri;

use crate::Error;
use crate::middleware::__private::metrics::{self, Held, Label, Stopwatch, label};

/// A connection that is being made.
pub(super) struct Connecting {
    peer: Peer,
    begun: Stopwatch,
}

impl Connecting {
    pub(super) fn begin(uri: &Uri) -> Self {
        Self { peer: Peer::of(uri), begun: Stopwatch::start() }
    }

    /// It came to be.
    pub(super) fn opened(&self) -> OpenConnection {
        self.ended(None);
        let held = metrics::hold(&metrics::CONNECTIONS, || self.peer.labels());
        OpenConnection {
            peer: self.peer.clone(),
            since: Stopwatch::start(),
            requests: Arc::default(),
            _held: held,
        }
    }

    /// It did not.
    pub(super) fn failed(&self, error: &Error) {
        self.ended(Some(error));
    }

    fn ended(&self, error: Option<&Error>) {
        metrics::record(&metrics::CONNECT_DURATION, self.begun.seconds(), || {
            let mut labels = self.peer.labels();
            let word = error.map(metrics::error_type);
            labels.extend(word.map(|word| label("error.type", metrics::bounded(&word))));
            labels
        });
    }
}

/// A connection that is open for as long as this lives.
pub(super) struct OpenConnection {
    peer: Peer,
    since: Stopwatch,
    requests: Arc<AtomicU32>,
    /// Counts it as open.
    _held: Held,
}

impl OpenConnection {
    /// Counts this connection's requests, for those who see the answers and not the connection.
    pub(super) fn requests(&self) -> Requests {
        Requests(Arc::clone(&self.requests))
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        let requests = f64::from(self.requests.load(Ordering::Relaxed));
        metrics::record(&metrics::CONNECTION_REQUESTS, requests, || self.peer.labels());
        metrics::record(&metrics::CONNECTION_DURATION, self.since.seconds(), || self.peer.labels());
    }
}

/// How many requests a connection answered.
#[derive(Debug, Clone)]
pub(super) struct Requests(Arc<AtomicU32>);

impl Requests {
    /// One more.
    pub(super) fn answered(&self) {
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
