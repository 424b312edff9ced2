//! The server that a connection leads to.

use std::hash::{Hash, Hasher};

use http::Uri;
use http::uri::{Authority, Scheme};

use crate::{Error, ErrorKind};

/// A server as one connector reaches it: requests with equal origins share connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// The number of the connector.
    connector: u64,
    scheme: Scheme,
    authority: Authority,
}

/// Hashes only a part: a transport has few origins, and `Authority` hashes letter by letter.
impl Hash for Origin {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.connector);
        state.write_usize(self.authority.as_str().len());
    }
}

impl Origin {
    pub(super) fn new(connector: u64, uri: &Uri) -> Result<Self, Error> {
        let scheme = uri.scheme().filter(|s| [Scheme::HTTP, Scheme::HTTPS].contains(s));
        match (scheme, uri.authority()) {
            // Neither errors nor the `host` header may contain it.
            (_, Some(authority)) if authority.as_str().contains('@') => Err(Error::new(
                ErrorKind::Config,
                "the request's URI has a user name: only a host and a port are allowed",
            )),
            (Some(scheme), Some(authority)) => {
                Ok(Self { connector, scheme: scheme.clone(), authority: authority.clone() })
            }
            // The URI may contain a plaintext, so it is not shown.
            _ => Err(Error::new(
                ErrorKind::Config,
                "the request's URI is not absolute: it must have http:// or https:// and a host",
            )),
        }
    }

    pub(super) fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// Returns the host, with an IPv6 address without its brackets.
    pub(super) fn host(&self) -> &str {
        let host = self.authority.host();
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
    }

    /// Returns host and port, as the user wrote them.
    pub(super) fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// Returns the target without a path.
    pub(super) fn uri(&self) -> Uri {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(http::uri::PathAndQuery::from_static("/"));
        Uri::from_parts(parts).expect("scheme, authority and path make a URI")
    }
}
