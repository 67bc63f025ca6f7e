//! The end of a process: what runs is finished, what comes later is turned away.

use std::time::Duration;

use serde_json::json;

use crate::house::{House, cart};

#[tokio::test]
async fn a_stop_finishes_what_runs() {
    let (house, _fake) = House::with_fake().await;
    house.control("faults", json!({"target": "token", "fault": "delay", "ms": 150})).await;
    let url = format!("{}/api/orders", house.url);
    let running = tokio::spawn(reqwest::Client::new().post(&url).json(&cart()).send());
    while !house.control_list("faults").await.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let store = house.store.clone();
    let (_files, gateway) = house.stop().await;
    let log: Vec<serde_json::Value> =
        reqwest::get(format!("{gateway}/control/requests")).await.unwrap().json().await.unwrap();
    assert_eq!(log.len(), 1, "the stop waited for the gateway's answer");
    let answer = running.await.unwrap().unwrap();
    assert_eq!(answer.status(), 201);
    let order_id = answer.json::<serde_json::Value>().await.unwrap()["order_id"].as_str().unwrap().to_owned();
    let attempt = store.current_attempt(&order_id).await.unwrap().unwrap();
    assert!(attempt.token.is_some(), "the token is on disk");
    assert!(reqwest::get(&url).await.is_err(), "nobody listens any more");
}
