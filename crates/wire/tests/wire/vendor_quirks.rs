//! What is odd in the vendor's own examples, one test each.

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, F64Deserializer, I64Deserializer, U64Deserializer};
use serde_json::{Value, from_str, json, to_value};
use wire::AmountText;
use wire::midtrans::{
    ErrorResponse, FraudStatus, Notification, OneOrMany, PaymentType, SnapResult, StatusCode, TextOrBool,
    TransactionStatus,
};

fn result(json: Value) -> SnapResult {
    serde_json::from_value(json).expect("a result")
}

/// BCA's pending result has no ids, GoPay's deeplink result has only four fields.
#[test]
fn ids_are_missing() {
    for fixture in [
        include_str!("../../fixtures/callbacks/bca-va-pending.json"),
        include_str!("../../fixtures/callbacks/gopay-deeplink-pending.json"),
    ] {
        let result: SnapResult = from_str(fixture).expect("a result");
        assert_eq!(result.order_id, None);
        assert_eq!(result.transaction_id, None);
        assert_eq!(result.gross_amount, None);
        assert_eq!(result.transaction_status, Some(TransactionStatus::Pending));
        assert!(result.order_id().is_some_and(|id| id.starts_with("Farah-4")), "{result:?}");
    }
    assert_eq!(result(json!({})), SnapResult::default());
}

#[test]
fn the_order_id_is_in_finish_redirect_url() {
    let cases = [
        ("http://example.com?order_id=A-1&status_code=201", Some("A-1")),
        ("http://example.com/?page=2&status_code=201&order_id=A_1~.", Some("A_1~.")),
        ("http://example.com/?order_id=A-1#top", Some("A-1")),
        ("http://example.com/#/finish?order_id=A-1", Some("A-1")),
        ("http://example.com/?order_id=A-1&order_id=B-2", Some("A-1")),
        ("http://example.com/?my_order_id=A-1", None),
        ("http://example.com/?order_id=", None),
        ("http://example.com/?order_id", None),
        ("http://example.com/order_id=A-1", None),
        ("http://example.com/?x=1#order_id=A-1", None),
        ("?", None),
        ("", None),
    ];
    for (url, expected) in cases {
        assert_eq!(result(json!({ "finish_redirect_url": url })).order_id(), expected, "{url}");
    }
    let url = "http://example.com?order_id=from-url";
    assert_eq!(result(json!({ "order_id": "own", "finish_redirect_url": url })).order_id(), Some("own"));
    assert_eq!(result(json!({ "order_id": "", "finish_redirect_url": url })).order_id(), Some("from-url"));
    assert_eq!(result(json!({ "order_id": "" })).order_id(), None);
}

#[test]
fn status_message_is_text_or_a_list() {
    let text = result(json!({ "status_message": "busy" })).status_message.expect("text");
    assert_eq!(text, OneOrMany::One("busy".into()));
    assert_eq!(text.iter().collect::<Vec<_>>(), ["busy"]);
    let list = result(json!({ "status_message": ["a", "b"] })).status_message.expect("a list");
    assert_eq!(list.iter().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(result(json!({ "status_message": null })).status_message, None);
    assert_eq!(result(json!({ "status_message": [] })).status_message.map(|m| m.iter().count()), Some(0));
    // A sentence of another shape costs the sentence, not the rest of the result.
    for wrong in [json!(7), json!({}), json!([1]), json!([["a"]])] {
        let read = result(json!({ "status_message": wrong, "order_id": "kept" }));
        assert_eq!(read.status_message.iter().flat_map(OneOrMany::iter).count(), 0, "{read:?}");
        assert_eq!(read.order_id(), Some("kept"));
    }
}

#[test]
fn pdf_url_may_be_null() {
    let null = json!({ "pdf_url": null });
    assert_eq!(result(null.clone()).pdf_url, Some(None));
    assert_eq!(result(null.clone()).pdf_url(), None);
    assert_eq!(to_value(result(null.clone())).expect("written"), null, "null stays null");
    assert_eq!(to_value(result(json!({}))).expect("written"), json!({}), "missing stays missing");
    assert_eq!(result(json!({ "pdf_url": "https://x/pdf" })).pdf_url(), Some("https://x/pdf"));
}

/// Callbacks say `expired`, the API says `expire`.
#[test]
fn expired_is_expire() {
    for word in ["expire", "expired", "EXPIRED"] {
        let status = result(json!({ "transaction_status": word })).transaction_status.expect("a status");
        assert_eq!(status, TransactionStatus::Expire, "{word}");
        assert_eq!(to_value(status).expect("written"), json!("expire"));
    }
}

/// One DANA sample shouts.
#[test]
fn statuses_may_be_upper_case() {
    let notification: Notification = from_str(
        r#"{"order_id":"1","status_code":"201","gross_amount":"10000.00","transaction_status":"PENDING",
            "payment_type":"DANA","fraud_status":"Accept"}"#,
    )
    .expect("a notification");
    assert_eq!(notification.transaction_status, TransactionStatus::Pending);
    assert_eq!(notification.payment_type, Some(PaymentType::Dana));
    assert_eq!(notification.fraud_status, Some(FraudStatus::Accept));
}

