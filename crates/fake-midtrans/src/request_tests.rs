use super::*;
use serde_json::json;

const REQUIRED: &str = "transaction_details.gross_amount is required";
const NOT_A_NUMBER: &str = "transaction_details.gross_amount is not a number";
const SUM: &str = "transaction_details.gross_amount is not equal to the sum of item_details";
const EMAIL: &str = "customer_details.email format is invalid";

/// A valid request with `path` set to `value`.
fn with(path: &str, value: Value) -> Value {
    let mut body = json!({"transaction_details": {"order_id": "ORDER-101", "gross_amount": 10000}});
    let mut place = &mut body;
    for key in path.split('.') {
        place = &mut place[key];
    }
    *place = value;
    body
}

#[track_caller]
fn check(body: &Value, expected: &[&str]) {
    let said = judge(body, Locale::En).err().unwrap_or_default();
    assert_eq!(said, expected, "{body}");
}

#[test]
fn the_documented_sentences() {
    check(&json!({}), &["transaction_details.order_id is required", REQUIRED, NOT_A_NUMBER]);
    check(&json!([1]), &["transaction_details.order_id is required", REQUIRED, NOT_A_NUMBER]);
    check(&with("transaction_details.gross_amount", Value::Null), &[REQUIRED, NOT_A_NUMBER]);
    check(&with("transaction_details.gross_amount", json!("ten")), &[NOT_A_NUMBER]);
    check(&with("transaction_details.order_id", json!("")), &["transaction_details.order_id is required"]);
    check(&with("transaction_details.order_id", json!("x".repeat(50))), &[]);
    check(&with("transaction_details.order_id", json!("x".repeat(51))), &["transaction_details.order_id is too long"]);
    check(&with("transaction_details.order_id", json!("a-b_c~d.9")), &[]);
    for hostile in ["a b", "a/b", "pesanan-\u{202e}1", "é", "a\u{0}b"] {
        let said = judge(&with("transaction_details.order_id", json!(hostile)), Locale::En);
        assert!(said.is_err_and(|s| s[0].starts_with("transaction_details.order_id is invalid")), "{hostile:?}");
    }
    for email in ["", "a@b", "midtrans..@midtrans.com", "a b@c.id", "@c.id", "a@c..id"] {
        check(&with("customer_details", json!({ "email": email })), &[EMAIL]);
    }
    check(&with("customer_details", json!({"email": 7})), &[EMAIL]);
    check(&with("customer_details", json!({"email": "test@midtrans.com"})), &[]);
    let expiry = json!({"start_time": "2018-12-13 18:11", "unit": "minutes", "duration": 1});
    check(&with("expiry", expiry), &[DATE_FORM]);
    check(&with("expiry", json!({"unit": "days", "duration": 8})), &["expiry.duration must not be longer than 7 days"]);
}

#[test]
fn too_small_an_amount_is_said_in_both_languages() {
    for amount in [json!(0), json!(-5), json!(0.001)] {
        let body = with("transaction_details.gross_amount", amount);
        for (locale, part) in [(Locale::En, "equal to 0.01"), (Locale::Id, "harus sama atau lebih besar dari 0.01")] {
            assert!(judge(&body, locale).is_err_and(|said| said[0].ends_with(part)), "{body}");
        }
    }
}

#[test]
fn items_must_add_up() {
    let item = |price: Value, quantity: Value| json!({"name": "Bear", "price": price, "quantity": quantity});
    let items = |list: Value| with("item_details", list);
    check(&items(json!([item(json!(6000), json!(2)), item(json!(-2000), json!(1))])), &[]);
    check(&items(json!([item(json!(6000), json!(2))])), &[SUM]);
    check(&items(json!([item(json!(i64::MAX / 100), json!(9))])), &[SUM]);
    check(&items(json!([])), &[]);
    check(
        &items(json!([item(json!("x"), json!(0))])),
        &["item_details.price is not a number", "item_details.quantity is not a number"],
    );
    check(&items(json!("Bear")), &["item_details is invalid"]);
}

#[test]
fn the_complete_example_passes() {
    let body = json!({
        "transaction_details": {"order_id": "ORDER-101", "gross_amount": 10000},
        "item_details": [{"id": "ITEM1", "price": 10000, "quantity": 1, "name": "Midtrans Bear"}],
        "customer_details": {"first_name": "TEST", "last_name": "MIDTRANSER", "email": "test@midtrans.com"},
        "enabled_payments": ["credit_card", "bca_va"],
        "credit_card": {"secure": true},
        "bca_va": {"va_number": "12345678911"},
        "callbacks": {"finish": "https://demo.midtrans.com"},
        "expiry": {"start_time": "2018-12-13 18:11:08 +0700", "unit": "minutes", "duration": 1},
        "page_expiry": {"duration": 3, "unit": "hours"},
        "custom_field1": "one"
    });
    let order = judge(&body, Locale::En).expect("valid");
    assert!(order.secure);
    assert_eq!(order.customer_name, "TEST MIDTRANSER");
    assert_eq!(order.wanted_numbers, [("bca_va", "12345678911".to_owned())]);
    assert_eq!(order.custom_fields, [("custom_field1", "one".to_owned())]);
    assert_eq!(order.page_life, Some(Duration::hours(3)));
}
