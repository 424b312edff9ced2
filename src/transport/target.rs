//! Where a connection leads.

use http::Uri;
use http::uri::{Authority, Scheme};

use crate::{Error, ErrorKind};

/// A server as one connector reaches it: requests with equal targets share connections.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Target {
    /// The number of the connector.
    connector: u64,
    scheme: Scheme,
    authority: Authority,
}

impl Target {
    pub(super) fn new(connector: u64, uri: &Uri) -> Result<Self, Error> {
        let scheme = uri.scheme().filter(|s| [Scheme::HTTP, Scheme::HTTPS].contains(s));
        match (scheme, uri.authority()) {
            // Neither errors nor the `host` header may hold it.
            (_, Some(authority)) if authority.as_str().contains('@') => Err(Error::new(
                ErrorKind::Config,
                "the request's URI holds a user name: expected a host and no more",
            )),
            (Some(scheme), Some(authority)) => {
                Ok(Self { connector, scheme: scheme.clone(), authority: authority.clone() })
            }
            // The URI itself may hold a plaintext.
            _ => Err(Error::new(
                ErrorKind::Config,
                "the request's URI is not absolute: expected http:// or https:// and a host",
            )),
        }
    }

    pub(super) fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// The host, an IPv6 address without its brackets.
    pub(super) fn host(&self) -> &str {
        let host = self.authority.host();
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
    }

    /// Host and port, as the user wrote them.
    pub(super) fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// The target without a path.
    pub(super) fn uri(&self) -> Uri {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(http::uri::PathAndQuery::from_static("/"));
        Uri::from_parts(parts).expect("scheme, authority and path make a URI")
    }
}
