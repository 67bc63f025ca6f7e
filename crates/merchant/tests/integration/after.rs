//! What nobody tells the shop, it finds by asking.

use merchant::reconciliation::PollStats;
use serde_json::{Value, json};

use crate::house::House;

async fn due(house: &House) {
    house.rows("UPDATE orders SET next_poll_at = 1 WHERE next_poll_at IS NOT NULL").await;
}

async fn swept(house: &House) -> PollStats {
    house.shop.poll_due_orders().await.unwrap()
}

#[tokio::test]
async fn a_payment_that_nobody_told_is_found() {
    let (house, _fake) = House::with_fake().await;
    let (order_id, token) = house.ordered().await;
    assert_eq!(swept(&house).await, PollStats::default(), "nothing is due at once");
    house.control("faults", json!({"target": "notification", "fault": "drop", "times": 0})).await;
    house.choose(&token, "bca_va").await;
    due(&house).await;
    let (one, two) = tokio::join!(swept(&house), swept(&house));
    assert_eq!(one.polled + two.polled, 1, "one asker an order");
    let status = async || house.store.order(&order_id).await.unwrap().unwrap().status.to_string();
    assert_eq!(status().await, "pending");
    house.control("pay", json!({"order_id": order_id})).await;
    assert_eq!(swept(&house).await, PollStats::default(), "not before its time");
    due(&house).await;
    assert_eq!(swept(&house).await, PollStats { polled: 1, failed: 0 });
    assert_eq!(status().await, "paid");
    due(&house).await;
    assert_eq!(swept(&house).await.polled, 1, "once more: the bank may take it back");
    due(&house).await;
    assert_eq!(swept(&house).await, PollStats::default(), "then never");
}

#[tokio::test]
async fn the_end_of_a_page_is_found_and_nobody_can_pay_late() {
    let (house, _fake) = House::with_fake().await;
    let (order_id, token) = house.ordered().await;
    due(&house).await;
    assert_eq!(swept(&house).await, PollStats { polled: 1, failed: 0 });
    assert_eq!(house.status(&order_id).await, "created", "no method chosen yet");
    house.rows("UPDATE payment_attempts SET token_at = 1").await;
    due(&house).await;
    assert_eq!(swept(&house).await, PollStats { polled: 1, failed: 0 });
    assert_eq!(house.status(&order_id).await, "expired");
    let asked = serde_json::to_string(&house.control_list("requests").await).unwrap();
    assert!(asked.contains("/cancel") && !asked.contains(&token), "{asked}");
    let history = house.rows("SELECT cause FROM order_history ORDER BY seq").await;
    assert_eq!(history, ["ordered", "the token expired before the customer chose a method"]);
    let again = house.post(&format!("/api/orders/{order_id}/token"), &Value::Null).await;
    assert_eq!((again.status, again.code().as_str()), (409, "order_expired"));
}

#[tokio::test]
async fn a_silent_gateway_makes_an_order_wait_and_loses_nothing() {
    let (house, _fake) = House::with_fake().await;
    let (order_id, token) = house.ordered().await;
    house.choose(&token, "bca_va").await;
    house.until(&order_id, "pending").await;
    house.control("faults", json!({"target": "status", "fault": "hang", "times": 0})).await;
    house.control("pay", json!({"order_id": order_id})).await;
    assert_eq!(house.status(&order_id).await, "pending");
    due(&house).await;
    assert_eq!(swept(&house).await, PollStats { polled: 1, failed: 1 });
    assert_eq!(swept(&house).await, PollStats::default(), "not again at once");
    house.clear_faults().await;
    due(&house).await;
    assert_eq!(swept(&house).await, PollStats { polled: 1, failed: 0 });
    assert_eq!(house.status(&order_id).await, "paid");
    assert_eq!(house.rows("SELECT outcome FROM notifications WHERE closed_at IS NULL").await.len(), 0);
}
