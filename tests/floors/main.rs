//! Checks the order of floors: which module may use which.
//!
//! `floors.txt` lists the rooms of each crate from the ground up. A file may use its own room and
//! the floors below, and the files of a crate must not form a circle. `backward.txt` lists today's
//! exceptions. The test fails on a new one, and on a listed one that is gone, so the list only gets
//! shorter.
//!
//! Every path is followed to the file that defines the name, through re-exports, globs and both
//! arms of a `cfg`, in code and in the tokens of macros. A re-export is not a use; using its name
//! is. Test code is skipped. What has no path is not seen: methods, implementations of traits, and
//! what only the output of a macro contains.

mod attributes;
mod circles;
mod dependencies;
mod edges;
mod faults;
mod plan;
mod planted;
mod read;
mod tokens;
mod tree;

use std::fs;
use std::path::Path;

#[test]
fn files_use_only_their_own_room_and_the_floors_below() {
    let workspace = workspace(Path::new(env!("CARGO_MANIFEST_DIR")));
    let read = |path: &Path| fs::read_to_string(workspace.join(path)).ok();
    let faults = faults::find(include_str!("floors.txt"), include_str!("backward.txt"), &read);
    let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}\n\n{} faults", faults.join("\n"), faults.len());
}

/// Returns the workspace that a package is in.
fn workspace(package: &Path) -> &Path {
    package.ancestors().find(|folder| is_workspace(folder)).expect("a workspace")
}

fn is_workspace(folder: &Path) -> bool {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    manifest.lines().any(|line| line.trim() == "[workspace]")
}
