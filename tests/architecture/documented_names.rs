//! Each path and each test or function that a document names exists.

use std::collections::BTreeSet;
use std::fs;

use crate::sources::{files, name, root};

/// Text in backticks, in the order of a document.
fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with("```")).flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// Whether a text in backticks is meant as a path of the repository.
fn is_path(text: &str) -> bool {
    let top = ["bench/", "crates/", "docs/", "fuzz/", "npm/", "playground/", "scripts/", "src/", "style/", "tests/"];
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
    plain && top.iter().any(|top| text.starts_with(top))
}

/// Whether it is meant as a function: at least three words in snake case.
fn is_function(text: &str) -> bool {
    text.matches('_').count() >= 3 && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[test]
fn documents_name_paths_and_functions_that_exist() {
    let mut identifiers = BTreeSet::new();
    for path in files("") {
        let Ok(source) = fs::read_to_string(&path) else { continue };
        if path.extension().is_some_and(|extension| extension != "md") {
            let words = source.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            identifiers.extend(words.filter(|word| is_function(word)).map(str::to_owned));
        }
    }
    let mut seen = (0, 0);
    let mut missing = vec![];
    let documents = files("").into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    for document in documents {
        let text = fs::read_to_string(&document).expect("a readable document");
        let beside = document.parent().expect("a directory");
        for quoted in in_backticks(&text) {
            if is_path(quoted) {
                let exists = root().join(quoted).exists() || beside.join(quoted).exists();
                missing.extend((!exists).then(|| format!("{}: {quoted}", name(&document))));
                seen.0 += 1;
            }
            if is_function(quoted) {
                let exists = identifiers.contains(quoted);
                missing.extend((!exists).then(|| format!("{}: {quoted}", name(&document))));
                seen.1 += 1;
            }
        }
    }
    assert!(seen.0 > 30 && seen.1 > 5, "{seen:?}");
    assert!(missing.is_empty(), "these do not exist:\n{}", missing.join("\n"));
}

#[test]
fn module_docs_name_files_that_exist() {
    let mut missing = vec![];
    let all: BTreeSet<String> = files("").iter().map(|path| name(path)).collect();
    for path in files("").iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        let source = fs::read_to_string(path).expect("a readable source");
        let docs: Vec<_> = source.lines().map(str::trim_start).filter(|line| line.starts_with("//")).collect();
        for quoted in docs.iter().flat_map(|line| line.split('`').skip(1).step_by(2)) {
            let kind = [".rs", ".js", ".mjs", ".sql", ".md", ".css"].iter().any(|kind| quoted.ends_with(kind));
            let plain = quoted.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
            // `snap.js` is the gateway's script.
            if kind && plain && quoted.len() > 4 && quoted != "snap.js" && quoted.chars().any(char::is_alphabetic) {
                let exists = all.iter().any(|file| file == quoted || file.ends_with(&format!("/{quoted}")));
                missing.extend((!exists).then(|| format!("{}: {quoted}", name(path))));
            }
        }
    }
    assert!(missing.is_empty(), "these do not exist:\n{}", missing.join("\n"));
}

#[test]
fn paths_and_functions_are_distinguished() {
    assert!(is_path("crates/flow/src/lib.rs") && !is_path("GET /api") && !is_path("src/*.rs"));
    assert!(is_function("a_stale_answer_changes_nothing") && !is_function("order_id") && !is_function("OrderId"));
}
