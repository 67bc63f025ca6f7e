//! Writers that wait for each other: one commit for many, and nobody's loss is another's.

use serde_json::json;

use crate::house::{CART, House, signed};

#[tokio::test]
async fn many_notifications_at_once_are_a_few_commits() {
    let (house, _fake) = House::with_fake().await;
    let mut ids = vec![];
    for _ in 0..32 {
        ids.push(house.ordered().await.0);
    }
    let (writes, commits) = house.store.writes_and_commits();
    if writes == 0 {
        return; // PostgreSQL does this itself.
    }
    let told = |id: &String| signed(id, "201", CART, json!({"transaction_status": "pending"})).to_string();
    let all = ids.iter().map(|id| house.notify(told(id)));
    for reply in futures_util::future::join_all(all).await {
        assert_eq!(reply.status, 200, "{}", reply.text());
    }
    assert_eq!(house.rows("SELECT fingerprint FROM notifications").await.len(), 32, "what was answered is on disk");
    let (writes, commits) = {
        let now = house.store.writes_and_commits();
        (now.0 - writes, now.1 - commits)
    };
    assert!(writes >= 64 && commits * 4 <= writes, "{writes} writes took {commits} commits");
}

/// Somebody who leaves in the middle, and somebody whose key was used before, take nothing from those beside them.
#[tokio::test]
async fn who_leaves_takes_nothing_along() {
    let (house, _fake) = House::with_fake().await;
    for round in 0..20_u32 {
        let key = format!("key-{round}");
        let first = house.order(&key);
        let again = house.order(&key);
        let plain = house.ordered();
        let leaves = tokio::time::timeout(std::time::Duration::from_micros(u64::from(round) * 150), house.ordered());
        let (first, again, plain, left) = tokio::join!(first, again, plain, leaves);
        drop(left);
        assert_eq!((first.status, again.status), (201, 201), "{} {}", first.text(), again.text());
        assert_eq!(first.json()["order_id"], again.json()["order_id"]);
        assert_eq!(house.status(&plain.0).await, "created");
    }
    let torn = "SELECT order_id FROM orders WHERE order_id NOT IN (SELECT order_id FROM payment_attempts)
        OR order_id NOT IN (SELECT order_id FROM order_history)";
    assert_eq!(house.rows(torn).await, Vec::<String>::new());
    house.ordered().await;
}
