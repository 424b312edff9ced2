//! Propagation of the caller's trace by W3C Trace Context: an optional layer of the HTTP level.
//!
//! [`PropagateTraceContextLayer`] writes `traceparent` and `tracestate`. It is not in the default
//! stack, because a trace id reveals to the gateway, and to readers of its logs, which requests
//! belong together. KMS ignores the headers; a proxy or a sidecar of your own may use them.
//!
//! Add it with `http_layer`. There it is inside `Retry` and the attempt's span, so the source of
//! the context is called for each attempt, in that span. It is outside `Sign`, but neither dialect
//! signs headers of these names.
//!
//! The library depends on no tracer. The context comes from a function of yours, which may return
//! the current context of `tracing-opentelemetry`, or from an extension of the call, which takes
//! precedence. A request that already has a `traceparent` header is not changed.
//!
//! ```
//! use alibabacloud_kms_middleware::propagate::{PropagateTraceContextLayer, TraceContext};
//!
//! let of_calls = PropagateTraceContextLayer::new();
//! let current = PropagateTraceContextLayer::from_fn(|| {
//!     // Here: ask the tracer.
//!     TraceContext::new(*b"a trace of ours!", *b"one span", 1).ok()
//! });
//! # let _ = (of_calls, current);
//! ```

mod context;
mod state;

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderName, HeaderValue};
use tower::{Layer, Service};

pub use self::context::TraceContext;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

type Source = Arc<dyn Fn() -> Option<TraceContext> + Send + Sync>;

/// Creates [`PropagateTraceContext`] services.
#[derive(Clone, Default)]
pub struct PropagateTraceContextLayer {
    source: Option<Source>,
}

impl PropagateTraceContextLayer {
    /// Creates a layer that propagates the [`TraceContext`] in a call's extensions.
    pub fn new() -> Self {
        Self { source: None }
    }

    /// Creates a layer that propagates a call's own context, else the one that this function
    /// returns.
    pub fn from_fn(source: impl Fn() -> Option<TraceContext> + Send + Sync + 'static) -> Self {
        Self { source: Some(Arc::new(source)) }
    }
}

impl<S> Layer<S> for PropagateTraceContextLayer {
    type Service = PropagateTraceContext<S>;

    fn layer(&self, inner: S) -> PropagateTraceContext<S> {
        PropagateTraceContext { inner, layer: self.clone() }
    }
}

impl fmt::Debug for PropagateTraceContextLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PropagateTraceContextLayer")
            .field("source", if self.source.is_some() { &"a function" } else { &"calls" })
            .finish()
    }
}

/// Writes the trace context into requests.
#[derive(Debug, Clone)]
pub struct PropagateTraceContext<S> {
    inner: S,
    layer: PropagateTraceContextLayer,
}

impl<S, B> Service<http::Request<B>> for PropagateTraceContext<S>
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
        if !request.headers().contains_key(TRACEPARENT) {
            let own = request.extensions().get().cloned();
            let context = own.or_else(|| self.layer.source.as_ref().and_then(|source| source()));
            if let Some(context) = context {
                write(&context, request.headers_mut());
            }
        }
        self.inner.call(request)
    }
}

#[inline]
fn write(context: &TraceContext, headers: &mut http::HeaderMap) {
    // The text of a valid context is visible ASCII, so neither header can fail.
    if let Ok(parent) = HeaderValue::try_from(context.to_string()) {
        headers.insert(TRACEPARENT, parent);
    }
    // A state is meaningless without its own parent.
    headers.remove(TRACESTATE);
    if let Some(Ok(state)) = context.state().map(HeaderValue::from_str) {
        headers.insert(TRACESTATE, state);
    }
}

#[cfg(test)]
mod tests;
