//! Spans: one per call, and a child per attempt.
//!
//! [`TraceLayer`] belongs outside the whole stack, [`TraceAttemptLayer`] between `Retry` and the
//! codec. Fields are the ones declared here and no others: names, ids, numbers; never a parameter, a
//! query, a body or a message of the service.

use std::task::{Context, Poll};

use tower::{Layer, Service};
use tracing::{Instrument, Span, field};

use crate::BoxFuture;
use crate::action::Gateway;
use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::{BoxError, Error, ErrorKind};
use crate::reply::Reply;

/// Makes [`Trace`]s that span whole calls.
#[derive(Debug, Clone, Copy, Default)]
pub struct TraceLayer;

impl<S> Layer<S> for TraceLayer {
    type Service = Trace<S>;

    fn layer(&self, inner: S) -> Trace<S> {
        Trace { inner, of: Of::Call }
    }
}

/// Makes [`Trace`]s that span single attempts on one gateway.
#[derive(Debug, Clone)]
pub struct TraceAttemptLayer {
    gateway: Gateway,
    endpoint: Endpoint,
}

impl TraceAttemptLayer {
    /// Spans that name this gateway and its address.
    pub fn new(gateway: Gateway, endpoint: Endpoint) -> Self {
        Self { gateway, endpoint }
    }
}

impl<S> Layer<S> for TraceAttemptLayer {
    type Service = Trace<S>;

    fn layer(&self, inner: S) -> Trace<S> {
        Trace { inner, of: Of::Attempt(self.gateway, self.endpoint.clone()) }
    }
}

/// Runs calls or attempts in spans of their own.
#[derive(Debug, Clone)]
pub struct Trace<S> {
    inner: S,
    of: Of,
}

#[derive(Debug, Clone)]
enum Of {
    Call,
    Attempt(Gateway, Endpoint),
}

impl Of {
    fn span(&self, call: &Call) -> Span {
        let action = call.action();
        match self {
            Self::Call => tracing::info_span!(
                "kms.call",
                otel.kind = "internal",
                rpc.system = "alibabacloud-kms",
                rpc.method = action.name,
                kms.gateway = field::Empty,
                kms.request_id = field::Empty,
                kms.attempts = field::Empty,
                http.response.status_code = field::Empty,
                error.type = field::Empty,
            ),
            Self::Attempt(gateway, endpoint) => tracing::debug_span!(
                "kms.attempt",
                otel.kind = "client",
                rpc.system = "alibabacloud-kms",
                rpc.method = action.name,
                server.address = endpoint.host(),
                server.port = endpoint.port(),
                http.request.method = action.method.as_str(),
                kms.gateway = gateway.as_str(),
                kms.request_id = field::Empty,
                http.response.status_code = field::Empty,
                error.type = field::Empty,
            ),
        }
    }
}

impl<S> Service<Call> for Trace<S>
where
    S: Service<Call, Response = Reply>,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
{
    type Response = Reply;
    type Error = BoxError;
    type Future = BoxFuture<Reply>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, call: Call) -> BoxFuture<Reply> {
        let span = self.of.span(&call);
        let answer = span.in_scope(|| self.inner.call(call));
        let recorded = span.clone();
        let traced = async move {
            let result = answer.await.map_err(Into::into);
            record(&recorded, &result);
            result
        };
        Box::pin(traced.instrument(span))
    }
}

fn record(span: &Span, result: &Result<Reply, BoxError>) {
    match result {
        Ok(reply) => {
            span.record("kms.gateway", reply.gateway().as_str());
            span.record("kms.attempts", reply.attempts());
            span.record("http.response.status_code", reply.status().as_u16());
            span.record("kms.request_id", reply.request_id());
        }
        Err(error) => {
            let ours = Error::find(&**error);
            span.record("error.type", ours.map_or("other", error_type));
            let Some(error) = ours else { return };
            span.record("kms.gateway", error.gateway().map(Gateway::as_str));
            span.record("kms.attempts", error.attempts());
            span.record("http.response.status_code", error.status().map(|status| status.as_u16()));
            span.record("kms.request_id", error.request_id());
        }
    }
}

/// The service's code, which comes from a known set; else our kind.
fn error_type(error: &Error) -> &str {
    match error.kind() {
        ErrorKind::Config => "config",
        ErrorKind::Credential => "credential",
        ErrorKind::ClientKey => "client_key",
        ErrorKind::Route => "route",
        ErrorKind::Encode => "encode",
        ErrorKind::Sign => "sign",
        ErrorKind::Connect => "connect",
        ErrorKind::Tls => "tls",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Transport => "transport",
        ErrorKind::Decode => "decode",
        ErrorKind::Service => error.code().unwrap_or("service"),
        ErrorKind::Layer => "layer",
        ErrorKind::Envelope => "envelope",
        ErrorKind::Io => "io",
    }
}

#[cfg(test)]
mod tests;
