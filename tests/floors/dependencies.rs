//! Holds what a third party's layer has to build: the contract crate's dependencies.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Compares the crates that the contract builds, with all of its features, with the allowed ones.
#[test]
fn the_contract_builds_the_allowed_crates_and_no_others() {
    let allowed: BTreeSet<_> = include_str!("dependencies.txt")
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "alibabacloud-kms-middleware", "--edges", "normal,build"])
        .args(["--all-features", "--prefix", "none", "--format", "{p}", "--offline", "--locked"])
        .current_dir(super::workspace(Path::new(env!("CARGO_MANIFEST_DIR"))))
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).expect("UTF-8");
    let built: BTreeSet<_> =
        tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    let added: Vec<_> = built.difference(&allowed).collect();
    let gone: Vec<_> = allowed.difference(&built).collect();
    assert!(added.is_empty() && gone.is_empty(), "not allowed: {added:?}, not built: {gone:?}");
}
