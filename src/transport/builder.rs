//! The builder of a transport.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Transport;
use super::proxies::{self, Proxies};
#[cfg(test)]
use super::resolve::Resolver;
use super::settings::TransportSettings;
use super::tls;
#[cfg(feature = "proxy")]
use crate::ProxyOptions;
use crate::{Endpoint, Error, ErrorKind, Gateway, TlsOptions};

/// Builds a [`Transport`].
#[derive(Clone)]
#[must_use = "call `build` to create the transport"]
pub struct TransportBuilder {
    settings: TransportSettings,
    proxy: Option<Proxies>,
}

impl Transport {
    /// Returns a builder with the defaults.
    pub fn builder() -> TransportBuilder {
        let mut settings = TransportSettings::default();
        settings.route.tls = tls::default_trust();
        TransportBuilder { settings, proxy: None }
    }
}

impl TransportBuilder {
    /// Sets the TLS options of requests without the signal
    /// [`EffectiveTls`](crate::middleware::signals::EffectiveTls): which servers are trusted, and
    /// which certificate is presented (default: the operating system's roots).
    ///
    /// In a build without the feature `native-roots` there is no default: a request over https that
    /// has no TLS options from anywhere is an error of [`ErrorKind::Config`] before it is sent.
    pub fn tls(mut self, tls: impl Into<Arc<TlsOptions>>) -> Self {
        self.settings.route.tls = Some(tls.into());
        self
    }

    /// Sets the proxy of calls that have none of their own (default: the proxies that the process's
    /// environment names, as [`ProxyOptions::from_env`] reads them).
    #[cfg(feature = "proxy")]
    pub fn proxy(mut self, proxy: ProxyOptions) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// Sets the time limit for making a connection: name resolution, TCP, a proxy if there is one,
    /// and the TLS handshake (default 5 s).
    ///
    /// If a host has several addresses, each gets a share of this time.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.settings.connect_timeout = limit;
        self
    }

    /// Sets the time for which an idle connection is kept (default 20 s; the servers keep it
    /// longer).
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.settings.idle_timeout = limit;
        self
    }

    /// Sets the age after which a connection takes no more requests (default 5 min).
    ///
    /// The host's name is resolved for each new connection, so a change in the DNS takes effect
    /// after this time at the latest. A connection may end up to a tenth earlier, so that
    /// connections that were made together are not replaced together.
    pub fn max_age(mut self, limit: Duration) -> Self {
        self.settings.max_age = limit;
        self
    }

    /// Sets the maximum number of open connections: busy, idle and being made (default 256).
    ///
    /// This is also the maximum number of concurrent requests. Further requests wait in order,
    /// within the time limits of attempt and call.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.settings.max_connections = connections;
        self
    }

    /// Sets the time after which a silent connection is probed, and the time between probes
    /// (default 5 s). A connection that does not answer is closed.
    ///
    /// HTTP/1.1 uses TCP keep-alive and gives up after three lost probes; HTTP/2 uses pings and
    /// gives up after one.
    pub fn keep_alive(mut self, interval: Duration) -> Self {
        self.settings.keep_alive = interval;
        self
    }

    /// Sets the maximum number of different TLS and proxy settings of single calls that the
    /// transport keeps ready (default 16). The least recently used one is evicted, with its idle
    /// connections.
    ///
    /// Set it to the number of tenants, if each has a client certificate or CA of its own.
    pub fn max_call_settings(mut self, settings: usize) -> Self {
        self.settings.max_call_settings = settings;
        self
    }

    /// Offers HTTP/2 in the TLS handshake (ALPN). With a server that chooses it, all requests to a
    /// host share one connection. By default only HTTP/1.1 is offered.
    ///
    /// A call to KMS is one small message each way. Several connections are faster than a shared
    /// one, and a lost packet delays one call only, so HTTP/2 is useful only where connections are
    /// scarce.
    #[cfg(feature = "http2")]
    pub fn allow_http2(mut self) -> Self {
        self.settings.http2 = true;
        self
    }

    /// Behaves as in a build without the feature `native-roots`, for tests.
    #[cfg(test)]
    pub(crate) fn without_default_trust(mut self) -> Self {
        self.settings.route.tls = None;
        self
    }

    #[cfg(all(test, feature = "native-roots"))]
    pub(super) fn native_roots(mut self, roots: &'static tls::roots::NativeRoots) -> Self {
        self.settings.native = roots;
        self
    }

    #[cfg(test)]
    pub(super) fn resolver(mut self, resolver: Resolver) -> Self {
        self.settings.resolver = resolver;
        self
    }

    /// Builds the transport. Makes no connection, reads no certificates and needs no runtime.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the TLS settings cannot be used, or `max_connections`,
    /// `connect_timeout` or `keep_alive` is 0.
    pub fn build(self) -> Result<Transport, Error> {
        if self.settings.route.tls.as_ref().is_some_and(|tls| tls.accepts_any_certificate()) {
            tracing::warn!("servers' certificates are not checked: connections can be intercepted");
        }
        self.build_below_tls()
    }

    /// Builds the transport of a gateway, for which a [`Tls`](crate::middleware::tls::Tls) above
    /// decides and warns.
    pub(crate) fn for_gateway(
        mut self,
        gateway: Gateway,
        endpoint: &Endpoint,
        tls: Option<&Arc<TlsOptions>>,
    ) -> Result<Transport, Error> {
        if let Some(tls) = tls {
            self.settings.route.tls = Some(Arc::clone(tls));
        }
        let transport = self.build_below_tls()?;
        if endpoint.is_https() && transport.settings.route.tls.is_none() {
            return Err(tls::no_trust(format_args!("the {gateway} gateway at {endpoint}")));
        }
        // Reports an invalid proxy variable now instead of at the first call.
        proxies::check(&transport.settings.route.proxy, &endpoint.uri("")?)?;
        Ok(transport)
    }

    fn build_below_tls(self) -> Result<Transport, Error> {
        let mut settings = self.settings;
        settings.route.proxy = match self.proxy {
            Some(proxy) => proxy,
            None => proxies::of_environment(),
        };
        let zero = |what: &str| {
            Err(Error::new(ErrorKind::Config, format!("{what} must be greater than 0")))
        };
        match &settings {
            // With 0 connections no request can be sent, and with a time of 0 no connection can be
            // made or probed.
            TransportSettings { max_connections: 0, .. } => return zero("max_connections"),
            TransportSettings { connect_timeout: Duration::ZERO, .. } => {
                return zero("connect_timeout");
            }
            TransportSettings { keep_alive: Duration::ZERO, .. } => return zero("keep_alive"),
            _ => {}
        }
        Transport::new(settings)
    }
}

impl fmt::Debug for TransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.proxy {
            Some(proxy) => self.settings.show(proxy, f),
            None => self.settings.show(&format_args!("{}", proxies::DEFAULT), f),
        }
    }
}
