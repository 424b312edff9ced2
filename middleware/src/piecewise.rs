//! A SHA-256 that is fed in small pieces.

use aws_lc_rs::digest;
use zeroize::Zeroize as _;

/// A SHA-256 that is fed in small pieces.
///
/// Each update of a hash costs as much as hashing some dozen bytes. So pieces are collected on the
/// stack, as far as they fit into `N` bytes, and hashed at once. What was collected is wiped.
pub struct PiecewiseSha256<const N: usize> {
    /// `None` while everything has fitted.
    hash: Option<digest::Context>,
    collected: [u8; N],
    len: usize,
}

impl<const N: usize> PiecewiseSha256<N> {
    /// Creates a hash of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self { hash: None, collected: [0; N], len: 0 }
    }

    /// Adds a piece.
    pub fn update(&mut self, piece: &[u8]) {
        if let Some(room) = self.collected.get_mut(self.len..self.len + piece.len()) {
            room.copy_from_slice(piece);
            self.len += piece.len();
            return;
        }
        let hash = self.hash.get_or_insert_with(|| digest::Context::new(&digest::SHA256));
        hash.update(&self.collected[..self.len]);
        hash.update(piece);
        self.wipe();
    }

    /// Returns the hash of all pieces.
    #[must_use]
    pub fn finish(mut self) -> [u8; 32] {
        let collected = &self.collected[..self.len];
        let hash = match self.hash.take() {
            None => digest::digest(&digest::SHA256, collected),
            Some(mut hash) => {
                hash.update(collected);
                hash.finish()
            }
        };
        let mut out = [0; 32];
        out.copy_from_slice(hash.as_ref());
        out
    }

    fn wipe(&mut self) {
        self.collected[..self.len].zeroize();
        self.len = 0;
    }
}

impl<const N: usize> Default for PiecewiseSha256<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Drop for PiecewiseSha256<N> {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl<const N: usize> std::fmt::Debug for PiecewiseSha256<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PiecewiseSha256")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_every_size_have_the_hash_of_the_whole() {
        let data: Vec<u8> = (0..=255).collect();
        let whole = digest::digest(&digest::SHA256, &data);
        for size in [1, 15, 16, 17, 100, 256] {
            let mut hash = PiecewiseSha256::<16>::new();
            data.chunks(size).for_each(|piece| hash.update(piece));
            assert_eq!(hash.finish(), whole.as_ref(), "{size}");
        }
        let empty = digest::digest(&digest::SHA256, b"");
        assert_eq!(PiecewiseSha256::<16>::new().finish(), empty.as_ref());
    }

    #[test]
    fn what_was_collected_is_wiped() {
        let mut hash = PiecewiseSha256::<16>::new();
        hash.update(b"canary");
        hash.update(b"longer than the room that is left");
        assert_eq!((hash.collected, hash.len), ([0; 16], 0));
    }
}
