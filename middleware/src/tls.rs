//! Decides which TLS options apply to a request: the call's, else the gateway's, else the client's.
//!
//! At the HTTP level, between signing and the attempt's time limit: it is near the transport, which
//! reads its signal, and below every layer that may still change the call's options. The nearest
//! level with options is used as a whole. Nothing is merged, so one level's CA is never added to
//! another level's trust. One level cannot have a CA and also accept every certificate:
//! [`TlsOptions`] refuses that with [`ErrorKind::Config`](crate::ErrorKind::Config) before any IO.
//!
//! The layer inserts the options into the request as [`EffectiveTls`], which any transport can
//! read. If no level has options, there is no signal, and the transport uses its own.
//!
//! The layer logs a warning at the first request whose server's certificate is not checked, once
//! for all its clones. A client uses clones of one layer for its gateways, and so warns once.
//!
//! ```
//! use alibabacloud_kms_middleware::signals::EffectiveTls;
//! use alibabacloud_kms_middleware::tls::TlsLayer;
//! use alibabacloud_kms_middleware::{Body, BoxError, TlsOptions};
//! use tower::{Layer, ServiceExt as _, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), BoxError> {
//! let client = TlsLayer::new();
//! let gateway = client.clone().gateway(TlsOptions::danger_accept_any_certificate());
//! let transport = service_fn(|request: http::Request<Body>| async move {
//!     let tls = EffectiveTls::from_extensions(request.extensions()).expect("the gateway's");
//!     assert!(tls.options().accepts_any_certificate());
//!     Ok::<_, BoxError>(http::Response::new(Body::default()))
//! });
//! gateway.layer(transport).oneshot(http::Request::default()).await?;
//! # Ok(()) }
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tower::{Layer, Service};

use crate::options::{CallOptions, TlsOptions};
use crate::signals::EffectiveTls;

/// Creates [`Tls`] services. Clones warn once together.
#[derive(Debug, Clone, Default)]
pub struct TlsLayer {
    client: Option<EffectiveTls>,
    gateway: Option<EffectiveTls>,
    has_warned: Arc<AtomicBool>,
}

impl TlsLayer {
    /// Creates a layer that uses the options of calls only.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the options of the client (default none), for calls and gateways that have none.
    #[must_use]
    pub fn client(mut self, tls: impl Into<Arc<TlsOptions>>) -> Self {
        self.client = Some(EffectiveTls::new(tls));
        self
    }

    /// Sets the options of the gateway (default none), for calls that have none.
    #[must_use]
    pub fn gateway(mut self, tls: impl Into<Arc<TlsOptions>>) -> Self {
        self.gateway = Some(EffectiveTls::new(tls));
        self
    }

    /// Returns the options of requests whose call has none.
    pub fn default_options(&self) -> Option<&Arc<TlsOptions>> {
        self.nearest().map(EffectiveTls::options)
    }

    fn nearest(&self) -> Option<&EffectiveTls> {
        self.gateway.as_ref().or(self.client.as_ref())
    }
}

impl<S> Layer<S> for TlsLayer {
    type Service = Tls<S>;

    fn layer(&self, inner: S) -> Tls<S> {
        let has_warned = Arc::clone(&self.has_warned);
        Tls { inner, decision: Arc::new(Decision { default: self.nearest().cloned(), has_warned }) }
    }
}

/// Inserts the TLS options of a request into it, as [`EffectiveTls`].
#[derive(Debug, Clone)]
pub struct Tls<S> {
    inner: S,
    /// Shared with the clones that calls make.
    decision: Arc<Decision>,
}

#[derive(Debug)]
struct Decision {
    default: Option<EffectiveTls>,
    has_warned: Arc<AtomicBool>,
}

