//! Makes connections: TCP, the proxy if there is one, TLS if the URI is https, then HTTP.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use alibabacloud_kms_middleware::__private::find;
use http::uri::Scheme;
use http::{Response, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;
use tower::ServiceExt as _;

use super::connection::{Connection, RequestForm};
use super::failure;
#[cfg(feature = "http2")]
use super::negotiated::Negotiated;
use super::origin::Origin;
use super::resolve::Resolver;
use super::settings::{Route, TransportSettings};
use super::socket::{Peek, Socket};
use super::stream::Stream;
use super::tls::{self, Tls};
use super::tunnel;
use crate::transport::measure::Connecting;
use crate::{BoxError, Error, ErrorKind, Proxy, ProxyKind, ProxyOptions};

/// The number of lost TCP probes after which a connection is given up.
const PROBES: u32 = 3;

/// Makes connections with one set of TLS settings.
pub(super) struct Connector {
    id: u64,
    tcp: HttpConnector<Resolver>,
    tls: Option<Tls>,
    proxy: ProxyOptions,
    /// For proxies that speak TLS themselves.
    tls_to_proxy: Option<Tls>,
    limit: Duration,
    keep_alive: Duration,
    #[cfg(feature = "http2")]
    negotiated: Negotiated,
}

impl Connector {
    pub(super) fn new(settings: &TransportSettings, route: &Route) -> Result<Self, Error> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let mut tcp = HttpConnector::new_with_resolver(settings.resolver.clone());
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // Divided among the addresses of a host, so that a dead one leaves time for the next.
        tcp.set_connect_timeout(Some(settings.connect_timeout));
        tcp.set_keepalive(Some(settings.keep_alive));
        tcp.set_keepalive_interval(Some(settings.keep_alive));
        tcp.set_keepalive_retries(Some(PROBES));
        let protocols = protocols(settings);
        #[cfg(feature = "http2")]
        let negotiated = Negotiated::new(!protocols.is_empty());
        let tls = route.tls.as_ref().map(|tls| Tls::new(settings, tls, protocols)).transpose()?;
        let to_proxy = match route.proxy.tls_options() {
            Some(tls) => Some(tls.clone()),
            None => route.tls.as_ref().map(|tls| tls.for_proxy()),
        };
        let tls_to_proxy = to_proxy
            .filter(|_| route.proxy.has_tls_proxy())
            .map(|tls| Tls::new(settings, &Arc::new(tls), Vec::new()))
            .transpose()?;
        Ok(Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            tcp,
            tls,
            proxy: route.proxy.clone(),
            tls_to_proxy,
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
        let uri = target.uri();
        let proxy = self.proxy.proxy_for(&uri)?;
        let tls = match config(self.tls.as_ref(), target.is_https(), target.authority()).await? {
            Some(tls) => Some((tls, server_name(target)?)),
            None => None,
        };
        let is_https = |proxy: &Proxy| proxy.uri().scheme_str() == Some("https");
        let tls_to_proxy = match proxy {
            Some(proxy) => config(self.tls_to_proxy.as_ref(), is_https(proxy), proxy).await?,
            None => None,
        };
        let connected = self.open(target, proxy, tls_to_proxy, tls, counted).await;
        connected.map_err(|error| match find(&*error).map(io::Error::kind) {
            // The time of a host's last address ends together with the limit, so its timeout is
            // reported as that of the limit.
            Some(io::ErrorKind::TimedOut) => self.timed_out(target),
            _ => failure::connecting(error, target, &self.proxy),
        })
    }

    async fn open(
        &self,
        target: &Origin,
        proxy: Option<&Proxy>,
        tls_to_proxy: Option<Arc<ClientConfig>>,
        tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
        counted: &Connecting,
    ) -> Result<Connection, BoxError> {
        let (stream, peek) = match proxy {
            Some(proxy) => self.to_proxy(proxy, tls_to_proxy).await?,
            None => self.tcp(target.uri()).await?,
        };
        let (stream, form) = match proxy {
            None => (stream, RequestForm::Origin),
            // The proxy reads the requests, so they need their whole URL and the proxy's user.
            Some(proxy) if proxy.kind() == ProxyKind::Http && !target.is_https() => {
                (stream, RequestForm::Absolute { authorization: proxy.authorization() })
            }
            Some(proxy) => {
                let stream = tunnel::through(proxy, stream, &target.uri()).await?;
                (stream, RequestForm::Origin)
            }
        };
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
        let proxy = self.proxy.proxy_for(&target.uri()).ok().flatten();
        failure::connect_timeout(self.limit, target, &self.proxy, proxy)
    }

    /// Returns the error of a request that the proxy did not forward because of its user, if this
    /// is its answer.
    pub(super) fn unauthorized<B>(&self, target: &Uri, answer: &Response<B>) -> Option<Error> {
        let error = tunnel::unauthorized(self.reading_proxy(target)?, answer)?;
        Some(failure::by_proxy(error, &self.proxy))
    }

    /// Returns the proxy that reads the requests to this target and answers those that it does not
    /// forward.
    fn reading_proxy(&self, target: &Uri) -> Option<&Proxy> {
        let proxy = self.proxy.proxy_for(target).ok().flatten();
        proxy.filter(|proxy| {
            proxy.kind() == ProxyKind::Http && target.scheme() != Some(&Scheme::HTTPS)
        })
    }

    async fn tcp(&self, uri: Uri) -> Result<(Stream, Peek), BoxError> {
        let socket = Socket::new(self.tcp.clone().oneshot(uri).await?.into_inner());
        let peek = socket.peek();
        Ok((Box::new(socket), peek))
    }

    async fn to_proxy(
        &self,
        proxy: &Proxy,
        tls: Option<Arc<ClientConfig>>,
    ) -> Result<(Stream, Peek), BoxError> {
        let connecting = async {
            let (tcp, peek) = self.tcp(proxy.uri().clone()).await?;
            let Some(tls) = tls else {
                return Ok((tcp, peek));
            };
            let name = ServerName::try_from(proxy.host().to_owned())?;
            let tls: Stream = Box::new(TlsConnector::from(tls).connect(name, tcp).await?);
            Ok((tls, peek))
        };
        connecting.await.map_err(|cause| tunnel::unreachable(proxy, cause).into())
    }
}

/// Returns the name that the server's certificate must have.
fn server_name(target: &Origin) -> Result<ServerName<'static>, Error> {
    ServerName::try_from(target.host().to_owned()).map_err(|error| {
        let message = format!("{} is not a host name: check the endpoint", target.host());
        Error::new(ErrorKind::Config, message).with_source(error)
    })
}

/// Returns the configuration of a connection to `peer`, or `None` if it is made without TLS.
async fn config(
    tls: Option<&Tls>,
    is_https: bool,
    peer: impl fmt::Display,
) -> Result<Option<Arc<ClientConfig>>, Error> {
    match tls {
        _ if !is_https => Ok(None),
        Some(tls) => tls.config().await.map(Some),
        None => Err(tls::no_trust(format_args!("the connection to {peer}"))),
    }
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
