//! Holds what has to be built: by a third party's layer, and by the README's first command.

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
    let built = built(&["--package", "alibabacloud-kms-middleware", "--all-features"]);
    let built: BTreeSet<_> =
        built.iter().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    let added: Vec<_> = built.difference(&allowed).collect();
    let gone: Vec<_> = allowed.difference(&built).collect();
    assert!(added.is_empty() && gone.is_empty(), "not allowed: {added:?}, not built: {gone:?}");
}

/// What the README's first command compiles: a stranger's first minutes.
#[test]
fn the_readmes_first_command_builds_at_most_100_crates() {
    let built = built(&["--package", "alibabacloud-kms-examples"]);
    assert!((50..=100).contains(&built.len()), "{} crates: {built:?}", built.len());
}

/// The crates that are built, as name and version.
fn built(selection: &[&str]) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
        .args(["--no-dedupe", "--offline", "--locked"])
        .args(selection)
        .current_dir(super::workspace(Path::new(env!("CARGO_MANIFEST_DIR"))))
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).expect("UTF-8");
    tree.lines().map(str::to_owned).collect()
}
