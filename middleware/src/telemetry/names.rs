//! Names and values of OpenTelemetry's conventions.

use std::fmt;

use tracing::Span;

use crate::endpoint::Endpoint;

/// The value of `rpc.system.name`, for both dialects.
pub(crate) const SYSTEM: &str = "alibabacloud-kms";

/// An action in the form of `rpc.method`.
pub(crate) struct Method(pub(crate) &'static str);

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kms/{}", self.0)
    }
}

/// Returns the host in the form of `server.address`: an IPv6 address without its brackets.
pub(crate) fn address(endpoint: &Endpoint) -> &str {
    endpoint.host().trim_matches(['[', ']'])
}

/// Returns the value of `url.scheme`.
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
