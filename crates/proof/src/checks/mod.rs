//! One property check for each thing that is read from outside: bytes in, a panic when something does not hold.

mod answers;
mod gateway;
mod machine;
mod notification;
mod orders;
mod settings;
mod settling;

pub use answers::{callback, merchant_answer, return_query};
pub use gateway::{error_answer, gateway_answer, token_request};
pub use machine::flow;
pub use notification::notification;
pub use orders::{cart_form, order_request};
pub use settings::{header_and_path, settings};
pub use settling::{settling, story_ends_alike};

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use wire::AmountText;

/// A check by its name: what the fuzzer has a target and a corpus for.
pub type Check = fn(&[u8]);

/// All of them, by the names of the fuzz targets.
pub const ALL: [(&str, Check); 12] = [
    ("callback", callback),
    ("cart_form", cart_form),
    ("error_answer", error_answer),
    ("flow", flow),
    ("gateway_answer", gateway_answer),
    ("header_and_path", header_and_path),
    ("merchant_answer", merchant_answer),
    ("notification", notification),
    ("order_request", order_request),
    ("return_query", return_query),
    ("settings", settings),
    ("settling", settling),
];

/// Reads JSON as the shop does: text first.
fn read<T: DeserializeOwned>(data: &[u8]) -> Option<T> {
    serde_json::from_str(str::from_utf8(data).ok()?).ok()
}

/// What is written is read again as the same value.
#[track_caller]
fn same<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let written = serde_json::to_string(value).expect("written");
    let again: T = serde_json::from_str(&written).unwrap_or_else(|error| panic!("{error}: {written}"));
    assert_eq!(again, *value, "{written}");
}

/// An amount is exactly its digits, or none; and whatever looks like whole rupiah is an amount.
#[track_caller]
fn exact(amount: &AmountText) {
    let text = amount.0.as_str();
    let (whole, sen) = text.split_once('.').unwrap_or((text, ""));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) && sen.bytes().all(|b| b == b'0');
    match amount.rupiah() {
        Some(rupiah) => {
            assert!(plain, "{text:?} is no amount");
            let significant = digits.trim_start_matches('0');
            let expected = if significant.is_empty() { "0" } else { significant };
            assert_eq!(rupiah.0.unsigned_abs().to_string(), expected, "{text:?}");
            assert_eq!(rupiah.0 < 0, whole.starts_with('-') && !significant.is_empty(), "{text:?}");
        }
        None => assert!(!plain || digits.trim_start_matches('0').len() > 18, "{text:?} is lost"),
    }
}
