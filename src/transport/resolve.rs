//! Resolves names to addresses, with an error for a name that was not found.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};
use std::vec;

use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt as _};

use crate::{BoxError, BoxFuture};

/// Resolves names, for each connection anew, so that changes take effect.
#[derive(Clone)]
pub(super) struct Resolver {
    inner: BoxCloneSyncService<Name, vec::IntoIter<SocketAddr>, io::Error>,
}

impl Resolver {
    /// Returns the operating system's resolver.
    pub(super) fn system() -> Self {
        let inner = GaiResolver::new().map_response(|addresses| {
            let addresses: Vec<_> = addresses.collect();
            addresses.into_iter()
        });
        Self { inner: BoxCloneSyncService::new(inner) }
    }

    /// Creates a resolver that calls this function.
    #[cfg(test)]
    pub(super) fn new(
        lookup: impl Fn(&str) -> io::Result<Vec<SocketAddr>> + Clone + Send + Sync + 'static,
    ) -> Self {
        let inner = tower::service_fn(move |name: Name| {
            std::future::ready(lookup(name.as_str()).map(Vec::into_iter))
        });
        Self { inner: BoxCloneSyncService::new(inner) }
    }
}

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = BoxError;
    type Future = BoxFuture<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let addresses = self.inner.call(name);
        Box::pin(async move {
            match addresses.await {
                Ok(addresses) if addresses.len() == 0 => Err(NotFound(None).into()),
                Ok(addresses) => Ok(addresses),
                Err(error) => Err(NotFound(Some(error)).into()),
            }
        })
    }
}

/// A name without an address.
#[derive(Debug)]
pub(super) struct NotFound(Option<io::Error>);

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name has no address")
    }
}

impl std::error::Error for NotFound {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.as_ref().map(|error| error as _)
    }
}
