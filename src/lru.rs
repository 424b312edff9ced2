//! A bounded map that evicts the least recently used value.
//!
//! It has no clock and no lock. Removed values are returned instead of dropped, so that their owner
//! can wipe them after releasing the lock around the map.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// Keeps a limited number of values by key.
///
/// Readers share the map, so a use only writes its number into the value. The queue holds the number
/// that each value had when it was queued, and an eviction brings the front of the queue up to date.
pub(crate) struct Lru<K, V, S = RandomState> {
    kept: HashMap<K, Kept<V>, S>,
    /// The keys by [`Kept::queued`]. The number of a value's last use is this one or a later one.
    queue: BTreeMap<u64, K>,
    capacity: usize,
    /// Counts uses, to find the least recent one. Atomic, so that readers can share the map.
    uses: AtomicU64,
}

struct Kept<V> {
    value: V,
    /// The number of its last use.
    used: AtomicU64,
    /// Its place in the queue.
    queued: u64,
}

impl<K: Clone + Eq + Hash, V, S: BuildHasher + Default> Lru<K, V, S> {
    /// Creates an empty map that keeps this number of values.
    pub(crate) fn new(capacity: usize) -> Self {
        let (kept, queue) = (HashMap::default(), BTreeMap::new());
        Self { kept, queue, capacity, uses: AtomicU64::new(0) }
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
        let queued = self.next_use();
        let kept = Kept { value, used: AtomicU64::new(queued), queued };
        let replaced = self.kept.insert(key.clone(), kept);
        let mut removed: Vec<V> = replaced.map(|kept| self.leave_queue(kept)).into_iter().collect();
        self.queue.insert(queued, key);
        while self.kept.len() > self.capacity {
            removed.extend(self.remove_oldest());
        }
        removed
    }

    /// Looks at the front of the queue only, so that its time does not grow with the number of
    /// values. Where all of these were used since they were queued, the oldest of them goes.
    fn remove_oldest(&mut self) -> Option<V> {
        const AT_MOST: usize = 64;
        let mut oldest: Option<(u64, K)> = None;
        for _ in 0..AT_MOST {
            let Some((queued, key)) = self.queue.pop_first() else { break };
            let Some(kept) = self.kept.get_mut(&key) else { continue };
            let used = kept.used.load(Ordering::Relaxed);
            kept.queued = used;
            let later = match &oldest {
                Some((first, _)) if *first < used => Some((used, key)),
                _ => oldest.replace((used, key)),
            };
            self.queue.extend(later);
            if used == queued {
                // The rest of the queue is later, and its last uses later still.
                break;
            }
        }
        let (_, key) = oldest?;
        self.kept.remove(&key).map(|kept| kept.value)
    }

    fn leave_queue(&mut self, kept: Kept<V>) -> V {
        self.queue.remove(&kept.queued);
        kept.value
    }

    /// Removes a value.
    #[must_use = "to be dropped when the lock is free"]
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.kept.remove(key).map(|kept| self.leave_queue(kept))
    }

    /// Removes all values for which `is_to_go` is true.
    #[must_use = "to be dropped when the lock is free"]
    pub(crate) fn remove_if(&mut self, is_to_go: impl Fn(&V) -> bool) -> Vec<V> {
        let removed: Vec<_> = self.kept.extract_if(|_, kept| is_to_go(&kept.value)).collect();
        removed.into_iter().map(|(_, kept)| self.leave_queue(kept)).collect()
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
    fn an_eviction_finds_the_oldest_among_many_that_were_used_since() {
        let mut lru: Lru<_, _> = Lru::new(50);
        for number in 0..50 {
            assert!(lru.insert(number, number).is_empty());
        }
        // In the order in which they were added, but for the one in the middle.
        for number in (0..50).filter(|number| *number != 25) {
            assert!(lru.get(&number).is_some());
        }
        assert_eq!(lru.insert(50, 50), [25]);
        assert_eq!(lru.insert(51, 51), [0], "now the first that was used");
        assert_eq!(lru.queue.len(), lru.len());
    }

    #[test]
    fn an_eviction_looks_at_a_bounded_number() {
        let mut lru: Lru<_, _> = Lru::new(1000);
        for number in 0..1000 {
            assert!(lru.insert(number, number).is_empty());
        }
        for number in (0..1000).rev() {
            assert!(lru.get(&number).is_some());
        }
        let evicted = lru.insert(1000, 1000);
        assert_eq!(evicted, [63], "the oldest of the first 64, though 999 is older");
        assert_eq!((lru.queue.len(), lru.len()), (1000, 1000));
    }

    #[test]
    fn a_value_that_is_replaced_or_removed_leaves_the_queue() {
        let mut lru: Lru<_, _> = Lru::new(2);
        for round in 0..10 {
            assert_eq!(lru.insert("a", round).len(), usize::from(round > 0));
            assert!(lru.insert("b", round).is_empty());
            assert_eq!(lru.remove(&"b"), Some(round));
            assert!(lru.insert("c", 100).is_empty());
            assert_eq!(lru.remove_if(|value| *value == 100), [100]);
        }
        assert_eq!((lru.queue.len(), lru.len()), (1, 1));
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
