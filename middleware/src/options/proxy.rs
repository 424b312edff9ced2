//! The proxies of connections.

mod environment;
mod no_proxy;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Uri};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use self::no_proxy::NoProxy;
use super::tls::TlsOptions;
use crate::endpoint::is_host;
use crate::error::{Error, ErrorKind};
use crate::identity::Identity;
use crate::trimmed::trimmed;

/// The addresses from which ECS instances get their credentials. They are local to each instance,
/// so a proxy cannot reach them on its behalf.
const METADATA: [IpAddr; 2] = [
    IpAddr::V4(std::net::Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(std::net::Ipv4Addr::new(169, 254, 169, 254)),
];

/// The proxies of connections: none, one for all connections, or one per scheme, and the hosts that
/// are connected to directly.
///
/// ```
/// use alibabacloud_kms_middleware::ProxyOptions;
///
/// let proxy = ProxyOptions::all("http://user:password@proxy.example.com:3128")?
///     .no_proxy(".internal, 10.0.0.0/8, kms.example.com:8443")?;
/// # let _ = proxy;
/// # Ok::<(), alibabacloud_kms_middleware::Error>(())
/// ```
///
/// A proxy is `http://`, `https://` or `socks5://` with a host, a port (default 80, 443 or 1080)
/// and, if it requires them, a percent-encoded user and password. The proxy resolves host names.
/// Metadata addresses (100.100.100.200, 169.254.169.254) are always connected to directly.
///
/// Equal options share connections.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct ProxyOptions {
    http: Choice,
    https: Choice,
    no_proxy: NoProxy,
    /// The variable of the list, if it has entries that were not understood.
    passed_over_in: Option<&'static str>,
    tls: Option<Arc<TlsOptions>>,
}

/// The proxy for connections of one scheme.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
enum Choice {
    #[default]
    Direct,
    Via(Proxy),
    /// The value of this variable is not the URL of a proxy. Only the connections that need it
    /// fail.
    Unusable {
        variable: &'static str,
        fault: Fault,
    },
}

impl ProxyOptions {
    /// Creates options without a proxy, whatever the environment says.
    pub fn none() -> Self {
        Self::default()
    }

    /// Creates options with this proxy for all connections.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: `url` is not the URL of a proxy.
    pub fn all(url: &str) -> Result<Self, Error> {
        let proxy = Proxy::parse(url).map_err(|fault| not_a_proxy("the proxy", fault))?;
        let proxy = Choice::Via(proxy);
        Ok(Self { http: proxy.clone(), https: proxy, ..Self::default() })
    }

    /// Adds the hosts that are connected to directly, in the grammar of the variable `NO_PROXY`.
    ///
    /// The list is separated by commas: `*`, host names with their subdomains (`example.com`,
    /// `.example.com`, `*.example.com`), addresses and networks (`10.0.0.0/8`). Names and addresses
    /// may have a port.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: an entry has none of these forms.
    pub fn no_proxy(mut self, list: &str) -> Result<Self, Error> {
        self.no_proxy = NoProxy::parse(list)?;
        self.passed_over_in = None;
        Ok(self)
    }

    /// Sets the TLS options of connections to `https://` proxies: which of their certificates are
    /// accepted (default: the options of the connection through the proxy, without its client
    /// certificate).
    ///
    /// A gateway with a CA of its own trusts no other, so a proxy with a certificate of another CA
    /// needs this:
    ///
    /// ```no_run
    /// use alibabacloud_kms_middleware::{ProxyOptions, TlsOptions};
    ///
    /// let proxy = ProxyOptions::all("https://proxy.example.com:3129")?
    ///     .tls(TlsOptions::ca_file("/etc/ssl/company.pem")?);
    /// # let _ = proxy;
    /// # Ok::<(), alibabacloud_kms_middleware::Error>(())
    /// ```
    #[must_use]
    pub fn tls(mut self, tls: TlsOptions) -> Self {
        self.tls = Some(Arc::new(tls));
        self
    }

    /// Returns the options for connections to `https://` proxies, if they were set.
    pub fn tls_options(&self) -> Option<&TlsOptions> {
        self.tls.as_deref()
    }

    /// Returns `true` if the connection to one of the proxies is itself made over TLS.
    pub fn has_tls_proxy(&self) -> bool {
        let is_https = |proxy: &Proxy| proxy.uri.scheme_str() == Some("https");
        [&self.http, &self.https]
            .into_iter()
            .any(|choice| matches!(choice, Choice::Via(proxy) if is_https(proxy)))
    }

