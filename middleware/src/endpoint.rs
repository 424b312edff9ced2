//! The address of a gateway: scheme, host and port.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use bytes::Bytes;
use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::secret_bytes::wiped_on_drop;
use crate::shown::{has_hex, has_random, is_jwt};

/// The address of a gateway. It is checked when it is created.
///
/// The name of the host has no further meaning: neither the region nor the instance is derived from
/// it.
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
    /// Returns `host` or `host:port`, as in the `host` header.
    pub fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// Returns the host without its port.
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// Returns the port (default: that of the scheme, 443 or 80).
    pub fn port(&self) -> u16 {
        let default = if self.is_https() { 443 } else { 80 };
        self.authority.port_u16().unwrap_or(default)
    }

    /// Returns `true` if connections are encrypted.
    pub fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// Returns the same host over plain HTTP.
    #[must_use]
    pub fn over_http(self) -> Self {
        Self { scheme: Scheme::HTTP, ..self }
    }

    /// Returns the URI of a request to `/` with this query, which is wiped when the URI is dropped.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encode`]: the query is longer than a URI can be (65,534 bytes).
    pub fn uri(&self, query: &str) -> Result<Uri, Error> {
        let mut path = Zeroizing::new(Vec::with_capacity(query.len() + 2));
        path.push(b'/');
        if !query.is_empty() {
            path.push(b'?');
            path.extend_from_slice(query.as_bytes());
        }
        self.uri_of(wiped_on_drop(path))
    }

    /// The URI of a request to this path with its query.
    pub(crate) fn uri_of(&self, path: Bytes) -> Result<Uri, Error> {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        let too_long = |_| {
            Error::new(
                ErrorKind::Encode,
                "the parameters in the query are longer than a URI can be (65,534 bytes): shorten \
                 them",
            )
        };
        parts.path_and_query = Some(PathAndQuery::from_maybe_shared(path).map_err(too_long)?);
        Uri::from_parts(parts).map_err(|error| {
            let message = "the endpoint and the parameters do not make a URI";
            Error::new(ErrorKind::Encode, message).with_source(error)
        })
    }
}

impl FromStr for Endpoint {
    type Err = Error;

    /// Parses `host` or `host:port`, with `https://` or `http://` before it or not (default https).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the text is empty, has another scheme, a user name, a path, a query
    /// or an invalid port, or is not a host.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |why: &str| {
            Error::new(
                ErrorKind::Config,
                // The text may contain a password before an `@`.
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
            return Err(wrong("has a user name"));
        }
        if rest.contains(['/', '?', '#']) {
            return Err(wrong("has a path or a query"));
        }
        let authority: Authority = rest.parse().map_err(|_| wrong("is not a host"))?;
        if !is_host(authority.host()) {
            return Err(wrong("is not a host"));
        }
        // `Authority` treats an invalid port as a missing one.
        let has_port = authority.host() != authority.as_str();
        if has_port && authority.port_u16().is_none() {
            return Err(wrong("has a port that is not a number from 0 to 65535"));
        }
        Ok(Self { scheme, authority })
    }
}

/// Returns `true` for an IPv6 address in brackets, and for a name that can be looked up (RFC 1035,
/// section 2.3.4) and does not look like a token in the wrong place, since errors show host names.
pub(crate) fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']');
        return address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let labels = host.strip_suffix('.').unwrap_or(host);
    // A URI may have other characters in a host, but no name of the DNS has.
    let is_of_label = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    labels.len() <= 253
        && labels.bytes().all(|byte| byte == b'.' || is_of_label(byte))
        && labels.split('.').all(|label| (1..=63).contains(&label.len()))
        && !is_key(labels)
}

/// Returns `true` for what looks like a key or a token. It ends in random characters, unlike a name of
/// the DNS, in which a server's own label may be anything.
fn is_key(labels: &str) -> bool {
    let (first, last) = labels.rsplit_once('.').unwrap_or(("", labels));
    let begins = |label: &str| label.starts_with("LTAI") || label.starts_with("eyJ");
    is_jwt(labels)
        || labels.starts_with("STS.")
        || labels.split('.').any(begins)
        || has_random(last, 20)
        || first.is_empty() && has_hex(last, 32)
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
            "[]",
            "[zz]:1",
            "[::1",
            "host/path",
            "host?x",
            "user:secret@host",
            "host:99999",
            "host:",
            "ho st",
            "https://host:port",
            "a..b",
            ".host",
            "host..",
            "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.secret-0123456789abcdef",
            "token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.secret-0123456789abcdef",
            "LTAI5tsecret",
            "STS.secret",
            "x.eyJsecret.y",
            "secretA1b2C3d4E5f6G7h8I9j0",
            "hvs.secretA1b2C3d4E5f6G7h8",
            "0123456789abcdef0123456789abcdef-secret",
            "host%2esecret",
            "secret!$&'()*+,;=~",
            &format!("{}.secret", "a".repeat(64)),
            &"secret.".repeat(40),
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
            ("h.", "h.", 443),
            ("MyBalancer1234567890.example.com", "MyBalancer1234567890.example.com", 443),
            ("0123456789abcdef0123456789abcdef.lan", "0123456789abcdef0123456789abcdef.lan", 443),
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
