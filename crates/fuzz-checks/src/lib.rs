//! Property checks: one function for each parser and each rule. Each takes bytes and panics if a property does not hold.
//!
//! `tests/properties.rs` feeds them with generated inputs and with the fuzzer's corpus; `fuzz/` feeds the same functions
//! through libFuzzer. No shipped code depends on this crate.

mod browser_input;
mod checkout_machine;
mod gateway_responses;
mod notification;
mod order_request;
mod order_updates;
mod settings;

pub use browser_input::{backend_response, callback, return_query};
pub use checkout_machine::checkout_machine;
pub use gateway_responses::{error_response, gateway_response, token_request};
pub use notification::notification;
pub use order_request::{cart_form, order_request};
pub use order_updates::{order_updates, reordered_reports};
pub use settings::{header_and_path, settings};

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use wire::AmountText;

/// A check. The fuzzer has a target and a corpus with its name.
pub type Check = fn(&[u8]);

/// All checks by the names of their fuzz targets.
pub const ALL: [(&str, Check); 12] = [
    ("backend_response", backend_response),
    ("callback", callback),
    ("cart_form", cart_form),
    ("checkout_machine", checkout_machine),
    ("error_response", error_response),
    ("gateway_response", gateway_response),
    ("header_and_path", header_and_path),
    ("notification", notification),
    ("order_request", order_request),
    ("order_updates", order_updates),
    ("return_query", return_query),
    ("settings", settings),
];

/// Reads JSON as the backend does: as text first.
fn read<T: DeserializeOwned>(data: &[u8]) -> Option<T> {
    serde_json::from_str(str::from_utf8(data).ok()?).ok()
}

/// Checks that a value survives a round trip through JSON.
#[track_caller]
fn assert_round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let written = serde_json::to_string(value).expect("written");
    let again: T = serde_json::from_str(&written).unwrap_or_else(|error| panic!("{error}: {written}"));
    assert_eq!(again, *value, "{written}");
}

/// Checks that an amount has exactly the value of its digits, and that a text of whole rupiah is an amount.
#[track_caller]
fn assert_exact_amount(amount: &AmountText) {
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
