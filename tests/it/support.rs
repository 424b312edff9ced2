//! What several subjects need: servers that misbehave, certificates, clients with canaries in them,
//! a listener.

pub(crate) mod answers;
pub(crate) mod canary;
pub(crate) mod cancel;
pub(crate) mod certificate;
pub(crate) mod listener;
pub(crate) mod random;
#[cfg(feature = "local")]
pub(crate) mod recorder;
pub(crate) mod server;
