//! No layer is forgotten: what the sources declare is on the list.

use std::collections::BTreeSet;
use std::fs;

use alibabacloud_kms_tests::repository;

use super::subjects::SUBJECTS;

/// What has no service below it.
const BOTTOMS: &[&str] = &["MockTransport", "Resolver", "Transport"];

/// What calls by tasks of its own: `super::cache` holds it to the contract.
const BY_TASKS: &str = "CacheLayer";

/// What is held to the contract as what it is in each dialect.
const GENERIC: &str = "EncodeLayer";

/// The lines of all sources of the two crates.
fn lines() -> Vec<String> {
    let mut folders = vec![repository("src"), repository("middleware/src")];
    let mut lines = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let source = fs::read_to_string(path).expect("a source");
                lines.extend(source.lines().map(|line| line.trim().to_owned()));
            }
        }
    }
    lines
}

/// The name that a text begins with.
fn name(text: &str) -> String {
    text.chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect()
}

/// What comes after this on lines that have it.
fn names_after(lines: &[String], what: &str) -> BTreeSet<String> {
    lines.iter().filter_map(|line| line.split_once(what)).map(|(_, rest)| name(rest)).collect()
}

#[test]
fn every_layer_of_the_sources_is_held_to_the_contract() {
    let lines = lines();
    let subjects = SUBJECTS.iter().map(|subject| subject.name);
    let held: BTreeSet<String> = subjects.chain([BY_TASKS, GENERIC]).map(str::to_owned).collect();

    let mut layers = names_after(&lines, "pub struct ");
    layers.append(&mut names_after(&lines, "pub type "));
    layers.retain(|name| name.ends_with("Layer"));
    assert!(layers.len() >= 11, "the sources are not read as they should be: {layers:?}");
    let forgotten: Vec<&String> = layers.difference(&held).collect();
    assert!(forgotten.is_empty(), "put them into SUBJECTS: {forgotten:?}");

    // Services that no layer makes.
    let made = names_after(&lines, "type Service = ");
    let mut services: BTreeSet<String> = lines
        .iter()
        .filter(|line| line.starts_with("impl") && line.contains(" Service<"))
        .filter_map(|line| line.rsplit_once(" for "))
        .map(|(_, service)| name(service))
        .collect();
    services.retain(|service| !made.contains(service) && !BOTTOMS.contains(&&**service));
    assert!(services.contains("Router"), "the sources are not read as they should be");
    let forgotten: Vec<&String> = services.difference(&held).collect();
    assert!(forgotten.is_empty(), "put them into SUBJECTS or BOTTOMS: {forgotten:?}");
}
