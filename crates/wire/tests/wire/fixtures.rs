//! Every example of the vendor's documentation, and what its tables say beside them, one file each.

use std::fs;
use std::path::Path;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use wire::midtrans::{CancelledToken, ErrorResponse, Notification, SnapResult, TokenRequest, TokenResponse};

#[test]
fn callbacks_lose_nothing() {
    each("callbacks", |_, json| same::<SnapResult>(json));
}

#[test]
fn notifications_lose_nothing() {
    each("notifications", |_, json| same::<Notification>(json));
}

#[test]
fn requests_lose_nothing_and_are_valid() {
    each("requests", |name, json| {
        same::<TokenRequest>(json);
        let request: TokenRequest = serde_json::from_str(json).expect("just read");
        assert_eq!(request.validate(), Ok(()), "{name}");
        assert_eq!(TokenRequest::validate_size(json.as_bytes()), Ok(()), "{name}");
    });
}

#[test]
fn responses_lose_nothing() {
    each("responses", |name, json| match name.split('-').next() {
        Some("token") => same::<TokenResponse>(json),
        Some("cancelled") => same::<CancelledToken>(json),
        Some("error") => {
            same::<ErrorResponse>(json);
            let error: ErrorResponse = serde_json::from_str(json).expect("just read");
            assert!(error.messages().next().is_some(), "no message");
        }
        _ => panic!("the name must begin with token, cancelled or error"),
    });
}

/// A field may be missing or `null` in any result; only what a signature covers and the status must be there
/// in a notification.
#[test]
fn fields_may_be_missing_or_null() {
    each("callbacks", |_, json| without_each_field::<SnapResult>(json, &[]));
    let required = ["order_id", "status_code", "gross_amount", "transaction_status"];
    each("notifications", |_, json| without_each_field::<Notification>(json, &required));
    each("responses", |name, json| {
        if name.starts_with("error") {
            without_each_field::<ErrorResponse>(json, &[]);
        }
    });
}

/// New fields may come at any time.
#[test]
fn unknown_fields_are_ignored() {
    let add = |json: &str| json.replacen('{', r#"{"new_in_2030": {"deep": [1, null]},"#, 1);
    each("callbacks", |_, json| drop(read::<SnapResult>(&add(json))));
    each("notifications", |_, json| drop(read::<Notification>(&add(json))));
}

/// Whatever bytes come: an error or a value that is written and read again as the same value, never a panic.
#[test]
fn damaged_bodies_never_panic() {
    each("callbacks", |_, json| damage::<SnapResult>(json));
    each("notifications", |_, json| damage::<Notification>(json));
    each("requests", |_, json| damage::<TokenRequest>(json));
    each("responses", |_, json| damage::<ErrorResponse>(json));
}

/// Runs `check` on every file of a folder; an empty folder proves nothing and fails.
pub fn each(folder: &str, check: impl Fn(&str, &str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let mut seen = 0;
    for entry in fs::read_dir(&folder).expect("the folder is there") {
        let path = entry.expect("readable").path();
        assert_eq!(path.extension().and_then(|e| e.to_str()), Some("json"), "{}", path.display());
        let json = fs::read_to_string(&path).expect("readable");
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        // Shown only when the check fails.
        println!("{}", path.display());
        check(&name, &json);
        seen += 1;
    }
    assert!(seen > 0, "{} is empty", folder.display());
}

#[track_caller]
fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error} in {json}"))
}

#[track_caller]
fn same<T: DeserializeOwned + Serialize>(json: &str) {
    let before: Value = read(json);
    let after = serde_json::to_value(read::<T>(json)).expect("written");
    assert_eq!(after, before);
}

fn without_each_field<T: DeserializeOwned>(json: &str, required: &[&str]) {
    let whole: serde_json::Map<String, Value> = read(json);
    for field in whole.keys() {
        let mut missing = whole.clone();
        missing.remove(field);
        let mut null = whole.clone();
        null.insert(field.clone(), Value::Null);
        for changed in [missing, null] {
            let parsed = serde_json::from_value::<T>(changed.into()).map(|_| ()).map_err(|e| e.to_string());
            assert_eq!(parsed.is_ok(), !required.contains(&field.as_str()), "{field}: {parsed:?}");
        }
    }
}

fn damage<T: DeserializeOwned + Serialize>(json: &str) {
    let check = |bytes: &[u8]| {
        let Ok(value) = serde_json::from_slice::<T>(bytes) else { return };
        let written = serde_json::to_value(&value).expect("written");
        let again: T = serde_json::from_value(written.clone()).expect("what was written can be read");
        assert_eq!(serde_json::to_value(&again).expect("written"), written);
    };
    let bytes = json.as_bytes();
    for at in 0..bytes.len() {
        check(&bytes[..at]);
        for byte in [b'"', b'[', 0xff] {
            let mut changed = bytes.to_vec();
            changed[at] = byte;
            check(&changed);
        }
    }
}