impl<S, B> Service<http::Request<B>> for Tls<S>
where
    S: Service<http::Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: http::Request<B>) -> S::Future {
        let Decision { default, has_warned } = &*self.decision;
        let call = request.extensions().get::<Arc<CallOptions>>();
        let call = call.and_then(|call| call.tls.clone()).map(EffectiveTls::new);
        if let Some(tls) = call.or_else(|| default.clone()) {
            if tls.options().accepts_any_certificate() && !has_warned.swap(true, Ordering::Relaxed)
            {
                tracing::warn!(
                    "servers' certificates are not checked: connections can be intercepted"
                );
            }
            request.extensions_mut().insert(tls);
        }
        self.inner.call(request)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use tower::{BoxError, ServiceExt as _};
    use tower_test::mock;
    use tracing::{Event, Level, Subscriber};
    use tracing_subscriber::layer::{Context as LayerContext, SubscriberExt as _};
    use tracing_subscriber::registry;

    use super::*;
    use crate::Body;
    use crate::test_support::{HttpMock, answer, exchange};

    fn ca() -> TlsOptions {
        let key = rcgen::KeyPair::generate().expect("a key");
        let ca = rcgen::CertificateParams::default().self_signed(&key).expect("a certificate");
        TlsOptions::ca_pem(ca.pem().as_bytes()).expect("a CA")
    }

    fn anyone() -> TlsOptions {
        TlsOptions::danger_accept_any_certificate()
    }

    fn request(tls: Option<&TlsOptions>) -> http::Request<Body> {
        let tls = tls.cloned().map(Arc::new);
        let options = CallOptions { tls, ..CallOptions::default() };
        let mut request = http::Request::default();
        request.extensions_mut().insert(Arc::new(options));
        request
    }

    async fn effective(layer: &TlsLayer, request: http::Request<Body>) -> Option<TlsOptions> {
        let (sent, _) = exchange(layer, request, answer(200, "")).await;
        let tls = EffectiveTls::from_extensions(sent.extensions());
        tls.map(|tls| TlsOptions::clone(tls.options()))
    }

    #[tokio::test]
    async fn the_nearest_level_wins_whole() {
        let [call, gateway, client] = [ca(), anyone(), ca()];
        let all = TlsLayer::new().client(client.clone()).gateway(gateway.clone());
        let of_client = TlsLayer::new().client(client.clone());
        assert_eq!(effective(&all, request(Some(&call))).await, Some(call.clone()));
        assert_eq!(effective(&all, request(None)).await, Some(gateway));
        assert_eq!(effective(&of_client, request(None)).await, Some(client));
        assert_eq!(effective(&TlsLayer::new(), request(Some(&call))).await, Some(call));
        // Accepting every certificate applies to one level: options of a nearer level with a CA
        // check certificates again.
        let checked = effective(&all, request(Some(&ca()))).await.expect("the call's");
        assert!(!checked.accepts_any_certificate());
    }

    #[tokio::test]
    async fn without_options_there_is_no_signal() {
        assert_eq!(effective(&TlsLayer::new(), request(None)).await, None);
    }

    #[tokio::test]
    async fn a_request_that_no_codec_made_has_the_gateways() {
        let layer = TlsLayer::new().gateway(anyone());
        assert_eq!(effective(&layer, http::Request::default()).await, Some(anyone()));
    }

    #[tokio::test]
    async fn all_clones_of_a_layer_warn_once() {
        let warnings = Warnings::default();
        let _subscriber = tracing::subscriber::set_default(registry().with(warnings.clone()));
        let checked = TlsLayer::new().client(ca());
        effective(&checked, request(None)).await;
        assert_eq!(warnings.count(), 0);
        for _ in 0..2 {
            effective(&checked, request(Some(&anyone()))).await;
            effective(&checked.clone().gateway(anyone()), request(None)).await;
        }
        assert_eq!(warnings.count(), 1);
        effective(&TlsLayer::new().gateway(anyone()), request(None)).await;
        assert_eq!(warnings.count(), 2, "another client's layer");
    }

    #[tokio::test]
    async fn an_error_of_the_service_below_goes_up_unchanged() {
        let (mock, mut handle): (HttpMock, _) = mock::pair();
        let sent = TlsLayer::new().layer(mock).oneshot(request(None));
        let served = async {
            let (_, respond) = handle.next_request().await.expect("one request");
            respond.send_error("of the mock");
        };
        let (result, ()): (Result<_, BoxError>, _) = tokio::join!(sent, served);
        assert_eq!(result.expect_err("the mock's").to_string(), "of the mock");
    }

    /// Counts warnings.
    #[derive(Clone, Default)]
    struct Warnings(Arc<AtomicUsize>);

    impl Warnings {
        fn count(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    impl<S: Subscriber> tracing_subscriber::Layer<S> for Warnings {
        fn on_event(&self, event: &Event<'_>, _: LayerContext<'_, S>) {
            if *event.metadata().level() == Level::WARN {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}
