//! What several subjects need: servers that misbehave, certificates, clients with canaries in them.

pub(crate) mod canary;
pub(crate) mod certificate;
pub(crate) mod random;
pub(crate) mod recorder;
pub(crate) mod server;
