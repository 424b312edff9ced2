//! What is wrong in the crates, and what would be right.

use std::collections::BTreeMap;
use std::fmt;

use crate::circles::Reach;
use crate::edges::{Edge, edges};
use crate::plan::{Plan, Room, parse_edges};
use crate::read::Read;
use crate::tree::{Crate, ROOT};

#[derive(Debug, PartialEq)]
pub(crate) enum Fault {
    /// A file in none of the listed rooms.
    NoRoom { file: String },
    /// A listed room without a file.
    NoFile { root: String, room: String },
    /// An edge to another room that is not on a floor below.
    Backward { edge: Edge, room: String, below: Vec<String> },
    /// The edges between files that form a circle.
    Circle(Vec<Edge>),
    /// A listed edge that is gone from the code, or breaks no rule there.
    Stale { from: String, to: String },
}

/// Returns the faults of the crates in `floors`, except those that are `listed`.
///
/// An edge may be listed if it is backward, or closes a circle with edges that are not listed.
pub(crate) fn find(floors: &str, listed: &str, read: Read<'_>) -> Vec<Fault> {
    let listed = parse_edges(listed);
    let mut faults = Vec::new();
    // The listed edges that are in the code, and whether each is backward.
    let mut seen = BTreeMap::new();
    let mut sound = Vec::new();
    for plan in Plan::parse_all(floors) {
        let tree = Crate::read(&plan.root, read);
        let rooms = rooms(&plan, &tree, &mut faults);
        for edge in edges(&tree) {
            let backward = backward(&plan, &rooms, &edge);
            let ends = (edge.from.clone(), edge.to.clone());
            if listed.contains(&ends) {
                seen.insert(ends, backward.is_some());
            } else if let Some(fault) = backward {
                faults.push(fault);
            } else {
                sound.push(edge);
            }
        }
    }
    let reach = Reach::new(&sound);
    faults.extend(reach.circles(&sound).into_iter().map(Fault::Circle));
    for (from, to) in listed {
        let is_backward = seen.get(&(from.clone(), to.clone()));
        let may_be_listed =
            is_backward.is_some_and(|backward| *backward || reach.leads(&to, &from));
        if !may_be_listed {
            faults.push(Fault::Stale { from, to });
        }
    }
    faults
}

/// Returns the room of each file, and reports files without a room and rooms without a file.
fn rooms<'a>(plan: &'a Plan, tree: &Crate, faults: &mut Vec<Fault>) -> BTreeMap<String, Room<'a>> {
    let mut rooms = BTreeMap::new();
    for file in &tree.files[ROOT + 1..] {
        match plan.room(&file.module) {
            Some(room) => drop(rooms.insert(file.path.clone(), room)),
            None => faults.push(Fault::NoRoom { file: file.path.clone() }),
        }
    }
    for empty in plan.rooms().filter(|room| !rooms.values().any(|taken| taken == room)) {
        let (root, room) = (plan.root.clone(), empty.name.to_owned());
        faults.push(Fault::NoFile { root, room });
    }
    rooms
}

fn backward(plan: &Plan, rooms: &BTreeMap<String, Room<'_>>, edge: &Edge) -> Option<Fault> {
    let (from, to) = (rooms.get(&edge.from)?, rooms.get(&edge.to)?);
    if to == from || to.floor < from.floor {
        return None;
    }
    let below = plan.rooms().filter(|room| room.floor < from.floor);
    let below = below.map(|room| room.name.to_owned()).collect();
    Some(Fault::Backward { edge: edge.clone(), room: from.name.to_owned(), below })
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRoom { file } => {
                write!(f, "{file} is in no room: add its module to a floor in floors.txt")
            }
            Self::NoFile { root, room } => {
                write!(f, "`{room}` is no module of {root}: remove the room from floors.txt")
            }
            Self::Backward { edge, room, below } => {
                write!(f, "{edge}\n    `{room}` may use only itself")?;
                below.iter().try_for_each(|below| write!(f, ", {below}"))
            }
            Self::Circle(edges) => {
                write!(f, "files form a circle: move what they share into a file below them")?;
                edges.iter().try_for_each(|edge| write!(f, "\n    {edge}"))
            }
            Self::Stale { from, to } => {
                write!(f, "{from} -> {to} is gone or breaks no rule: remove it from backward.txt")
            }
        }
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.names.values().min().copied().unwrap_or_default();
        let names: Vec<_> = self.names.keys().map(|name| format!("`{name}`")).collect();
        write!(f, "{}:{first} uses {} of {}", self.from, names.join(", "), self.to)
    }
}
