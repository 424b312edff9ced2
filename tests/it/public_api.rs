//! The public interface, as `tests/api` has it written down: each name has one path.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const MIDDLEWARE: &str = "alibabacloud-kms-middleware";

fn interface(package: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("api").join(format!("{package}.txt"));
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The paths of the types, traits, constants and macros that stand in modules, and those of
/// re-exports, without the crate's name.
fn paths(interface: &str) -> BTreeSet<String> {
    let items = ["struct", "enum", "union", "trait", "type", "const", "static", "macro", "use"];
    let path = |line: &str| {
        let rest = line.strip_prefix("pub ")?;
        let (item, rest) = rest.split_once(' ')?;
        let end = rest.find(['<', '(', ' ', '!', ';']).unwrap_or(rest.len());
        let (krate, path) = rest[..end].trim_end_matches(':').split_once("::")?;
        let module = path.rsplit_once("::").map_or("", |(module, _)| module);
        let is_in_a_module = !module.contains(|c: char| c.is_ascii_uppercase());
        (items.contains(&item) && krate.starts_with("alibabacloud_kms") && is_in_a_module)
            .then(|| path.to_owned())
    };
    interface.lines().filter_map(path).collect()
}

/// The names that have several paths.
fn ambiguous(paths: &BTreeSet<String>) -> Vec<String> {
    let mut by_name = BTreeMap::<_, Vec<_>>::new();
    for path in paths {
        by_name.entry(path.rsplit("::").next()).or_default().push(path.as_str());
    }
    by_name.into_values().filter(|paths| paths.len() > 1).map(|paths| paths.join(", ")).collect()
}

#[test]
fn no_name_of_the_middleware_has_two_paths() {
    let paths = paths(&interface(MIDDLEWARE));
    assert!(paths.contains("retry::RetryPolicy") && paths.contains("Call"), "{paths:#?}");
    assert_eq!(ambiguous(&paths), [""; 0]);
}

#[test]
fn no_name_of_the_client_has_two_paths() {
    let mut own = paths(&interface("alibabacloud-kms"));
    let layers = paths(&interface(MIDDLEWARE));
    let (modules, items): (Vec<_>, Vec<_>) = own
        .iter()
        .filter_map(|path| path.strip_prefix("middleware::"))
        .partition(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
    assert!(modules.contains(&"retry"), "{modules:?}");
    assert_eq!(items, [""; 0], "modules only");
    let through = layers
        .iter()
        .filter(|path| path.split_once("::").is_some_and(|(module, _)| modules.contains(&module)));
    let through: Vec<_> = through.map(|path| format!("middleware::{path}")).collect();
    own.extend(through);
    assert!(own.contains("middleware::retry::RetryPolicy") && own.contains("KmsClient"));
    assert_eq!(ambiguous(&own), [""; 0]);
}

#[test]
fn what_callers_and_layers_share_is_at_the_root_of_both() {
    let root = paths(&interface("alibabacloud-kms"));
    let shared = paths(&interface(MIDDLEWARE));
    let missing: Vec<_> =
        shared.iter().filter(|path| !path.contains("::") && !root.contains(*path)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
