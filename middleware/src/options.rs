//! What a user may set for one call.

mod proxy;
mod tls;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use secrecy::SecretString;

pub use self::proxy::{Proxy, ProxyKind, ProxyOptions};
pub use self::tls::{PrivateKeyFormat, TlsIdentity, TlsOptions, TlsVersion};
use crate::action::Gateway;
use crate::charset::Charset;
use crate::credential::ProvideCredential;

/// The options of one call; each wins over the client's setting of the same name.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct CallOptions {
    /// The gateway to use, whatever the client's routing says.
    pub gateway: Option<Gateway>,
    /// The charset of plaintexts on the instance gateway.
    pub charset: Option<Charset>,
    /// The time limit of the whole call, retries and waits included.
    pub timeout: Option<Duration>,
    /// The time limit of each attempt.
    pub attempt_timeout: Option<Duration>,
    /// How many requests at most; 1 is no retry.
    pub max_attempts: Option<u32>,
    /// Whether repeating this call is harmless, against the action's own word.
    pub idempotent: Option<bool>,
    /// Who signs, on gateways that take an access key.
    pub credential: Option<Arc<dyn ProvideCredential>>,
    /// Which servers are trusted, and how the connection presents itself.
    pub tls: Option<Arc<TlsOptions>>,
    /// Through which proxy the connection goes.
    pub proxy: Option<Arc<ProxyOptions>>,
    /// Headers to send beside our own, signed where the dialect signs such names. One of a name of
    /// ours replaces it, but for those that signing sets.
    pub headers: HeaderMap,
    /// Parameters to send beside those of the request, in the query of the RPC dialect: what the
    /// service knows and the request's type does not. Flattened names, such as `Tag.1.Key`.
    ///
    /// A name that the request sends itself is an error, and so is any of them in the instance's own
    /// dialect, which has no place for them.
    pub parameters: Vec<(String, SecretString)>,
}

impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallOptions")
            .field("gateway", &self.gateway)
            .field("charset", &self.charset)
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("max_attempts", &self.max_attempts)
            .field("idempotent", &self.idempotent)
            .field("credential", &self.credential)
            .field("tls", &self.tls)
            .field("proxy", &self.proxy)
            .field("headers", &HeaderNames(&self.headers))
            .field("parameters", &ParameterNames(&self.parameters))
            .finish()
    }
}

/// The names only: values are the user's affair.
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

    /// A new option stops this from compiling: one that changes what is answered belongs into the
    /// key of the root crate's cache, whose tests know all options by the names in `Debug`.
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
            proxy: _,
            headers: _,
            parameters: _,
        } = CallOptions::default();
        let shown = format!("{:#?}", CallOptions::default());
        assert_eq!(shown.lines().filter(|line| line.starts_with("    ")).count(), 11);
    }
}
