//! After the payment: money back, second thoughts, and what only a bank can do.

use fake_midtrans::event::ControlEvent;
use fake_midtrans::ledger::MovementKind;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Gateway, Merchant, answer, order};

const ATTEMPTED: &str = "4411111111111118";
const CHALLENGED: &str = "4511111111111117";

async fn listening() -> (Gateway, Merchant) {
    let (merchant, url) = Merchant::listen(200).await;
    (Gateway::with(|config| config.notification_url = Some(url)).await, merchant)
}

/// `+10000.00 payment, -4000.00 refund`
fn money(gateway: &Gateway, order_id: &str) -> String {
    let report = gateway.running.order(order_id).expect("a known order");
    let one = |m: &fake_midtrans::ledger::Movement| {
        let kind = serde_json::to_value(m.kind).expect("a word");
        let sign = if m.kind == MovementKind::Payment { '+' } else { '-' };
        format!("{sign}{} {}", m.amount, kind.as_str().expect("a word"))
    };
    report.movements.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn a_refund_is_answered_announced_twice_and_never_done_twice() {
    let (gateway, merchant) = listening().await;
    let refund = |id: &str, body: Value| answer(gateway.call(Method::POST, &format!("/v2/{id}/refund")).json(&body));
    gateway.token("A").await;
    gateway.choose("A", "gopay", "").await;
    gateway.running.happen("A", ControlEvent::Settle { amount: None }).await.expect("pending");
    let (_, first) = refund("A", json!({"refund_key": "A-1", "amount": 4000, "reason": "one short"})).await;
    assert_eq!(first["status_message"], "Success, refund request is approved");
    assert_eq!((&first["refund_amount"], &first["refund_key"]), (&json!("4000.00"), &json!("A-1")));
    assert!(first["refund_chargeback_id"].is_u64(), "{first}");
    let (_, rest) = refund("A", json!({"refund_key": "A-2"})).await;
    assert_eq!((&rest["transaction_status"], &rest["refund_amount"]), (&json!("refund"), &json!("6000.00")));
    for (key, code) in [("A-2", 406), ("A-1", 406), ("A-3", 412), ("A 4", 400)] {
        assert_eq!(refund("A", json!({"refund_key": key})).await.0, code, "{key}");
    }
    gateway.advance(0).await;
    assert_eq!(merchant.statuses(), "pending settlement partial_refund partial_refund refund refund");
    let confirmed: Vec<Vec<bool>> = merchant.bodies()[2..]
        .iter()
        .map(|body| {
            let refunds = body["refunds"].as_array().expect("a list");
            refunds.iter().map(|refund| refund["bank_confirmed_at"].is_string()).collect()
        })
        .collect();
    assert_eq!(confirmed, [vec![false], vec![true], vec![true, false], vec![true, true]]);
    assert_eq!(money(&gateway, "A"), "+10000.00 payment, -4000.00 refund, -6000.00 refund");

    gateway.token("B").await;
    gateway.choose("B", "bca_va", "").await;
    gateway.running.happen("B", ControlEvent::Settle { amount: None }).await.expect("pending");
    assert_eq!(refund("B", json!({})).await.0, 412, "a transfer cannot be refunded");
}

#[tokio::test]
async fn a_challenge_waits_for_the_merchant() {
    let (gateway, merchant) = listening().await;
    let post = |path: &str| answer(gateway.call(Method::POST, path));
    gateway.token("A").await;
    let challenged = gateway.choose("A", "credit_card", CHALLENGED).await;
    assert_eq!((&challenged["status_code"], &challenged["fraud_status"]), (&json!("201"), &json!("challenge")));
    gateway.advance(3 * 24 * 60).await;
    assert_eq!(gateway.status("A").await["transaction_status"], "capture", "it does not settle by itself");
    let (_, approved) = post("/v2/A/approve").await;
    assert_eq!((&approved["status_code"], &approved["fraud_status"]), (&json!("200"), &json!("accept")));
    assert_eq!(post("/v2/A/approve").await.0, 412);
    gateway.advance(24 * 60).await;
    assert_eq!(merchant.statuses(), "capture capture settlement");

    gateway.token("B").await;
    gateway.choose("B", "credit_card", ATTEMPTED).await;
    assert_eq!(post("/v2/B/deny").await.0, 412, "nobody doubts it");
    gateway.control("challenge", json!({"order_id": "B"})).await;
    assert_eq!(gateway.status("B").await["fraud_status"], "challenge");
    assert_eq!(post("/v2/B/deny").await.1["transaction_status"], "deny");
    assert_eq!(money(&gateway, "B"), "+10000.00 payment, -10000.00 reversal");
    assert_eq!(post("/v2/unknown/approve").await.0, 404);
}

#[tokio::test]
async fn what_was_reserved_is_captured_or_let_go() {
    let (gateway, merchant) = listening().await;
    let capture = |body: Value| answer(gateway.call(Method::POST, "/v2/capture").json(&body));
    let mut ids = Vec::new();
    for order_id in ["A", "B"] {
        let mut body = order(order_id);
        body["credit_card"]["type"] = json!("authorize");
        assert_eq!(answer(gateway.token_request(&body)).await.0, 201);
        let reserved = gateway.choose(order_id, "credit_card", ATTEMPTED).await;
        assert_eq!((&reserved["transaction_status"], &reserved["status_code"]), (&json!("authorize"), &json!("200")));
        ids.push(reserved["transaction_id"].clone());
    }
    assert_eq!(money(&gateway, "A"), "", "nothing was taken yet");
    for (body, code) in [
        (json!({}), 400),
        (json!({"transaction_id": "unknown"}), 404),
        (json!({"transaction_id": ids[0], "gross_amount": 10001}), 400),
        (json!({"transaction_id": ids[0], "gross_amount": 9000}), 200),
        (json!({"transaction_id": ids[0]}), 412),
    ] {
        assert_eq!(capture(body.clone()).await.0, code, "{body}");
    }
    gateway.advance(8 * 24 * 60).await;
    assert_eq!(merchant.statuses(), "authorize authorize capture settlement cancel");
    assert_eq!(money(&gateway, "A"), "+9000.00 payment", "a settlement of what was captured moves nothing");
    assert_eq!(money(&gateway, "B"), "");
}

#[tokio::test]
async fn banks_take_money_back() {
    let (gateway, merchant) = listening().await;
    for (order_id, method) in [("A", "permata_va"), ("B", "gopay")] {
        gateway.token(order_id).await;
        gateway.choose(order_id, method, "").await;
        assert_eq!(gateway.control("reverse", json!({"order_id": order_id})).await.0, 409, "nothing to take back");
        gateway.control("settle", json!({"order_id": order_id})).await;
    }
    gateway.control("reverse", json!({"order_id": "A"})).await;
    let reversed = gateway.status("A").await;
    assert_eq!((&reversed["transaction_status"], &reversed["status_code"]), (&json!("deny"), &json!("202")));
    assert_eq!(money(&gateway, "A"), "+10000.00 payment, -10000.00 reversal");
    assert_eq!(gateway.control("chargeback", json!({"order_id": "B", "amount": 12000})).await.0, 409);
    for (amount, status) in [(json!(3000), "partial_chargeback"), (json!(null), "chargeback")] {
        gateway.control("chargeback", json!({"order_id": "B", "amount": amount})).await;
        assert_eq!(gateway.status("B").await["transaction_status"], status);
    }
    assert_eq!(money(&gateway, "B"), "+10000.00 payment, -3000.00 chargeback, -7000.00 chargeback");
    assert_eq!(merchant.statuses(), "pending settlement pending settlement deny partial_chargeback chargeback");
}

#[tokio::test]
async fn an_amount_differs_by_the_fee_or_for_no_reason() {
    let (gateway, merchant) = listening().await;
    let mut body = order("A");
    body["customer_imposed_payment_fee"] =
        json!({"enable": true, "payment_fee_configs": [{"payment_type": "bca_va", "customer_percentage": 50.0}]});
    assert_eq!(answer(gateway.token_request(&body)).await.0, 201);
    gateway.choose("A", "bca_va", "").await;
    let token = &gateway.running.order("A").expect("known").tokens[0].token;
    let (_, page) = answer(gateway.request(Method::GET, &format!("/snap/v4/api/sessions/{token}"))).await;
    assert_eq!(page["gross_amount"], "12000.00", "the customer sees what is to be paid");
    gateway.control("settle", json!({"order_id": "A"})).await;
    let paid = merchant.bodies().pop().expect("one");
    assert_eq!(paid["gross_amount"], "12000.00");
    assert_eq!(
        paid["extra_info"]["gross_amount_info"],
        json!({"original_amount": "10000.00", "gross_amount": "12000.00", "customer_imposed_payment_fee": "2000.00"})
    );
    gateway.token("B").await;
    gateway.choose("B", "bca_va", "").await;
    gateway
        .running
        .happen("B", ControlEvent::Pay { amount: fake_midtrans::money::Amount::rupiah(4_000) })
        .await
        .expect("paid");
    let paid = merchant.bodies().pop().expect("one");
    assert_eq!((&paid["gross_amount"], &paid["extra_info"]), (&json!("4000.00"), &Value::Null));
    assert_eq!(gateway.status("B").await["signature_key"], paid["signature_key"], "Midtrans itself says so");
}

#[tokio::test]
async fn ovo_asks_the_phone_and_dana_is_found_by_its_own_id() {
    let gateway = Gateway::start().await;
    for (phone, seconds, status) in [
        ("081200000000", 5, "settlement"),
        ("+62 824 2014881", 0, "deny"),
        ("+628242974268", 64, "pending"),
        ("+628242974268", 65, "expire"),
    ] {
        let order_id = format!("{}-{seconds}", phone.replace([' ', '+'], ""));
        gateway.token(&order_id).await;
        gateway.control("choose", json!({"order_id": order_id, "method": "ovo", "phone": phone})).await;
        gateway.running.advance(time::Duration::seconds(seconds)).await;
        assert_eq!(gateway.status(&order_id).await["transaction_status"], status, "{phone}");
    }
    let mut body = order("D");
    body["enabled_payments"] = json!(["dana"]);
    assert_eq!(answer(gateway.token_request(&body)).await.0, 201);
    let id = gateway.choose("D", "dana", "").await["transaction_id"].as_str().expect("id").to_owned();
    assert_eq!(gateway.status("D").await["status_code"], "404");
    assert_eq!(gateway.status(&id).await["payment_type"], "dana");
}

#[tokio::test]
async fn an_order_tells_which_tokens_can_be_paid_and_what_money_moved() {
    let gateway = Gateway::start().await;
    let tokens = || {
        let report = gateway.running.order("A").expect("known");
        let list = report.tokens.iter().map(|token| format!("{}{}", token.state, if token.payable { "!" } else { "" }));
        list.collect::<Vec<_>>().join(" ")
    };
    let cancel = |token: &str| answer(gateway.call(Method::POST, &format!("/snap/v1/transactions/{token}/cancel")));
    let first = gateway.token("A").await;
    assert_eq!(cancel(&first).await.0, 200);
    gateway.token("A").await;
    let last = gateway.token("A").await;
    assert_eq!(tokens(), "canceled replaced active!");
    gateway.choose("A", "credit_card", "4711111111111115").await;
    assert_eq!(tokens(), "canceled replaced active!", "another card may do");
    gateway.choose("A", "bca_va", "").await;
    assert_eq!(tokens(), "canceled replaced active!", "the number can be paid");
    assert_eq!(cancel(&last).await.0, 400, "on progress");
    gateway.control("expire", json!({"order_id": "A"})).await;
    assert_eq!(tokens(), "canceled replaced active");
    assert_eq!(cancel(&last).await.0, 200, "what is over is in no progress");

    gateway.token("A-2").await;
    gateway.choose("A-2", "bca_va", "").await;
    gateway.control("settle", json!({"order_id": "A-2"})).await;
    let (_, all) = answer(gateway.request(Method::GET, "/control/orders?prefix=A")).await;
    let paid: Vec<_> =
        all.as_array().expect("a list").iter().map(|order| (&order["payments"], &order["held"])).collect();
    assert_eq!(paid, [(&json!(0), &json!("0.00")), (&json!(1), &json!("10000.00"))]);
    assert_eq!(all[1]["transactions"][0]["transaction_status"], "settlement");
    let (_, one) = answer(gateway.request(Method::GET, "/control/orders/A-2")).await;
    assert_eq!(one, all[1]);
    assert_eq!(answer(gateway.request(Method::GET, "/control/orders/unknown")).await.0, 404);
}
