//! Texts for customers contain words, not identifiers. A bulk rename once turned "Place a new order" into a type name.

use std::fs;

use crate::sources::root;

const FILES: [&str; 3] = ["src/i18n/en.rs", "src/i18n/id.rs", "src/storefront/i18n.rs"];

/// Names of brands with a capital inside.
const BRANDS: [&str; 2] = ["GoPay", "ShopeePay"];

/// The words of string literals that look like identifiers: a capital after a small letter, or an underscore.
fn identifiers(source: &str) -> Vec<&str> {
    let literals = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let words = literals.flat_map(|line| line.split('"').skip(1).step_by(2)).flat_map(str::split_whitespace);
    let words = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let has_inner_capital = |word: &str| {
        word.as_bytes().windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
    };
    words.filter(|word| (has_inner_capital(word) || word.contains('_')) && !BRANDS.contains(word)).collect()
}

#[test]
fn customer_texts_contain_no_identifier() {
    for file in FILES {
        let source = fs::read_to_string(root().join(file)).expect("a readable source");
        assert!(source.matches('"').count() > 20, "{file} has no texts");
        assert_eq!(identifiers(&source), [""; 0], "{file}");
    }
}

#[test]
fn an_identifier_in_a_text_is_found() {
    let source = "// \"RemoteData\"\nloading: \"RemoteData the shop…\", pay: \"Pay with GoPay\", wait: \"request_id,\"";
    assert_eq!(identifiers(source), ["RemoteData", "request_id"]);
}
