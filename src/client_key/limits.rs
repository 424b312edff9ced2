//! What a client key may ask of its reader.

/// The largest client key that is read, in bytes; one with a certificate has about 4 KiB.
pub(super) const MAX_SIZE: usize = 1024 * 1024;

/// The most iterations of a key derivation: about a second of work. Exporters write 1 to 600,000.
pub(super) const MAX_ITERATIONS: u32 = 2_000_000;
