//! Identities of callers, without revealing who they are.

use std::fmt;

use aws_lc_rs::digest;

/// Distinguishes callers without revealing who they are. Caches use it in their keys.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity([u8; 32]);

impl Identity {
    /// Creates the identity of these parts, in this order. They may be secret: only a digest is
    /// kept.
    pub fn new<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Self {
        let mut hash = digest::Context::new(&digest::SHA256);
        for part in parts {
            let part = part.as_ref();
            // With its length, so that the boundaries of the parts matter.
            hash.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        let mut identity = [0; 32];
        identity.copy_from_slice(hash.finish().as_ref());
        Self(identity)
    }

    /// Returns the identity of this one together with these parts, such as a role that it assumes.
    #[must_use]
    pub fn and<P: AsRef<[u8]>>(self, parts: impl IntoIterator<Item = P>) -> Self {
        let Self(parts) = Self::new(parts);
        Self::new([self.0, parts])
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity([redacted])")
    }
}
