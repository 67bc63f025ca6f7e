//! From a chosen method to money and back: the Core API, the simulator, notifications on the virtual clock.

use reqwest::Method;
use serde_json::json;

use crate::support::{Gateway, Merchant, answer, order};

const LATER_CARD: &str = "4024007176265022";
const ATTEMPTED: &str = "4411111111111118";
const CHALLENGED: &str = "4511111111111117";

async fn listening(answer: u16) -> (Gateway, Merchant) {
    let (merchant, url) = Merchant::listen(answer).await;
    (Gateway::with(|config| config.notification_url = Some(url)).await, merchant)
}

#[tokio::test]
async fn a_virtual_account_is_unknown_then_pending_then_paid() {
    let (gateway, merchant) = listening(200).await;
    gateway.token("A").await;
    let (code, body) = answer(gateway.call(Method::GET, "/v2/A/status")).await;
    assert_eq!((code, &body["status_code"]), (404, &json!("404")), "unknown until a method is chosen");
    let pending = gateway.choose("A", "bca_va", "").await;
    assert_eq!((&pending["status_code"], &pending["transaction_status"]), (&json!("201"), &json!("pending")));
    let by_id = gateway.status(pending["transaction_id"].as_str().expect("id")).await;
    assert_eq!(by_id, gateway.status("A").await);

    let number = pending["va_numbers"][0]["va_number"].as_str().expect("number");
    let pay = |amount: &str| {
        gateway.request(Method::POST, "/simulator/pay").form(&[("number", number), ("amount", amount)]).send()
    };
    for (amount, said) in [("9999", "amount"), ("10000", "paid"), ("10000", "unknown")] {
        let answer = pay(amount).await.expect("answer");
        assert_eq!(answer.headers()["location"], format!("/simulator?said={said}"));
    }
    gateway.advance(0).await;
    assert_eq!(merchant.statuses(), "pending settlement");
    assert_eq!(gateway.status("A").await["transaction_status"], "settlement");
}

#[tokio::test]
async fn unpaid_ones_expire_by_the_clock_and_page_expiry_says_nothing() {
    let (gateway, merchant) = listening(200).await;
    gateway.token("A").await;
    let id = gateway.choose("A", "gopay", "").await["transaction_id"].as_str().expect("id").to_owned();
    let picture = gateway.request(Method::GET, &format!("/v2/qris/{id}/qr-code")).send().await.expect("answer");
    assert_eq!(picture.headers()["content-type"], "image/svg+xml");
    gateway.token("unused").await;
    gateway.advance(14).await;
    assert_eq!(merchant.statuses(), "pending");
    gateway.advance(1).await;
    assert_eq!(merchant.statuses(), "pending expire");
    assert_eq!(gateway.status("A").await["status_code"], "407");
    gateway.advance(25 * 60).await;
    assert_eq!(merchant.statuses(), "pending expire", "the unused page ended without a word");
    let (status, body) = gateway.control("choose", json!({"order_id": "unused", "method": "gopay"})).await;
    assert_eq!(status, 404, "{body}");
}

#[tokio::test]
async fn cards_pend_capture_and_settle_by_the_clock() {
    let (gateway, merchant) = listening(200).await;
    gateway.token("A").await;
    gateway.choose("A", "credit_card", LATER_CARD).await;
    gateway.running.advance(time::Duration::seconds(59)).await;
    assert_eq!(merchant.statuses(), "pending");
    gateway.running.advance(time::Duration::seconds(1)).await;
    assert_eq!(merchant.statuses(), "pending capture");
    gateway.advance(24 * 60).await;
    assert_eq!(merchant.statuses(), "pending capture settlement");
}

#[tokio::test]
async fn retries_come_at_2_10_30_90_and_210_minutes() {
    for (status, expected) in [(503, 5), (500, 2), (404, 3), (302, 1), (418, 6), (200, 1)] {
        let (gateway, merchant) = listening(status).await;
        gateway.token("A").await;
        gateway.choose("A", "bca_va", "").await;
        gateway.advance(2 + 10 + 30 + 90 + 210).await;
        assert_eq!(merchant.bodies().len(), expected, "after {status}");
    }
    let (gateway, merchant) = listening(503).await;
    gateway.token("A").await;
    gateway.choose("A", "bca_va", "").await;
    gateway.advance(1).await;
    merchant.answer_from_now(200);
    gateway.advance(1000).await;
    assert_eq!(merchant.bodies().len(), 2, "a retry that is accepted is the last");
}

#[tokio::test]
async fn a_307_is_followed_with_the_same_body_and_not_in_circles() {
    let (merchant, url) = Merchant::listen(200).await;
    for (path, expected) in [("moved", "pending"), ("round", "pending")] {
        let gateway = Gateway::with(|config| config.notification_url = Some(url.replace("notify", path))).await;
        gateway.token("A").await;
        gateway.choose("A", "bca_va", "").await;
        assert_eq!(merchant.statuses(), expected, "{path}");
        let (_, log) = answer(gateway.request(Method::GET, "/control/notifications")).await;
        let answered = if path == "moved" { "200" } else { "308" };
        assert_eq!(log[0]["attempts"][0]["answer"], answered, "{path}");
        assert_eq!(log[0]["state"], if path == "moved" { "delivered" } else { "waiting" });
    }
    assert_eq!(merchant.rounds(), 6, "the request and five redirects");
}

