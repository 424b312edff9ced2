//! `local/ACTIONS.md`: which test shows each answer of each action.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use alibabacloud_kms::{api, native};
use alibabacloud_kms_tests::repository;

use super::documented::Documented;
use super::scenarios::ALL;
use super::world::NATIVE;

const SUCCESS: &str = "success";
const FILE: &str = "local/ACTIONS.md";
const BLESS: &str = "BLESS_ACTIONS";
const HEAD: &str = "\
# What the local gateway answers

Made by `BLESS_ACTIONS=1 cargo test -p alibabacloud-kms-tests --test contract actions`, of what the
scenarios of `tests/contract` see: do not edit it. A test fails when it is not current, and when an
action has no success or lacks a code that the service's pages document
(`tests/data/documented_codes.txt`) without a reason.

";

/// By action: by answer, the first scenario that shows it.
type Shown = BTreeMap<String, BTreeMap<String, String>>;

#[tokio::test]
async fn every_documented_answer_is_shown_or_said_not_to_be_modelled() {
    let mut shown = Shown::new();
    for scenario in ALL {
        for seen in scenario.local().await {
            let is_success = seen.code == SUCCESS;
            let answer = if is_success {
                SUCCESS.to_owned()
            } else {
                format!("{} `{}`", seen.status, seen.code)
            };
            let answers = shown.entry(seen.action.clone()).or_default();
            answers.entry(answer).or_insert_with(|| scenario.name.to_owned());
        }
    }
    let documented = Documented::read();
    check_tests(&documented);
    let text = write(&shown, &documented);
    let path = repository(FILE);
    if std::env::var_os(BLESS).is_some() {
        fs::write(&path, &text).expect("the file can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "{FILE} is not current: make it anew with {BLESS}=1");
}

/// Tests that are named exist, and name the code.
fn check_tests(documented: &Documented) {
    for (code, [suite, module, test]) in &documented.of_all {
        let path = format!("tests/{suite}/{module}.rs");
        let text = fs::read_to_string(repository(&path)).expect("a file of tests");
        assert!(text.contains(&format!("fn {test}(")), "{path} has {test}");
        assert!(text.contains(&format!("\"{code}\"")), "{path} names {code}");
    }
}

fn write(shown: &Shown, documented: &Documented) -> String {
    let mut out = HEAD.to_owned();
    out.push_str("## Every action\n\n| code | shown by |\n|---|---|\n");
    for (code, [suite, module, test]) in &documented.of_all {
        writeln!(out, "| `{code}` | `{suite}` `{module}::{test}` |").expect("text");
    }
    for (code, why) in &documented.not_modelled {
        writeln!(out, "| `{code}` | not modelled: {why} |").expect("text");
    }
    out.push_str("\n## Actions\n\n");
    let actions = api::ALL.iter().map(|action| action.name.to_owned());
    let actions: BTreeSet<String> = actions.chain(["CreateCertificate".to_owned()]).collect();
    rows(&mut out, actions, shown, documented);
    out.push_str("\n## Operations of the instance's own dialect\n\n");
    let operations = native::ALL.iter().map(|operation| format!("{NATIVE}{}", operation.name));
    rows(&mut out, operations.collect(), shown, documented);
    out
}

fn rows(out: &mut String, actions: BTreeSet<String>, shown: &Shown, documented: &Documented) {
    let mut wrong = Vec::new();
    out.push_str("| action | answer | shown by `contract` |\n|---|---|---|\n");
    for action in actions {
        let answers = shown.get(&action).unwrap_or_else(|| panic!("{action} is in no scenario"));
        let success = answers.get(SUCCESS);
        let success = success.unwrap_or_else(|| panic!("{action} succeeds in no scenario"));
        let name = action.trim_start_matches(NATIVE);
        let note = if documented.fixed.contains(&action) { " (a fixed answer)" } else { "" };
        writeln!(out, "| `{name}` | success{note} | `{success}` |").expect("text");
        for (answer, scenario) in answers.iter().filter(|(answer, _)| *answer != SUCCESS) {
            writeln!(out, "| | {answer} | `{scenario}` |").expect("text");
        }
        for code in documented.codes.get(&action).into_iter().flatten() {
            let is_shown = answers.keys().any(|answer| answer.contains(&format!("`{code}`")));
            let by_action = documented.not_modelled_by.get(&(action.clone(), code.clone()));
            match by_action.or_else(|| documented.not_modelled.get(code)) {
                Some(_) if is_shown => panic!("{action} does answer {code}"),
                Some(why) => writeln!(out, "| | `{code}` | not modelled: {why} |").expect("text"),
                None if is_shown => {}
                None => wrong.push(format!("{action} answers {code} in no scenario")),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
