//! One key, one order, one token: also when two come at once.

use serde_json::json;

use crate::house::{House, cart, post};

#[tokio::test]
async fn two_at_once_get_one_order_and_one_token() {
    let (house, _fake) = House::with_fake().await;
    house.control("faults", json!({"target": "token", "fault": "delay", "ms": 100})).await;
    let replies = futures(&house, 8).await;
    for reply in &replies {
        assert_eq!(reply.status, 201, "{}", reply.text());
        assert_eq!(reply.json(), replies[0].json());
    }
    assert_eq!(house.control_list("requests").await.len(), 1, "one token was made");
}

#[tokio::test]
async fn whoever_waits_does_not_wait_for_ever() {
    let (house, _fake) = House::with_fake().await;
    house.control("faults", json!({"target": "token", "fault": "hang", "times": 0})).await;
    let replies = futures(&house, 3).await;
    for reply in replies {
        assert_eq!(reply.status, 503, "{}", reply.text());
        assert!(!reply.header("retry-after").is_empty());
    }
}

#[tokio::test]
async fn a_customer_who_leaves_does_not_leave_a_stuck_order() {
    let (house, _fake) = House::with_fake().await;
    house.control("faults", json!({"target": "token", "fault": "delay", "ms": 150})).await;
    let left = tokio::time::timeout(std::time::Duration::from_millis(50), house.order("left")).await;
    assert!(left.is_err(), "the first try was given up");
    let back = house.order("left").await;
    assert_eq!(back.status, 201, "{}", back.text());
    assert_eq!(house.control_list("requests").await.len(), 1, "the token that was under way is used");
}

/// A token that nobody can pay with helps nobody.
#[tokio::test]
async fn a_key_whose_order_is_over_says_so() {
    for (becomes, code) in [("paid", "order_paid"), ("expired", "order_expired"), ("refunded", "order_closed")] {
        let (house, _fake) = House::with_fake().await;
        let first = house.order("same").await.json();
        house
            .rows(match becomes {
                "paid" => "UPDATE orders SET status = 'paid'",
                "expired" => "UPDATE orders SET status = 'expired'",
                _ => "UPDATE orders SET status = 'refunded'",
            })
            .await;
        let again = house.order("same").await;
        assert_eq!((again.status, again.code().as_str()), (409, code), "{first}");
    }
}

#[tokio::test]
async fn keys() {
    let (house, _fake) = House::with_fake().await;
    let first = house.order("same").await.json();
    let other = |key: &str, quantity: u32| {
        let mut request = post(
            "/api/orders",
            "application/json",
            json!({"items": [{"id": "kopi-gayo-250g", "quantity": quantity}]}).to_string(),
        );
        request.headers_mut().insert("idempotency-key", key.parse().unwrap());
        house.send(request)
    };
    let reused = other("same", 3).await;
    assert_eq!((reused.status, reused.code().as_str()), (409, "idempotency_key_reused"));
    assert_eq!(house.order("same").await.json(), first);
    assert_eq!(other(&"k".repeat(46), 1).await.status, 201);
    for bad in ["", &"k".repeat(47), "caf\u{e9}", "a\tb"] {
        let mut request = post("/api/orders", "application/json", cart().to_string());
        request.headers_mut().insert("idempotency-key", axum::http::HeaderValue::from_bytes(bad.as_bytes()).unwrap());
        let reply = house.send(request).await;
        assert_eq!((reply.status, reply.code().as_str()), (400, "invalid_idempotency_key"), "{bad:?}");
    }
    let without = [house.post("/api/orders", &cart()).await.json(), house.post("/api/orders", &cart()).await.json()];
    assert_ne!(without[0]["order_id"], without[1]["order_id"], "without a key every request is an order");
}

async fn futures(house: &House, count: usize) -> Vec<crate::house::Reply> {
    let tasks: Vec<_> = (0..count)
        .map(|_| {
            let (router, request) = (house.router.clone(), keyed());
            tokio::spawn(async move { tower::ServiceExt::oneshot(router, request).await })
        })
        .collect();
    let mut replies = vec![];
    for task in tasks {
        replies.push(House::read(task.await.unwrap().unwrap()).await);
    }
    replies
}

fn keyed() -> axum::http::Request<axum::body::Body> {
    let mut request = post("/api/orders", "application/json", cart().to_string());
    request.headers_mut().insert("idempotency-key", "at once".parse().unwrap());
    request
}
