use serde_json::json;
use wire::merchant::Customer;

use super::*;
use crate::store::Attempt;

fn order() -> StoredOrder {
    StoredOrder {
        order_id: "o".into(),
        status: OrderStatus::Review,
        gross_amount: Rupiah(1000),
        items: vec![],
        customer: Customer::default(),
        payment: None,
        payer: Some(Payer { payment_order_id: "o".into(), transaction_id: Some("a".into()) }),
        refunded_amount: Rupiah(0),
        version: 3,
        created_at: 0,
    }
}

/// `settlement 1000 -400`: a status, the amount, what went back.
fn standing(at: usize, words: &str) -> AttemptStatus {
    let id = if at == 0 { "o".to_owned() } else { format!("o-{}", at + 1) };
    let mut words = words.split(' ');
    let status = words.next().unwrap_or_default();
    let amount = words.next().unwrap_or("1000");
    let back = words.next().map(|back| back.trim_start_matches('-').to_owned());
    let mut body = json!({"order_id": id, "status_code": "200", "gross_amount": format!("{amount}.00"),
        "transaction_status": status, "transaction_id": format!("t{at}"), "refund_amount": back});
    if status == "challenge" {
        body["transaction_status"] = json!("capture");
        body["fraud_status"] = json!("challenge");
    }
    let said = (status != "none").then(|| serde_json::from_value(body).unwrap());
    (Attempt::claimed(id, 1, 0), said)
}

#[test]
fn a_review_ends_when_one_payment_or_none_is_left() {
    // what the gateway says of the first payment order (which paid first), of the second, what becomes of it
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
        let standings = [standing(1, second), standing(0, first)];
        let got = resolve_review(&order(), &standings).map_or("-".to_owned(), |mended| {
            let back = match (&mended.to, mended.refunded) {
                (_, None) => String::new(),
                (OrderStatus::Refunded, Some(_)) if !first.contains(' ') => String::new(),
                (_, Some(back)) => format!(" -{back}"),
            };
            format!("{} by {}{back}", mended.to, mended.payer.payment_order_id)
        });
        assert_eq!(got, expected, "{first}, {second}");
    }
}

#[test]
fn only_a_review_about_money_is_mended() {
    let standings = [standing(0, "settlement")];
    for status in [OrderStatus::Paid, OrderStatus::Pending, OrderStatus::Refunded] {
        assert_eq!(resolve_review(&StoredOrder { status, ..order() }, &standings), None);
    }
    assert_eq!(resolve_review(&StoredOrder { payer: None, ..order() }, &standings), None);
}

#[test]
fn what_is_left() {
    for (words, expected) in [("settlement", 1000), ("partial_refund 1000 -400", 600), ("refund 1000 -1000", 0)] {
        assert_eq!(refundable(&standing(0, words).1.unwrap()), Some(Rupiah(expected)), "{words}");
    }
}
