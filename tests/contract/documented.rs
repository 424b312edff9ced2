//! The codes that the service's pages document, from `tests/data/documented_codes.txt`.

use std::collections::{BTreeMap, BTreeSet};

use super::world::{NATIVE, find};

const TEXT: &str = include_str!("../data/documented_codes.txt");

/// What is documented.
pub(super) struct Documented {
    /// By action.
    pub(super) codes: BTreeMap<String, BTreeSet<String>>,
    /// Codes that no local gateway gives, and why.
    pub(super) not_modelled: BTreeMap<String, String>,
    /// Actions and codes that a local gateway gives for other actions only, and why.
    pub(super) not_modelled_by: BTreeMap<(String, String), String>,
    /// Codes of every action, each with the suite, the module and the test that shows it.
    pub(super) of_all: BTreeMap<String, [String; 3]>,
    /// Actions whose answers are fixed.
    pub(super) fixed: BTreeSet<String>,
}

impl Documented {
    pub(super) fn read() -> Self {
        let mut read = Self {
            codes: BTreeMap::new(),
            not_modelled: BTreeMap::new(),
            not_modelled_by: BTreeMap::new(),
            of_all: BTreeMap::new(),
            fixed: BTreeSet::new(),
        };
        for line in TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                ["not-modelled", code, ref why @ ..] => {
                    assert!(!why.is_empty(), "{code} has a reason");
                    read.not_modelled.insert(code.to_owned(), why.join(" "));
                }
                ["not-modelled-by", action, code, ref why @ ..] => {
                    assert!(!why.is_empty(), "{code} has a reason");
                    let key = (action.to_owned(), code.to_owned());
                    read.not_modelled_by.insert(key, why.join(" "));
                }
                ["all", code, suite, module, test] => {
                    let shown = [suite, module, test].map(str::to_owned);
                    read.of_all.insert(code.to_owned(), shown);
                }
                ["fixed", ref actions @ ..] => {
                    read.fixed.extend(actions.iter().map(|action| (*action).to_owned()));
                }
                _ => read.add(line),
            }
        }
        read
    }

    /// Actions, a colon, and their codes.
    fn add(&mut self, line: &str) {
        let (actions, codes) = line.split_once(": ").unwrap_or_else(|| panic!("a colon: {line}"));
        for action in actions.split_whitespace() {
            find(action);
            assert!(!action.starts_with(NATIVE) || !codes.is_empty());
            let known = self.codes.entry(action.to_owned()).or_default();
            for code in codes.split_whitespace() {
                assert!(known.insert(code.to_owned()), "{action} has {code} once");
            }
        }
    }
}
