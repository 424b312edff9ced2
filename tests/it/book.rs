//! The book and the READMEs: their Rust stands in examples, which CI runs, and their links lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use alibabacloud_kms_tests::repository;

/// Where pages of the book link what is outside of it.
const REPOSITORY: &str = "https://github.com/alibabacloud-kms/alibabacloud-kms-rs/blob/main/";

fn read(path: &str) -> String {
    fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// The files of a folder and the folders in it whose names end so, from the repository's root.
fn files(folder: &str, ending: &str) -> Vec<String> {
    let entries = fs::read_dir(repository(folder)).expect("a folder");
    let mut files: Vec<String> = entries
        .map(|entry| entry.expect("an entry"))
        .flat_map(|entry| {
            let path = format!("{folder}/{}", entry.file_name().to_str().expect("a name"));
            if entry.path().is_dir() { files(&path, ending) } else { vec![path] }
        })
        .filter(|path| path.ends_with(ending))
        .collect();
    files.sort();
    files
}

/// The pages of the book, its table of contents among them.
fn book() -> Vec<String> {
    files("docs", ".md")
}

/// All pages of the repository.
fn pages() -> Vec<String> {
    let entries = fs::read_dir(repository("")).expect("the repository");
    let names = entries.filter_map(|entry| entry.expect("an entry").file_name().into_string().ok());
    let mut pages: Vec<_> = names.filter(|name| name.ends_with(".md")).collect();
    for folder in ["cli", "docs", "examples", "local", "macros", "middleware", "src"] {
        pages.extend(files(folder, ".md"));
    }
    assert!(pages.len() >= 40, "{pages:?}");
    pages
}

/// The blocks of this language between ``` fences.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}\n");
    let text = read(page);
    let parts = text.split(opening.as_str()).skip(1);
    parts.map(|part| part.split("```").next().expect("a first part").to_owned()).collect()
}

/// The names of the programs `examples/src/bin/*.rs`.
fn programs() -> Vec<String> {
    let paths = files("examples/src/bin", ".rs");
    let name = |path: &String| Path::new(path).file_stem()?.to_str().map(str::to_owned);
    paths.iter().map(|path| name(path).expect("a name")).collect()
}

#[test]
fn every_rust_block_stands_in_an_example() {
    let mut sources = files("examples", ".rs");
    sources.retain(|path| !path.contains("/tests/"));
    let examples: Vec<_> = sources.iter().map(|path| lines(&read(path))).collect();
    // Those of the other packages are doc tests.
    let is_ours = |page: &String| !page.contains('/') || page.starts_with("docs/");
    for page in pages().into_iter().filter(is_ours) {
        for block in blocks(&page, "rust") {
            let wanted = lines(&block);
            let stands = examples
                .iter()
                .any(|example| example.windows(wanted.len()).any(|window| window == wanted));
            assert!(stands, "no example has this block of {page}:\n{block}");
        }
    }
}

#[test]
fn the_chapters_show_code() {
    for (page, least) in [
        ("README.md", 2),
        ("README.zh-CN.md", 2),
        ("docs/start.md", 6),
        ("docs/route.md", 5),
        ("docs/migrate/shared-gateway.md", 3),
        ("docs/migrate/tls.md", 2),
        ("docs/secure.md", 5),
        ("docs/retry.md", 4),
        ("docs/test.md", 4),
        ("docs/observe.md", 3),
        ("docs/extend.md", 4),
        ("docs/operate.md", 2),
        ("docs/command.md", 1),
        ("docs/local-gateway.md", 2),
        ("docs/cookbook.md", 8),
    ] {
        assert!(blocks(page, "rust").len() >= least, "{page}");
    }
}

#[test]
fn the_landing_page_lists_each_feature_and_whether_it_is_on() {
    let manifest = read("Cargo.toml");
    let (_, rest) = manifest.split_once("[features]\n").expect("features");
    let (features, _) = rest.split_once("\n\n").expect("an end");
    let features: Vec<_> = features.lines().filter(|line| !line.starts_with('#')).collect();
    let (default, others) = features.split_first().expect("the default");
    assert!(others.len() >= 9, "{others:?}");
    let page = read("src/lib.rs");
    for feature in others.iter().filter_map(|line| line.split(' ').next()) {
        let is_default = default.contains(&format!("\"{feature}\""));
        let row = format!("//! | `{feature}` | {}", if is_default { "yes |" } else { "| " });
        assert_eq!(page.matches(&row).count(), 1, "{feature}");
    }
}

#[test]
fn each_scenario_has_a_program_in_all_four_languages() {
    let scenarios = files("docs/migrate", ".md");
    let mut programs = 0;
    for page in scenarios.iter().filter(|page| !page.ends_with("/reference.md")) {
        let rust = blocks(page, "rust");
        assert!(!rust.is_empty(), "{page}");
        for language in ["python", "java", "go"] {
            assert_eq!(blocks(page, language).len(), rust.len(), "{language} in {page}");
        }
        assert!(rust.iter().all(|block| block.contains("async fn main()")), "{page}");
        programs += rust.len();
    }
    assert!(programs >= 8, "{scenarios:?}");
}

