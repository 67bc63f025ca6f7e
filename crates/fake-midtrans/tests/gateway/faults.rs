//! Faults on demand, seen from outside, and the guards of the control API.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::{Gateway, Merchant, answer, order};

#[tokio::test]
async fn http_faults_strike_as_often_as_planned() {
    let gateway = Gateway::start().await;
    let plan = |fault: serde_json::Value| gateway.control("faults", fault);
    plan(json!({"target": "token", "fault": "status", "status": 503, "retry_after": 7, "times": 1})).await;
    let busy = gateway.token_request(&order("A")).send().await.expect("answer");
    assert_eq!((busy.status().as_u16(), busy.headers()["retry-after"].to_str().ok()), (503, Some("7")));
    gateway.token("A").await;

    plan(json!({"target": "status", "fault": "html502"})).await;
    let proxy = gateway.call(Method::GET, "/v2/A/status").send().await.expect("answer");
    assert_eq!(proxy.status(), 502);
    assert_eq!(proxy.headers()["content-type"], "text/html");

    plan(json!({"target": "snap_js", "fault": "no_global"})).await;
    let script = gateway.request(Method::GET, "/snap/snap.js");
    let text = script.try_clone().expect("clone").send().await.expect("answer").text().await.expect("text");
    assert!(!text.contains("window.snap ="));
    let text = script.send().await.expect("answer").text().await.expect("text");
    assert!(text.contains("window.snap ="));
}

#[tokio::test]
async fn broken_connections_look_broken() {
    let gateway = Gateway::start().await;
    for fault in ["reset", "lost_answer", "truncate"] {
        gateway.control("faults", json!({"target": "token", "fault": fault})).await;
        let sent = gateway.token_request(&order(fault)).send().await;
        let read = match sent {
            Ok(answer) => answer.bytes().await.map(|_| ()),
            Err(error) => Err(error),
        };
        assert!(read.is_err(), "{fault}");
    }
    let (_, log) = answer(gateway.request(Method::GET, "/control/requests")).await;
    assert_eq!(log[0]["fault"], "reset");
    assert_eq!(log[0]["status"], 0);
}

#[tokio::test]
async fn after_a_lost_answer_the_same_key_brings_the_token() {
    let gateway = Gateway::start().await;
    gateway.control("faults", json!({"target": "token", "fault": "lost_answer"})).await;
    let ask = || gateway.token_request(&order("A")).header("idempotency-key", "k");
    assert!(ask().send().await.is_err());
    let (first, second) = (answer(ask()).await, answer(ask()).await);
    assert_eq!(first.0, 201);
    assert_eq!(first, second);
}

#[tokio::test]
async fn a_hanging_answer_ends_when_faults_are_cleared_and_its_double_is_told_to_wait() {
    let gateway = Gateway::start().await;
    gateway.control("faults", json!({"target": "token", "fault": "hang"})).await;
    let hanging = tokio::spawn(gateway.token_request(&order("A")).header("idempotency-key", "k").send());
    // Once the fault has left the list, the first request has been taken up.
    while answer(gateway.request(Method::GET, "/control/faults")).await.1 != json!([]) {}
    let double = answer(gateway.token_request(&order("A")).header("idempotency-key", "k")).await;
    assert_eq!((double.0, &double.1["status_code"]), (202, &json!("202")));
    answer(gateway.request(Method::DELETE, "/control/faults")).await;
    let ended = tokio::time::timeout(Duration::from_secs(5), hanging).await.expect("ends").expect("joins");
    assert!(ended.is_err());
}

#[tokio::test]
async fn notifications_can_be_forged_held_duplicated_and_resent() {
    let (merchant, url) = Merchant::listen(200).await;
    let gateway = Gateway::with(|config| config.notification_url = Some(url)).await;
    gateway.token("A").await;
    gateway.control("faults", json!({"target": "notification", "fault": "hold", "order_id": "A"})).await;
    gateway.choose("A", "bca_va", "").await;
    assert_eq!(merchant.statuses(), "");
    assert_eq!(gateway.control("notifications/release", json!({})).await.1, json!({"released": 1}));
    assert_eq!(merchant.statuses(), "pending");
    gateway.control("faults", json!({"target": "notification", "fault": "duplicate", "copies": 2})).await;
    gateway.control("settle", json!({"order_id": "A"})).await;
    assert_eq!(merchant.statuses(), "pending settlement settlement settlement");
    gateway.control("notifications/resend", json!({"order_id": "A", "forged": true})).await;
    let forged = merchant.bodies().pop().expect("one");
    assert_ne!(forged["signature_key"], merchant.bodies()[3]["signature_key"]);
    let (_, log) = answer(gateway.request(Method::GET, "/control/notifications")).await;
    assert_eq!(log.as_array().map(Vec::len), Some(5));
    assert_eq!(log[0]["attempts"][0]["answer"], "200");
}

