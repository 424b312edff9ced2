//! Connections in the making: TCP, then TLS where the URI says so, then HTTP.

mod resolve;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use hyper_util::client::legacy::connect::HttpConnector;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::sync::{Mutex, MutexGuard};
use tokio_rustls::TlsConnector;
use tower::ServiceExt as _;

pub(super) use self::resolve::{NotFound, Resolver};
use super::TlsOptions;
use super::builder::Settings;
use super::connection::Connection;
use super::failure;
use super::pool::Target;
use crate::error::{BoxError, Error, ErrorKind};

/// TCP probes that must be lost before a connection is given up.
const PROBES: u32 = 3;

/// Makes connections under one set of TLS settings.
pub(super) struct Connector {
    id: u64,
    tcp: HttpConnector<Resolver>,
    tls: Arc<ClientConfig>,
    limit: Duration,
    keep_alive: Duration,
    turn: Mutex<()>,
    is_shared: AtomicBool,
}

impl Connector {
    pub(super) fn new(settings: &Settings, tls: &TlsOptions) -> Result<Self, Error> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let mut tcp = HttpConnector::new_with_resolver(settings.resolver.clone());
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // Divided among the addresses of a host, so that a dead one leaves time for the next.
        tcp.set_connect_timeout(Some(settings.connect_timeout));
        tcp.set_keepalive(Some(settings.keep_alive));
        tcp.set_keepalive_interval(Some(settings.keep_alive));
        tcp.set_keepalive_retries(Some(PROBES));
        let mut tls = tls.client_config()?;
        tls.alpn_protocols = protocols(settings);
        Ok(Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            tcp,
            is_shared: AtomicBool::new(!tls.alpn_protocols.is_empty()),
            tls: Arc::new(tls),
            limit: settings.connect_timeout,
            keep_alive: settings.keep_alive,
            turn: Mutex::default(),
        })
    }

    /// Tells the connections of this connector from those of others.
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// The time limit of a connection.
    pub(super) fn limit(&self) -> Duration {
        self.limit
    }

    /// Waits while somebody else makes a connection that may be shared: over HTTP/2, one is enough.
    pub(super) async fn turn(&self) -> Option<MutexGuard<'_, ()>> {
        if !self.is_shared.load(Ordering::Relaxed) {
            return None;
        }
        let turn = self.turn.lock().await;
        self.is_shared.load(Ordering::Relaxed).then_some(turn)
    }

    /// Makes a connection, however long it takes.
    pub(super) async fn connect(&self, target: &Target) -> Result<Connection, Error> {
        let failed = |error: BoxError| failure::connecting(error, target);
        let tcp = self.tcp.clone().oneshot(target.uri()).await.map_err(|e| failed(e.into()))?;
        if !target.is_https() {
            return Connection::http1(tcp).await.map_err(|e| failed(e.into()));
        }
        let name = ServerName::try_from(target.host().to_owned()).map_err(|error| {
            let message = format!("{} is not a host name: check the endpoint", target.host());
            Error::new(ErrorKind::Config, message).with_source(error)
        })?;
        let tls = TlsConnector::from(Arc::clone(&self.tls));
        let tls = tls.connect(name, tcp.into_inner()).await.map_err(|e| failed(e.into()))?;
        let is_http2 = tls.get_ref().1.alpn_protocol() == Some(b"h2");
        self.is_shared.store(is_http2, Ordering::Relaxed);
        Connection::over_tls(tls, is_http2, self.keep_alive).await.map_err(|e| failed(e.into()))
    }
}

/// What is offered in the TLS handshake; HTTP/1.1 alone needs no offer.
fn protocols(settings: &Settings) -> Vec<Vec<u8>> {
    #[cfg(feature = "http2")]
    if settings.http2 {
        return vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    }
    let _ = settings;
    Vec::new()
}
