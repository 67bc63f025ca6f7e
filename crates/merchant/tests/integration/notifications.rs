//! From "ordered" to "paid" by the gateway's word, and by nobody else's.

use serde_json::{Value, json};

use merchant::reconciliation::PollStats;

use crate::house::{CART, House, signed};
use crate::stub::Stub;

#[tokio::test]
async fn the_whole_way_with_a_virtual_account() {
    let (house, _fake) = House::with_fake().await;
    let (order_id, token) = house.ordered().await;
    house.choose(&token, "bca_va").await;
    house.until(&order_id, "pending").await;
    let payment = house.get(&format!("/api/orders/{order_id}")).await.json()["payment"].clone();
    assert_eq!((&payment["payment_type"], &payment["provider"]), (&json!("bank_transfer"), &json!("bca")));
    assert!(payment["code"].as_str().unwrap().bytes().all(|b| b.is_ascii_digit()), "{payment}");
    assert!(payment["expires_at"].as_str().unwrap().ends_with("+07:00"), "{payment}");

    let again = house.post(&format!("/api/orders/{order_id}/token"), &Value::Null).await;
    assert_eq!(again.json()["token"], token, "a pending order keeps its token");

    house.control("pay", json!({"order_id": order_id})).await;
    house.until(&order_id, "paid").await;
    let late = house.post(&format!("/api/orders/{order_id}/token"), &Value::Null).await;
    assert_eq!((late.status, late.code().as_str()), (409, "order_paid"));
    let history =
        house.rows("SELECT COALESCE(from_status, '') || '>' || to_status FROM order_history ORDER BY seq").await;
    assert_eq!(history, [">created", "created>pending", "pending>paid"]);
    let kept = house.rows("SELECT body FROM notifications ORDER BY received_at").await;
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|body| body.contains("signature_key")), "as they came: {kept:?}");
}

#[tokio::test]
async fn what_goes_back_is_seen() {
    let (house, _fake) = House::with_fake().await;
    let (order_id, token) = house.ordered().await;
    house.choose(&token, "gopay").await;
    house.control("pay", json!({"order_id": order_id})).await;
    house.until(&order_id, "paid").await;
    house.control("refund", json!({"order_id": order_id, "amount": 25_000})).await;
    house.until(&order_id, "partially_refunded").await;
    house.control("refund", json!({"order_id": order_id, "amount": 100_000})).await;
    house.until(&order_id, "refunded").await;

    // Only the last of it was heard.
    let (order_id, token) = house.ordered().await;
    house.control("faults", json!({"target": "notification", "fault": "drop", "times": 0})).await;
    house.choose(&token, "gopay").await;
    house.control("pay", json!({"order_id": order_id})).await;
    house.clear_faults().await;
    house.control("refund", json!({"order_id": order_id, "amount": 25_000})).await;
    house.until(&order_id, "partially_refunded").await;
    assert_eq!(house.get(&format!("/api/orders/{order_id}")).await.json()["refunded_amount"], 25_000);
}

#[tokio::test]
async fn other_methods_say_what_to_pay_where() {
    let (house, _fake) = House::with_fake().await;
    let cases = [
        ("echannel", "mandiri", true),
        ("permata_va", "permata", false),
        ("indomaret", "indomaret", false),
        ("bri_va", "bri", false),
    ];
    for (method, provider, biller) in cases {
        let (order_id, token) = house.ordered().await;
        house.choose(&token, method).await;
        house.until(&order_id, "pending").await;
        let payment = house.get(&format!("/api/orders/{order_id}")).await.json()["payment"].clone();
        assert_eq!(payment["provider"], provider, "{method} {payment}");
        assert!(payment["code"].is_string(), "{method} {payment}");
        assert_eq!(payment["biller_code"].is_string(), biller, "{method} {payment}");
    }
}

#[tokio::test]
async fn duplicates_forgeries_and_disorder_change_nothing() {
    let (house, _fake) = House::with_fake().await;
    let (order_id, token) = house.ordered().await;
    house.control("faults", json!({"target": "notification", "fault": "reorder"})).await;
    house.choose(&token, "bni_va").await;
    house.control("faults", json!({"target": "notification", "fault": "duplicate", "copies": 3})).await;
    house.control("pay", json!({"order_id": order_id})).await;
    house.until(&order_id, "paid").await;

    house.control("notifications/resend", json!({"order_id": order_id})).await;
    house.control("notifications/resend", json!({"order_id": order_id, "forged": true})).await;
    let answers: Vec<_> = house.control_list("notifications").await;
    let statuses = serde_json::to_string(&answers).unwrap();
    assert!(statuses.contains("200") && statuses.contains("403"), "{statuses}");

    // A late "pending" with a signature that holds, and a body that was never seen before.
    let late = signed(&order_id, "201", CART, json!({"transaction_status": "pending", "status_message": "late"}));
    assert_eq!(house.notify(late.to_string()).await.status, 200);
    assert_eq!(house.status(&order_id).await, "paid");
}

