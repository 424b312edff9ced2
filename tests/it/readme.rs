//! The README's Rust stands in an example, which CI runs.

use std::fs;
use std::path::PathBuf;

use alibabacloud_kms_tests::repository;

fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// The sources of the programs in a folder.
fn programs(folder: &str) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(repository(folder)).expect("the examples");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
}

fn examples() -> Vec<Vec<String>> {
    let sources = programs("examples/src/bin").chain(programs("examples/otlp/src"));
    sources.map(|path| lines(&fs::read_to_string(path).expect("an example"))).collect()
}

/// The blocks of this language between ``` fences.
fn blocks(readme: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}\n");
    let parts = readme.split(opening.as_str()).skip(1);
    parts.map(|part| part.split("```").next().expect("a first part").to_owned()).collect()
}

#[test]
fn every_rust_block_of_the_readmes_stands_in_an_example() {
    let examples = examples();
    for readme in ["README.md", "README.zh-CN.md", "COMING_FROM.md"] {
        let text = fs::read_to_string(repository(readme)).expect("a README");
        let blocks = blocks(&text, "rust");
        assert!(blocks.len() >= 8, "{readme} shows the scenarios");
        for block in blocks {
            let wanted = lines(&block);
            let stands = examples
                .iter()
                .any(|example| example.windows(wanted.len()).any(|window| window == wanted));
            assert!(stands, "no example has this block of {readme}:\n{block}");
        }
    }
}

#[test]
fn the_readme_of_the_examples_has_a_line_for_each_program() {
    let text = fs::read_to_string(repository("examples/README.md")).expect("a README");
    for path in programs("examples/src/bin") {
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        let line = format!("| [`{name}`](src/bin/{name}.rs) |");
        assert_eq!(text.matches(&line).count(), 1, "{name}");
    }
}

#[test]
fn both_readmes_name_the_same_commands() {
    let commands =
        |readme: &str| blocks(&fs::read_to_string(repository(readme)).expect("a README"), "sh");
    assert_eq!(commands("README.md"), commands("README.zh-CN.md"));
}
