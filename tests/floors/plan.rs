//! The formats of `floors.txt` and `backward.txt`.

use std::collections::BTreeSet;

/// The floors of a crate.
pub(crate) struct Plan {
    /// The root file, relative to the workspace's root.
    pub(crate) root: String,
    /// The rooms of each floor, from the ground up.
    pub(crate) floors: Vec<Vec<String>>,
}

/// A module with its children, such as `client` or `client/stack`, and its floor.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Room<'a> {
    pub(crate) name: &'a str,
    pub(crate) floor: usize,
}

impl Plan {
    /// Reads, for each crate, `[root file]` and a line of rooms for each floor.
    pub(crate) fn parse_all(text: &str) -> Vec<Self> {
        let mut plans = Vec::<Self>::new();
        for line in lines(text) {
            match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                Some(root) => plans.push(Self { root: root.to_owned(), floors: Vec::new() }),
                None => {
                    let plan = plans.last_mut().expect("a floor belongs to a crate");
                    plan.floors.push(line.split_whitespace().map(str::to_owned).collect());
                }
            }
        }
        plans
    }

    pub(crate) fn rooms(&self) -> impl Iterator<Item = Room<'_>> {
        let floors = self.floors.iter().enumerate();
        floors.flat_map(|(floor, rooms)| rooms.iter().map(move |name| Room { name, floor }))
    }

    /// Returns the room of a module: the one with the longest matching name.
    pub(crate) fn room(&self, module: &str) -> Option<Room<'_>> {
        let is_in = |room: &Room<'_>| match module.strip_prefix(room.name) {
            Some(rest) => rest.is_empty() || rest.starts_with('/'),
            None => false,
        };
        self.rooms().filter(is_in).max_by_key(|room| room.name.len())
    }
}

/// Reads lines of `from-file -> to-file`.
pub(crate) fn parse_edges(text: &str) -> BTreeSet<(String, String)> {
    let edge = |line: &str| {
        let (from, to) = line.split_once("->").expect("`from-file -> to-file`");
        (from.trim().to_owned(), to.trim().to_owned())
    };
    lines(text).map(edge).collect()
}

/// Returns the lines without comments, except empty ones.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty())
}
