//! A proxy, and how its URL is read.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Uri};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::endpoint::is_host;
use crate::identity::Identity;
use crate::trimmed::trimmed;

/// A proxy. Its `Debug` and `Display` show no user and no password.
#[derive(Clone)]
pub struct Proxy {
    kind: ProxyKind,
    /// `http://` or `https://`, host and port, for connections to it.
    uri: Uri,
    user: Option<User>,
}

/// The protocol of a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProxyKind {
    /// HTTP: a `CONNECT` tunnel for TLS, requests with the whole URL for plain HTTP.
    Http,
    /// SOCKS 5 (RFC 1928).
    Socks5,
}

#[derive(Clone)]
struct User {
    name: SecretString,
    password: SecretString,
}

impl Proxy {
    /// Parses a URL. A path, a query and a fragment are ignored, as curl does.
    pub(super) fn parse(url: &str) -> Result<Self, Fault> {
        let url = trimmed(url);
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let (kind, scheme, port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (ProxyKind::Http, "http", 80),
            "https" => (ProxyKind::Http, "https", 443),
            "socks5" | "socks5h" => (ProxyKind::Socks5, "http", 1080),
            _ => return Err(Fault::Scheme),
        };
        // A password may contain a slash that is not percent-encoded.
        let (user, rest) = match rest.rsplit_once('@') {
            Some((user, rest)) => (Some(User::parse(user).ok_or(Fault::User)?), rest),
            None => (None, rest),
        };
        if kind == ProxyKind::Socks5 && user.as_ref().is_some_and(User::is_too_long_for_socks) {
            return Err(Fault::LongUser);
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let end_of_host = match authority.starts_with('[') {
            true => authority.find(']').map(|end| end + 1),
            false => authority.find(':'),
        };
        let (host, given) = authority.split_at(end_of_host.unwrap_or(authority.len()));
        if host.is_empty() {
            return Err(Fault::NoHost);
        }
        if !is_host(host) {
            return Err(Fault::Host);
        }
        let port = match given.strip_prefix(':') {
            Some(given) => given.parse::<u16>().map_err(|_| Fault::Port)?,
            None if given.is_empty() => port,
            None => return Err(Fault::Host),
        };
        let uri = Uri::builder()
            .scheme(scheme)
            .authority(format!("{host}:{port}"))
            .path_and_query("/")
            .build()
            .ok()
            .filter(|uri| uri.host() == Some(host))
            .ok_or(Fault::Host)?;
        Ok(Self { kind, uri, user })
    }

    /// Returns the protocol.
    pub fn kind(&self) -> ProxyKind {
        self.kind
    }

    /// Returns the address of the proxy: `http://` or, for TLS, `https://`, host and port.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns the host, with an IPv6 address without its brackets.
    pub fn host(&self) -> &str {
        without_brackets(self.uri.host().unwrap_or_default())
    }

    /// Returns the value of the `proxy-authorization` header, if the proxy has a user.
    pub fn authorization(&self) -> Option<HeaderValue> {
        let User { name, password } = self.user.as_ref()?;
        let pair = Zeroizing::new(format!("{}:{}", name.expose_secret(), password.expose_secret()));
        let basic = Zeroizing::new(format!("Basic {}", *Zeroizing::new(STANDARD.encode(&*pair))));
        let mut value = HeaderValue::from_str(&basic).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Returns the user and the password, if the proxy has a user.
    pub fn user(&self) -> Option<(&SecretString, &SecretString)> {
        self.user.as_ref().map(|User { name, password }| (name, password))
    }

    fn identity(&self) -> Option<Identity> {
        let (name, password) = self.user()?;
        Some(Identity::new([name.expose_secret(), password.expose_secret()]))
    }
}

pub(super) fn without_brackets(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

impl User {
    fn parse(text: &str) -> Option<Self> {
        let (name, password) = text.split_once(':').unwrap_or((text, ""));
        let decode = |part| {
            let text = percent_decode_str(part).decode_utf8().ok()?;
            Some(SecretString::from(text.into_owned()))
        };
        Some(Self { name: decode(name)?, password: decode(password)? })
    }

    /// Returns `true` if a part of it has no length that fits into a byte (RFC 1929).
    fn is_too_long_for_socks(&self) -> bool {
        let Self { name, password } = self;
        [name, password].into_iter().any(|part| part.expose_secret().len() > usize::from(u8::MAX))
    }
}

impl PartialEq for Proxy {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.uri == other.uri && self.identity() == other.identity()
    }
}

impl Eq for Proxy {}

impl std::hash::Hash for Proxy {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
        self.uri.hash(state);
        self.identity().hash(state);
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.kind {
            ProxyKind::Http => self.uri.scheme_str().unwrap_or_default(),
            ProxyKind::Socks5 => "socks5",
        };
        let user = if self.user.is_some() { "[redacted]@" } else { "" };
        let authority = self.uri.authority().map_or("", |authority| authority.as_str());
        write!(f, "{scheme}://{user}{authority}")
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is wrong with the URL of a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Fault {
    NotUtf8,
    Scheme,
    User,
    LongUser,
    NoHost,
    Host,
    Port,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotUtf8 => "is not UTF-8",
            Self::Scheme => "has a scheme other than http, https and socks5",
            Self::User => "has a user or password that is not percent-encoded UTF-8",
            Self::LongUser => {
                "has a user or password of more than 255 bytes, which SOCKS 5 cannot send"
            }
            Self::NoHost => "has no host",
            Self::Host => "has a host that is neither a name nor an address",
            Self::Port => "has a port that is not a number up to 65535",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_host_with_a_port_is_no_proxy() {
        let long = "a".repeat(64);
        for url in
            ["", "[]", "socks5://[]0", "[]:1", "[zz]:1", "[::1]80", "proxy::1", "proxy:", &long]
        {
            assert!(Proxy::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_proxy_has_a_scheme_a_port_and_a_user_that_is_not_shown() {
        for (url, shown) in [
            ("proxy", "http://proxy:80"),
            ("proxy:3128", "http://proxy:3128"),
            ("http://proxy:3128/", "http://proxy:3128"),
            ("https://proxy", "https://proxy:443"),
            ("SOCKS5://[::1]", "socks5://[::1]:1080"),
            ("socks5h://10.0.0.1:9", "socks5://10.0.0.1:9"),
            ("http://user:p%40ss@proxy:1", "http://[redacted]@proxy:1"),
            ("http://proxy:1//", "http://proxy:1"),
            ("http://user:p/?#ss@proxy:1/pac?a=b#c", "http://[redacted]@proxy:1"),
            ("socks5://[::1]?", "socks5://[::1]:1080"),
        ] {
            assert_eq!(format!("{:?}", Proxy::parse(url).expect(url)), shown);
        }
        let proxy = Proxy::parse("http://us%3Aer:p%40s:s@proxy").expect("a proxy");
        let user =
            proxy.user().map(|(name, password)| (name.expose_secret(), password.expose_secret()));
        assert_eq!(user, Some(("us:er", "p@s:s")));
        assert_eq!(proxy.authorization().expect("a user"), "Basic dXM6ZXI6cEBzOnM=");
        assert!(proxy.authorization().expect("a user").is_sensitive());
    }

    #[test]
    fn a_user_that_socks_cannot_send_is_refused() {
        let [longest, longer] = [255, 256].map(|length| "x".repeat(length));
        for (user, is_refused) in [
            (format!("{longest}:{longest}"), false),
            (format!("{longer}:"), true),
            (format!("user:{longer}"), true),
        ] {
            let parsed = Proxy::parse(&format!("socks5://{user}@proxy"));
            assert_eq!(parsed.err(), is_refused.then_some(Fault::LongUser));
            assert!(Proxy::parse(&format!("http://{user}@proxy")).is_ok());
        }
    }
}
