//! Each promise of `openapi.json`, address by status and code, is seen at least once: a code that an address
//! cannot answer has no place in the file.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use fake_midtrans::FakeMidtrans;
use futures_util::stream;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::house::contract::CONTRACT;
use crate::house::{House, Reply, cart, post, signed};
use crate::page::built;
use crate::stub::Stub;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const CREATE: &str = "POST /snap/v1/transactions";
const KEY: &str = "0123456789abcdefghjkmnpqrs";
const GOOD: &str = r#"{"token":"66e4fa55-fdac-4ef9-91b5-733b97d1b862","redirect_url":"{base}/snap/v2/vtweb/66e4fa55"}"#;

/// Needs half a minute of patience, or a bug.
const NOT_ON_DEMAND: [&str; 2] = ["request_timeout", "internal"];

#[tokio::test]
async fn every_promise_is_kept() {
    let mut seen = BTreeSet::new();
    for house in [well().await, unread().await, over().await, pending().await, troubles().await, full().await] {
        seen.append(&mut house.seen.lock().unwrap());
    }
    for house in [dear().await, strangers().await, crowd().await, closed().await, ending().await] {
        seen.append(&mut house.seen.lock().unwrap());
    }
    let on_demand = |line: &String| !NOT_ON_DEMAND.iter().any(|code| line.ends_with(code));
    let promised: BTreeSet<_> = CONTRACT.promised().into_iter().filter(on_demand).collect();
    let missed: Vec<_> = promised.difference(&seen).collect();
    assert!(missed.is_empty(), "promised, never seen: {missed:#?}");
    assert!(seen.is_subset(&promised), "seen, never promised: {:?}", seen.difference(&promised));
}

fn form() -> Request<Body> {
    post("/checkout", FORM, format!("quantity[kopi-gayo-250g]=1&key={KEY}"))
}

/// The three ways to a token.
async fn ask_all(house: &House, order_id: &str) {
    house.order("key").await;
    house.post(&format!("/api/orders/{order_id}/token"), &Value::Null).await;
    house.send(form()).await;
}

/// Opens a stream and does not read it.
async fn listens(house: &House, order_id: &str) -> axum::response::Response {
    let path = format!("/api/orders/{order_id}/events");
    let request = Request::get(&path).body(Body::empty()).unwrap();
    let response = house.router.clone().oneshot(request).await.unwrap();
    if response.status() != 200 {
        let reply = House::read(response).await;
        house.saw(CONTRACT.hold("GET", &path, &reply));
        return axum::response::Response::new(Body::empty());
    }
    let reply = Reply { status: 200, headers: response.headers().clone(), body: vec![] };
    house.saw(CONTRACT.hold("GET", &path, &reply));
    response
}

async fn well() -> House {
    let (house, _fake): (House, FakeMidtrans) = built().await;
    for path in ["/api/shop", "/", "/index.html", "/order", "/order/", "/order/x", "/nothing", "/healthz", "/readyz"] {
        house.get(path).await;
    }
    let tag = house.get("/api/openapi.json").await.header("etag").to_owned();
    let file = house.get("/robots.txt").await.header("last-modified").to_owned();
    for (path, name, value) in [
        ("/api/openapi.json", "if-none-match", tag.as_str()),
        ("/robots.txt", "if-modified-since", file.as_str()),
        ("/robots.txt", "range", "bytes=0-3"),
        ("/robots.txt", "range", "bytes=999-"),
        ("/nothing", "accept", "text/html"),
    ] {
        house.send(Request::get(path).header(name, value).body(Body::empty()).unwrap()).await;
    }
    for path in ["/metrics", "/healthz", "/readyz"] {
        house.operator(path).await;
    }
    for (path, _, _) in CONTRACT.operations().iter().filter(|(path, ..)| *path != "/metrics") {
        let path = path.replace("{id}", "x").replace("{file}", "x");
        house.send(Request::delete(path).body(Body::empty()).unwrap()).await;
    }
    let order_id = house.order("key").await.json()["order_id"].as_str().unwrap().to_owned();
    ask_all(&house, &order_id).await;
    house.get(&format!("/api/orders/{order_id}")).await;
    drop(listens(&house, &order_id).await);
    house.notify(signed(&order_id, "201", "125000.00", json!({"transaction_status": "pending"})).to_string()).await;
    let mut reused = post("/api/orders", JSON, json!({"items": [{"id": "kopi-gayo-250g", "quantity": 9}]}).to_string());
    reused.headers_mut().insert("idempotency-key", "key".parse().unwrap());
    house.send(reused).await;
    house
}

