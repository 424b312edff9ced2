//! TCP connections to hosts.

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use tower::ServiceExt as _;

use super::resolve::Resolver;
use super::settings::TransportSettings;
use super::socket::{Peek, Socket};
use super::stream::Stream;
use crate::BoxError;

/// The number of lost TCP probes after which a connection is given up.
const PROBES: u32 = 3;

pub(super) struct Tcp(HttpConnector<Resolver>);

impl Tcp {
    pub(super) fn new(settings: &TransportSettings) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(settings.resolver.clone());
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // Divided among the addresses of a host, so that a dead one leaves time for the next.
        tcp.set_connect_timeout(Some(settings.connect_timeout));
        tcp.set_keepalive(Some(settings.keep_alive));
        tcp.set_keepalive_interval(Some(settings.keep_alive));
        tcp.set_keepalive_retries(Some(PROBES));
        Self(tcp)
    }

    /// Connects to the host and the port of a URI.
    pub(super) async fn connect(&self, uri: Uri) -> Result<(Stream, Peek), BoxError> {
        let socket = Socket::new(self.0.clone().oneshot(uri).await?.into_inner());
        let peek = socket.peek();
        Ok((Box::new(socket), peek))
    }
}
