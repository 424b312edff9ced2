//! The options of one call.

#[cfg(feature = "proxy")]
mod proxy;
mod tls;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use secrecy::SecretString;

#[cfg(feature = "proxy")]
pub use self::proxy::{Proxy, ProxyKind, ProxyOptions, passed_over_in};
pub use self::tls::x509;
pub use self::tls::{PrivateKeyFormat, TlsIdentity, TlsOptions, TlsVersion};
use crate::action::Gateway;
use crate::charset::encoding::Charset;
use crate::credential::ProvideCredential;

/// The options of one call. Each takes precedence over the client's setting of the same name.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct CallOptions {
    /// The gateway to use, regardless of the client's routing.
    pub gateway: Option<Gateway>,
    /// The charset of plaintexts on the instance gateway.
    pub charset: Option<Charset>,
    /// The time limit of the whole call, including retries and waits.
    pub timeout: Option<Duration>,
    /// The time limit of each attempt.
    pub attempt_timeout: Option<Duration>,
    /// The maximum number of attempts; 1 disables retries.
    pub max_attempts: Option<u32>,
    /// Whether this call may be repeated after its answer was lost. Overrides the action's
    /// declaration.
    pub idempotent: Option<bool>,
    /// The credential that signs, on gateways that are called with an access key.
    pub credential: Option<Arc<dyn ProvideCredential>>,
    /// The TLS options: which servers are trusted, and which certificate is presented.
    pub tls: Option<Arc<TlsOptions>>,
    /// The proxy.
    #[cfg(feature = "proxy")]
    pub proxy: Option<Arc<ProxyOptions>>,
    /// Additional headers, signed if the dialect signs such names. They replace headers of the same
    /// name that the codec sets, but not those that signing sets.
    ///
    /// The call fails with [`ErrorKind::Config`](crate::ErrorKind::Config) before anything is sent
    /// if one of them frames the request or names its target, such as `content-length` or `host`.
    pub headers: HeaderMap,
    /// Additional parameters in the query, for those that the request's type lacks (RPC dialect
    /// only). Names are flattened, such as `Tag.1.Key`.
    ///
    /// The call fails with [`ErrorKind::Encode`](crate::ErrorKind::Encode) before anything is sent
    /// if the request itself sends a parameter of one of these names, or if the call goes to an
    /// instance in its own dialect.
    pub parameters: Vec<(String, SecretString)>,
}

impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut options = f.debug_struct("CallOptions");
        options
            .field("gateway", &self.gateway)
            .field("charset", &self.charset)
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("max_attempts", &self.max_attempts)
            .field("idempotent", &self.idempotent)
            .field("credential", &self.credential)
            .field("tls", &self.tls);
        #[cfg(feature = "proxy")]
        options.field("proxy", &self.proxy);
        options
            .field("headers", &HeaderNames(&self.headers))
            .field("parameters", &ParameterNames(&self.parameters))
            .finish()
    }
}

/// Returns `true` if a call has a proxy of its own. A crate that was built without proxies asks,
/// since another one may have turned the option on.
pub fn has_proxy(options: &CallOptions) -> bool {
    #[cfg(feature = "proxy")]
    return options.proxy.as_deref().is_some_and(|proxy| *proxy != ProxyOptions::none());
    #[cfg(not(feature = "proxy"))]
    {
        let _ = options;
        false
    }
}

/// Shows only the names: values may be secret.
struct HeaderNames<'a>(&'a HeaderMap);

impl fmt::Debug for HeaderNames<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

struct ParameterNames<'a>(&'a [(String, SecretString)]);

impl fmt::Debug for ParameterNames<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A new option stops this from compiling. If it affects the answer, add it to the key of the
    /// root crate's cache, whose tests find all options by their names in `Debug`.
    #[test]
    fn debug_names_every_option() {
        let CallOptions {
            gateway: _,
            charset: _,
            timeout: _,
            attempt_timeout: _,
            max_attempts: _,
            idempotent: _,
            credential: _,
            tls: _,
            #[cfg(feature = "proxy")]
                proxy: _,
            headers: _,
            parameters: _,
        } = CallOptions::default();
        let shown = format!("{:#?}", CallOptions::default());
        assert_eq!(
            shown.lines().filter(|line| line.starts_with("    ")).count(),
            10 + usize::from(cfg!(feature = "proxy"))
        );
    }
}
