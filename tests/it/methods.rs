//! The methods of a client that an action of a user's trait must not have, held against the client.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use alibabacloud_kms::api;
use syn::{ImplItem, Item, Type, Visibility};

const TAKEN: &str = include_str!("../../macros/src/parse/taken.txt");

/// Of the traits that the client has in everybody's scope, and of tower's `Service`.
const OF_TRAITS: [&str; 7] =
    ["call", "clone", "clone_into", "into", "poll_ready", "to_owned", "try_into"];

#[test]
fn the_taken_names_are_the_clients_methods() {
    let mut methods: BTreeSet<String> = OF_TRAITS.map(str::to_owned).into();
    methods.extend(api::ALL.iter().map(|action| method_of(action.name)));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src");
    for file in files(source) {
        let text = std::fs::read_to_string(&file).expect("a file");
        let parsed = syn::parse_file(&text).expect("Rust");
        methods.extend(parsed.items.iter().flat_map(inherent_methods));
    }
    assert!(methods.contains("send") && methods.contains("encrypt"), "{methods:?}");
    assert_eq!(
        methods.iter().map(String::as_str).collect::<Vec<_>>(),
        TAKEN.lines().collect::<Vec<_>>()
    );
}

/// `ReEncrypt` is `re_encrypt`.
fn method_of(action: &str) -> String {
    let mut method = String::new();
    for letter in action.chars() {
        if letter.is_ascii_uppercase() && !method.is_empty() {
            method.push('_');
        }
        method.push(letter.to_ascii_lowercase());
    }
    method
}

/// The public functions of an `impl KmsClient`.
fn inherent_methods(item: &Item) -> Vec<String> {
    let Item::Impl(item) = item else { return Vec::new() };
    let is_client = matches!(&*item.self_ty, Type::Path(ty) if ty.path.is_ident("KmsClient"));
    if !is_client || item.trait_.is_some() {
        return Vec::new();
    }
    let public = item.items.iter().filter_map(|item| match item {
        ImplItem::Fn(method) if matches!(method.vis, Visibility::Public(_)) => {
            Some(method.sig.ident.to_string())
        }
        _ => None,
    });
    public.collect()
}

fn files(folder: PathBuf) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let files = paths.flat_map(|path| if path.is_dir() { files(path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}
