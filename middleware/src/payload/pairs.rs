//! Names with values, in insertion order.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

/// Pairs of texts such as an encryption context: unique names, in insertion order.
///
/// The order matters because one official client authenticates the JSON text of the context: data
/// written that way can only be decrypted if the text is the same again.
///
/// ```
/// use alibabacloud_kms_middleware::Pairs;
///
/// let context = Pairs::from([("tenant", "a"), ("app", "b")]);
/// assert_eq!(context.get("app"), Some("b"));
/// assert_eq!(context.iter().next(), Some(("tenant", "a")));
/// ```
#[derive(Clone, Default)]
pub struct Pairs {
    entries: Vec<(String, String)>,
    /// The position of each name, once there are more than a few.
    places: BTreeMap<String, usize>,
}

/// Up to this number, names are searched one by one: that is as fast and takes no memory.
const FEW: usize = 16;

impl Pairs {
    /// Creates an empty set of pairs.
    pub const fn new() -> Self {
        Self { entries: Vec::new(), places: BTreeMap::new() }
    }

    /// Sets the value of a name. An existing name keeps its position.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let (name, value) = (name.into(), value.into());
        match self.place(&name) {
            Some(place) => self.entries[place].1 = value,
            None => self.push(name, value),
        }
    }

    /// Adds a name that does not exist yet.
    fn push(&mut self, name: String, value: String) {
        let place = self.entries.len();
        self.entries.push((name, value));
        let unplaced = match place {
            0..FEW => return,
            FEW => 0,
            _ => place,
        };
        let unplaced = (unplaced..).zip(&self.entries[unplaced..]);
        self.places.extend(unplaced.map(|(place, (name, _))| (name.clone(), place)));
    }

    fn place(&self, name: &str) -> Option<usize> {
        if self.places.is_empty() {
            self.entries.iter().position(|(known, _)| known == name)
        } else {
            self.places.get(name).copied()
        }
    }

    /// Returns the value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.place(name).map(|place| self.entries[place].1.as_str())
    }

    /// Returns the pairs, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the number of pairs.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns `true` if there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Removes all pairs.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.places.clear();
    }
}

impl PartialEq for Pairs {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl Eq for Pairs {}

impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pairs").field("entries", &self.entries).finish()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Pairs {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut out = Self::new();
        for (name, value) in pairs {
            out.insert(name, value);
        }
        out
    }
}

impl<N: Into<String>, V: Into<String>, const LEN: usize> From<[(N, V); LEN]> for Pairs {
    fn from(pairs: [(N, V); LEN]) -> Self {
        pairs.into_iter().collect()
    }
}

impl From<BTreeMap<String, String>> for Pairs {
    #[inline]
    fn from(pairs: BTreeMap<String, String>) -> Self {
        pairs.into_iter().collect()
    }
}

impl<S> From<HashMap<String, String, S>> for Pairs {
    /// Sorted by name: the order of a hash map changes from run to run.
    fn from(pairs: HashMap<String, String, S>) -> Self {
        BTreeMap::from_iter(pairs).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_a_name_wins_and_keeps_the_first_place() {
        let pairs = Pairs::from([("b", "1"), ("a", "2"), ("b", "3")]);
        assert_eq!(pairs.iter().collect::<Vec<_>>(), [("b", "3"), ("a", "2")]);
    }

    #[test]
    fn many_names_are_unique_in_order_and_found_as_few_are() {
        let mut pairs = Pairs::new();
        for round in ["old", "new"] {
            for number in 0..100 {
                pairs.insert(format!("n{number}"), format!("{round} {number}"));
                assert_eq!(pairs.get(&format!("n{number}")), Some(&*format!("{round} {number}")));
            }
        }
        assert_eq!(pairs.len(), 100);
        assert_eq!(pairs.iter().nth(57), Some(("n57", "new 57")));
        assert_eq!(pairs.get("n100"), None);
        assert_eq!(pairs, pairs.iter().collect::<Pairs>());
        pairs.clear();
        assert_eq!((pairs.get("n1"), pairs.is_empty()), (None, true));
    }

    /// A context of 100,000 names took minutes when each name was compared with all before it.
    #[test]
    fn names_are_read_in_a_time_that_grows_with_their_number() {
        let names = (0..100_000).map(|number| (number.to_string(), ""));
        assert_eq!(names.collect::<Pairs>().len(), 100_000);
    }
}
