//! Signing: below the retries, so each attempt has a fresh date, and below every layer that changes
//! what is signed.
//!
//! [`SignAcs3Layer`] signs RPC requests with an access key, `SignClientKeyLayer` (feature
//! `client-key`) signs instance requests with the client key. Headers that a layer above adds are
//! signed if the dialect signs such names (`x-acs-*`, `x-kms-*`); headers that a layer below adds
//! are not.
//!
//! ```
//! use std::sync::Arc;
//!
//! use alibabacloud_kms_middleware::Credential;
//! use alibabacloud_kms_middleware::sign::SignAcs3Layer;
//!
//! let layer = SignAcs3Layer::new(Arc::new(Credential::access_key("id", "secret")));
//! # let _ = layer;
//! ```

pub(crate) mod acs3;
mod canonical;
#[cfg(feature = "client-key")]
mod client_key;
mod date;
#[cfg(feature = "client-key")]
mod future;

pub use self::acs3::{SignAcs3, SignAcs3Layer};
#[cfg(feature = "client-key")]
pub use self::client_key::{SignClientKey, SignClientKeyLayer};

use http::HeaderValue;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::secret_bytes::wiped_on_drop;

/// Returns a header value that `Debug` does not show.
fn sensitive(text: &str) -> Result<HeaderValue, Error> {
    marked_sensitive(HeaderValue::from_str(text).ok())
}

/// Returns a header value that `Debug` does not show, in memory that is wiped when the request is
/// dropped. Copies in the buffers of hyper and rustls are beyond our control.
fn secret(text: &str) -> Result<HeaderValue, Error> {
    let bytes = wiped_on_drop(Zeroizing::new(text.as_bytes().to_vec()));
    marked_sensitive(HeaderValue::from_maybe_shared(bytes).ok())
}

fn marked_sensitive(value: Option<HeaderValue>) -> Result<HeaderValue, Error> {
    let mut value = value.ok_or_else(|| {
        Error::new(ErrorKind::Sign, "the credential has a character that headers cannot have")
    })?;
    value.set_sensitive(true);
    Ok(value)
}
