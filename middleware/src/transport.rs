//! The bottom of the stack: pooled HTTP/1.1 connections over TCP or TLS.
//!
//! A connection is checked against the call's [`TlsOptions`], else the transport's own. Connections
//! are pooled by these settings, so that a connection made under one client's CA never serves
//! another's call. Redirects are not followed.
//!
//! ```
//! use alibabacloud_kms_middleware::transport::{TlsOptions, Transport};
//!
//! let transport = Transport::builder()
//!     .tls(TlsOptions::danger_accept_any_certificate())
//!     .build()?;
//! # let _ = transport;
//! # Ok::<(), alibabacloud_kms_middleware::Error>(())
//! ```

mod connect;
mod failure;
mod tls;
mod verify;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::Incoming;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower::Service;

use self::connect::Connector;
pub use self::tls::TlsOptions;
use crate::error::{BoxError, Error};
use crate::options::CallOptions;
use crate::{Body, BoxFuture};

/// Pools kept for the TLS settings of single calls; the least recently used goes first.
const MAX_POOLS: usize = 16;

type Pool = legacy::Client<Connector, Body>;

/// Sends requests over the network. Clones share their connections.
#[derive(Clone)]
pub struct Transport {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    own: Pool,
    of_calls: Mutex<Vec<(TlsOptions, Pool)>>,
}

#[derive(Debug, Clone)]
struct Settings {
    tls: TlsOptions,
    connect_timeout: Duration,
    idle_timeout: Duration,
    max_idle_per_host: usize,
}

/// Settings of a [`Transport`] to be.
#[derive(Debug, Clone)]
pub struct TransportBuilder {
    settings: Settings,
}

impl Transport {
    /// A transport with its defaults, to be changed.
    pub fn builder() -> TransportBuilder {
        TransportBuilder {
            settings: Settings {
                tls: TlsOptions::default(),
                connect_timeout: Duration::from_secs(5),
                idle_timeout: Duration::from_secs(20),
                max_idle_per_host: 64,
            },
        }
    }

    fn pool(&self, tls: Option<&TlsOptions>) -> Result<Pool, Error> {
        let Shared { settings, own, of_calls } = &*self.shared;
        let Some(tls) = tls.filter(|tls| **tls != settings.tls) else {
            return Ok(own.clone());
        };
        // A thread that panicked left a list that is whole: it is changed in single steps.
        let mut pools = of_calls.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = match pools.iter().position(|(known, _)| known == tls) {
            Some(index) => pools.remove(index),
            None => (tls.clone(), settings.pool(tls)?),
        };
        let pool = entry.1.clone();
        if pools.len() == MAX_POOLS {
            pools.remove(0);
        }
        pools.push(entry);
        Ok(pool)
    }
}

impl TransportBuilder {
    /// How servers' certificates are checked, unless a call says otherwise.
    #[must_use]
    pub fn tls(mut self, tls: TlsOptions) -> Self {
        self.settings.tls = tls;
        self
    }

    /// The time limit of a connection, TLS handshake included; 5 s unless told.
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.settings.connect_timeout = limit;
        self
    }

    /// Drops connections that were idle so long; 20 s unless told, which is before servers do.
    #[must_use]
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.settings.idle_timeout = limit;
        self
    }

    /// Keeps so many idle connections to a host at most; 64 unless told.
    #[must_use]
    pub fn max_idle_per_host(mut self, connections: usize) -> Self {
        self.settings.max_idle_per_host = connections;
        self
    }

    /// The transport. Makes no connection and needs no runtime.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): the TLS settings cannot be used.
    pub fn build(self) -> Result<Transport, Error> {
        let settings = self.settings;
        Ok(Transport {
            shared: Arc::new(Shared {
                own: settings.pool(&settings.tls)?,
                settings,
                of_calls: Mutex::default(),
            }),
        })
    }
}

impl Settings {
    fn pool(&self, tls: &TlsOptions) -> Result<Pool, Error> {
        let connector = Connector::new(tls.client_config()?, self.connect_timeout);
        Ok(legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(self.idle_timeout)
            .pool_max_idle_per_host(self.max_idle_per_host)
            .build(connector))
    }
}

impl Service<http::Request<Body>> for Transport {
    type Response = http::Response<Incoming>;
    type Error = BoxError;
    type Future = BoxFuture<Self::Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let options = request.extensions().get::<Arc<CallOptions>>();
        let tls = options.and_then(|options| options.tls.as_deref());
        let sent = self.pool(tls).map(|pool| pool.request(request));
        Box::pin(async move { sent?.await.map_err(|error| failure::of(error).into()) })
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.shared.settings, f)
    }
}

#[cfg(test)]
mod tests;
