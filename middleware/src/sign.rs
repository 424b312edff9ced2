//! Signing, right above the transport: each attempt carries a fresh date.
//!
//! [`acs3`] signs RPC requests with an access key, [`client_key`] signs instance requests with the
//! client key. Headers that a layer below adds are not signed; headers that a layer above adds are
//! signed where the dialect signs such names (`x-acs-*`, `x-kms-*`).

pub mod acs3;
pub mod client_key;

pub use self::acs3::{Acs3Algorithm, SignAcs3, SignAcs3Layer};
pub use self::client_key::{SignClientKey, SignClientKeyLayer};
pub use crate::credential::ClientKeySigner;

use http::HeaderValue;

use crate::error::{Error, ErrorKind};

/// A header's value that `Debug` does not show.
fn sensitive(text: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Error::new(ErrorKind::Sign, "the credential holds a character that no header can carry")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// The headers of this prefix and these names as `name:value\n`, sorted, and their names.
fn canonical_headers(
    headers: &http::HeaderMap,
    is_signed: impl Fn(&str) -> bool,
) -> (zeroize::Zeroizing<String>, String) {
    let mut names: Vec<&str> = headers.keys().map(http::HeaderName::as_str).collect();
    names.retain(|name| is_signed(name));
    names.sort_unstable();
    let mut lines = zeroize::Zeroizing::new(String::new());
    for name in &names {
        let values: Vec<&str> = headers
            .get_all(*name)
            .iter()
            .map(|value| std::str::from_utf8(value.as_bytes()).unwrap_or_default().trim())
            .collect();
        lines.push_str(name);
        lines.push(':');
        lines.push_str(&values.join(","));
        lines.push('\n');
    }
    (lines, names.join(";"))
}