    /// Returns the proxy for connections to this address, or `None` for a direct connection.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the environment's variable for this address is not the URL of a
    /// proxy. The error names the variable. Options that were created from a URL never fail.
    pub fn proxy_for(&self, target: &Uri) -> Result<Option<&Proxy>, Error> {
        let is_https = target.scheme_str() == Some("https");
        let choice = if is_https { &self.https } else { &self.http };
        let host = without_brackets(target.host().unwrap_or_default());
        let port = target.port_u16().unwrap_or(if is_https { 443 } else { 80 });
        let is_metadata = host.parse().is_ok_and(|address| METADATA.contains(&address));
        match choice {
            _ if is_metadata || self.no_proxy.names(host, port) => Ok(None),
            Choice::Direct => Ok(None),
            Choice::Via(proxy) => Ok(Some(proxy)),
            Choice::Unusable { variable, fault } => Err(not_a_proxy(variable, *fault)),
        }
    }
}

/// Returns the variable that has exceptions from the proxies that were not understood, if there is
/// one: the proxy may have been taken because of that.
pub fn passed_over_in(proxies: &ProxyOptions) -> Option<&'static str> {
    proxies.passed_over_in
}

/// What is wrong with the URL of a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Fault {
    NotUtf8,
    Scheme,
    User,
    NoHost,
    Host,
    Port,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotUtf8 => "is not UTF-8",
            Self::Scheme => "has another scheme than http, https and socks5",
            Self::User => "has a user or password that is not percent-encoded UTF-8",
            Self::NoHost => "has no host",
            Self::Host => "has a host that is neither a name nor an address",
            Self::Port => "has a port that is not a number up to 65535",
        })
    }
}

/// The URL may contain a password, so no error shows it.
fn not_a_proxy(setting: &str, fault: Fault) -> Error {
    let message = format!(
        "{setting} is not the URL of a proxy that is supported, as it {fault}: expected one such as \
         http://proxy.example.com:3128, https://… or, for SOCKS, socks5://… (SOCKS 4 is not supported)"
    );
    Error::new(ErrorKind::Config, message)
}

impl fmt::Debug for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct => f.write_str("None"),
            Self::Via(proxy) => f.debug_tuple("Some").field(proxy).finish(),
            Self::Unusable { variable, .. } => write!(f, "unusable: {variable}"),
        }
    }
}

impl fmt::Debug for ProxyOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyOptions")
            .field("http", &self.http)
            .field("https", &self.https)
            .field("no_proxy", &self.no_proxy)
            .field("tls", &self.tls)
            .finish()
    }
}

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
    fn parse(url: &str) -> Result<Self, Fault> {
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

fn without_brackets(host: &str) -> &str {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn on_the_way(options: &ProxyOptions, target: &'static str) -> Option<String> {
        let proxy = options.proxy_for(&Uri::from_static(target)).expect("usable");
        proxy.map(|proxy| format!("{proxy:?}"))
    }

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
    fn what_is_no_proxy_is_an_error_that_does_not_show_it() {
        for (url, fault) in [
            ("", "no host"),
            ("http://", "no host"),
            ("http://u:secret@", "no host"),
            ("http:///secret", "no host"),
            ("ftp://secret", "scheme"),
            ("://secret", "scheme"),
            ("http://u:%ffsecret@p", "user or password"),
            ("http://p:99999", "port"),
            ("http://p:", "port"),
            ("http://u:secret/@p:secret", "port"),
            ("http://[secret]:1", "a host that is"),
            ("http://p secret:1", "a host that is"),
        ] {
            let error = ProxyOptions::all(url).expect_err(url);
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(fault), "{error}");
            let shown = format!("{error} {error:?}");
            assert!(shown.contains("the proxy") && !shown.contains("secret"), "{shown}");
        }
    }

    #[test]
    fn the_list_and_the_metadata_address_are_connected_to_directly() {
        let options = ProxyOptions::all("http://proxy").expect("a proxy");
        let options = options.no_proxy(".internal").expect("a list");
        assert!(on_the_way(&options, "https://kms.cn-hangzhou.aliyuncs.com/").is_some());
        assert!(on_the_way(&options, "http://kms.cn-hangzhou.aliyuncs.com/").is_some());
        assert_eq!(on_the_way(&options, "https://kms.internal/"), None);
        assert_eq!(on_the_way(&options, "http://100.100.100.200/latest/api/token"), None);
        assert_eq!(on_the_way(&ProxyOptions::none(), "https://kms.example.com/"), None);
    }

    #[test]
    fn options_with_another_password_do_not_share_connections() {
        let of = |url| ProxyOptions::all(url).expect("a proxy");
        assert_eq!(of("http://u:a@p"), of("http://u:a@p:80/"));
        assert_ne!(of("http://u:a@p"), of("http://u:b@p"));
        assert_ne!(of("http://p"), of("https://p:80"));
        assert_ne!(of("http://p:1080"), of("socks5://p"));
    }
}
