//! Spans: one per call, a child per attempt, and one per load of a credential.
//!
//! The layers of [`telemetry`](crate::telemetry) create the first two. The span of a call (level
//! INFO) is an RPC client span as OpenTelemetry defines it, named `Kms/Encrypt`; the span of an
//! attempt (DEBUG) is an HTTP client span, named `POST`. A load (DEBUG) is the span
//! `kms.credential.load` of `alibabacloud-kms`. `otel.name`, `otel.kind` and `otel.status_code` are
//! the fields that `tracing-opentelemetry` reads. Without a subscriber, no span is created.
//!
//! A span ends with its call. If the call's future is dropped before that, the span's `error.type`
//! is `cancelled`.
//!
//! # Fields
//!
//! Spans and events at every level have only these fields. Their values are names, ids and numbers,
//! never a parameter, a URL, a query, a body or a message of the service. [`FIELDS`] is the same
//! list.
//!
//! | field | on | what |
//! |---|---|---|
//! | `message` | events | a fixed text of this library |
//! | `otel.name` | spans | `Kms/` and the action; an attempt's HTTP method |
//! | `otel.kind` | spans | `client` |
//! | `otel.status_code` | spans | `ERROR`, on those that failed |
//! | `error.type` | spans, events | the service's code or the HTTP status, else the [kind](crate::ErrorKind), such as `connect`; `cancelled`; `_OTHER` for the error of a layer of your own |
//! | `rpc.system.name` | calls | `alibabacloud-kms` |
//! | `rpc.method` | calls | `Kms/` and the action |
//! | `rpc.response.status_code` | calls | the service's code, if it refused the call |
//! | `http.request.method` | attempts | `POST` or `GET` |
//! | `http.request.resend_count` | attempts | the number of earlier attempts; absent on the first |
//! | `http.response.status_code` | spans | the status |
//! | `network.protocol.version` | attempts | `1.1` or `2`, once an answer came |
//! | `server.address` | attempts | the endpoint's host |
//! | `server.port` | attempts | the endpoint's port |
//! | `url.scheme` | attempts | `https` or `http` |
//! | `kms.operation` | attempts, events | the action; on an instance with a client key, the operation that it became |
//! | `kms.attempt` | attempts | the number of the attempt, from 1 on |
//! | `kms.attempts` | calls, events | the number of requests that were made |
//! | `kms.gateway` | spans | `shared` or `instance` |
//! | `kms.request_id` | spans | the request's id |
//! | `kms.credential.provider` | spans of loads, events | the credential provider, such as `ecs_role` |
//! | `kms.credential.is_kept` | events | whether a valid credential is left after a load that failed |
//! | `kms.cache.outcome` | events | the result of a look-up in a cache, such as `hit` |
//! | `kms.retry.reason` | events | why a call is repeated: a [`Reason`](crate::retry::Reason) or the name of a [`Remedy`](crate::retry::Remedy) |
//! | `kms.retry.delay_ms` | events | the wait before the next attempt, in milliseconds |
//! | `kms.retry.budget` | events | the tokens that are left in the gateway's [retry budget](crate::retry::Budget) |
//! | `kms.clock_skew_s` | events | the seconds by which the gateway's clock is ahead of this machine's; negative if it is behind |
//!
//! `url.full`, which other HTTP client spans have, is left out, because some plaintexts are in the
//! query. The names are those of OpenTelemetry's semantic conventions 1.42 and later.

mod end;

use tracing::{Span, field};

pub(crate) use self::end::SpanEnd;
use crate::call::Call;
use crate::signals::Attempt;
use crate::telemetry::names::{Method, SYSTEM, address, scheme};
use crate::telemetry::observe::Scope;

/// All fields that the spans and events of these crates have, as the [module](self) describes them,
/// for programs that export only known fields.
pub const FIELDS: &[&str] = &[
    "message",
    "otel.name",
    "otel.kind",
    "otel.status_code",
    "error.type",
    "rpc.system.name",
    "rpc.method",
    "rpc.response.status_code",
    "http.request.method",
    "http.request.resend_count",
    "http.response.status_code",
    "network.protocol.version",
    "server.address",
    "server.port",
    "url.scheme",
    "kms.operation",
    "kms.attempt",
    "kms.attempts",
    "kms.gateway",
    "kms.request_id",
    "kms.credential.provider",
    "kms.credential.is_kept",
    "kms.cache.outcome",
    "kms.retry.reason",
    "kms.retry.delay_ms",
    "kms.retry.budget",
    "kms.clock_skew_s",
];

/// Returns the span of a call or an attempt.
///
/// Numbers are `i64`: OpenTelemetry has no other integers, and others would become texts.
pub(crate) fn span(scope: &Scope, call: &Call) -> Span {
    let action = call.action();
    match scope {
        Scope::Call => tracing::info_span!(
            "kms.call",
            otel.name = %Method(action.name),
            otel.kind = "client",
            otel.status_code = field::Empty,
            rpc.system.name = SYSTEM,
            rpc.method = %Method(action.name),
            rpc.response.status_code = field::Empty,
            kms.gateway = field::Empty,
            kms.request_id = field::Empty,
            kms.attempts = field::Empty,
            http.response.status_code = field::Empty,
            error.type = field::Empty,
        ),
        Scope::Attempt(at) => {
            let (gateway, endpoint) = (at.gateway, &at.endpoint);
            let attempt = Attempt::from_extensions(call.extensions());
            tracing::debug_span!(
                "kms.attempt",
                otel.name = action.method.as_str(),
                otel.kind = "client",
                otel.status_code = field::Empty,
                http.request.method = action.method.as_str(),
                http.request.resend_count = attempt.resend_count().map(i64::from),
                http.response.status_code = field::Empty,
                network.protocol.version = field::Empty,
                server.address = address(endpoint),
                server.port = i64::from(endpoint.port()),
                url.scheme = scheme(endpoint),
                kms.operation = action.name,
                kms.attempt = i64::from(attempt.number()),
                kms.gateway = gateway.as_str(),
                kms.request_id = field::Empty,
                error.type = field::Empty,
            )
        }
    }
}

#[cfg(test)]
mod tests;
