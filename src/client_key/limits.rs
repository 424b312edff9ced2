//! The limits of the client key reader.

/// The maximum size of a client key file in bytes; one with a certificate has about 4 KiB.
pub(super) const MAX_SIZE: usize = 1024 * 1024;

/// The maximum number of iterations of a key derivation: about a second of work. Exporters write 1
/// to 600,000.
pub(super) const MAX_ITERATIONS: u32 = 2_000_000;

/// The maximum hashing of all derivations of a file, in iterations times blocks of output: a few
/// seconds of work. It allows a MAC, a certificate and a key with the maximum number of iterations
/// each.
pub(super) const MAX_WORK: u64 = 16_000_000;
