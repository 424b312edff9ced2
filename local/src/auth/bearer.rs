//! Verifies bearer tokens: a caller with the token may call, and nothing is signed.
//!
//! Clients that otherwise sign with ACS3 send it in the header `x-acs-bearer-token`, older ones in
//! the parameter `BearerToken`.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use secrecy::ExposeSecret;

use super::date;
use super::faults::{mandatory, nonce_used};
use super::version1::Parameters;
use crate::engine::Fault;
use crate::exchange::{Request, header};
use crate::state::State;

const HEADER: &str = "x-acs-bearer-token";
const PARAMETER: &str = "BearerToken";

/// Returns `true` if the request has a bearer token, or announces one.
pub(super) fn is_used(request: &Request, parameters: &Parameters<'_>) -> bool {
    request.headers().contains_key(HEADER)
        || parameters.get(PARAMETER).is_some()
        || parameters.get("SignatureType") == Some("BEARERTOKEN")
}

/// Verifies a request without a signature.
pub(super) fn verify(
    state: &State,
    request: &Request,
    parameters: &Parameters<'_>,
) -> Result<(), Fault> {
    let headers = request.headers();
    let given = |name, parameter| header(headers, name).or_else(|| parameters.get(parameter));
    let token = given(HEADER, PARAMETER).ok_or_else(|| mandatory("parameter", PARAMETER))?;
    let expected = state.identity.bearer_token.expose_secret();
    verify_slices_are_equal(token.as_bytes(), expected.as_bytes()).map_err(|_| {
        let message = "Specified bearer token is not valid.";
        Fault::new(400, "InvalidBearerToken", message)
    })?;
    let at = given("x-acs-date", "Timestamp").ok_or_else(|| mandatory("parameter", "Timestamp"))?;
    let now = state.clock.now();
    let at = date::check(at, now)?;
    let nonce = given("x-acs-signature-nonce", "SignatureNonce")
        .ok_or_else(|| mandatory("parameter", "SignatureNonce"))?;
    if state.nonces.use_once(nonce, at, now) { Ok(()) } else { Err(nonce_used()) }
}
