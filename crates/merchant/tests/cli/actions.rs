//! Cancel, expire, approve, deny: the gateway does it, the order shows it, the history says who.

use serde_json::json;

use crate::house::House;
use crate::tool::{Tool, chosen, history};

const TAKEN: &str = "4411111111111118";
const CHALLENGED: &str = "4511111111111117";

#[tokio::test]
async fn each_action_ends_where_it_should_and_leaves_its_lines() {
    // method or card, paid by then, status before, command, the code of its refusal, status after
    let cases = [
        ("bca_va", false, "pending", "cancel", "", "cancelled"),
        ("bca_va", false, "pending", "expire", "", "expired"),
        ("", false, "created", "cancel", "", "cancelled"),
        ("", false, "created", "expire", "", "expired"),
        (TAKEN, false, "paid", "cancel", "", "cancelled"),
        (CHALLENGED, false, "review", "approve", "", "paid"),
        (CHALLENGED, false, "review", "deny", "", "denied"),
        ("bca_va", true, "paid", "cancel", "not_modifiable", "paid"),
        ("bca_va", true, "paid", "expire", "not_modifiable", "paid"),
        ("gopay", false, "pending", "approve", "not_modifiable", "pending"),
        (TAKEN, false, "paid", "deny", "not_modifiable", "paid"),
        ("", false, "created", "approve", "payment_not_found", "created"),
    ];
    let (house, fake) = House::with_fake().await;
    let tool = Tool::of(&house, fake.base_url());
    // What happens reaches the order by asking, not by being told.
    house.control("faults", json!({"target": "notification", "fault": "drop", "times": 0})).await;
    for (method, paid, before, command, refusal, after) in cases {
        let id = if method.is_empty() { house.ordered().await.0 } else { chosen(&house, method).await };
        if paid {
            house.control("pay", json!({"order_id": id})).await;
        }
        tool.run("order reconcile", &[&id]).await.done();
        let status = async || house.store.order(&id).await.unwrap().unwrap().status.to_string();
        let case = format!("{command} {method}");
        assert_eq!(status().await, before, "{case}");
        let ran = tool.run(&format!("order {command} --yes"), &[&id]).await;
        assert_eq!(status().await, after, "{case}: {ran:?}");
        let lines = history(&house, &id).await;
        let asked = lines.iter().position(|line| line.starts_with(&format!("{command} requested by anna")));
        let ended = match refusal {
            "" => format!("{command} succeeded: "),
            refusal => {
                assert_eq!(ran.refused(), refusal, "{case}");
                format!("{command} failed: ")
            }
        };
        let ended = lines.iter().position(|line| line.starts_with(&ended));
        assert!(asked.is_some() && ended > asked, "{case}: {lines:?}");
        if refusal.is_empty() {
            let said = ran.done().out;
            assert!(
                said.contains(&format!("{before} → {after}\n")) && said.contains("\nnext: merchant order show"),
                "{said}"
            );
            let again = tool.run(&format!("order {command} --yes --by 'Budi'"), &[&id]).await;
            assert!(again.out.starts_with("nothing to do") && again.code == 0, "{case}: {again:?}");
        }
    }
}

#[tokio::test]
async fn a_closed_page_cannot_be_paid() {
    let (house, fake) = House::with_fake().await;
    let tool = Tool::of(&house, fake.base_url());
    for method in ["", "bca_va"] {
        let (id, token) = house.ordered().await;
        if !method.is_empty() {
            house.choose(&token, method).await;
        }
        let before = house.control_list("requests").await.len();
        let said = tool.run("order cancel --yes --json", &[&id]).await.done().json();
        assert_eq!((&said["order"]["status"], &said["notes"]), (&json!("cancelled"), &json!([])), "{said}");
        let asked = serde_json::to_string(&house.control_list("requests").await[before..]).unwrap();
        assert!(asked.contains("/snap/v1/transactions/"), "{method}: {asked}");
        let again = house.post(&format!("/api/orders/{id}/token"), &json!(null)).await;
        assert_eq!(again.status, 409, "{}", again.text());
    }
}

#[tokio::test]
async fn nothing_is_done_unconfirmed() {
    let (house, fake) = House::with_fake().await;
    let id = chosen(&house, "bca_va").await;
    house.until(&id, "pending").await;
    let ran = Tool::of(&house, fake.base_url()).run("order cancel", &[&id]).await;
    assert_eq!(ran.refused(), "not_confirmed");
    for words in [&id, "pending, Rp 125.000", "at Midtrans (local)", "bank_transfer is cancelled", "--yes"] {
        assert!(ran.err.contains(words), "{words} is not in {ran:?}");
    }
    assert_eq!(house.status(&id).await, "pending");
    assert_eq!(history(&house, &id).await.len(), 2, "nothing was asked for");
}

#[tokio::test]
async fn a_lost_answer_is_found_out_and_a_silent_gateway_is_said() {
    let (house, fake) = House::with_fake().await;
    let tool = Tool::of(&house, fake.base_url());
    house.control("faults", json!({"target": "notification", "fault": "drop", "times": 0})).await;
    for (fault, code, status) in [
        (json!({"fault": "lost_answer", "times": 1}), 0, "cancelled"),
        (json!({"fault": "truncate", "times": 1}), 0, "cancelled"),
        (json!({"fault": "lost_answer", "times": 0}), 0, "cancelled"),
        (json!({"fault": "status", "status": 503, "times": 1}), 0, "cancelled"),
        (json!({"fault": "status", "status": 503, "times": 0}), 1, "pending"),
    ] {
        let id = chosen(&house, "bca_va").await;
        let mut planned = fault.clone();
        planned["target"] = "cancel".into();
        house.control("faults", planned).await;
        let wait = if fault["times"] == 0 { 2 } else { 15 };
        let ran = tool.run(&format!("order cancel --yes --timeout {wait}"), &[&id]).await;
        assert_eq!(ran.code, code, "{fault}: {ran:?}");
        let stands = house.store.order(&id).await.unwrap().unwrap().status.to_string();
        assert_eq!(stands, status, "{fault}: {ran:?}");
        house.clear_faults().await;
        house.control("faults", json!({"target": "notification", "fault": "drop", "times": 0})).await;
        if code != 0 {
            assert_eq!(ran.refused(), "gateway_unavailable");
            assert!(history(&house, &id).await.last().unwrap().contains("[gateway_unavailable]"));
            tool.run("order cancel --yes", &[&id]).await.done();
        }
    }
}

/// What an operator does is news for the shop's own systems as anything else.
#[tokio::test]
async fn the_shop_is_told() {
    let (house, fake) = House::with_fake().await;
    let tool = Tool::of(&house, fake.base_url());
    for (webhook, expected) in [("", 0), ("https://shop.example/changes", 1)] {
        let (id, _) = house.ordered().await;
        tool.clone().with("SHOP_WEBHOOK_URL", webhook).run("order cancel --yes", &[&id]).await.done();
        let messages = house.store.outbox_events_of(&id).await.unwrap();
        assert_eq!(messages.len(), expected, "{webhook}: {messages:?}");
        assert!(messages.iter().all(|message| message.body.contains("cancelled")), "{messages:?}");
    }
}
