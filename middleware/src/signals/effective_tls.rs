//! The TLS options of a request.

use std::sync::Arc;

use http::Extensions;

use crate::options::TlsOptions;

/// The TLS options that apply to a request: an extension of the request.
///
/// [`Tls`](crate::tls::Tls) chooses between the options of the call, the gateway and the client,
/// and inserts the result. A transport must send the request only over a connection that was made
/// with equal options. Without the signal, the transport's own settings apply.
///
/// ```
/// use alibabacloud_kms_middleware::signals::EffectiveTls;
/// use alibabacloud_kms_middleware::{Body, TlsOptions};
///
/// /// What a transport of your own checks first.
/// fn is_checked(request: &http::Request<Body>) -> bool {
///     match EffectiveTls::from_extensions(request.extensions()) {
///         Some(tls) => !tls.options().accepts_any_certificate(),
///         None => true, // the transport's own setting
///     }
/// }
///
/// let mut request = http::Request::<Body>::default();
/// assert!(is_checked(&request));
/// let tls = TlsOptions::danger_accept_any_certificate();
/// request.extensions_mut().insert(EffectiveTls::new(tls));
/// assert!(!is_checked(&request));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveTls(Arc<TlsOptions>);

impl EffectiveTls {
    /// Creates the signal.
    pub fn new(options: impl Into<Arc<TlsOptions>>) -> Self {
        Self(options.into())
    }

    /// Returns the signal in these extensions.
    pub fn from_extensions(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    /// Returns the options.
    pub fn options(&self) -> &Arc<TlsOptions> {
        &self.0
    }
}
