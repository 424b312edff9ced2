//! The proxies of a transport and of a call: none in a build without the feature `proxy`.

use http::Uri;

#[cfg(feature = "proxy")]
pub(super) use crate::ProxyOptions as Proxies;
use crate::{CallOptions, Error};

#[cfg(not(feature = "proxy"))]
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Proxies(());

#[cfg(not(feature = "proxy"))]
impl std::fmt::Debug for Proxies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(DEFAULT)
    }
}

/// The proxies of a transport for which none were set, as `Debug` shows them.
pub(super) const DEFAULT: &str = if cfg!(feature = "proxy") { "the environment's" } else { "none" };

/// Returns the proxies of a transport for which none were set.
pub(super) fn of_environment() -> Proxies {
    #[cfg(feature = "proxy")]
    return Proxies::from_env();
    #[cfg(not(feature = "proxy"))]
    Proxies(())
}

/// Returns the proxies of a call that has its own.
///
/// In a build without proxies such a call is an error: another crate has turned the option on, and
/// the call must not go another way than it says.
pub(super) fn of_call(options: &CallOptions) -> Result<Option<&Proxies>, Error> {
    #[cfg(feature = "proxy")]
    return Ok(options.proxy.as_deref());
    #[cfg(not(feature = "proxy"))]
    match alibabacloud_kms_middleware::__private::has_proxy(options) {
        false => Ok(None),
        true => Err(Error::new(
            crate::ErrorKind::Config,
            "this build has no proxies: enable the feature proxy of alibabacloud-kms",
        )),
    }
}

/// Reports a variable of the environment that names no proxy.
pub(super) fn check(proxies: &Proxies, target: &Uri) -> Result<(), Error> {
    #[cfg(feature = "proxy")]
    proxies.proxy_for(target)?;
    let _ = (proxies, target);
    Ok(())
}
