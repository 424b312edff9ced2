//! What a span is told when its call ends.

use http::StatusCode;
use tracing::Span;

use crate::action::Gateway;
use crate::error::Error;
use crate::telemetry::error_type;
use crate::telemetry::observe::{End, Observe};

/// Records how a call or an attempt ended.
#[derive(Debug)]
pub struct SpanEnd {
    span: Span,
    /// An attempt's span knows its gateway from the beginning, and a field is recorded once.
    of_call: bool,
}

impl SpanEnd {
    pub(super) fn of_call(span: Span) -> Self {
        Self { span, of_call: true }
    }

    pub(super) fn of_attempt(span: Span) -> Self {
        Self { span, of_call: false }
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