#[tokio::test]
async fn notification_headers_add_or_replace_addresses() {
    let (gateway, configured) = listening(200).await;
    let (extra, url) = Merchant::listen(200).await;
    for (header, order_id, to_configured) in
        [("x-append-notification", "A", "pending"), ("x-override-notification", "B", "pending")]
    {
        let request = gateway.token_request(&order(order_id)).header(header, &url);
        assert_eq!(answer(request).await.0, 201);
        gateway.choose(order_id, "bca_va", "").await;
        assert_eq!(configured.statuses(), to_configured, "{header}");
    }
    assert_eq!(extra.statuses(), "pending pending");
}

#[tokio::test]
async fn the_core_api_keeps_to_the_graph() {
    let (gateway, merchant) = listening(200).await;
    let post = |path: &str, body: serde_json::Value| answer(gateway.call(Method::POST, path).json(&body));
    gateway.token("A").await;
    gateway.choose("A", "credit_card", ATTEMPTED).await;
    let too_early = post("/v2/A/refund", json!({"amount": 1})).await;
    assert_eq!(too_early.0, 412);
    assert_eq!(too_early.1["status_message"], "Merchant cannot modify the status of the transaction");
    gateway.control("settle", json!({"order_id": "A"})).await;
    for (path, body, code) in [
        ("/v2/A/cancel", json!({}), 412),
        ("/v2/A/expire", json!({}), 412),
        ("/v2/A/approve", json!({}), 412),
        ("/v2/A/refund", json!({"refund_key": "r0", "amount": 10001}), 414),
        ("/v2/A/refund", json!({"refund_key": "r0", "amount": "x"}), 414),
        ("/v2/A/refund", json!({"refund_key": "r0", "amount": -1}), 414),
        ("/v2/A/refund", json!({"refund_key": "r1", "amount": 4000}), 200),
        ("/v2/A/refund", json!({"refund_key": "r1", "amount": 1000}), 406),
        ("/v2/A/refund/online/direct", json!({"refund_key": "r2", "amount": 6000}), 200),
        ("/v2/A/refund", json!({"refund_key": "r3"}), 412),
        ("/v2/nonsense/cancel", json!({}), 404),
    ] {
        let (status, answer) = post(path, body.clone()).await;
        assert_eq!(status, code, "{path} {body}: {answer}");
        assert_eq!(answer["status_code"], code.to_string(), "{path} {body}");
    }
    gateway.advance(0).await;
    assert_eq!(merchant.statuses(), "capture settlement partial_refund partial_refund refund refund");
    let last = merchant.bodies().pop().expect("one");
    assert_eq!(last["refund_amount"], "10000.00");
    assert!(last["refunds"][1]["bank_confirmed_at"].is_string(), "{last}");

    gateway.token("B").await;
    assert_eq!(gateway.choose("B", "credit_card", CHALLENGED).await["fraud_status"], "challenge");
    assert_eq!(post("/v2/B/approve", json!({})).await.1["fraud_status"], "accept");
    gateway.token("C").await;
    gateway.choose("C", "credit_card", CHALLENGED).await;
    assert_eq!(post("/v2/C/deny", json!({})).await.1["transaction_status"], "deny");
}

#[tokio::test]
async fn three_declined_cards_end_the_page_and_a_later_success_counts() {
    let gateway = Gateway::start().await;
    let decline = json!({"order_id": "A", "method": "credit_card", "number": "4711111111111115"});
    gateway.token("A").await;
    for _ in 0..3 {
        assert_eq!(gateway.control("choose", decline.clone()).await.1["transaction_status"], "deny");
    }
    assert_eq!(gateway.control("choose", decline.clone()).await.0, 409);
    gateway.token("B").await;
    gateway.control("choose", json!({"order_id": "B", "method": "credit_card", "number": "4711111111111115"})).await;
    assert_eq!(gateway.choose("B", "credit_card", ATTEMPTED).await["transaction_status"], "capture");
    assert_eq!(gateway.status("B").await["transaction_status"], "capture");
}

#[tokio::test]
async fn a_card_with_3ds_takes_the_otp_and_forgives_two_mistakes() {
    for (otps, expected) in [
        (&["112233"][..], "capture"),
        (&["1", "2", "112233"], "capture"),
        (&["1", "2", "3"], "deny"),
        (&[""], "pending"),
    ] {
        let (gateway, merchant) = listening(200).await;
        gateway.token("A").await;
        let pending = gateway.choose("A", "credit_card", "4811111111111114").await;
        assert_eq!(pending["transaction_status"], "pending");
        let path = format!("/snap/v4/3ds/{}", pending["transaction_id"].as_str().expect("id"));
        for otp in otps {
            let sent = gateway.request(Method::POST, &path).form(&[("otp", otp)]).send().await.expect("answer");
            assert_eq!(sent.status(), 200);
        }
        gateway.advance(0).await;
        assert_eq!(gateway.status("A").await["transaction_status"], expected, "{otps:?}");
        let told = if expected == "pending" { "" } else { expected };
        assert_eq!(merchant.statuses(), told, "waiting for an otp is not announced");
        gateway.advance(15).await;
        let later = if expected == "pending" { "expire" } else { expected };
        assert_eq!(gateway.status("A").await["transaction_status"], later, "{otps:?}, when the otp's time is over");
    }
}
