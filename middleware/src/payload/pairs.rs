//! Names with values, in the order in which they were given.

use std::collections::{BTreeMap, HashMap};

/// Text pairs such as an encryption context: unique names, in insertion order.
///
/// The order is kept because one official client authenticates the JSON text of the context: data
/// written that way opens only when the text comes out the same again.
///
/// ```
/// use alibabacloud_kms_middleware::payload::Pairs;
///
/// let context = Pairs::from([("tenant", "a"), ("app", "b")]);
/// assert_eq!(context.get("app"), Some("b"));
/// assert_eq!(context.iter().next(), Some(("tenant", "a")));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs {
    entries: Vec<(String, String)>,
}

impl Pairs {
    /// No pairs.
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// Sets the value of a name; a name that is there keeps its place.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let (name, value) = (name.into(), value.into());
        match self.entries.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.entries.push((name, value)),
        }
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The pairs, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Removes all pairs.
    pub fn clear(&mut self) {
        self.entries.clear();
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
    fn from(pairs: BTreeMap<String, String>) -> Self {
        pairs.into_iter().collect()
    }
}

impl From<HashMap<String, String>> for Pairs {
    /// Sorted by name: a hash map's own order changes from run to run.
    fn from(pairs: HashMap<String, String>) -> Self {
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
}
