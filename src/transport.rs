//! The bottom of the stack: sends requests over pooled TCP or TLS connections.
//!
//! A connection is made with the TLS options of the request's signal [`EffectiveTls`], or else with
//! the transport's own, and serves only requests with equal options. Redirects are not followed.
//!
//! Key exchange prefers X25519MLKEM768, then X25519, P-256 and P-384
//! ([`TlsOptions::post_quantum`](crate::TlsOptions::post_quantum)).
//!
//! A transport has at most [`max_connections`](TransportBuilder::max_connections) connections,
//! whatever settings and hosts its calls use. If all of them are busy, a request waits for its
//! turn. Its turn ends with the body of its response. A connection that the server has closed, or
//! that has reached its [maximum age](TransportBuilder::max_age), is replaced without an error.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use alibabacloud_kms::transport::Transport;
//! use alibabacloud_kms::{TlsOptions, TlsVersion};
//!
//! let transport = Transport::builder()
//!     .tls(TlsOptions::ca_file("ca.pem")?.min_version(TlsVersion::V1_3))
//!     .max_connections(32)
//!     .max_age(Duration::from_secs(60))
//!     .build()?;
//! # let _ = transport;
//! # Ok::<(), alibabacloud_kms::Error>(())
//! ```

mod builder;
mod connect;
mod connection;
mod connectors;
#[cfg(not(feature = "proxy"))]
mod direct;
mod failure;
mod measure;
#[cfg(feature = "http2")]
mod negotiated;
mod origin;
mod pool;
#[cfg(feature = "proxy")]
mod proxied;
mod proxies;
mod resolve;
mod settings;
mod socket;
#[cfg(feature = "proxy")]
mod socks;
mod stream;
mod tcp;
mod tls;
#[cfg(feature = "proxy")]
mod tunnel;
mod unreadable;

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use tower::Service;

pub use self::builder::TransportBuilder;
use self::connectors::Connectors;
#[cfg(not(feature = "proxy"))]
use self::direct as way;
use self::pool::Pool;
pub use self::pool::ResponseBody;
#[cfg(feature = "proxy")]
use self::proxied as way;
use self::settings::TransportSettings;
use crate::middleware::signals::EffectiveTls;
use crate::{Body, BoxError, BoxFuture, CallOptions, Error};

/// Sends requests over the network. Clones share their connections.
#[derive(Clone)]
pub struct Transport {
    settings: Arc<TransportSettings>,
    connectors: Arc<Connectors>,
    pool: Arc<Pool>,
}

impl Transport {
    fn new(settings: TransportSettings) -> Result<Self, Error> {
        Ok(Self {
            connectors: Arc::new(Connectors::new(&settings)?),
            pool: Arc::new(Pool::new(&settings)),
            settings: Arc::new(settings),
        })
    }
}

impl Service<http::Request<Body>> for Transport {
    type Response = http::Response<ResponseBody>;
    type Error = BoxError;
    type Future = BoxFuture<Self::Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let extensions = request.extensions();
        let tls = EffectiveTls::from_extensions(extensions).map(EffectiveTls::options);
        let options = extensions.get::<Arc<CallOptions>>();
        let proxy = options.map_or(Ok(None), |options| proxies::of_call(options));
        let connector = proxy.and_then(|proxy| self.connectors.select(&self.settings, tls, proxy));
        let pool = Arc::clone(&self.pool);
        Box::pin(async move {
            let connector = connector?;
            let uri = request.uri().clone();
            let response = pool.send(&connector, request).await?;
            match connector.unauthorized(&uri, &response) {
                Some(error) => Err(error.into()),
                None => Ok(response),
            }
        })
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.settings, f)
    }
}

#[cfg(test)]
mod tests;
