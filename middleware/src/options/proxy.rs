//! The proxies of connections.

mod environment;
mod no_proxy;
mod url;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::Uri;

use self::no_proxy::NoProxy;
use self::url::{Fault, without_brackets};
pub use self::url::{Proxy, ProxyKind};
use super::tls::TlsOptions;
use crate::error::{Error, ErrorKind};

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
/// A proxy is `http://` (the default), `https://` or `socks5://` (or `socks5h://`, which means the
/// same) with a host, a port (default 80, 443 or 1080) and, if it requires them, a percent-encoded
/// user and password. The proxy resolves host names.
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

    /// Adds hosts that are connected to directly, in the grammar of the variable `NO_PROXY`, to
    /// those that the options already have.
    ///
    /// The list is separated by commas: `*`, host names with their subdomains (`example.com`,
    /// `.example.com`, `*.example.com`), addresses and networks (`10.0.0.0/8`). Names and addresses
    /// may have a port.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: an entry has none of these forms.
    pub fn no_proxy(mut self, list: &str) -> Result<Self, Error> {
        self.no_proxy.add(NoProxy::parse(list)?);
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
        let is_https = |proxy: &Proxy| proxy.uri().scheme_str() == Some("https");
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

#[cfg(test)]
mod tests {
    use super::*;

    fn on_the_way(options: &ProxyOptions, target: &'static str) -> Option<String> {
        let proxy = options.proxy_for(&Uri::from_static(target)).expect("usable");
        proxy.map(|proxy| format!("{proxy:?}"))
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
    fn a_list_is_added_to_the_one_before_and_to_the_environments() {
        let variables = |name: &str| match name {
            "HTTPS_PROXY" => Some("http://proxy".into()),
            "NO_PROXY" => Some("shared.example.com, not an entry:".into()),
            _ => None,
        };
        let options = ProxyOptions::from_variables(variables)
            .no_proxy("one.example.com")
            .and_then(|options| options.no_proxy("two.example.com"))
            .expect("lists");
        for host in ["shared", "one", "two"].map(|name| format!("https://{name}.example.com/")) {
            let target = host.parse().expect("a URI");
            assert_eq!(options.proxy_for(&target).expect("usable"), None, "{host}");
        }
        assert_eq!(on_the_way(&options, "https://localhost/"), None);
        assert!(on_the_way(&options, "https://example.com/").is_some());
        assert_eq!(passed_over_in(&options), Some("NO_PROXY"));
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
