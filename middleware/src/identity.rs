//! Callers, told apart without showing who they are.

use std::fmt;

use aws_lc_rs::digest;

/// Tells callers apart without showing them: what caches put into their keys.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Identity([u8; 32]);

impl Identity {
    /// The identity that these parts make, in this order. They may be secret: a digest is kept.
    pub fn of<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Self {
        let mut hash = digest::Context::new(&digest::SHA256);
        for part in parts {
            let part = part.as_ref();
            // With its length, so that the parts cannot be cut elsewhere.
            hash.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        let mut identity = [0; 32];
        identity.copy_from_slice(hash.finish().as_ref());
        Self(identity)
    }

    /// The identity that these parts make of this one, such as that of a role which it assumes.
    #[must_use]
    pub fn and<P: AsRef<[u8]>>(self, parts: impl IntoIterator<Item = P>) -> Self {
        let Self(parts) = Self::of(parts);
        Self::of([self.0, parts])
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity([redacted])")
    }
}