/// A browser hands safe integers over as `i64` and all others as `f64`; JSON text as `u64`.
#[test]
fn numbers_are_read_where_text_is_promised() {
    fn all<'de, T: Deserialize<'de> + PartialEq + std::fmt::Debug>(number: u32, expected: &T) {
        let unsigned: U64Deserializer<Error> = u64::from(number).into_deserializer();
        let signed: I64Deserializer<Error> = i64::from(number).into_deserializer();
        let float: F64Deserializer<Error> = f64::from(number).into_deserializer();
        assert_eq!(T::deserialize(unsigned).as_ref(), Ok(expected));
        assert_eq!(T::deserialize(signed).as_ref(), Ok(expected));
        assert_eq!(T::deserialize(float).as_ref(), Ok(expected));
    }
    all(200, &StatusCode("200".into()));
    all(10_000, &AmountText("10000".into()));

    assert_eq!(
        result(json!({ "status_code": 406, "gross_amount": 10000.0 })).gross_amount,
        Some(AmountText("10000".into()))
    );
    for wrong in [json!(true), json!([]), json!({}), json!(200.5), json!(1e300)] {
        assert!(serde_json::from_value::<StatusCode>(wrong.clone()).is_err(), "{wrong}");
        assert!(serde_json::from_value::<AmountText>(wrong.clone()).is_err(), "{wrong}");
    }
}

/// The signature covers the amount as it was written.
#[test]
fn amounts_are_kept_to_the_letter() {
    for text in ["10000.00", "10000", "0010000.0", " 1", "", "１"] {
        let amount: AmountText = serde_json::from_value(json!(text)).expect("text");
        assert_eq!(amount.0, text);
        assert_eq!(to_value(amount).expect("written"), json!(text));
    }
}

#[test]
fn status_codes_are_three_digits_or_no_number() {
    for (code, number) in [("200", Some(200)), ("407", Some(407))] {
        assert_eq!(StatusCode::from(code).number(), number, "{code}");
    }
    for code in ["", "+200", "-200", "0200", "20", "2e2", "200 ", "２００", "99999"] {
        assert_eq!(StatusCode::from(code).number(), None, "{code}");
    }
}

/// The 3-D Secure flag is a boolean or its word, and stays what it was.
#[test]
fn flags_are_words_or_booleans() {
    for (json, expected) in [(json!(true), TextOrBool::Bool(true)), (json!("true"), TextOrBool::Text("true".into()))] {
        let flag: TextOrBool = serde_json::from_value(json.clone()).expect("a flag");
        assert_eq!(flag, expected);
        assert_eq!(to_value(flag).expect("written"), json);
    }
    assert!(serde_json::from_value::<TextOrBool>(json!(1)).is_err());
}

#[test]
fn error_messages_come_under_several_names() {
    let error: ErrorResponse = serde_json::from_value(
        json!({ "error_messages": ["a"], "validation_messages": ["b"], "status_message": "c", "status_code": "400" }),
    )
    .expect("an error");
    assert_eq!(error.messages().collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(error.status_code, Some(StatusCode::from("400")));
}
