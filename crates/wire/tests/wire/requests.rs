//! Written strictly: what is absent is omitted, what is empty is refused before it is sent.

use serde_json::{Value, from_str, json, to_value};
use wire::midtrans::{InvalidRequest, TokenRequest, TransactionDetails};

use crate::fixtures::each;

/// Text whose length nobody documents; the body's size bounds it.
const WITHOUT_LENGTH: &[&str] = &[
    "credit_card.bank",
    "credit_card.blacklist_bins[1]",
    "credit_card.card_token",
    "credit_card.channel",
    "permata_va.recipient_name",
    "recurring.interval_unit",
];

#[test]
fn absent_is_omitted() {
    let transaction_details = TransactionDetails { order_id: "ORDER-101".into(), gross_amount: wire::Rupiah(10_000) };
    let minimal = TokenRequest { transaction_details, ..TokenRequest::default() };
    let written = json!({ "transaction_details": { "order_id": "ORDER-101", "gross_amount": 10000 } });
    assert_eq!(to_value(&minimal).expect("written"), written, "an integer, and nothing else");

    each("requests", |_, json| {
        let request: TokenRequest = from_str(json).expect("a request");
        walk(&to_value(request).expect("written"), "", &mut |path, leaf| {
            assert!(!leaf.is_null() && *leaf != json!([]) && *leaf != json!({}), "{path} is {leaf}");
        });
    });
}

/// Every text of every example, made empty: named by its path.
#[test]
fn empty_text_is_refused_everywhere() {
    each("requests", |_, json| {
        each_text(json, "", |path, result| {
            assert_eq!(result.map_err(|error| error.field), Err(path.to_owned()));
        });
    });
}

/// Every text of every example, made far too long: named by its path, or listed as unbounded.
#[test]
fn endless_text_is_refused_where_there_is_a_limit() {
    let unlimited = |path: &str| {
        WITHOUT_LENGTH.contains(&path)
            || path.ends_with("callback_url")
            || ["enabled_payments", "metadata", "gopay", "customer_imposed", "seller_details[0].id"]
                .iter()
                .any(|prefix| path.starts_with(prefix))
            || ["seller_details[0].name", "seller_details[0].url"].contains(&path)
            || path.contains("_bins[")
            || path.contains("bank_routing")
    };
    each("requests", |_, json| {
        each_text(json, &"a".repeat(300), |path, result| match result {
            Ok(()) => assert!(unlimited(path), "{path} has no limit"),
            Err(error) => assert_eq!(error.field, path),
        });
    });
}

#[test]
fn an_error_says_what_and_where() {
    let mut request = TokenRequest::default();
    let error = request.validate().expect_err("no order id");
    assert_eq!(error.to_string(), "transaction_details.order_id is required");
    request.transaction_details.order_id = "é".into();
    let error = request.validate().expect_err("no letter of theirs");
    assert_eq!(error.to_string(), "transaction_details.order_id may only hold letters, digits and - _ ~ .");
}

/// Replaces one text after the other and hands over what `validate` says.
fn each_text(json: &str, with: &str, check: impl Fn(&str, Result<(), InvalidRequest>)) {
    let whole: Value = from_str(json).expect("json");
    let mut paths = Vec::new();
    walk(&whole, "", &mut |path, leaf| {
        if leaf.is_string() {
            paths.push(path.to_owned());
        }
    });
    for path in paths {
        let mut changed = whole.clone();
        *super::validate::at(&mut changed, &path) = with.into();
        let request: TokenRequest = serde_json::from_value(changed).expect("still a request");
        check(&path, request.validate());
    }
}

fn walk(value: &Value, path: &str, visit: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(value, &path, visit);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, value) in items.iter().enumerate() {
                walk(value, &format!("{path}[{index}]"), visit);
            }
        }
        leaf => visit(path, leaf),
    }
}