/// The signature does not cover the status, so anyone who saw one notification can write another.
#[tokio::test]
async fn an_altered_replay_changes_nothing() {
    let (house, _fake) = House::with_fake().await;
    let (order_id, token) = house.ordered().await;
    house.choose(&token, "bca_va").await;
    house.until(&order_id, "pending").await;
    let seen = async || {
        let mut order = house.get(&format!("/api/orders/{order_id}")).await.json();
        order["now"].take();
        order
    };
    let before = seen().await;
    for words in [
        json!({"transaction_status": "settlement", "fraud_status": "accept"}),
        json!({"transaction_status": "capture"}),
        json!({"transaction_status": "expire"}),
        json!({"transaction_status": "refund"}),
        json!({"transaction_status": "something_new"}),
        json!({"transaction_status": "pending", "payment_type": "bank_transfer", "va_numbers": [{"bank": "bca", "va_number": "66666666"}]}),
    ] {
        let reply = house.notify(signed(&order_id, "201", CART, words.clone()).to_string()).await;
        assert_eq!(reply.status, 200, "{words}");
        assert_eq!(seen().await, before, "{words}");
    }
    // With the code of a payment it is kept, and asked about again: the gateway's own status may only lag.
    for try_ in 0..70 {
        let claimed = signed(
            &order_id,
            "200",
            CART,
            json!({"transaction_status": "settlement", "transaction_time": try_.to_string()}),
        );
        let reply = house.notify(claimed.to_string()).await;
        assert_eq!(reply.status, if try_ < 64 { 200 } else { 503 }, "{try_}: {}", reply.text());
    }
    assert_eq!(house.status(&order_id).await, "pending");
    assert_eq!(house.rows("SELECT body FROM notifications WHERE closed_at IS NULL").await.len(), 64);
}

#[tokio::test]
async fn every_answer_follows_the_retry_policy() {
    let (house, _fake) = House::with_fake().await;
    let (order_id, _) = house.ordered().await;
    let good = signed(&order_id, "200", CART, json!({"transaction_status": "settlement"}));
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body.to_string()
    };
    let text = good.to_string();
    let cases = [
        (String::new(), 400, "invalid_notification"),
        ("[]".into(), 400, "invalid_notification"),
        (text[..text.len() / 2].to_owned(), 400, "invalid_notification"),
        (text.replace('{', r#"{"order_id":"twice","#), 400, "invalid_notification"),
        (with("order_id", json!(7)), 400, "invalid_notification"),
        (with("transaction_status", Value::Null), 400, "invalid_notification"),
        (with("signature_key", Value::Null), 403, "invalid_signature"),
        (with("signature_key", json!("0".repeat(128))), 403, "invalid_signature"),
        (with("gross_amount", json!("125000")), 403, "invalid_signature"),
        (with("gross_amount", json!("1.00")), 403, "invalid_signature"),
        (with("status_code", json!("201")), 403, "invalid_signature"),
        (with("order_id", json!("somebody-elses")), 403, "invalid_signature"),
        (
            signed("somebody-elses", "200", CART, json!({"transaction_status": "settlement"})).to_string(),
            404,
            "order_not_found",
        ),
        // No method was chosen yet: the gateway knows nothing of a payment. It is kept all the same.
        (text.clone(), 200, ""),
        (with("custom_field1", json!("x".repeat(70_000))), 413, "body_too_large"),
    ];
    for (body, status, code) in cases {
        let short: String = body.chars().take(120).collect();
        let reply = house.notify(body).await;
        let said = if reply.status == 200 { String::new() } else { reply.code() };
        assert_eq!((reply.status, said.as_str()), (status, code), "{short}");
    }
    assert_eq!(house.status(&order_id).await, "created");
}

#[tokio::test]
async fn a_silent_gateway_or_a_closed_store_leave_nothing_half_done() {
    let (house, _fake) = House::with_fake().await;
    let (order_id, token) = house.ordered().await;
    house.control("faults", json!({"target": "notification", "fault": "drop", "times": 0})).await;
    house.choose(&token, "bca_va").await;
    house.control("pay", json!({"order_id": order_id})).await;
    house.clear_faults().await;
    let body = signed(&order_id, "200", CART, json!({"transaction_status": "settlement"})).to_string();

    house.control("faults", json!({"target": "status", "fault": "hang", "times": 0})).await;
    let reply = house.notify(body.clone()).await;
    assert_eq!(reply.status, 200, "it is on disk");
    assert_eq!(house.status(&order_id).await, "created");
    house.clear_faults().await;

    house.rows("UPDATE orders SET next_poll_at = 1").await;
    assert_eq!(house.shop.poll_due_orders().await.unwrap(), PollStats { polled: 1, failed: 0 });
    assert_eq!(house.status(&order_id).await, "paid");
    let asked = house.control_list("requests").await.len();
    assert_eq!(house.notify(body).await.status, 200);
    assert_eq!(house.control_list("requests").await.len(), asked, "a known body is not even asked about");

    house.store.close().await;
    let other = signed(&order_id, "202", CART, json!({"transaction_status": "deny"})).to_string();
    let reply = house.notify(other).await;
    assert_eq!((reply.status, reply.code().as_str()), (503, "store_unavailable"));
    assert_eq!(house.get("/readyz").await.status, 503);
    assert_eq!(house.get("/healthz").await.status, 200);
}

/// What the gateway's own status says is weighed too: another amount is looked at by a person.
#[tokio::test]
async fn amounts_that_differ() {
    let fee = json!({"gross_amount_info": {"original_amount": CART, "gross_amount": "129000.00", "customer_imposed_payment_fee": "4000.00"}});
    let cases = [
        ("1.00", json!({}), "review"),
        ("129000.00", json!({}), "review"),
        ("129000.00", json!({"extra_info": fee}), "paid"),
        (CART, json!({"fraud_status": "challenge"}), "review"),
        (CART, json!({}), "paid"),
    ];
    for (amount, more, expected) in cases {
        let good = r#"{"token":"66e4fa55-fdac","redirect_url":"{base}/x"}"#;
        let (stub, base) = Stub::new(&[(201, good)]).await;
        let house = House::at(&base).await;
        let (order_id, _) = house.ordered().await;
        let mut words = json!({"transaction_status": "settlement"});
        words.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let said = signed(&order_id, "200", amount, words).to_string();
        stub.script(&[(200, said.clone())]);
        assert_eq!(house.notify(said).await.status, 200);
        assert_eq!(house.status(&order_id).await, expected, "{amount} {more}");
    }
}
