//! Buffers that leave nothing of their content behind.

use bytes::Bytes;
use zeroize::Zeroizing;

/// Makes a body of a buffer; the buffer is zeroized when the body and all its clones are dropped.
///
/// What hyper and rustls copy into their own buffers is beyond our reach.
///
/// ```
/// use alibabacloud_kms_middleware::secret_bytes::wiped_on_drop;
///
/// let body = wiped_on_drop(b"plaintext".to_vec().into());
/// assert_eq!(body, "plaintext");
/// ```
pub fn wiped_on_drop(buffer: Zeroizing<Vec<u8>>) -> Bytes {
    struct Owner(Zeroizing<Vec<u8>>);

    impl AsRef<[u8]> for Owner {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }

    match buffer.is_empty() {
        true => Bytes::new(),
        false => Bytes::from_owner(Owner(buffer)),
    }
}

/// Appends; when the buffer is outgrown, the old one is wiped.
pub fn append(buffer: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    let needed = buffer.len().saturating_add(more.len());
    if needed > buffer.capacity() {
        let mut larger = Vec::with_capacity(needed.max(buffer.capacity().saturating_mul(2)));
        larger.extend_from_slice(buffer);
        *buffer = Zeroizing::new(larger);
    }
    buffer.extend_from_slice(more);
}
