//! What a transport is built from.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Transport;
#[cfg(test)]
use super::resolve::Resolver;
use super::settings::Settings;
use super::tls;
use crate::{Endpoint, Error, ErrorKind, Gateway, ProxyOptions, TlsOptions};

/// Settings of a [`Transport`] to be.
#[derive(Clone)]
#[must_use = "`build` makes the transport"]
pub struct TransportBuilder {
    settings: Settings,
    proxy: Option<ProxyOptions>,
}

impl Transport {
    /// Returns a builder with the defaults.
    pub fn builder() -> TransportBuilder {
        let mut settings = Settings::default();
        settings.route.tls = tls::default_trust();
        TransportBuilder { settings, proxy: None }
    }
}

impl TransportBuilder {
    /// Sets which servers are trusted, and how connections present themselves, for requests without
    /// the signal [`EffectiveTls`](crate::middleware::signals::EffectiveTls) (default the operating
    /// system's roots).
    ///
    /// In a build without the feature `native-roots` there is no default: a request over https that
    /// has no TLS options from anywhere is an error of [`ErrorKind::Config`] before it is sent.
    pub fn tls(mut self, tls: impl Into<Arc<TlsOptions>>) -> Self {
        self.settings.route.tls = Some(tls.into());
        self
    }

    /// Through which proxy connections go, unless a call says otherwise; those of the process's
    /// environment ([`ProxyOptions::from_env`]) unless told.
    pub fn proxy(mut self, proxy: ProxyOptions) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// The time limit of a connection, TLS handshake included; 5 s unless told.
    ///
    /// Of several addresses of a host each has its share of it.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.settings.connect_timeout = limit;
        self
    }

    /// Drops connections that were idle so long; 20 s unless told, which is before servers do.
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.settings.idle_timeout = limit;
        self
    }

    /// Gives connections no more requests when they are so old; 5 min unless told.
    ///
    /// A name is looked up for each new connection, so a change in the DNS is followed after this
    /// time at the latest. Single connections end up to a tenth earlier, so that those which were
    /// made together are not replaced together.
    pub fn max_age(mut self, limit: Duration) -> Self {
        self.settings.max_age = limit;
        self
    }

    /// Has so many connections open at once at most, busy, idle and in the making; 256 unless told.
    ///
    /// It is also the number of requests on their way at once. Further ones wait for their turn, in
    /// order, as long as the limits of attempt and call let them.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.settings.max_connections = connections;
        self
    }

    /// Probes a connection from which nothing came for so long, again after as long, and gives it up
    /// when no answer comes; 5 s unless told.
    ///
    /// Over HTTP/1.1 these are TCP's keep-alive probes, of which three must be lost; over HTTP/2 they
    /// are pings, of which one must.
    pub fn keep_alive(mut self, interval: Duration) -> Self {
        self.settings.keep_alive = interval;
        self
    }

    /// Speaks HTTP/2 with servers that choose it in the TLS handshake (ALPN): all requests to a host
    /// share a connection. Without this, connections are HTTP/1.1.
    ///
    /// A call to KMS is one small message each way. Several connections carry these faster than one
    /// that is shared, and one lost packet holds up nobody else: so this pays only where connections
    /// are scarce.
    #[cfg(feature = "http2")]
    pub fn allow_http2(mut self) -> Self {
        self.settings.http2 = true;
        self
    }

    /// As in a build without the feature `native-roots`.
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
    /// [`ErrorKind::Config`]: the TLS settings cannot be used, a proxy of the environment is none, or
    /// `max_connections`, `connect_timeout` or `keep_alive` is 0.
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
        Ok(transport)
    }

    fn build_below_tls(self) -> Result<Transport, Error> {
        let mut settings = self.settings;
        settings.route.proxy = match self.proxy {
            Some(proxy) => proxy,
            None => ProxyOptions::from_env()?,
        };
        let zero = |what: &str| Err(Error::new(ErrorKind::Config, format!("{what} is 0")));
        match &settings {
            // Without connections no request can be sent; without time none can be made or probed.
            Settings { max_connections: 0, .. } => return zero("max_connections"),
            Settings { connect_timeout: Duration::ZERO, .. } => return zero("connect_timeout"),
            Settings { keep_alive: Duration::ZERO, .. } => return zero("keep_alive"),
            _ => {}
        }
        Transport::new(settings)
    }
}

impl fmt::Debug for TransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.proxy {
            Some(proxy) => self.settings.show(proxy, f),
            None => self.settings.show(&format_args!("the environment's"), f),
        }
    }
}
