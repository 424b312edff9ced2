//! Makes connections: TCP, the proxy if there is one, TLS if the URI is https, then HTTP.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use alibabacloud_kms_middleware::__private::find;
use http::{Response, Uri};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;

use super::connection::Connection;
#[cfg(feature = "http2")]
use super::negotiated::Negotiated;
use super::origin::Origin;
use super::settings::{Route, TransportSettings};
use super::stream::Stream;
use super::tcp::Tcp;
use super::tls::{self, Tls};
use super::way::{Hop, Way};
use crate::transport::measure::Connecting;
use crate::{BoxError, Error, ErrorKind};

/// Makes connections with one set of TLS settings.
pub(super) struct Connector {
    id: u64,
    tcp: Tcp,
    tls: Option<Tls>,
    way: Way,
    limit: Duration,
    keep_alive: Duration,
    #[cfg(feature = "http2")]
    negotiated: Negotiated,
}

impl Connector {
    pub(super) fn new(settings: &TransportSettings, route: &Route) -> Result<Self, Error> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let protocols = protocols(settings);
        #[cfg(feature = "http2")]
        let negotiated = Negotiated::new(!protocols.is_empty());
        let tls = route.tls.as_ref().map(|tls| Tls::new(settings, tls, protocols)).transpose()?;
        Ok(Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            tcp: Tcp::new(settings),
            tls,
            way: Way::new(settings, route)?,
            limit: settings.connect_timeout,
            keep_alive: settings.keep_alive,
            #[cfg(feature = "http2")]
            negotiated,
        })
    }

    /// Returns a number that distinguishes the connections of this connector from those of others.
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Returns the time limit of a connection.
    pub(super) fn limit(&self) -> Duration {
        self.limit
    }

    /// Returns `true` if requests may share a connection to this origin.
    #[cfg(feature = "http2")]
    pub(super) fn may_share(&self, origin: &Origin) -> bool {
        self.negotiated.may_share(origin)
    }

    /// Makes a connection, without a time limit.
    pub(super) async fn connect(
        &self,
        target: &Origin,
        counted: &Connecting,
    ) -> Result<Connection, Error> {
        let hop = self.way.hop(target).await?;
        let tls = tls::config(self.tls.as_ref(), target.is_https(), target.authority()).await?;
        let tls = match tls {
            Some(tls) => Some((tls, server_name(target)?)),
            None => None,
        };
        let connected = self.open(target, hop, tls, counted).await;
        connected.map_err(|error| match find(&*error).map(io::Error::kind) {
            // The time of a host's last address ends together with the limit, so its timeout is
            // reported as that of the limit.
            Some(io::ErrorKind::TimedOut) => self.timed_out(target),
            _ => self.way.failed(error, target),
        })
    }

    async fn open(
        &self,
        target: &Origin,
        hop: Hop<'_>,
        tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
        counted: &Connecting,
    ) -> Result<Connection, BoxError> {
        let (stream, peek, form) = hop.open(&self.tcp, target).await?;
        let (stream, is_http2) = match tls {
            Some((tls, name)) => {
                let tls = TlsConnector::from(tls).connect(name, stream).await?;
                let is_http2 = tls.get_ref().1.alpn_protocol() == Some(b"h2");
                #[cfg(feature = "http2")]
                self.negotiated.remember(target, is_http2);
                (Box::new(tls) as Stream, is_http2)
            }
            None => (stream, false),
        };
        let connection =
            Connection::new(stream, form, is_http2, self.keep_alive, counted.opened()).await?;
        Ok(connection.with_peek(peek))
    }

    /// Returns the error of a connection that took longer than the limit.
    pub(super) fn timed_out(&self, target: &Origin) -> Error {
        self.way.timed_out(self.limit, target)
    }

    /// Returns the error of a request that a proxy did not forward because of its user, if this is
    /// its answer.
    pub(super) fn unauthorized<B>(&self, target: &Uri, answer: &Response<B>) -> Option<Error> {
        self.way.unauthorized(target, answer)
    }
}

/// Returns the name that the server's certificate must have.
fn server_name(target: &Origin) -> Result<ServerName<'static>, Error> {
    ServerName::try_from(target.host().to_owned()).map_err(|error| {
        let message = format!("{} is not a host name: check the endpoint", target.host());
        Error::new(ErrorKind::Config, message).with_source(error)
    })
}

/// Returns the protocols offered in the TLS handshake; HTTP/1.1 alone needs no offer.
fn protocols(settings: &TransportSettings) -> Vec<Vec<u8>> {
    #[cfg(feature = "http2")]
    if settings.http2 {
        return vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    }
    let _ = settings;
    Vec::new()
}
