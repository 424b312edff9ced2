//! Measures connections: how long they take to make, how many are open, and how many requests each
//! carried.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use alibabacloud_kms_middleware::__private::metrics::{self, Held, Label, Stopwatch, label};
use http::Uri;

use crate::Error;

/// A connection that is being made.
pub(super) struct Connecting {
    peer: Peer,
    begun: Stopwatch,
}

impl Connecting {
    pub(super) fn begin(uri: &Uri) -> Self {
        Self { peer: Peer::new(uri), begun: Stopwatch::start() }
    }

    /// Records that the connection was made.
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

    /// Records that it failed.
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

/// An open connection, for as long as this value lives.
pub(super) struct OpenConnection {
    peer: Peer,
    since: Stopwatch,
    requests: Arc<AtomicU32>,
    /// Counts it as open.
    _held: Held,
}

impl OpenConnection {
    /// Returns the counter of this connection's requests, for code that sees the responses and not
    /// the connection.
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

/// The number of requests that a connection answered.
#[derive(Debug, Clone)]
pub(super) struct Requests(Arc<AtomicU32>);

impl Requests {
    /// Counts one request.
    pub(super) fn answered(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// The server that a connection leads to.
#[derive(Clone)]
struct Peer {
    address: String,
    port: u16,
}

impl Peer {
    fn new(uri: &Uri) -> Self {
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