/// What is refused for its form or its words.
async fn unread() -> House {
    let (house, _fake) = built().await;
    let broken = || Body::from_stream(stream::iter([Err::<&'static [u8], _>(std::io::Error::other("gone"))]));
    let large = || Body::from(vec![b' '; 70_000]);
    for path in ["/api/orders", "/api/orders/x/token", "/api/midtrans/notifications", "/checkout"] {
        let kind = if path == "/checkout" { FORM } else { JSON };
        house.send(post(path, kind, broken())).await;
        house.send(post(path, kind, large())).await;
        house.send(post(path, "text/plain", "")).await;
    }
    for (who, value) in [("name", "a\u{202e}b"), ("email", "a"), ("phone", "a"), ("age", "1")] {
        house
            .post(
                "/api/orders",
                &json!({"items": [{"id": "teh-melati-100g", "quantity": 1}], "customer": {who: value}}),
            )
            .await;
        let form = format!("quantity[teh-melati-100g]=1&{who}={value}&key=");
        house.send(post("/checkout", FORM, form)).await;
    }
    house.send(post("/checkout", FORM, "name=a&name=b")).await;
    for lines in [json!([]), json!([{"id": "gold", "quantity": 1}]), json!([{"id": "teh-melati-100g", "quantity": 0}])]
    {
        house.post("/api/orders", &json!({"items": lines})).await;
    }
    let many = (0..51).map(|at| format!("quantity[{at}]=1")).collect::<Vec<_>>().join("&");
    for form in ["", "quantity[gold]=1", "quantity[teh-melati-100g]=1000", &many] {
        house.send(post("/checkout", FORM, form.to_owned())).await;
    }
    house.post("/api/orders", &json!({"items": vec![json!({"id": "teh-melati-100g", "quantity": 1}); 51]})).await;
    let mut keyed = post("/api/orders", JSON, cart().to_string());
    keyed.headers_mut().insert("idempotency-key", "x".repeat(47).parse().unwrap());
    house.send(keyed).await;
    house.send(post("/api/orders", JSON, "{")).await;
    for path in ["/api/orders/x", "/api/orders/x/events"] {
        house.get(path).await;
    }
    let signed = signed("x", "200", "1.00", json!({"transaction_status": "settlement"}));
    let mut forged = signed.clone();
    forged["gross_amount"] = "2.00".into();
    for body in [signed, forged, json!({})] {
        house.notify(body.to_string()).await;
    }
    house
}

/// Orders that cannot be paid any more, and one whose token somebody else is getting.
async fn over() -> House {
    let (stub, base) = Stub::new(&[(404, r#"{"status_code":"404"}"#)]).await;
    stub.place(CREATE, 201, GOOD.replace("{base}", &base));
    let house = House::at(&base).await;
    let order_id = house.order("key").await.json()["order_id"].as_str().unwrap().to_owned();
    house.send(form()).await;
    house.rows("UPDATE payment_attempts SET token = NULL, token_at = NULL, token_lease_until = 99999999999999").await;
    ask_all(&house, &order_id).await;
    for change in ["UPDATE orders SET status = 'paid'", "UPDATE orders SET status = 'refunded'"] {
        house.rows(change).await;
        ask_all(&house, &order_id).await;
    }
    // A form whose order expired makes a new one, not for ever.
    for _ in 0..=20 {
        house.rows("UPDATE orders SET status = 'expired'").await;
        ask_all(&house, &order_id).await;
    }
    house
}

/// The gateway knows the order, and nothing of a payment.
async fn pending() -> House {
    let (stub, base) = Stub::new(&[(404, r#"{"status_code":"404"}"#)]).await;
    let house = House::at(&base).await;
    house.order("key").await;
    house.send(form()).await;
    let order_id = stub.asked()[0].rsplit(' ').next().unwrap().to_owned();
    stub.place(CREATE, 400, r#"{"error_messages":["transaction_details.order_id sudah digunakan"]}"#);
    ask_all(&house, &order_id).await;
    house
}

async fn troubles() -> House {
    let (stub, base) = Stub::new(&[(404, r#"{"status_code":"404"}"#)]).await;
    let house = House::at(&base).await;
    house.order("key").await;
    let order_id = stub.asked()[0].rsplit(' ').next().unwrap().to_owned();
    for (status, body) in [
        (401, "{}"),
        (404, "{}"),
        (200, "<html>"),
        (503, "{}"),
        (400, r#"{"error_messages":["customer_details.email format is invalid"]}"#),
    ] {
        stub.place(CREATE, status, body);
        ask_all(&house, &order_id).await;
    }
    house
}

/// Too many of them.
async fn full() -> House {
    let (house, _fake) = House::with_fake().await;
    let (order_id, _) = house.ordered().await;
    let mut streams = vec![];
    for _ in 0..17 {
        streams.push(listens(&house, &order_id).await);
    }
    house
        .rows(
            "INSERT INTO notifications (fingerprint, order_id, body, outcome, received_at, attempt_id) \
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 64) \
             SELECT 'f' || i, order_id, '{}', '', 0, order_id FROM n, orders",
        )
        .await;
    house.notify(signed(&order_id, "200", "125000.00", json!({"transaction_status": "settlement"})).to_string()).await;
    house
}

/// Worth more than can be paid at once.
async fn dear() -> House {
    let house = House::selling(r#"[{"id": "gold", "name": "Gold", "price": 999999999}]"#).await;
    house.post("/api/orders", &json!({"items": [{"id": "gold", "quantity": 999}]})).await;
    house.send(post("/checkout", FORM, "quantity[gold]=999")).await;
    house
}

/// Pages of others, and one client that orders again and again.
async fn strangers() -> House {
    let house = House::set("http://127.0.0.1:9", |config| config.limits.orders_per_minute = 1).await;
    for path in ["/api/orders", "/api/orders/x/token", "/checkout"] {
        let mut request = post(path, JSON, "{}");
        request.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
        house.send(request).await;
    }
    for _ in 0..2 {
        house.send(post("/api/orders", JSON, "{}")).await;
        house.send(post("/checkout", FORM, "")).await;
    }
    house
}

/// Nobody finds a place.
async fn crowd() -> House {
    let house = House::set("http://127.0.0.1:9", |config| config.limits.max_requests = 0).await;
    ask_all(&house, "x").await;
    for path in ["/api/orders/x", "/api/orders/x/events", "/order/x"] {
        house.get(path).await;
    }
    house.notify(signed("x", "200", "1.00", json!({"transaction_status": "settlement"})).to_string()).await;
    house
}

async fn closed() -> House {
    let (house, _fake) = built().await;
    let (order_id, _) = house.ordered().await;
    house.store.close().await;
    ask_all(&house, &order_id).await;
    drop(listens(&house, &order_id).await);
    for path in [format!("/api/orders/{order_id}"), format!("/order/{order_id}"), "/readyz".into()] {
        house.get(&path).await;
    }
    house.operator("/metrics").await;
    house.notify(signed(&order_id, "200", "125000.00", json!({"transaction_status": "settlement"})).to_string()).await;
    house
}

async fn ending() -> House {
    let (house, _fake) = House::with_fake().await;
    for path in ["/", "/index.html", "/order", "/order/", "/order/x"] {
        house.get(path).await;
    }
    house.shop.begin_shutdown();
    house.get("/readyz").await;
    house
}
