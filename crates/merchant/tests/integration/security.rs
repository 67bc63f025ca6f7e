//! Strangers: other people's pages, crowds, and clients that want too much.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use serde_json::{Value, json};

use crate::house::{CART, House, Reply, cart, post, signed};
use crate::stub::Stub;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const TOKEN: (u16, &str) =
    (201, r#"{"token":"66e4fa55-fdac-4ef9-91b5-733b97d1b862","redirect_url":"{base}/snap/v4/redirection/66e4fa55"}"#);
const TOKENS: &str = "POST /snap/v1/transactions";

fn with(mut request: Request<Body>, headers: &[(&str, &str)]) -> Request<Body> {
    for (name, value) in headers {
        let name: axum::http::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}

async fn over_http(house: &House, forwarded: &str) -> (u16, HeaderMap, Value) {
    let request = reqwest::Client::new().post(format!("{}/api/orders", house.url)).json(&cart());
    let answer = request.header("x-forwarded-for", forwarded).send().await.unwrap();
    (answer.status().as_u16(), answer.headers().clone(), answer.json().await.unwrap())
}

#[tokio::test]
async fn one_client_orders_only_so_often() {
    let (_stub, gateway) = Stub::new(&[TOKEN]).await;
    let house = House::set(&gateway, |config| {
        config.limits.orders_per_minute = 3;
        config.limits.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    for _ in 0..3 {
        assert_eq!(over_http(&house, "198.51.100.1").await.0, 201);
    }
    let (status, headers, body) = over_http(&house, "198.51.100.1").await;
    assert_eq!((status, body["error"]["code"].as_str()), (429, Some("too_many_orders")));
    let wait: u64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=21).contains(&wait), "three a minute are one in twenty seconds: {wait}");
    assert_eq!(
        over_http(&house, "203.0.113.9, 198.51.100.1").await.0,
        429,
        "what the client itself says is no way out"
    );
    assert_eq!(over_http(&house, "198.51.100.2").await.0, 201, "others are not held up");
    assert_eq!(house.rows("SELECT order_id FROM orders").await.len(), 4, "nothing was written for the refused ones");
    // In the process there is no proxy: one client for all, and a page for the form.
    for _ in 0..3 {
        assert_eq!(house.send(post("/checkout", FORM, "quantity[kopi-gayo-250g]=1")).await.status, 303);
    }
    let form = house.send(post("/checkout", FORM, "quantity[kopi-gayo-250g]=1")).await;
    assert_eq!(form.status, 429);
    assert!(form.text().contains("too_many_orders") && form.text().contains("Mohon tunggu"), "{}", form.text());
    assert!(!form.header("retry-after").is_empty());
}

#[tokio::test]
async fn an_untrusted_peer_does_not_say_who_it_is() {
    let (_stub, gateway) = Stub::new(&[TOKEN]).await;
    let house = House::set(&gateway, |config| config.limits.orders_per_minute = 1).await;
    assert_eq!(over_http(&house, "198.51.100.1").await.0, 201);
    assert_eq!(over_http(&house, "198.51.100.2").await.0, 429, "one address on the wire is one client");
}

#[tokio::test]
async fn a_crowd_is_turned_away_at_once_and_money_is_not() {
    let (stub, gateway) = Stub::new(&[TOKEN]).await;
    let house = House::set(&gateway, |config| {
        config.limits.max_requests = 2;
        config.gateway.timeouts.attempt = Duration::from_secs(20);
        config.gateway.timeouts.token = Duration::from_secs(20);
    })
    .await;
    let (order_id, _) = house.ordered().await;
    let gate = stub.gate(TOKENS);
    let url = format!("{}/api/orders", house.url);
    let running: Vec<_> =
        (0..2).map(|_| tokio::spawn(reqwest::Client::new().post(&url).json(&cart()).send())).collect();
    while stub.asked().iter().filter(|asked| asked.starts_with(TOKENS)).count() < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let status = format!("/api/orders/{order_id}");
    let events = format!("{status}/events");
    let token = format!("{status}/token");
    let refused = async {
        [
            house.post("/api/orders", &cart()).await,
            house.get(&status).await,
            house.get(&events).await,
            house.send(post(&token, JSON, "")).await,
        ]
    };
    // Whoever is let in waits for the gateway, or listens for ever.
    for reply in tokio::time::timeout(Duration::from_secs(15), refused).await.expect("at once") {
        assert_eq!((reply.status, reply.code().as_str()), (503, "busy"));
        assert_eq!(reply.header("retry-after"), "5");
    }
    assert_eq!(house.send(post("/checkout", FORM, "quantity[kopi-gayo-250g]=1")).await.status, 503);
    assert_eq!(house.get("/healthz").await.status, 200, "the process lives");
    stub.place(&format!("GET /v2/{order_id}/status"), 404, "{}");
    let told = signed(&order_id, "200", CART, json!({"transaction_status": "settlement"})).to_string();
    assert_eq!(house.notify(told).await.status, 200, "the gateway has places of its own");
    gate.add_permits(10);
    for running in running {
        assert_eq!(running.await.unwrap().unwrap().status(), 201, "who was in is served");
    }
    assert_eq!(house.get(&status).await.status, 200, "it recovers by itself");
    house.ordered().await;
}

#[tokio::test]
async fn other_origins_read_only_what_the_operator_lets_them() {
    let (_stub, gateway) = Stub::new(&[TOKEN]).await;
    let closed = House::at(&gateway).await;
    let open = House::set(&gateway, |config| config.cors_origins = vec!["https://www.shop.example".into()]).await;
    let (id, _) = open.ordered().await;
    let status = format!("/api/orders/{id}");
    let events = format!("/api/orders/{id}/events");
    let preflight = |path: &str| {
        let request = Request::options(path).body(Body::empty()).unwrap();
        let asks = [("access-control-request-method", "POST"), ("access-control-request-headers", "idempotency-key")];
        with(request, &asks)
    };
    let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    let order = || post("/api/orders", JSON, cart().to_string());
    let varies = |reply: &Reply| reply.headers.get_all("vary").iter().any(|value| value == "origin");
    let allowed = |reply: &Reply| reply.header("access-control-allow-origin").to_owned();
    for origin in ["https://www.shop.example", "https://evil.example", "null", "https://www.shop.example.evil.example"]
    {
        let listed = origin == "https://www.shop.example";
        let from = [("origin", origin)];
        let expected = if listed { origin } else { "" };
        for request in [get(&status), get("/api/shop"), get("/api/orders/none"), get("/api/none"), order()] {
            let what = format!("{origin}: {} {}", request.method(), request.uri());
            let reply = open.send(with(request, &from)).await;
            assert_eq!(allowed(&reply), expected, "{what}");
            assert!(varies(&reply), "{what}");
            assert_eq!(reply.header("access-control-allow-credentials"), "", "{what}");
            assert_eq!(
                reply.header("access-control-expose-headers"),
                if listed { "retry-after" } else { "" },
                "{what}"
            );
        }
        let stream = open.stream_head(with(get(&events), &from)).await;
        assert_eq!(stream.get("access-control-allow-origin").map_or("", |v| v.to_str().unwrap()), expected);
        let answer = open.send(with(preflight("/api/orders"), &from)).await;
        assert_eq!((answer.status, allowed(&answer).as_str()), (if listed { 204 } else { 405 }, expected), "{origin}");
        assert_eq!(answer.header("access-control-allow-headers").contains("idempotency-key"), listed);
        // Everywhere else, and where nothing is configured, nobody.
        for reply in [
            open.send(with(get("/"), &from)).await,
            open.send(with(get("/healthz"), &from)).await,
            open.send(with(preflight("/api/midtrans/notifications"), &from)).await,
            open.send(with(preflight("/checkout"), &from)).await,
            closed.send(with(preflight("/api/orders"), &from)).await,
            closed.send(with(get("/api/shop"), &from)).await,
        ] {
            assert_eq!((allowed(&reply).as_str(), varies(&reply)), ("", false), "{origin}: {}", reply.status);
        }
    }
}

#[tokio::test]
async fn forms_of_other_peoples_pages_make_no_orders() {
    let (_stub, gateway) = Stub::new(&[TOKEN]).await;
    let house = House::set(&gateway, |config| config.cors_origins = vec!["https://www.shop.example".into()]).await;
    let form = "quantity[kopi-gayo-250g]=1";
    let (id, _) = house.ordered().await;
    let token = format!("/api/orders/{id}/token");
    let cases = [
        (("origin", "https://www.shop.example"), true),
        (("sec-fetch-site", "same-origin"), true),
        (("x-nothing", "as old browsers"), true),
        (("origin", house.url.as_str()), true),
        (("origin", "https://evil.example"), false),
        (("origin", "null"), false),
        (("sec-fetch-site", "cross-site"), false),
        (("referer", "https://evil.example/shop"), false),
    ];
    let before = house.rows("SELECT order_id FROM orders").await.len();
    for (header, taken) in cases {
        let reply = house.send(with(post("/checkout", FORM, form), &[header])).await;
        assert_eq!(reply.status, if taken { 303 } else { 403 }, "{header:?}: {}", reply.text());
        if !taken {
            assert!(reply.text().contains("foreign_origin") && reply.text().contains("href=\"/\""), "{}", reply.text());
        }
        let json = house.send(with(post("/api/orders", JSON, cart().to_string()), &[header])).await;
        assert_eq!(json.status, if taken { 201 } else { 403 }, "{header:?}: {}", json.text());
        let again = house.send(with(post(&token, JSON, ""), &[header])).await;
        assert_eq!(again.status, if taken { 200 } else { 403 }, "{header:?}: {}", again.text());
    }
    assert_eq!(house.rows("SELECT order_id FROM orders").await.len(), before + 8, "two for each that was taken");
    let told = signed(&id, "201", CART, json!({"transaction_status": "pending"})).to_string();
    let told = with(post("/api/midtrans/notifications", JSON, told), &[("origin", "https://app.midtrans.com")]);
    assert_eq!(house.send(told).await.status, 200, "the gateway is no page");
}

#[tokio::test]
async fn every_answer_is_dressed() {
    let (_stub, gateway) = Stub::new(&[TOKEN, (500, "<h1>java.lang.NullPointerException at com.midtrans</h1>")]).await;
    let house = House::set(&gateway, |config| {
        config.limits.orders_per_minute = 5;
        config.public_url = "https://shop.example".parse().unwrap();
    })
    .await;
    let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    let order = || post("/api/orders", JSON, cart().to_string());
    let html = |path: &str| with(get(path), &[("accept", "text/html")]);
    let requests = [
        (order(), 201),
        (order(), 503),
        (post("/checkout", FORM, "quantity[kopi-gayo-250g]=1"), 503),
        (post("/checkout", FORM, "quantity[kopi-gayo-250g]=x"), 422),
        (with(post("/checkout", FORM, ""), &[("origin", "https://evil.example")]), 403),
        (post("/api/orders", JSON, "{"), 400),
        (order(), 429),
        (post("/api/midtrans/notifications", JSON, "{}"), 400),
        (get("/api/shop"), 200),
        (get("/api/orders/none"), 404),
        (get("/api/none"), 404),
        (get("/none"), 404),
        (html("/none"), 404),
        (html("/%2fevil.example"), 404),
        (html("//evil.example/%2e%2e"), 404),
        (html("/"), 503),
        (Request::delete("/checkout").body(Body::empty()).unwrap(), 405),
        (post("/api/orders/none/token", JSON, vec![b' '; 1 << 20]), 413),
        (get("/healthz"), 200),
        (get("/readyz"), 200),
    ];
    for (request, status) in requests {
        let what = format!("{} {}", request.method(), request.uri());
        let reply = house.send(request).await;
        assert_eq!(reply.status, status, "{what}: {}", reply.text());
        dressed(&reply, &what);
        for inside in ["NullPointer", "midtrans.com", "panicked", ".rs:", "src/", "sqlx", "SELECT", "127.0.0.1"] {
            let ours = inside == "127.0.0.1" && status < 400;
            assert!(ours || !reply.text().contains(inside), "{what} shows {inside}: {}", reply.text());
        }
        assert_eq!(reply.header("location"), "", "{what}");
    }
    dressed(&house.operator("/metrics").await, "/metrics");
}

#[track_caller]
fn dressed(reply: &Reply, what: &str) {
    let headers = [
        ("content-security-policy", "default-src 'none'; "),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("cross-origin-opener-policy", "same-origin-allow-popups"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "payment=(self "),
        ("strict-transport-security", "max-age=31536000"),
    ];
    for (name, value) in headers {
        assert!(reply.header(name).starts_with(value), "{what}: {name} is {:?}", reply.header(name));
    }
    assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"), "{what}");
    assert_eq!(reply.header("server"), "", "{what}");
}

/// It would carry the server key along.
#[tokio::test]
async fn a_redirect_of_the_gateway_is_not_followed() {
    let (elsewhere, base) = Stub::new(&[TOKEN]).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gateway = format!("http://{}", listener.local_addr().unwrap());
    let answer = move || std::future::ready(axum::response::Redirect::temporary(&base));
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await });
    let house = House::at(&gateway).await;
    assert_eq!(house.post("/api/orders", &cart()).await.code(), "gateway_invalid_response");
    assert_eq!(elsewhere.asked(), Vec::<String>::new());
}
