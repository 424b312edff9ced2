//! One line for each request.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use alibabacloud_kms::middleware::wire::time::iso8601;
use serde::{Serialize, Serializer};

/// A request that a gateway answered, or that it left unanswered because of a fault.
///
/// Its `Display` is one JSON object. Of the request's content it has only the name of the action.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// When it was answered, as `2026-11-23T08:00:00Z`.
    pub time: String,
    /// The action or operation, or the path of a call to the gateway itself (`/healthz`, `/readyz`,
    /// `/_local/…`); `None` if the request names none.
    pub action: Option<String>,
    /// `rpc`, `protobuf`, `local` for a call to the gateway itself, or `none` for a fault of a
    /// connection.
    pub dialect: &'static str,
    /// The HTTP status; `None` if no answer was sent.
    pub status: Option<u16>,
    /// The name of the fault that a rule injected, such as `throttle`; `None` without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<&'static str>,
    /// The time from the request to the answer, or to the decision not to send one; milliseconds in
    /// JSON.
    #[serde(rename = "ms", serialize_with = "milliseconds")]
    pub duration: Duration,
}

impl fmt::Display for LoggedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

fn milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    // Rounded to microseconds, to keep the line short.
    serializer.serialize_f64((duration.as_secs_f64() * 1e6).round() / 1e3)
}

/// The function that is called for each request, if there is one.
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

    /// Logs a fault of a connection.
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
