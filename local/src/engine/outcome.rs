//! The result of an operation with a key.

use std::fmt;

/// The result of an operation, with the key version that computed it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Outcome<T> {
    pub(crate) key_id: String,
    pub(crate) key_version_id: String,
    pub(crate) value: T,
}

/// Omits the value, which may be a plaintext.
impl<T> fmt::Debug for Outcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("key_id", &self.key_id)
            .field("key_version_id", &self.key_version_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::Outcome;

    #[test]
    fn debug_shows_no_value() {
        let outcome = Outcome {
            key_id: "key-1".to_owned(),
            key_version_id: "version".to_owned(),
            value: Zeroizing::new(b"canary".to_vec()),
        };
        let shown = format!("{outcome:?}");
        assert!(shown.contains("key-1"));
        assert!(!shown.contains("canary") && !shown.contains("99, 97, 110"));
    }
}
