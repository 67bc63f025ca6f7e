//! The server key, tokens and customer data are in no answer but their own, and in no log line.
//!
//! A program of its own with one test: `tracing` remembers for the whole process what nobody listened to when it was
//! first said, so a test beside this one could make lines go missing.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop there")]

#[expect(dead_code, reason = "the other tests of the house need the rest")]
#[path = "integration/house.rs"]
mod house;

use std::io::Write;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use house::{CART, House, SERVER_KEY, cart, signed};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Listens to every thread, to every library at its most talkative.
#[tokio::test]
async fn nothing_leaks() {
    let lines = Lines::default();
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(lines.clone()).with_ansi(false).init();
    let (answers, token) = everything().await;
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    for seen in ["/api/orders", "gateway_unauthorized", "TRACE hyper", "DEBUG sqlx::query"] {
        assert!(log.contains(seen), "{seen} was not captured: {log}");
    }

    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{SERVER_KEY}:"));
    for secret in [SERVER_KEY, "VERY-SECRET", &encoded, "another-secret"] {
        assert!(!answers.contains(secret), "an answer holds {secret}");
        assert!(!log.contains(secret), "the log holds {secret}");
    }
    for private in ["Siti", "siti@example.com", "812 3456", &token] {
        assert!(!log.contains(private), "the log holds {private}");
    }
}

async fn everything() -> (String, String) {
    let (house, fake) = House::with_fake().await;
    let mut answers = vec![];
    let (order_id, token) = house.ordered().await;
    answers.push(house.get(&format!("/api/orders/{order_id}")).await.text());
    answers.push(house.get("/api/shop").await.text());
    answers.push(house.get("/").await.text());
    answers.push(house.post("/api/orders", &json!({"items": []})).await.text());
    house.choose(&token, "bca_va").await;
    answers.push(
        house
            .notify(signed(&order_id, "200", "1.00", json!({"transaction_status": "settlement"})).to_string())
            .await
            .text(),
    );
    answers.push(
        house.notify(signed(&order_id, "201", CART, json!({"transaction_status": "pending"})).to_string()).await.text(),
    );
    house.control("faults", json!({"target": "token", "fault": "html502", "times": 0})).await;
    answers.push(house.post("/api/orders", &cart()).await.text());
    let wrong = House::with_key(fake.base_url(), "SB-Mid-server-another-secret").await;
    house.clear_faults().await;
    answers.push(wrong.post("/api/orders", &cart()).await.text());
    answers.push(format!(
        "{:?}",
        house::config(&house.url, fake.base_url(), SERVER_KEY, &house.database, house.dir.path())
    ));
    (answers.join("\n"), token)
}
