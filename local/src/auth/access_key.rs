//! Finds the access key that a request names, with its security token.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use secrecy::ExposeSecret;

use crate::engine::Fault;
use crate::principals::{AccessKey, Principals};

/// Returns the access key with that id, if the token beside it is right.
///
/// A temporary access key is invalid without its token. The permanent one accepts any token, so
/// that programs that expect temporary credentials work with it too.
pub(super) fn find<'p>(
    principals: &'p Principals,
    id: &str,
    token: Option<&str>,
) -> Result<&'p AccessKey, Fault> {
    let access_key = principals.access_key(id).ok_or_else(unknown)?;
    let Some(expected) = &access_key.token else {
        return Ok(access_key);
    };
    let token = token.ok_or_else(|| {
        let message = "SecurityToken is mandatory for this action.";
        Fault::new(400, "MissingSecurityToken", message)
    })?;
    verify_slices_are_equal(token.as_bytes(), expected.expose_secret().as_bytes()).map_err(
        |_| {
            let message = "Specified SecurityToken mismatches with the AccessKey.";
            Fault::new(400, "InvalidSecurityToken.MismatchWithAccessKey", message)
        },
    )?;
    Ok(access_key)
}

/// Returns the fault of an unknown access key or client key.
pub(super) fn unknown() -> Fault {
    Fault::new(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
}
