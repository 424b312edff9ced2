//! Circles of files.

use std::collections::{BTreeMap, BTreeSet};

use crate::edges::Edge;

/// The files that each file uses, directly or through others.
pub(crate) struct Reach<'a>(BTreeMap<&'a str, BTreeSet<&'a str>>);

impl<'a> Reach<'a> {
    pub(crate) fn new(edges: &'a [Edge]) -> Self {
        let mut next = BTreeMap::<_, Vec<_>>::new();
        for edge in edges {
            next.entry(&*edge.from).or_default().push(&*edge.to);
        }
        let reach = |from: &'a str| {
            let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
            while let Some(file) = open.pop() {
                let next = next.get(file).into_iter().flatten().copied();
                open.extend(next.filter(|to| reached.insert(*to)));
            }
            (from, reached)
        };
        Self(next.keys().copied().map(reach).collect())
    }

    pub(crate) fn leads(&self, from: &str, to: &str) -> bool {
        self.0.get(from).is_some_and(|reached| reached.contains(to))
    }

    /// Returns the edges that are part of a circle, grouped by circle.
    pub(crate) fn circles(&self, edges: &[Edge]) -> Vec<Vec<Edge>> {
        let mut circles = BTreeMap::<_, Vec<_>>::new();
        for edge in edges.iter().filter(|edge| self.leads(&edge.to, &edge.from)) {
            // All files of one circle lead to the same files.
            circles.entry(&self.0[&*edge.from]).or_default().push(edge.clone());
        }
        circles.into_values().collect()
    }
}
