use super::*;
use serde_json::{Value, json};

const ORDER: Rupiah = Rupiah(10_000);

fn said(words: Value) -> Notification {
    let mut body = json!({"order_id": "o", "status_code": "200", "gross_amount": "10000.00"});
    body.as_object_mut().unwrap().extend(words.as_object().unwrap().clone());
    serde_json::from_value(body).unwrap()
}

fn verdict(from: &str, words: Value) -> Verdict {
    settle(&OrderStatus::from(from), ORDER, &said(words), Attempt::Current)
}

/// Every from × every word of the gateway. `.` stays.
#[test]
fn the_whole_cycle() {
    let words = [
        "pending",
        "capture",
        "settlement",
        "authorize",
        "deny",
        "failure",
        "cancel",
        "expire",
        "refund",
        "partial_refund",
        "chargeback",
        "partial_chargeback",
        "brand_new",
    ];
    #[rustfmt::skip]
    let table = [
        //                      pend   capt     settle   auth     deny     failure  cancel   expire   refund      partial      chargeback  part-chb
        ("created",            "pending paid    paid     review   denied   denied   cancelled expired refunded partially_refunded charged_back partially_refunded ."),
        ("pending",            ".       paid    paid     review   denied   denied   cancelled expired refunded partially_refunded charged_back partially_refunded ."),
        ("denied",             "pending paid    paid     review   .        .        cancelled expired refunded partially_refunded charged_back partially_refunded ."),
        ("review",             ".       paid    paid     .        denied   denied   cancelled expired refunded partially_refunded charged_back partially_refunded ."),
        ("expired",            ".       paid    paid     review   .        .        .         .       refunded partially_refunded charged_back partially_refunded ."),
        ("cancelled",          ".       paid    paid     review   .        .        .         .       refunded partially_refunded charged_back partially_refunded ."),
        ("paid",               ".       .       .        .        reversed .        cancelled .       refunded partially_refunded charged_back partially_refunded ."),
        ("partially_refunded", ".       .       .        .        .        .        .         .       refunded .                  charged_back .                  ."),
        ("refunded",           ".       .       .        .        .        .        .         .       .        .                  .            .                  ."),
        ("charged_back",       ".       .       .        .        .        .        .         .       .        .                  .            .                  ."),
        ("reversed",           ".       .       .        .        .        .        .         .       .        .                  .            .                  ."),
        ("someday",            ".       .       .        .        .        .        .         .       .        .                  .            .                  ."),
    ];
    for (from, row) in table {
        for (word, expected) in words.iter().zip(row.split_whitespace()) {
            let got = match verdict(from, json!({"transaction_status": word})) {
                Verdict::Move(to) => to.to_string(),
                Verdict::Keep(_) => ".".to_owned(),
                Verdict::Twice => "twice".to_owned(),
            };
            assert_eq!(got, expected, "{from} + {word}");
        }
    }
}

#[test]
fn paid_needs_code_fraud_and_amount() {
    let cases = [
        (json!({"transaction_status": "capture", "fraud_status": "accept"}), Some("paid")),
        (json!({"transaction_status": "SETTLEMENT", "fraud_status": "ACCEPT"}), Some("paid")),
        (json!({"transaction_status": "capture", "fraud_status": "challenge", "status_code": "201"}), Some("review")),
        (json!({"transaction_status": "capture", "fraud_status": "deny"}), Some("denied")),
        (json!({"transaction_status": "capture", "fraud_status": "maybe"}), Some("review")),
        (json!({"transaction_status": "settlement", "status_code": "201"}), None),
        (json!({"transaction_status": "settlement", "status_code": "2OO"}), None),
        (json!({"transaction_status": "settlement", "gross_amount": "9999.00"}), Some("review")),
        (json!({"transaction_status": "settlement", "gross_amount": "10000.01"}), Some("review")),
        (json!({"transaction_status": "refund", "gross_amount": "1.00"}), Some("review")),
        (json!({"transaction_status": "settled"}), None),
        (json!({"transaction_status": "expire", "payment_type": "credit_card"}), Some("denied")),
    ];
    for (words, expected) in cases {
        let got = match verdict("pending", words.clone()) {
            Verdict::Move(to) => Some(to.to_string()),
            Verdict::Keep(_) | Verdict::Twice => None,
        };
        assert_eq!(got.as_deref(), expected, "{words}");
    }
    let refund_of_another_amount = verdict("paid", json!({"transaction_status": "refund", "gross_amount": "1.00"}));
    assert_eq!(refund_of_another_amount, Verdict::Keep("the amount differs"));
}

#[test]
fn a_declared_fee_is_no_tampering() {
    let with_fee = |charged: &str, original: &str, fee: &str| {
        said(json!({"transaction_status": "settlement", "gross_amount": charged, "extra_info": {"gross_amount_info":
            {"original_amount": original, "gross_amount": charged, "customer_imposed_payment_fee": fee}}}))
    };
    let cases = [
        ("14000.00", "10000.00", "4000.00", true),
        ("14000.00", "9000.00", "5000.00", false),
        ("14000.00", "10000.00", "3000.00", false),
        ("9000.00", "10000.00", "-1000.00", false),
        ("10000.00", "1.00", "1.00", true),
    ];
    for (charged, original, fee, expected) in cases {
        assert_eq!(amount_fits(ORDER, &with_fee(charged, original, fee)), expected, "{charged} {original} {fee}");
    }
}

#[test]
fn an_older_attempt_brings_money_but_no_end() {
    let older = |word: &str| {
        settle(&OrderStatus::Pending, ORDER, &said(json!({"transaction_status": word})), Attempt::Superseded)
    };
    assert_eq!(older("expire"), Verdict::Keep("an older attempt"));
    assert_eq!(older("deny"), Verdict::Keep("an older attempt"));
    assert_eq!(older("settlement"), Verdict::Move(OrderStatus::Paid));
}

/// from, word, by the payer, by another attempt. `.` stays.
#[test]
fn only_who_brought_the_money_takes_it_back() {
    let cases = [
        ("paid", "deny", "reversed", "."),
        ("paid", "cancel", "cancelled", "."),
        ("paid", "expire", ".", "."),
        ("paid", "refund", "refunded", "."),
        ("paid", "partial_refund", "partially_refunded", "."),
        ("paid", "chargeback", "charged_back", "."),
        ("paid", "pending", ".", "."),
        ("paid", "settlement", ".", "twice"),
        ("paid", "capture", ".", "twice"),
        ("partially_refunded", "settlement", ".", "twice"),
        ("refunded", "settlement", ".", "twice"),
        ("review", "settlement", ".", "twice"),
        ("review", "deny", ".", "."),
    ];
    for (from, word, by_payer, by_other) in cases {
        for (attempt, expected) in [(Attempt::Payer, by_payer), (Attempt::Other, by_other)] {
            let got = match settle(&from.into(), ORDER, &said(json!({"transaction_status": word})), attempt) {
                Verdict::Move(to) => to.to_string(),
                Verdict::Keep(_) => ".".to_owned(),
                Verdict::Twice => "twice".to_owned(),
            };
            assert_eq!(got, expected, "{from} + {word} by {attempt:?}");
        }
    }
    let refused = said(json!({"transaction_status": "capture", "fraud_status": "deny"}));
    assert!(matches!(settle(&OrderStatus::Paid, ORDER, &refused, Attempt::Other), Verdict::Keep(_)));
}
