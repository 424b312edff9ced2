//! One line for each request.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use alibabacloud_kms::middleware::wire::time::iso8601;
use serde::{Serialize, Serializer};

/// What a gateway tells of a request that it answered, or did not by a fault.
///
/// Its `Display` is one JSON object. It has nothing of what was sent but the action's name.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// When it was answered, as `2026-11-23T08:00:00Z`.
    pub time: String,
    /// The action or operation, or the path of a call of the gateway itself; none if it names none.
    pub action: Option<String>,
    /// `rpc`, `protobuf`, `local` for a call of the gateway itself, or `none` for a connection.
    pub dialect: &'static str,
    /// The HTTP status; none if no answer was sent.
    pub status: Option<u16>,
    /// The fault that a rule made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<&'static str>,
    /// How long it took.
    #[serde(rename = "ms", serialize_with = "milliseconds")]
    pub duration: Duration,
}

impl fmt::Display for LoggedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

fn milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    // Microseconds are enough, and short.
    serializer.serialize_f64((duration.as_secs_f64() * 1e6).round() / 1e3)
}

/// Who is told of each request.
#[derive(Clone, Default)]
pub(crate) struct RequestLog(Option<Arc<WriteFn>>);

type WriteFn = dyn Fn(&LoggedRequest) + Send + Sync;

impl RequestLog {
    pub(crate) fn new(log: impl Fn(&LoggedRequest) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(log)))
    }

    pub(crate) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Tells of a fault that befell a connection.
    pub(crate) fn write_connection(&self, now: SystemTime, fault: &'static str) {
        self.write(|| LoggedRequest {
            time: iso8601(now),
            action: None,
            dialect: "none",
            status: None,
            fault: Some(fault),
            duration: Duration::ZERO,
        });
    }

    pub(crate) fn write(&self, request: impl FnOnce() -> LoggedRequest) {
        if let Some(log) = &self.0 {
            log(&request());
        }
    }
}

impl fmt::Debug for RequestLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestLog")
    }
}
