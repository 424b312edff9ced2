//! Authentication: who a request is from, and that it is unchanged; as strict as the service.
//!
//! [`rpc`] verifies requests of the RPC dialect, with one of three schemes: [`acs3`] and
//! [`version1`] are signatures, [`bearer`] is a token. [`client_key`] verifies requests of the
//! instance's own dialect. They run before anything else looks at a request. The error of a wrong
//! signature contains the text that should have been signed, and the mistake that explains it: see
//! [`Refusal`].

mod access_key;
mod acs3;
mod bearer;
pub(super) mod client_key;
mod date;
mod diagnosis;
mod faults;
mod nonces;
mod refusal;
mod version1;

use alibabacloud_kms::middleware::wire::parameters::Parameter;
use http::header::AUTHORIZATION;

use self::faults::incomplete;
pub(super) use self::nonces::Nonces;
pub(super) use self::refusal::Refusal;
use super::exchange::Request;
use super::state::State;

/// Verifies a request of the RPC dialect with these parameters.
pub(super) fn rpc(
    state: &State,
    request: &Request,
    query: &[Parameter],
    form: &[Parameter],
) -> Result<(), Refusal> {
    if request.headers().contains_key(AUTHORIZATION) {
        return acs3::verify(state, request, query);
    }
    let parameters = version1::Parameters::new(query, form);
    if bearer::is_used(request, &parameters) {
        return Ok(bearer::verify(state, request, &parameters)?);
    }
    if parameters.are_signed() {
        return version1::verify(state, request, &parameters);
    }
    Err(incomplete().into())
}
