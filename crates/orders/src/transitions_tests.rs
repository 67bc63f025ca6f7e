use wire::midtrans::StatusResponse;

use super::*;
use serde_json::{Value, json};

const ORDER: Rupiah = Rupiah(10_000);

fn report(fields: Value) -> StatusResponse {
    let mut body = json!({"order_id": "o", "status_code": "200", "gross_amount": "10000.00"});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    serde_json::from_value(body).unwrap()
}

fn transition(from: &str, fields: Value) -> Transition {
    next_status(&OrderStatus::from(from), ORDER, &report(fields), AttemptRole::Current)
}

/// Each order status × each gateway status. `.` means no change.
#[test]
fn transition_table() {
    let statuses = [
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
        for (status, expected) in statuses.iter().zip(row.split_whitespace()) {
            let got = match transition(from, json!({"transaction_status": status})) {
                Transition::To(to) => to.to_string(),
                Transition::Unchanged(_) => ".".to_owned(),
                Transition::DuplicatePayment => "duplicate".to_owned(),
            };
            assert_eq!(got, expected, "{from} + {status}");
        }
    }
}

#[test]
fn paid_requires_status_code_fraud_status_and_amount() {
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
    for (fields, expected) in cases {
        let got = match transition("pending", fields.clone()) {
            Transition::To(to) => Some(to.to_string()),
            Transition::Unchanged(_) | Transition::DuplicatePayment => None,
        };
        assert_eq!(got.as_deref(), expected, "{fields}");
    }
    let refund_of_another_amount = transition("paid", json!({"transaction_status": "refund", "gross_amount": "1.00"}));
    assert_eq!(refund_of_another_amount, Transition::Unchanged(UnchangedReason::AmountDiffers));
}

#[test]
fn a_declared_fee_may_raise_the_amount() {
    let with_fee = |charged: &str, original: &str, fee: &str| {
        report(json!({"transaction_status": "settlement", "gross_amount": charged, "extra_info": {"gross_amount_info":
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
        assert_eq!(amount_matches(ORDER, &with_fee(charged, original, fee)), expected, "{charged} {original} {fee}");
    }
}

#[test]
fn a_superseded_attempt_can_pay_but_not_end_the_order() {
    let superseded = |status: &str| {
        next_status(
            &OrderStatus::Pending,
            ORDER,
            &report(json!({"transaction_status": status})),
            AttemptRole::Superseded,
        )
    };
    assert_eq!(superseded("expire"), Transition::Unchanged(UnchangedReason::SupersededAttempt));
    assert_eq!(superseded("deny"), Transition::Unchanged(UnchangedReason::SupersededAttempt));
    assert_eq!(superseded("settlement"), Transition::To(OrderStatus::Paid));
}

/// Order status, gateway status, result for the payer, result for another attempt. `.` means no change.
#[test]
fn only_the_payer_can_be_refunded_and_another_payment_is_a_duplicate() {
    let cases = [
        ("paid", "deny", "reversed", "."),
        ("paid", "cancel", "cancelled", "."),
        ("paid", "expire", ".", "."),
        ("paid", "refund", "refunded", "."),
        ("paid", "partial_refund", "partially_refunded", "."),
        ("paid", "chargeback", "charged_back", "."),
        ("paid", "pending", ".", "."),
        ("paid", "settlement", ".", "duplicate"),
        ("paid", "capture", ".", "duplicate"),
        ("partially_refunded", "settlement", ".", "duplicate"),
        ("refunded", "settlement", ".", "duplicate"),
        ("review", "settlement", ".", "duplicate"),
        ("review", "deny", ".", "."),
    ];
    for (from, status, by_payer, by_other) in cases {
        for (role, expected) in [(AttemptRole::Payer, by_payer), (AttemptRole::Other, by_other)] {
            let got = match next_status(&from.into(), ORDER, &report(json!({"transaction_status": status})), role) {
                Transition::To(to) => to.to_string(),
                Transition::Unchanged(_) => ".".to_owned(),
                Transition::DuplicatePayment => "duplicate".to_owned(),
            };
            assert_eq!(got, expected, "{from} + {status} by {role:?}");
        }
    }
    let declined = report(json!({"transaction_status": "capture", "fraud_status": "deny"}));
    assert!(matches!(next_status(&OrderStatus::Paid, ORDER, &declined, AttemptRole::Other), Transition::Unchanged(_)));
}
