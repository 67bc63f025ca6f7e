use serde_json::json;
use wire::merchant::Customer;

use super::*;

fn order() -> OrderRecord {
    OrderRecord {
        order_id: "o".into(),
        status: OrderStatus::Review,
        gross_amount: Rupiah(1000),
        items: vec![],
        customer: Customer::default(),
        payment: None,
        payer: Some(Payer { attempt_id: "o".into(), transaction_id: Some("a".into()) }),
        refunded_amount: Rupiah(0),
        version: 3,
        created_at: 0,
    }
}

/// `settlement 1000 -400`: a status, the amount, the refunds.
fn attempt_status(at: usize, text: &str) -> AttemptStatus {
    let id = if at == 0 { "o".to_owned() } else { format!("o-{}", at + 1) };
    let mut words = text.split(' ');
    let status = words.next().unwrap_or_default();
    let amount = words.next().unwrap_or("1000");
    let back = words.next().map(|back| back.trim_start_matches('-').to_owned());
    let mut body = json!({"order_id": id, "status_code": "200", "gross_amount": format!("{amount}.00"),
        "transaction_status": status, "transaction_id": format!("t{at}"), "refund_amount": back});
    if status == "challenge" {
        body["transaction_status"] = json!("capture");
        body["fraud_status"] = json!("challenge");
    }
    let response = (status != "none").then(|| serde_json::from_value(body).unwrap());
    (PaymentAttempt::leased(id, 1, 0), response)
}

#[test]
fn a_review_ends_when_one_payment_or_none_is_left() {
    // status of the first attempt (the payer), status of the second, result
    let cases = [
        ("settlement", "settlement", "-"),
        ("settlement", "refund", "paid by o"),
        ("settlement", "cancel", "paid by o"),
        ("refund", "settlement", "paid by o-2"),
        ("refund", "refund", "refunded by o"),
        ("cancel", "none", "cancelled by o"),
        ("chargeback", "none", "charged_back by o"),
        ("deny", "none", "-"),
        ("settlement", "challenge", "-"),
        ("settlement", "pending", "-"),
        ("settlement", "brand_new", "-"),
        ("settlement", "partial_refund 1000 -400", "-"),
        ("partial_refund 1000 -400", "refund", "partially_refunded by o -400"),
        ("settlement 1200", "none", "-"),
        ("partial_refund 1200 -200", "none", "paid by o"),
        ("partial_refund 1200 -100", "none", "-"),
        ("refund 1200 -1200", "none", "refunded by o -1000"),
    ];
    for (first, second, expected) in cases {
        let attempts = [attempt_status(1, second), attempt_status(0, first)];
        let got = resolve_review(&order(), &attempts).map_or("-".to_owned(), |resolved| {
            let back = match (&resolved.to, resolved.refunded) {
                (_, None) => String::new(),
                (OrderStatus::Refunded, Some(_)) if !first.contains(' ') => String::new(),
                (_, Some(back)) => format!(" -{back}"),
            };
            format!("{} by {}{back}", resolved.to, resolved.payer.attempt_id)
        });
        assert_eq!(got, expected, "{first}, {second}");
    }
}

#[test]
fn only_an_order_under_review_with_a_payer_is_resolved() {
    let attempts = [attempt_status(0, "settlement")];
    for status in [OrderStatus::Paid, OrderStatus::Pending, OrderStatus::Refunded] {
        assert_eq!(resolve_review(&OrderRecord { status, ..order() }, &attempts), None);
    }
    assert_eq!(resolve_review(&OrderRecord { payer: None, ..order() }, &attempts), None);
}

#[test]
fn refundable_is_the_amount_less_refunds() {
    for (words, expected) in [("settlement", 1000), ("partial_refund 1000 -400", 600), ("refund 1000 -1000", 0)] {
        assert_eq!(refundable(&attempt_status(0, words).1.unwrap()), Some(Rupiah(expected)), "{words}");
    }
}
