//! The settings of a transport: the data of its builder, which all its parts read.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::proxies::Proxies;
use super::resolve::Resolver;
#[cfg(feature = "native-roots")]
use super::tls::roots::NativeRoots;
use crate::TlsOptions;

#[derive(Clone)]
pub(super) struct TransportSettings {
    pub(super) route: Route,
    pub(super) connect_timeout: Duration,
    pub(super) idle_timeout: Duration,
    pub(super) max_age: Duration,
    pub(super) max_connections: usize,
    pub(super) keep_alive: Duration,
    pub(super) max_call_settings: usize,
    #[cfg(feature = "http2")]
    pub(super) http2: bool,
    pub(super) resolver: Resolver,
    #[cfg(feature = "native-roots")]
    pub(super) native: &'static NativeRoots,
}

/// The settings that distinguish connectors.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Route {
    /// `None` if nothing is trusted, so that only plain HTTP works.
    pub(super) tls: Option<Arc<TlsOptions>>,
    pub(super) proxy: Proxies,
}

impl Default for TransportSettings {
    fn default() -> Self {
        Self {
            route: Route { tls: None, proxy: Proxies::default() },
            connect_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(20),
            max_age: Duration::from_secs(300),
            max_connections: 256,
            keep_alive: Duration::from_secs(5),
            max_call_settings: 16,
            #[cfg(feature = "http2")]
            http2: false,
            resolver: Resolver::system(),
            #[cfg(feature = "native-roots")]
            native: NativeRoots::system(),
        }
    }
}

impl TransportSettings {
    pub(super) fn show(&self, proxy: &dyn fmt::Debug, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut settings = f.debug_struct("Transport");
        match &self.route.tls {
            Some(tls) => settings.field("tls", tls),
            None => settings.field("tls", &format_args!("none")),
        };
        settings
            .field("proxy", proxy)
            .field("connect_timeout", &self.connect_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("max_age", &self.max_age)
            .field("max_connections", &self.max_connections)
            .field("keep_alive", &self.keep_alive)
            .field("max_call_settings", &self.max_call_settings);
        #[cfg(feature = "http2")]
        settings.field("http2", &self.http2);
        settings.finish()
    }
}

impl fmt::Debug for TransportSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.show(&self.route.proxy, f)
    }
}
