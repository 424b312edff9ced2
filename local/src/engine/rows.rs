//! The rows of one table, which records the keys of the rows that changed.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

/// A map from primary key to row. It dereferences to the map for reading; every method that changes
/// it records the keys of the rows that may have changed.
#[derive(Debug)]
pub(super) struct Rows<K, V> {
    rows: BTreeMap<K, V>,
    changed: BTreeSet<K>,
}

impl<K: Ord + Clone, V> Rows<K, V> {
    pub(super) fn insert(&mut self, key: K, row: V) -> Option<V> {
        self.changed.insert(key.clone());
        self.rows.insert(key, row)
    }

    pub(super) fn remove<Q>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let (key, row) = self.rows.remove_entry(key)?;
        self.changed.insert(key);
        Some(row)
    }

    /// Returns a row mutably.
    pub(super) fn get_mut<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let (known, _) = self.rows.get_key_value(key)?;
        self.changed.insert(known.clone());
        self.rows.get_mut(key)
    }

    /// Returns a row mutably. If it does not exist, inserts `row` first.
    pub(super) fn get_mut_or_insert(&mut self, key: K, row: V) -> &mut V {
        self.changed.insert(key.clone());
        self.rows.entry(key).or_insert(row)
    }

    /// Returns the chosen rows mutably.
    pub(super) fn select_mut(
        &mut self,
        is_chosen: impl Fn(&K, &V) -> bool,
    ) -> impl Iterator<Item = &mut V> {
        let Self { rows, changed } = self;
        rows.iter_mut().filter(move |(key, row)| is_chosen(key, row)).map(|(key, row)| {
            changed.insert(key.clone());
            row
        })
    }

    pub(super) fn retain(&mut self, is_kept: impl Fn(&K, &V) -> bool) {
        let Self { rows, changed } = self;
        rows.retain(|key, row| {
            let is_kept = is_kept(key, row);
            if !is_kept {
                changed.insert(key.clone());
            }
            is_kept
        });
    }

    /// Adds a row from the store, without recording a change.
    #[cfg(feature = "store")]
    pub(super) fn load(&mut self, key: K, row: V) {
        self.rows.insert(key, row);
    }

    /// Returns the keys of the rows that changed since the last call.
    pub(super) fn take_changed(&mut self) -> BTreeSet<K> {
        std::mem::take(&mut self.changed)
    }
}

impl<K, V> Deref for Rows<K, V> {
    type Target = BTreeMap<K, V>;

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}

impl<K, V> Default for Rows<K, V> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), changed: BTreeSet::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::Rows;

    #[test]
    fn rows_that_may_have_changed_are_remembered_once() {
        let mut rows = Rows::default();
        let changed =
            |rows: &mut Rows<&'static str, u8>| rows.take_changed().into_iter().collect::<Vec<_>>();
        for (key, row) in [("a", 1), ("b", 2), ("c", 3)] {
            rows.insert(key, row);
        }
        assert_eq!(changed(&mut rows), ["a", "b", "c"]);
        assert_eq!(rows.get("a"), Some(&1));
        assert!(rows.get_mut("z").is_none() && rows.remove("z").is_none());
        assert!(changed(&mut rows).is_empty());

        *rows.get_mut("b").expect("it is there") = 7;
        assert_eq!(changed(&mut rows), ["b"]);
        rows.select_mut(|_, row| *row > 2).for_each(|row| *row += 1);
        assert_eq!(changed(&mut rows), ["b", "c"]);
        rows.retain(|_, row| *row != 1);
        assert_eq!(changed(&mut rows), ["a"]);
        *rows.get_mut_or_insert("d", 0) += 1;
        assert_eq!((rows.remove("c"), changed(&mut rows)), (Some(4), vec!["c", "d"]));
    }
}
