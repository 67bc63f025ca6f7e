//! One public type name exists once, and the words that the glossary replaced do not come back.

use std::collections::BTreeMap;
use std::fs;

use syn::Item;

use crate::sources::{CRATES, files, is_rust, is_test_file, name};

/// Public type names that two crates may share, and why.
const SHARED_TYPES: [(&str, &str); 1] =
    [("Config", "each program reads its own environment; the crate's name tells them apart")];

/// Definitions and files that still use a replaced word. The number may only fall; adjust it when it does.
const OPEN_FINDINGS: usize = 200;

/// Words that the glossary of ARCHITECTURE.md replaced.
const REPLACED_WORDS: [&str; 24] = [
    "said", "told", "hear", "heard", "hears", "whose", "desk", "house", "storm", "door", "paper", "hands", "news",
    "amends", "nobody", "somebody", "whoever", "wanted", "deed", "deeds", "verdict", "glance", "sweep", "swept",
];

/// The words of an identifier: `status_url`, `statusUrl` and `StatusUrl` all have two.
fn words(identifier: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for character in identifier.chars() {
        if !character.is_alphanumeric() || (character.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        was_lower = character.is_lowercase();
        if character.is_alphanumeric() {
            words.last_mut().expect("never empty").extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The name behind a keyword that defines something, in Rust and in JavaScript.
fn defined(line: &str) -> Option<&str> {
    const KEYWORDS: [&str; 12] = [
        "fn ",
        "struct ",
        "enum ",
        "trait ",
        "type ",
        "mod ",
        "const ",
        "static ",
        "function ",
        "class ",
        "let ",
        "macro_rules! ",
    ];
    let line = line.trim_start();
    let modifiers = ["pub(crate) ", "pub(super) ", "pub ", "export ", "default ", "async ", "const "];
    let rest = modifiers.iter().fold(line, |line, modifier| line.strip_prefix(modifier).unwrap_or(line));
    let rest =
        KEYWORDS.iter().find_map(|keyword| rest.strip_prefix(keyword)).or(Some(rest).filter(|rest| *rest != line))?;
    let rest = rest.strip_prefix("mut ").unwrap_or(rest);
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$' || c == '#')).unwrap_or(rest.len());
    Some(&rest[..end]).filter(|name| !name.is_empty())
}

fn replaced_word(identifier: &str) -> Option<String> {
    words(identifier).into_iter().find(|word| REPLACED_WORDS.contains(&word.as_str()))
}

#[test]
fn names_use_the_glossary() {
    let mut seen = 0;
    let mut found = vec![];
    for path in files("") {
        let file = name(&path);
        let code = ["rs", "js", "mjs", "ts", "sh"].iter().any(|kind| path.extension().is_some_and(|it| it == *kind));
        if !file.contains("fixtures/") {
            found.extend(replaced_word(&file).map(|word| format!("{file}: {word}")));
        }
        let Some(source) = fs::read_to_string(&path).ok().filter(|_| code) else { continue };
        for (number, line) in source.lines().enumerate() {
            if let Some(identifier) = defined(line) {
                found.extend(replaced_word(identifier).map(|_| format!("{file}:{}: {identifier}", number + 1)));
                seen += 1;
            }
        }
    }
    assert!(seen > 5_000, "{seen} definitions");
    assert!(found.len() <= OPEN_FINDINGS, "the glossary has other words for:\n{}", found.join("\n"));
}

#[test]
fn a_public_type_name_exists_once() {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for directory in CRATES {
        for path in files(directory).into_iter().filter(|path| is_rust(path) && !is_test_file(path)) {
            let source = fs::read_to_string(&path).expect("a readable source");
            for item in syn::parse_file(&source).expect("valid Rust").items {
                let (visibility, identifier) = match item {
                    Item::Struct(item) => (item.vis, item.ident),
                    Item::Enum(item) => (item.vis, item.ident),
                    Item::Trait(item) => (item.vis, item.ident),
                    Item::Type(item) => (item.vis, item.ident),
                    _ => continue,
                };
                if !matches!(visibility, syn::Visibility::Inherited) {
                    found.entry(identifier.to_string()).or_default().push(name(&path));
                }
            }
        }
    }
    assert!(found.len() > 200, "{} types", found.len());
    found.retain(|_, places| places.len() > 1);
    for (shared, reason) in SHARED_TYPES {
        assert!(found.remove(shared).is_some(), "{shared} exists once, so it needs no exception: {reason}");
    }
    assert!(found.is_empty(), "defined more than once: {found:#?}");
}

#[test]
fn a_replaced_word_is_found_in_every_style() {
    for identifier in ["Said", "what_was_said", "heSaid", "THE_DESK", "store/desk.rs", "HouseTest"] {
        assert!(replaced_word(identifier).is_some(), "{identifier}");
    }
    for identifier in ["aforesaid", "desktop", "newest", "household", "shorthands"] {
        assert_eq!(replaced_word(identifier), None, "{identifier}");
    }
    for (line, expected) in [
        ("    pub(crate) async fn settle_in(x: u8) {", Some("settle_in")),
        ("pub struct Said<'a> {", Some("Said")),
        ("export const told = 1;", Some("told")),
        ("    let mut heard = vec![];", Some("heard")),
        ("x += 1;", None),
    ] {
        assert_eq!(defined(line), expected, "{line}");
    }
}
