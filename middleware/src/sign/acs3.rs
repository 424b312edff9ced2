//! ACS3: the signature of requests in the RPC dialect.

mod algorithm;
mod future;
mod prepared;
mod signer;

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tower::{Layer, Service};

pub use self::algorithm::Acs3Algorithm;
use self::future::SignAcs3Future;
use self::signer::Acs3Signer;
use crate::clock::{Clock, Nonce};
use crate::credential::ProvideCredential;
use crate::error::BoxError;
use crate::{Body, HttpService};

/// Signs requests of the RPC dialect with an access key (ACS3), or adds a bearer token.
///
/// The signature covers `host`, every `x-acs-*` header, and `content-type` if the request has it. A
/// request with a bearer token is not signed and has no `authorization` header.
///
/// The layer takes the credential once per attempt. If the credential has to be loaded, loading has
/// a [limit](Self::loading_limit) of its own, and the call's [`Deadline`](crate::signals::Deadline)
/// is paused meanwhile. Creates [`SignAcs3`] services.
#[derive(Debug, Clone)]
pub struct SignAcs3Layer {
    signer: Acs3Signer,
}

impl SignAcs3Layer {
    /// Creates a layer that signs with the credential of this provider, unless the call has a
    /// provider of its own.
    pub fn new(credential: Arc<dyn ProvideCredential>) -> Self {
        Self { signer: Acs3Signer::new(credential) }
    }

    /// Returns the provider whose credential signs, unless the call has a provider of its own.
    pub fn provider(&self) -> Arc<dyn ProvideCredential> {
        Arc::clone(&self.signer.credential)
    }

    /// Sets the signature algorithm (default `ACS3-HMAC-SHA256`).
    #[must_use]
    pub fn algorithm(mut self, algorithm: Acs3Algorithm) -> Self {
        self.signer.algorithm = algorithm;
        self
    }

    /// Sets the clock of the date header (default: the system's clock).
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.signer.clock = clock;
        self
    }

    /// Sets the source of nonces (default: 128 random bits each).
    #[must_use]
    pub fn nonce(mut self, nonce: Nonce) -> Self {
        self.signer.nonce = nonce;
        self
    }

    /// Sets the time limit for loading a credential (default 60 s). It does not count towards the
    /// call's own limits.
    #[must_use]
    pub fn loading_limit(mut self, limit: Duration) -> Self {
        self.signer.loading_limit = limit;
        self
    }
}

impl<S> Layer<S> for SignAcs3Layer {
    type Service = SignAcs3<S>;

    fn layer(&self, inner: S) -> SignAcs3<S> {
        SignAcs3 { inner, signer: Arc::new(self.signer.clone()) }
    }
}

/// Signs each request with an access key, or adds a bearer token.
#[derive(Debug, Clone)]
pub struct SignAcs3<S> {
    inner: S,
    /// Shared with the clones that calls make.
    signer: Arc<Acs3Signer>,
}

impl<S> Service<http::Request<Body>> for SignAcs3<S>
where
    S: HttpService + Clone + Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = SignAcs3Future<S::Future, S::ResponseBody>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        if let Some(prepared) = self.signer.at_hand(request.extensions()) {
            return match self.signer.sign(&mut request, &prepared) {
                Ok(()) => SignAcs3Future::sent(self.inner.call(request), prepared),
                Err(error) => SignAcs3Future::refused(error),
            };
        }
        // `self.inner` was polled ready and its clone was not, so the call takes the original.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let signer = Arc::clone(&self.signer);
        SignAcs3Future::loading(Box::pin(async move {
            let prepared = signer.load(request.extensions()).await?;
            signer.sign(&mut request, &prepared)?;
            SignAcs3Future::sent(inner.call(request), prepared).await
        }))
    }
}

#[cfg(test)]
mod tests;
