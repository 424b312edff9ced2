//! Names and values of OpenTelemetry's conventions.

use std::fmt;

use tracing::Span;

use crate::endpoint::Endpoint;

/// The value of `rpc.system.name`, for both dialects.
pub(crate) const SYSTEM: &str = "alibabacloud-kms";

/// An action as `rpc.method` has it.
pub(crate) struct Method(pub(crate) &'static str);

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kms/{}", self.0)
    }
}

/// The host as `server.address` has it: an IPv6 address without its brackets.
pub(crate) fn address(endpoint: &Endpoint) -> &str {
    endpoint.host().trim_matches(['[', ']'])
}

/// The value of `url.scheme`.
pub(crate) fn scheme(endpoint: &Endpoint) -> &'static str {
    if endpoint.is_https() { "https" } else { "http" }
}

/// Records `network.protocol.version` on the current span, which is the attempt's.
pub(crate) fn record_protocol_version(version: http::Version) {
    let version = match version {
        http::Version::HTTP_10 => "1.0",
        http::Version::HTTP_11 => "1.1",
        http::Version::HTTP_2 => "2",
        _ => return,
    };
    Span::current().record("network.protocol.version", version);
}
