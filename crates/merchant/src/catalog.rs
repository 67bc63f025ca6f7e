//! The catalogue. It is read once and validated by the gateway's field rules, so that no order fails on it later.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use wire::Rupiah;
use wire::merchant::Item;

use crate::order_limits::is_safe_text;

const BUILT_IN: &str = include_str!("catalog.json");

/// The highest price of an item: the gateway's limit of a card payment.
const MAX_PRICE: Rupiah = Rupiah(999_999_999);

/// The items of the shop, in its order.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalog {
    items: Vec<Item>,
}

/// The error of a catalogue.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The file does not exist or cannot be read.
    #[error("MERCHANT_CATALOG: {path} cannot be read: {source}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The file is not a list of items.
    #[error("catalogue: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The gateway would reject an item.
    #[error("catalogue: item {at} ({id}): {rule}")]
    Item {
        /// The position, from 1.
        at: usize,
        /// Its id.
        id: String,
        /// The violated rule.
        rule: &'static str,
    },
    /// The catalogue is empty or too long.
    #[error("catalogue: there must be 1 to 500 items")]
    Length,
}

impl Catalog {
    /// Loads the file, or the built-in catalogue.
    ///
    /// # Errors
    /// [`CatalogError`].
    pub fn load(path: Option<&Path>) -> Result<Self, CatalogError> {
        match path {
            None => Self::parse(BUILT_IN),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|source| CatalogError::Unreadable { path: path.into(), source })?;
                Self::parse(&text)
            }
        }
    }

    fn parse(text: &str) -> Result<Self, CatalogError> {
        let rows: Vec<Row> = serde_json::from_str(text)?;
        let items: Vec<Item> = rows.into_iter().map(Item::from).collect();
        if !(1..=500).contains(&items.len()) {
            return Err(CatalogError::Length);
        }
        let mut seen = HashSet::new();
        for (at, item) in items.iter().enumerate() {
            let rule = violated_rule(item).or_else(|| (!seen.insert(&item.id)).then_some("the id is used twice"));
            if let Some(rule) = rule {
                return Err(CatalogError::Item { at: at + 1, id: item.id.escape_debug().to_string(), rule });
            }
        }
        Ok(Self { items })
    }

    /// The items.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// One item.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }
}

/// One item of the file. Unknown fields are errors, because a mistyped name could hide a price.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    name: String,
    description: Option<String>,
    price: i64,
}

impl From<Row> for Item {
    fn from(Row { id, name, description, price }: Row) -> Self {
        Self { id, name, description, price: Rupiah(price) }
    }
}

fn violated_rule(item: &Item) -> Option<&'static str> {
    let id_ok = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    let name_length = item.name.chars().count();
    if !(1..=50).contains(&item.id.len()) || !item.id.bytes().all(id_ok) {
        Some("the id must be 1 to 50 letters, digits and - _ .")
    } else if !(1..=50).contains(&name_length) || item.name.contains('|') || !is_safe_text(&item.name) {
        Some("the name must be 1 to 50 characters, without | and control characters")
    } else if !(Rupiah(1)..=MAX_PRICE).contains(&item.price) {
        Some("the price must be whole rupiah from 1 to 999999999")
    } else if item.description.as_deref().is_some_and(|text| text.chars().count() > 200 || !is_safe_text(text)) {
        Some("the description must be at most 200 characters, without control characters")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_catalogue_is_valid() {
        let catalog = Catalog::load(None).unwrap();
        assert_eq!(catalog.items().len(), 6);
        assert_eq!(catalog.find("kopi-gayo-250g").map(|item| item.price), Some(Rupiah(89_000)));
    }

    #[test]
    fn items_that_the_gateway_would_reject_are_rejected() {
        let cases = [
            ("[]", "1 to 500"),
            ("{}", "invalid type"),
            (r#"[{"id":"a b","name":"x","price":1}]"#, "the id"),
            (r#"[{"id":"a","name":"","price":1}]"#, "the name"),
            (r#"[{"id":"a","name":"a|b","price":1}]"#, "the name"),
            (r#"[{"id":"a","name":"a\u202eb","price":1}]"#, "the name"),
            (r#"[{"id":"a","name":"a","price":0}]"#, "the price"),
            (r#"[{"id":"a","name":"a","price":1.5}]"#, "invalid type"),
            (r#"[{"id":"a","name":"a","prize":1}]"#, "unknown field"),
            (
                r#"[{"id":"a","name":"a","price":1},{"id":"a","name":"b","price":1}]"#,
                "item 2 (a): the id is used twice",
            ),
        ];
        for (text, expected) in cases {
            let error = Catalog::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text} gave {error}");
        }
    }
}
