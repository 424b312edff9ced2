//! What a span records when its call ends.

use http::StatusCode;
use tracing::Span;

use crate::action::Gateway;
use crate::error::Error;
use crate::telemetry::error_type;
use crate::telemetry::observe::{End, Observe, Scope};

/// Records the end of a call or an attempt.
#[derive(Debug)]
pub(crate) struct SpanEnd {
    span: Span,
    /// An attempt's span has its gateway from the beginning, and a field is recorded only once.
    of_call: bool,
}

impl SpanEnd {
    pub(crate) fn new(span: Span, scope: &Scope) -> Self {
        Self { span, of_call: matches!(scope, Scope::Call) }
    }

    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    fn answered(
        &self,
        gateway: Option<Gateway>,
        status: Option<StatusCode>,
        request_id: Option<&str>,
        attempts: u32,
    ) {
        let Self { span, of_call } = self;
        if *of_call {
            span.record("kms.gateway", gateway.map(Gateway::as_str));
            span.record("kms.attempts", i64::from(attempts));
        }
        span.record("http.response.status_code", status.map(|status| i64::from(status.as_u16())));
        span.record("kms.request_id", request_id.filter(|id| error_type::is_token(id)));
    }

    fn failed(&self, error_type: &str) {
        self.span.record("error.type", error_type);
        self.span.record("otel.status_code", "ERROR");
    }
}

impl Observe for SpanEnd {
    fn ended(&self, end: End<'_>) {
        if self.span.is_disabled() {
            return;
        }
        match end {
            End::Reply(reply) => {
                let gateway = Some(reply.gateway());
                self.answered(gateway, Some(reply.status()), reply.request_id(), reply.attempts());
            }
            End::Error(error) => {
                self.failed(&error_type::of(error));
                let Some(error) = Error::find(&**error) else { return };
                if let Some(code) = error_type::service_code(error).filter(|_| self.of_call) {
                    self.span.record("rpc.response.status_code", code);
                }
                self.answered(
                    error.gateway(),
                    error.status(),
                    error.request_id(),
                    error.attempts(),
                );
            }
            End::Dropped => self.failed(error_type::CANCELLED),
        }
    }
}
