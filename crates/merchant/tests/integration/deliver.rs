//! The shop's own systems hear of every change, in order, signed, until they take it; and the operator sees it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use merchant::clock;
use merchant::config::{Webhook, WebhookSecret};
use merchant::metrics::DeliveryStats;
use merchant::webhooks::outgoing::WebhookSender;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;

use crate::house::House;
use crate::house::contract::CONTRACT;

const KEY: [u8; 32] = [7; 32];

/// The shop's end: takes what is signed, unless it was told to fail.
#[derive(Clone, Default)]
struct Till {
    taken: Arc<Mutex<Vec<(String, Value)>>>,
    tried: Arc<Mutex<usize>>,
    fails: Arc<Mutex<usize>>,
}

async fn take(State(till): State<Till>, request: Request) -> StatusCode {
    let (head, body) = request.into_parts();
    let header = |name: &str| head.headers[name].to_str().unwrap().to_owned();
    let (id, time, signature) = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
    let body = axum::body::to_bytes(body, 1 << 16).await.unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&KEY).unwrap();
    mac.update(format!("{id}.{time}.").as_bytes());
    mac.update(&body);
    assert_eq!(signature, format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())));
    *till.tried.lock().unwrap() += 1;
    let mut fails = till.fails.lock().unwrap();
    if *fails > 0 {
        *fails -= 1;
        return StatusCode::BAD_GATEWAY;
    }
    let body = serde_json::from_slice(&body).unwrap();
    let mut faults = CONTRACT.faults("/components/schemas/OrderChanged", &body);
    for (at, value) in [&id, &time, &signature].into_iter().enumerate() {
        let header = format!("/webhooks/order.changed/post/parameters/{at}/schema");
        faults.extend(CONTRACT.faults(&header, &json!(value)));
    }
    // Not an assertion: this end answers in a task of its own.
    if !faults.is_empty() {
        eprintln!("{faults:?} in {body}");
        return StatusCode::IM_A_TEAPOT;
    }
    till.taken.lock().unwrap().push((id, body));
    StatusCode::NO_CONTENT
}

async fn till(house: &House) -> (Till, WebhookSender) {
    let till = Till::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/changes", listener.local_addr().unwrap()).parse().unwrap();
    let router = Router::new().fallback(take).with_state(till.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let secret = WebhookSecret::parse(&format!("whsec_{}", STANDARD.encode(KEY))).unwrap();
    let deliver = WebhookSender::new(house.store.clone(), Webhook { url, secret }, house.shop.metrics()).unwrap();
    (till, deliver)
}

#[tokio::test]
async fn every_change_arrives_once_it_can_and_in_order() {
    let (house, _fake) = House::with_fake().await;
    let (till, deliver) = till(&house).await;
    let (order_id, token) = house.ordered().await;
    house.choose(&token, "bca_va").await;
    house.until(&order_id, "pending").await;
    house.control("pay", json!({"order_id": order_id})).await;
    house.until(&order_id, "paid").await;

    *till.fails.lock().unwrap() = 1;
    let now = clock::now();
    let (one, two) = tokio::join!(deliver.deliver_due(now), deliver.deliver_due(now));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((one.failed + two.failed, one.delivered + two.delivered), (1, 0), "one messenger, the oldest first");
    assert_eq!(
        deliver.deliver_due(now).await.unwrap(),
        DeliveryStats::default(),
        "not again at once, and none overtakes"
    );
    let text = house.metrics().await;
    assert!(text.contains(r#"merchant_outbox_events{status="pending"} 2"#), "{text}");
    let due = house.rows("SELECT COUNT(DISTINCT next_try_at) || ' ' || MIN(try_count) FROM outbox").await;
    assert_eq!(due, ["1 0"], "those behind rest as long, without being tried");

    for _ in 0..2 {
        let sent = deliver.deliver_due(now + 10_000).await.unwrap();
        assert_eq!(sent, DeliveryStats { delivered: 1, ..DeliveryStats::default() });
    }
    let taken = till.taken.lock().unwrap().clone();
    let seen: Vec<_> = taken.iter().map(|(id, body)| (id.as_str(), body["data"]["status"].as_str().unwrap())).collect();
    let (second, third) = (format!("{order_id}-2"), format!("{order_id}-3"));
    assert_eq!(seen, [(second.as_str(), "pending"), (third.as_str(), "paid")]);
    let data = &taken[1].1["data"];
    assert_eq!((&data["order_id"], &data["version"]), (&json!(order_id), &json!(3)));
    assert_eq!((&data["previous_status"], &data["gross_amount"]), (&json!("pending"), &json!(125_000)));
    assert_eq!(taken[1].1["type"], "order.changed");
}

#[tokio::test]
async fn what_is_never_taken_is_given_up_and_seen() {
    let (house, _fake) = House::with_fake().await;
    let (till, deliver) = till(&house).await;
    let (order_id, token) = house.ordered().await;
    house.choose(&token, "bca_va").await;
    house.until(&order_id, "pending").await;
    *till.fails.lock().unwrap() = usize::MAX;
    let mut now = clock::now();
    let mut last = DeliveryStats::default();
    while last.dead == 0 {
        last = deliver.deliver_due(now).await.unwrap();
        now += 2 * 24 * 3600 * 1000;
    }
    assert_eq!(*till.tried.lock().unwrap(), 13);
    let text = house.metrics().await;
    for line in [
        r#"merchant_outbox_events{status="dead"} 1"#,
        r#"merchant_outbox_events{status="pending"} 0"#,
        r#"merchant_webhook_deliveries_total{outcome="dead"} 1"#,
        r#"merchant_webhook_deliveries_total{outcome="failed"} 12"#,
        r#"merchant_orders{status="pending"} 1"#,
        "merchant_orders_due_for_poll ",
        "merchant_outbox_age_seconds ",
        "merchant_event_streams 0",
        "merchant_sqlite_writes_total ",
        "merchant_sqlite_commits_total ",
        r#"merchant_notifications_total{outcome="confirmed"} 1"#,
        r#"merchant_gateway_requests_total{call="token",outcome="answered"} 1"#,
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains(&order_id) && !text.contains(&token), "{text}");
}
