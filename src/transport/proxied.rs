//! Connections through a proxy, or direct ones to targets that have none.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use alibabacloud_kms_middleware::__private::{find, passed_over_in};
use http::uri::Scheme;
use http::{Response, Uri};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;

use super::connection::RequestForm;
use super::failure;
use super::origin::Origin;
use super::proxies::Proxies;
use super::settings::{Route, TransportSettings};
use super::socket::Peek;
use super::stream::Stream;
use super::tcp::Tcp;
use super::tls::{self, Tls};
use super::tunnel::{self, ProxyError};
use crate::middleware::timeout::TimeLimit;
use crate::{BoxError, Error, ErrorKind, Outcome, Proxy, ProxyKind};

/// The proxies of one connector.
pub(super) struct Way {
    proxies: Proxies,
    /// For proxies that speak TLS themselves.
    tls: Option<Tls>,
}

/// A way to one target.
pub(super) struct Hop<'a>(Option<(&'a Proxy, Option<Arc<ClientConfig>>)>);

impl Way {
    pub(super) fn new(settings: &TransportSettings, route: &Route) -> Result<Self, Error> {
        let tls = match route.proxy.tls_options() {
            Some(tls) => Some(tls.clone()),
            None => route.tls.as_ref().map(|tls| tls.for_proxy()),
        };
        let tls = tls
            .filter(|_| route.proxy.has_tls_proxy())
            .map(|tls| Tls::new(settings, &Arc::new(tls), Vec::new()))
            .transpose()?;
        Ok(Self { proxies: route.proxy.clone(), tls })
    }

    /// Returns the way to a target, before any IO but that of reading certificates.
    pub(super) async fn hop(&self, target: &Origin) -> Result<Hop<'_>, Error> {
        let Some(proxy) = self.proxies.proxy_for(&target.uri())? else {
            return Ok(Hop(None));
        };
        let is_https = proxy.uri().scheme_str() == Some("https");
        let tls = tls::config(self.tls.as_ref(), is_https, proxy).await?;
        Ok(Hop(Some((proxy, tls))))
    }

    /// Returns the error of a failed connection.
    pub(super) fn failed(&self, error: BoxError, target: &Origin) -> Error {
        let Some(of_proxy) = find::<ProxyError>(&*error) else {
            return failure::connecting(error, target, "");
        };
        let (kind, message) = match find(of_proxy) {
            Some(error) => (ErrorKind::Tls, failure::tls::explain(error, of_proxy.proxy())),
            None => (ErrorKind::Connect, of_proxy.to_string().into()),
        };
        let message = format!("{message}{}", Exceptions(&self.proxies));
        Error::new(kind, message).with_source(error)
    }

    /// Returns the error of a connection that took longer than the limit, with the proxy on its
    /// way.
    pub(super) fn timed_out(&self, limit: Duration, target: &Origin) -> Error {
        let Some(proxy) = self.proxies.proxy_for(&target.uri()).ok().flatten() else {
            return failure::connect_timeout(limit, target, "");
        };
        let message = format!(
            "connecting to {} through the proxy {proxy} took longer than the connect timeout of \
             {limit:?}: check that it answers there, and whether its URL must begin with http:// \
             or https://{}",
            target.authority(),
            Exceptions(&self.proxies)
        );
        Error::new(ErrorKind::Timeout, message).with_time_limit(TimeLimit::Connect(limit))
    }

    /// Returns the error of a request that the proxy did not forward because of its user, if this
    /// is its answer.
    pub(super) fn unauthorized<B>(&self, target: &Uri, answer: &Response<B>) -> Option<Error> {
        let error = tunnel::unauthorized(self.reading_proxy(target)?, answer)?;
        let message = format!("{error}{}", Exceptions(&self.proxies));
        let error = Error::new(ErrorKind::Connect, message).with_source(error);
        Some(error.with_outcome(Outcome::NotSent))
    }

    /// Returns the proxy that reads the requests to this target and answers those that it does not
    /// forward.
    fn reading_proxy(&self, target: &Uri) -> Option<&Proxy> {
        let proxy = self.proxies.proxy_for(target).ok().flatten();
        proxy.filter(|proxy| {
            proxy.kind() == ProxyKind::Http && target.scheme() != Some(&Scheme::HTTPS)
        })
    }
}

impl Hop<'_> {
    /// Connects to a target. Returns how requests on the connection name it.
    pub(super) async fn open(
        &self,
        tcp: &Tcp,
        target: &Origin,
    ) -> Result<(Stream, Peek, RequestForm), BoxError> {
        let Some((proxy, tls)) = &self.0 else {
            let (stream, peek) = tcp.connect(target.uri()).await?;
            return Ok((stream, peek, RequestForm::Origin));
        };
        let connected = to_proxy(proxy, tls.as_ref(), tcp).await;
        let (stream, peek) = connected.map_err(|cause| tunnel::unreachable(proxy, cause))?;
        // The proxy reads the requests, so they need their whole URL and the proxy's user.
        if proxy.kind() == ProxyKind::Http && !target.is_https() {
            let authorization = proxy.authorization();
            return Ok((stream, peek, RequestForm::Absolute { authorization }));
        }
        let stream = tunnel::through(proxy, stream, &target.uri()).await?;
        Ok((stream, peek, RequestForm::Origin))
    }
}

async fn to_proxy(
    proxy: &Proxy,
    tls: Option<&Arc<ClientConfig>>,
    tcp: &Tcp,
) -> Result<(Stream, Peek), BoxError> {
    let (stream, peek) = tcp.connect(proxy.uri().clone()).await?;
    let Some(tls) = tls else {
        return Ok((stream, peek));
    };
    let name = ServerName::try_from(proxy.host().to_owned())?;
    let stream = TlsConnector::from(Arc::clone(tls)).connect(name, stream).await?;
    Ok((Box::new(stream), peek))
}

/// The end of an error of a proxy: that it may have been taken because an exception from it was not
/// understood.
struct Exceptions<'a>(&'a Proxies);

impl fmt::Display for Exceptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match passed_over_in(self.0) {
            None => Ok(()),
            Some(variable) => write!(f, "; {variable} has invalid entries, which are ignored"),
        }
    }
}
