//! The proxies of a transport and of a call: none in a build without the feature `proxy`.

use http::Uri;

#[cfg(feature = "proxy")]
pub(super) use crate::ProxyOptions as Proxies;
use crate::{CallOptions, Error};

#[cfg(not(feature = "proxy"))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Proxies(());

/// The proxies of a transport for which none were set, as `Debug` shows them.
pub(super) const DEFAULT: &str = if cfg!(feature = "proxy") { "the environment's" } else { "none" };

/// Returns the proxies of a transport for which none were set.
pub(super) fn of_environment() -> Proxies {
    #[cfg(feature = "proxy")]
    return Proxies::from_env();
    #[cfg(not(feature = "proxy"))]
    Proxies(())
}

pub(super) fn of_call(options: &CallOptions) -> Option<&Proxies> {
    #[cfg(feature = "proxy")]
    return options.proxy.as_deref();
    #[cfg(not(feature = "proxy"))]
    {
        let _ = options;
        None
    }
}

/// Reports a variable of the environment that names no proxy.
pub(super) fn check(proxies: &Proxies, target: &Uri) -> Result<(), Error> {
    #[cfg(feature = "proxy")]
    proxies.proxy_for(target)?;
    let _ = (proxies, target);
    Ok(())
}
