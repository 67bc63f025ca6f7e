//! Pages that listen hear of every change, and of nothing twice.

use serde_json::{Value, json};

use crate::house::House;
use crate::house::contract::CONTRACT;

/// Reads a stream message by message.
struct Listener {
    response: reqwest::Response,
    text: String,
}

impl Listener {
    async fn at(house: &House, order_id: &str) -> Self {
        let response = reqwest::get(format!("{}/api/orders/{order_id}/events", house.url)).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        Self { response, text: String::new() }
    }

    /// The next message that is no heartbeat; nothing when the stream ended.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let (message, rest) = (message.to_owned(), rest.to_owned());
                self.text = rest;
                let line = |name: &str| message.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                if let Some(data) = line("data: ") {
                    assert_eq!(line("event: ").as_deref(), Some("order"));
                    let order = serde_json::from_str(&data).unwrap();
                    let faults = CONTRACT.faults("/components/schemas/Order", &order);
                    assert!(faults.is_empty(), "{faults:?} in {order}");
                    return Some((line("id: ").unwrap(), order));
                }
                continue;
            }
            let chunk = tokio::time::timeout(std::time::Duration::from_secs(20), self.response.chunk());
            let chunk = chunk.await.expect("a message in time").unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

#[tokio::test]
async fn a_page_that_listens_hears_of_every_change() {
    let (house, _fake) = House::with_fake().await;
    let (order_id, token) = house.ordered().await;
    let (mut one, mut two) = (Listener::at(&house, &order_id).await, Listener::at(&house, &order_id).await);
    for listener in [&mut one, &mut two] {
        let (id, order) = listener.next().await.unwrap();
        assert_eq!((id.as_str(), &order["status"], &order["version"]), ("1", &json!("created"), &json!(1)));
        assert_eq!(order.get("customer"), None);
    }
    house.choose(&token, "bca_va").await;
    let (id, order) = one.next().await.unwrap();
    assert_eq!((id.as_str(), &order["status"]), ("2", &json!("pending")));
    assert!(order["payment"]["code"].is_string() && order["now"].is_string(), "{order}");
    house.control("notifications/resend", json!({"order_id": order_id})).await;
    house.control("pay", json!({"order_id": order_id})).await;
    let (id, order) = one.next().await.unwrap();
    assert_eq!((id.as_str(), &order["status"]), ("3", &json!("paid")), "the one sent again is no news");
    let last = async { while two.next().await.unwrap().1["status"] != "paid" {} };
    last.await;

    house.shop.begin_shutdown();
    assert_eq!((one.next().await, two.next().await), (None, None), "they end with the shop");
    let unknown = house.get("/api/orders/00000000000000000000000000/events").await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "order_not_found"));
}
