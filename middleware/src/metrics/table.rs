//! The metrics, each declared once.

/// A metric that these crates record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metric {
    /// Its name, such as `rpc.client.call.duration`.
    pub name: &'static str,
    /// The type of the metric.
    pub kind: MetricKind,
    /// The unit in UCUM, such as `s` or `{call}`.
    pub unit: &'static str,
    /// What is measured, as one line.
    pub what: &'static str,
    /// All labels that it can have.
    pub labels: &'static [&'static str],
}

/// The type of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MetricKind {
    /// A count that grows.
    Counter,
    /// A number that goes up and down.
    Gauge,
    /// A distribution of values.
    Histogram,
}

/// Every metric that these crates record, as the [module](super) describes them.
pub const METRICS: &[Metric] = &[
    CALL_DURATION,
    ACTIVE_CALLS,
    CALL_ATTEMPTS,
    REQUEST_DURATION,
    THROTTLES,
    RETRIES,
    CACHE_LOOKUPS,
    CONNECTIONS,
    CONNECT_DURATION,
    CONNECTION_REQUESTS,
    CONNECTION_DURATION,
];

pub(super) const CALL_DURATION: Metric = Metric {
    name: "rpc.client.call.duration",
    kind: MetricKind::Histogram,
    unit: "s",
    what: "the time of a call, including retries and waits",
    labels: &[
        "rpc.system.name",
        "rpc.method",
        "kms.gateway",
        "rpc.response.status_code",
        "error.type",
    ],
};

pub(super) const ACTIVE_CALLS: Metric = Metric {
    name: "kms.client.active_calls",
    kind: MetricKind::Gauge,
    unit: "{call}",
    what: "calls in progress",
    labels: &["rpc.method"],
};

pub(super) const CALL_ATTEMPTS: Metric = Metric {
    name: "kms.client.call.attempts",
    kind: MetricKind::Histogram,
    unit: "{request}",
    what: "the number of requests of a call",
    labels: &["rpc.method", "kms.gateway"],
};

pub(super) const REQUEST_DURATION: Metric = Metric {
    name: "http.client.request.duration",
    kind: MetricKind::Histogram,
    unit: "s",
    what: "the time of an attempt, until the end of the answer",
    labels: &[
        "http.request.method",
        "server.address",
        "server.port",
        "http.response.status_code",
        "error.type",
        "kms.operation",
        "kms.gateway",
    ],
};

pub(super) const THROTTLES: Metric = Metric {
    name: "kms.client.throttles",
    kind: MetricKind::Counter,
    unit: "{answer}",
    what: "attempts that were throttled",
    labels: &["kms.operation", "kms.gateway"],
};

pub(super) const RETRIES: Metric = Metric {
    name: "kms.client.retries",
    kind: MetricKind::Counter,
    unit: "{request}",
    what: "retries, by reason",
    labels: &["kms.operation", "kms.gateway", "kms.retry.reason"],
};

pub(super) const CACHE_LOOKUPS: Metric = Metric {
    name: "kms.client.cache.lookups",
    kind: MetricKind::Counter,
    unit: "{lookup}",
    what: "look-ups of calls in a cache, by outcome",
    labels: &["rpc.method", "kms.cache.outcome"],
};

/// Open connections.
pub const CONNECTIONS: Metric = Metric {
    name: "kms.client.connections",
    kind: MetricKind::Gauge,
    unit: "{connection}",
    what: "open connections, including idle ones",
    labels: PEER,
};

/// The time to connect.
pub const CONNECT_DURATION: Metric = Metric {
    name: "kms.client.connect.duration",
    kind: MetricKind::Histogram,
    unit: "s",
    what: "the time to connect, including TLS, or to fail",
    labels: &["server.address", "server.port", "error.type"],
};

/// The requests of a connection.
pub const CONNECTION_REQUESTS: Metric = Metric {
    name: "kms.client.connection.requests",
    kind: MetricKind::Histogram,
    unit: "{request}",
    what: "the number of requests that a connection answered, recorded when it closes",
    labels: PEER,
};

/// The age of a connection when it closes.
pub const CONNECTION_DURATION: Metric = Metric {
    name: "http.client.connection.duration",
    kind: MetricKind::Histogram,
    unit: "s",
    what: "the time that a connection was open, recorded when it closes",
    labels: PEER,
};

const PEER: &[&str] = &["server.address", "server.port"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_table_is_the_list() {
        let rows = include_str!("../metrics.rs").lines().filter(|line| line.starts_with("//! | `"));
        let documented: Vec<Vec<&str>> = rows
            .map(|row| row.trim_start_matches("//! |").trim_end_matches(" |").split('|'))
            .map(|cells| cells.map(str::trim).collect())
            .collect();
        let expected = METRICS.iter().map(|metric| {
            let code = |text: &str| format!("`{text}`");
            let kind = format!("{:?}", metric.kind).to_lowercase();
            let labels: Vec<_> = metric.labels.iter().map(|label| code(label)).collect();
            let cells =
                [code(metric.name), kind, code(metric.unit), metric.what.into(), labels.join(", ")];
            cells.to_vec()
        });
        assert_eq!(documented, expected.collect::<Vec<_>>());
    }
}