#[tokio::test]
async fn a_status_answer_can_be_slow_wrong_missing_or_old_and_all_at_once() {
    let gateway = Gateway::start().await;
    let plan = |fault: serde_json::Value| gateway.control("faults", fault);
    let ask = || answer(gateway.call(Method::GET, "/v2/A/status"));
    let said = |(code, body): (u16, serde_json::Value)| {
        format!("{code} {}", body["transaction_status"].as_str().unwrap_or(body["status_code"].as_str().unwrap_or("?")))
    };
    gateway.token("A").await;
    gateway.choose("A", "bca_va", "").await;
    gateway.advance(2).await;
    gateway.control("settle", json!({"order_id": "A"})).await;
    for (fault, expected) in [
        (json!({"target": "status", "fault": "lag", "seconds": 60}), "200 pending"),
        (json!({"target": "status", "fault": "lag", "changes": 1}), "200 pending"),
        (json!({"target": "status", "fault": "lag", "seconds": 121}), "404 404"),
        (json!({"target": "status", "fault": "status", "status": 404, "order_id": "A"}), "404 404"),
        (json!({"target": "gateway", "fault": "html502"}), "502 ?"),
        (json!({"target": "api", "fault": "status", "status": 500}), "500 500"),
    ] {
        plan(fault.clone()).await;
        assert_eq!(said(ask().await), expected, "{fault}");
        assert_eq!(said(ask().await), "200 settlement", "after {fault}");
    }
    let lagging = {
        plan(json!({"target": "status", "fault": "lag", "seconds": 60})).await;
        ask().await.1
    };
    assert_eq!(lagging["settlement_time"], serde_json::Value::Null, "nothing of the present shines through: {lagging}");

    plan(json!({"target": "status", "fault": "status", "status": 404, "for_seconds": 60})).await;
    plan(json!({"target": "status", "fault": "http200", "times": 2})).await;
    plan(json!({"target": "gateway", "fault": "delay", "ms": 1, "times": 0})).await;
    let mut heard = Vec::new();
    for seconds in [0, 59, 1] {
        gateway.running.advance(time::Duration::seconds(seconds)).await;
        heard.push(said(ask().await));
    }
    assert_eq!(heard, ["200 404", "200 404", "200 settlement"]);
    let (_, log) = answer(gateway.request(Method::GET, "/control/requests")).await;
    let faults =
        log.as_array().map(|log| log.iter().rev().take(2).map(|line| line["fault"].clone()).collect::<Vec<_>>());
    assert_eq!(faults, Some(vec![json!("delay"), json!("status+http200+delay")]));
}

#[tokio::test]
async fn notifications_can_be_altered_signed_anew_and_cut_off() {
    let (merchant, url) = Merchant::listen(200).await;
    let gateway = Gateway::with(|config| config.notification_url = Some(url)).await;
    gateway.token("A").await;
    gateway.choose("A", "bca_va", "").await;
    let resend = |mut how: serde_json::Value| {
        how["order_id"] = json!("A");
        gateway.control("notifications/resend", how)
    };
    let pending = merchant.bodies().pop().expect("one");
    let last = || merchant.bodies().pop().expect("one");
    resend(json!({"set": {"transaction_status": "settlement", "fraud_status": null}})).await;
    assert_eq!(last()["signature_key"], pending["signature_key"], "the signature does not cover the status");
    assert_eq!((&last()["transaction_status"], last().get("fraud_status")), (&json!("settlement"), None));
    resend(json!({"id": 1, "set": {"gross_amount": "1.00"}, "signed": true})).await;
    let signature = fake_midtrans::signature::signature_key("A", "201", "1.00", crate::support::KEY);
    assert_eq!((&last()["transaction_status"], &last()["signature_key"]), (&json!("pending"), &json!(signature)));
    resend(json!({"id": 1, "cut": true})).await;
    assert_eq!(last(), serde_json::Value::Null, "half a body is no JSON");
    let alter = json!({"target": "notification", "fault": "alter", "set": {"gross_amount": "7.00"}});
    gateway.control("faults", alter).await;
    gateway.control("settle", json!({"order_id": "A"})).await;
    assert_eq!(last()["gross_amount"], "7.00");
    assert_eq!(gateway.control("notifications/resend", json!({"order_id": "A", "id": 99})).await.0, 404);
    let (_, of_b) = answer(gateway.request(Method::GET, "/control/notifications?order_id=B")).await;
    assert_eq!(of_b, json!([]));
}

#[tokio::test]
async fn the_control_api_is_for_this_machines_tools_only() {
    let gateway = Gateway::start().await;
    let clock = || gateway.request(Method::GET, "/control/clock");
    assert_eq!(answer(clock()).await.0, 200);
    assert_eq!(answer(clock().header("origin", "http://shop.example")).await.0, 403);
    let off = Gateway::with(|config| config.control = false).await;
    assert_eq!(answer(off.request(Method::GET, "/control/clock")).await.0, 404);
    for body in [json!({}), json!({"target": "token"}), json!({"target": "token", "fault": "forge"}), json!([1])] {
        let (status, said) = gateway.control("faults", body.clone()).await;
        assert_eq!(status, 400, "{body}");
        assert!(said["error"].is_string(), "{body}");
    }
    assert_eq!(gateway.control("clock", json!({"advance_seconds": u64::MAX})).await.0, 400);
    gateway.token("A").await;
    assert_eq!(gateway.control("reset", json!({})).await.0, 204);
    assert_eq!(gateway.control("choose", json!({"order_id": "A", "method": "gopay"})).await.0, 404);
}
