//! The bottom of the stack: pooled HTTP connections over TCP or TLS.
//!
//! A connection is made under the TLS options of the request's signal [`EffectiveTls`], else under the
//! transport's own, and never serves a request with others. Redirects are not followed.
//!
//! Key exchange is X25519MLKEM768 first, then X25519, P-256 and P-384
//! ([`TlsOptions::post_quantum`]).
//!
//! One transport has [`max_connections`](TransportBuilder::max_connections) at most, whatever
//! settings and hosts its calls name: a request waits for its turn before it looks for a connection,
//! and its turn ends with the body of its answer. A connection that the server has closed, or that
//! is too old, is replaced without anybody noticing.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use alibabacloud_kms::transport::{TlsOptions, TlsVersion, Transport};
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
mod failure;
mod measure;
mod pool;
mod resolve;
mod settings;
mod stream;
mod target;
mod tls;
mod tunnel;

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use tower::Service;

pub use self::builder::TransportBuilder;
use self::connectors::Connectors;
use self::pool::Pool;
pub use self::pool::ResponseBody;
use self::settings::Settings;
use crate::middleware::signals::EffectiveTls;
pub use crate::middleware::{ProxyOptions, TlsIdentity, TlsOptions, TlsVersion};
use crate::{Body, BoxError, BoxFuture, CallOptions, Error};

/// Sends requests over the network. Clones share their connections.
#[derive(Clone)]
pub struct Transport {
    settings: Arc<Settings>,
    connectors: Arc<Connectors>,
    pool: Arc<Pool>,
}

impl Transport {
    fn new(settings: Settings) -> Result<Self, Error> {
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
        let proxy = options.and_then(|options| options.proxy.as_deref());
        let connector = self.connectors.select(&self.settings, tls, proxy);
        let pool = Arc::clone(&self.pool);
        Box::pin(async move { Ok(pool.send(&*connector?, request).await?) })
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.settings, f)
    }
}

#[cfg(test)]
mod tests;
