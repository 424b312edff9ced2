//! Where a gateway is: scheme, host and port.

use std::fmt;
use std::str::FromStr;

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::secret_bytes::wiped_on_drop;

/// A gateway's address. One that exists is valid.
///
/// Hosts are opaque: nothing is read from their labels.
///
/// ```
/// use alibabacloud_kms_middleware::Endpoint;
///
/// let endpoint: Endpoint = "kms.cn-hangzhou.aliyuncs.com".parse()?;
/// assert_eq!(endpoint.to_string(), "https://kms.cn-hangzhou.aliyuncs.com");
/// let local: Endpoint = "http://127.0.0.1:8080".parse()?;
/// assert_eq!(local.authority(), "127.0.0.1:8080");
/// # Ok::<(), alibabacloud_kms_middleware::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    scheme: Scheme,
    authority: Authority,
}

impl Endpoint {
    /// `host` or `host:port`, as the `host` header has it.
    pub fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// The host without its port.
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// The port, the scheme's own if none was given.
    pub fn port(&self) -> u16 {
        let default = if self.is_https() { 443 } else { 80 };
        self.authority.port_u16().unwrap_or(default)
    }

    /// Whether the connection is encrypted.
    pub fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// The same host over plain HTTP.
    #[must_use]
    pub fn over_http(self) -> Self {
        Self { scheme: Scheme::HTTP, ..self }
    }

    /// The URI of a request to `/` with this query, which is wiped when the URI is dropped.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encode`]: the query is longer than a URI can be (65,534 octets).
    pub fn uri(&self, query: &str) -> Result<Uri, Error> {
        let mut path = Zeroizing::new(Vec::with_capacity(query.len() + 2));
        path.push(b'/');
        if !query.is_empty() {
            path.push(b'?');
            path.extend_from_slice(query.as_bytes());
        }
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        let too_long = |_| {
            Error::new(
                ErrorKind::Encode,
                "the parameters are longer than a URI can be (65,534 octets)",
            )
        };
        let path = PathAndQuery::from_maybe_shared(wiped_on_drop(path)).map_err(too_long)?;
        parts.path_and_query = Some(path);
        Uri::from_parts(parts)
            .map_err(|error| Error::new(ErrorKind::Encode, "no URI").with_source(error))
    }
}

impl FromStr for Endpoint {
    type Err = Error;

    /// Reads `host`, `host:port`, or either behind `https://` or `http://`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: it is empty, has another scheme, a user name, a path or a query, or is
    /// not a host.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |why: &str| {
            Error::new(
                ErrorKind::Config,
                // What was given may hold a password before an `@`.
                format!("the endpoint {why}: give it as `host[:port]` or `https://host[:port]`"),
            )
        };
        let text = text.trim();
        let (scheme, rest) = match text.split_once("://") {
            None => (Scheme::HTTPS, text),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Scheme::HTTPS, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Scheme::HTTP, rest),
            Some(_) => return Err(wrong("has a scheme other than http and https")),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.is_empty() {
            return Err(wrong("is empty"));
        }
        if rest.contains('@') {
            return Err(wrong("holds a user name"));
        }
        if rest.contains(['/', '?', '#']) {
            return Err(wrong("has a path or a query"));
        }
        let authority: Authority = rest.parse().map_err(|_| wrong("is not a host"))?;
        if authority.host().is_empty() {
            return Err(wrong("is not a host"));
        }
        // A port that is not one is a port that is not there, as far as `Authority` is concerned.
        let has_port = authority.host() != authority.as_str();
        if has_port && authority.port_u16().is_none() {
            return Err(wrong("has a port that is not a number from 0 to 65535"));
        }
        Ok(Self { scheme, authority })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_host_is_a_config_error() {
        for text in [
            "",
            "https://",
            "ftp://host",
            "host/path",
            "host?x",
            "user:secret@host",
            "host:99999",
            "host:",
            "ho st",
            "https://host:port",
        ] {
            let error = text.parse::<Endpoint>().expect_err(text);
            assert_eq!(error.kind(), ErrorKind::Config, "{text}");
            assert!(!format!("{error:?}").contains("secret"));
        }
    }

    #[test]
    fn addresses_ports_and_ipv6_are_kept() {
        for (text, host, port) in [
            ("h", "h", 443),
            ("http://h", "h", 80),
            ("h:8443", "h", 8443),
            ("HTTPS://h/", "h", 443),
            ("[::1]:9", "[::1]", 9),
        ] {
            let endpoint: Endpoint = text.parse().expect(text);
            assert_eq!((endpoint.host(), endpoint.port()), (host, port));
        }
    }

    #[test]
    fn a_query_that_no_uri_can_hold_is_an_error() {
        let endpoint: Endpoint = "h".parse().expect("a host");
        let error = endpoint.uri(&"a".repeat(70_000)).expect_err("too long");
        assert_eq!(error.kind(), ErrorKind::Encode);
    }
}
