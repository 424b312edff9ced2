//! A bounded map that evicts the least recently used value.
//!
//! It has no clock and no lock. Removed values are returned instead of dropped, so that their owner
//! can wipe them after releasing the lock around the map.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// Keeps a limited number of values by key.
pub(crate) struct Lru<K, V, S = RandomState> {
    kept: HashMap<K, Kept<V>, S>,
    capacity: usize,
    /// Counts uses, to find the least recent one. Atomic, so that readers can share the map.
    uses: AtomicU64,
}

struct Kept<V> {
    value: V,
    used: AtomicU64,
}

impl<K: Clone + Eq + Hash, V, S: BuildHasher + Default> Lru<K, V, S> {
    /// Creates an empty map that keeps this number of values.
    pub(crate) fn new(capacity: usize) -> Self {
        Self { kept: HashMap::default(), capacity, uses: AtomicU64::new(0) }
    }

    /// Returns a value, which is then the most recently used.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let kept = self.kept.get(key)?;
        kept.used.store(self.next_use(), Ordering::Relaxed);
        Some(&kept.value)
    }

    fn next_use(&self) -> u64 {
        self.uses.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Returns a value and leaves the order of use as it is.
    pub(crate) fn peek(&mut self, key: &K) -> Option<&mut V> {
        self.kept.get_mut(key).map(|kept| &mut kept.value)
    }

    /// Adds a value. Returns the value that it replaced and those that were evicted.
    #[must_use = "to be dropped when the lock is free"]
    pub(crate) fn insert(&mut self, key: K, value: V) -> Vec<V> {
        let used = AtomicU64::new(self.next_use());
        let replaced = self.kept.insert(key, Kept { value, used });
        let mut removed: Vec<V> = replaced.map(|kept| kept.value).into_iter().collect();
        while self.kept.len() > self.capacity {
            removed.extend(self.remove_oldest());
        }
        removed
    }

    /// Scans all values: few are kept, and something slow happened before an insertion.
    fn remove_oldest(&mut self) -> Option<V> {
        let oldest =
            self.kept.iter().min_by_key(|(_, kept)| kept.used.load(Ordering::Relaxed))?.0.clone();
        self.remove(&oldest)
    }

    /// Removes a value.
    #[must_use = "to be dropped when the lock is free"]
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.kept.remove(key).map(|kept| kept.value)
    }

    /// Removes all values for which `is_to_go` is true.
    #[must_use = "to be dropped when the lock is free"]
    pub(crate) fn remove_if(&mut self, is_to_go: impl Fn(&V) -> bool) -> Vec<V> {
        let removed = self.kept.extract_if(|_, kept| is_to_go(&kept.value));
        removed.map(|(_, kept)| kept.value).collect()
    }

    /// Returns all keys and values, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.kept.iter().map(|(key, kept)| (key, &kept.value))
    }

    /// Returns the number of values.
    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(lru: &Lru<&'static str, u32>) -> Vec<&'static str> {
        let mut keys: Vec<_> = lru.iter().map(|(key, _)| *key).collect();
        keys.sort_unstable();
        keys
    }

    #[test]
    fn the_least_recently_used_makes_room() {
        let mut lru: Lru<_, _> = Lru::new(2);
        assert!(lru.insert("a", 1).is_empty());
        assert!(lru.insert("b", 2).is_empty());
        assert_eq!(lru.get(&"a").copied(), Some(1));
        assert_eq!(lru.insert("c", 3), [2]);
        assert_eq!(keys(&lru), ["a", "c"]);
        assert_eq!(lru.peek(&"a").copied(), Some(1));
        assert_eq!(lru.insert("d", 4), [1], "to peek is no use");
        assert_eq!(keys(&lru), ["c", "d"]);
    }

    #[test]
    fn what_is_replaced_or_removed_is_handed_out() {
        let mut lru: Lru<_, _> = Lru::new(3);
        for (key, value) in [("a", 1), ("b", 2), ("c", 3)] {
            assert!(lru.insert(key, value).is_empty());
        }
        assert_eq!(lru.insert("a", 4), [1]);
        assert_eq!(lru.remove(&"b"), Some(2));
        assert_eq!(lru.remove(&"b"), None);
        assert_eq!(lru.remove_if(|value| *value == 3), [3]);
        assert_eq!((keys(&lru), lru.len()), (vec!["a"], 1));
    }

    #[test]
    fn without_room_nothing_is_kept() {
        let mut lru: Lru<_, _> = Lru::new(0);
        assert_eq!(lru.insert("a", 1), [1]);
        assert_eq!(lru.len(), 0);
    }
}