#[test]
fn the_chinese_pages_show_the_same_code() {
    let translated = files("docs/zh", ".md");
    for chapter in ["start", "route", "migrate", "secure"] {
        assert!(translated.contains(&format!("docs/zh/{chapter}.md")), "{chapter}");
    }
    for page in &translated {
        let original = page.replace("docs/zh/", "docs/");
        for language in ["rust", "python", "java", "go", "sh"] {
            assert_eq!(blocks(page, language), blocks(&original, language), "{language} in {page}");
        }
    }
    let commands = |readme: &str| blocks(readme, "sh");
    assert_eq!(commands("README.md"), commands("README.zh-CN.md"));
}

#[test]
fn the_table_of_contents_lists_each_page_once() {
    let listed = links("docs/SUMMARY.md");
    let mut pages: Vec<_> = book();
    pages.retain(|page| page != "docs/SUMMARY.md");
    for page in &pages {
        let target = page.trim_start_matches("docs/");
        assert_eq!(listed.iter().filter(|link| *link == target).count(), 1, "{page}");
    }
    assert_eq!(listed.len(), pages.len());
}

/// The targets of the links `](..)` of a page; those to the repository's own host as paths from its
/// root, with a `/` before them, those to other hosts not at all.
fn links(page: &str) -> Vec<String> {
    let text = read(page);
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets
        .map(|target| match target.strip_prefix(REPOSITORY) {
            Some(path) => format!("/{path}"),
            None => target.to_owned(),
        })
        .filter(|target| !target.contains("://"))
        .collect()
}

/// What a heading is called in a link.
fn anchors(page: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(page).expect("a page");
    let mut is_code = false;
    let mut anchors = BTreeSet::new();
    for line in text.lines() {
        is_code ^= line.starts_with("```");
        let heading = line.trim_start_matches('#');
        if !is_code && heading.len() < line.len() && heading.starts_with(' ') {
            let words = heading.trim().to_lowercase().replace(' ', "-");
            let kept = |letter: &char| letter.is_alphanumeric() || "-_".contains(*letter);
            anchors.insert(words.chars().filter(kept).collect());
        }
    }
    anchors
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    for page in pages() {
        for link in links(&page) {
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let file = match path.strip_prefix('/') {
                Some(path) => repository(path),
                None if path.is_empty() => repository(&page),
                None => repository(&page).parent().expect("a folder").join(path),
            };
            assert!(file.exists(), "{link} in {page}");
            // A book cannot link what is outside of it by a path.
            let leaves_the_book = page.starts_with("docs/") && !link.starts_with('/') && {
                let book = repository("docs").canonicalize().expect("the book");
                !file.canonicalize().expect("a file").starts_with(book)
            };
            assert!(!leaves_the_book, "{link} in {page}");
            let is_there = anchor.is_empty() || anchors(&file).contains(anchor);
            assert!(is_there, "{link} in {page}");
        }
    }
}

#[test]
fn the_readme_of_the_examples_has_a_line_for_each_program() {
    let text = read("examples/README.md");
    for name in programs() {
        let line = format!("| [`{name}`](src/bin/{name}.rs) |");
        assert_eq!(text.matches(&line).count(), 1, "{name}");
    }
}

#[test]
fn the_cookbook_has_a_section_for_each_recipe_and_is_linked_from_the_readmes() {
    let recipes = links("docs/cookbook.md");
    for name in programs() {
        let is_linked = recipes.contains(&format!("/examples/src/bin/{name}.rs"));
        assert_eq!(is_linked, name.starts_with("cookbook_"), "{name}");
    }
    let text = read("docs/cookbook.md");
    let headings = text.lines().filter_map(|line| line.strip_prefix("## "));
    for anchor in headings.map(|heading| heading.to_lowercase().replace(' ', "-")) {
        assert!(recipes.contains(&format!("#{anchor}")), "{anchor} is not in the table");
    }
    for (page, link) in [
        ("README.md", "docs/cookbook.md"),
        ("README.zh-CN.md", "docs/cookbook.md"),
        ("examples/README.md", "../docs/cookbook.md"),
    ] {
        assert!(links(page).iter().any(|target| target == link), "{page}");
    }
}

#[test]
fn ci_runs_every_package_of_examples() {
    let ci = read(".ci/run");
    let entries = fs::read_dir(repository("examples")).expect("the examples");
    let folders = entries.map(|entry| entry.expect("an entry").path());
    let manifests: Vec<PathBuf> = folders
        .map(|folder| folder.join("Cargo.toml"))
        .filter(|manifest| manifest.exists())
        .collect();
    assert!(manifests.len() >= 5, "{manifests:?}");
    for manifest in manifests {
        let text = fs::read_to_string(&manifest).expect("a manifest");
        let name = text.split('"').nth(1).expect("a package's name");
        assert!(ci.contains(&format!("cargo run --quiet -p {name}")), "{name}");
    }
}
