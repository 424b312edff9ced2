//! Who a request is from, and that it is whole: as strict as the service.
//!
//! [`access_key`] verifies the RPC dialect's ACS3 signatures, [`client_key`] the instance's. Both
//! run before anything else looks at a request. No refusal repeats what was signed.

pub(super) mod access_key;
pub(super) mod client_key;
mod date;
mod nonces;

pub(super) use self::nonces::Nonces;
