//! Whatever comes in: a clear error with a stable code, never a panic, never half an order.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::house::{House, cart, post};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn orders() {
    let (house, _fake) = House::with_fake().await;
    let line = |id: &str, quantity: &str| format!(r#"{{"items":[{{"id":{id},"quantity":{quantity}}}]}}"#);
    let customer =
        |fields: &str| format!(r#"{{"items":[{{"id":"kopi-gayo-250g","quantity":1}}],"customer":{fields}}}"#);
    let kopi = r#""kopi-gayo-250g""#;
    let deep = "[".repeat(5000);
    let cases: Vec<(Vec<u8>, u16, &str, &str)> = vec![
        (b"".into(), 400, "invalid_json", ""),
        (b"{".into(), 400, "invalid_json", ""),
        (b"{} {}".into(), 422, "invalid_field", ""),
        (b"\xff\xfe{".into(), 400, "invalid_json", ""),
        (b"{\"items\":[{\"id\":\"\xc3\x28\",\"quantity\":1}]}".into(), 400, "invalid_json", ""),
        (deep.into(), 422, "invalid_field", ""),
        (b"null".into(), 422, "invalid_field", ""),
        (b"[]".into(), 422, "invalid_field", ""),
        (b"{}".into(), 422, "invalid_field", ""),
        (br#"{"items":[]}"#.into(), 422, "empty_cart", "items"),
        (br#"{"items":{}}"#.into(), 422, "invalid_field", "items"),
        (br#"{"items":[],"items":[]}"#.into(), 422, "invalid_field", ""),
        (br#"{"items":[],"price":1}"#.into(), 422, "invalid_field", ""),
        (line(kopi, "0").into(), 422, "invalid_quantity", "items[0].quantity"),
        (line(kopi, "1000").into(), 422, "invalid_quantity", "items[0].quantity"),
        (line(kopi, "-1").into(), 422, "invalid_field", "items[0].quantity"),
        (line(kopi, "1.5").into(), 422, "invalid_field", "items[0].quantity"),
        (line(kopi, "\"1\"").into(), 422, "invalid_field", "items[0].quantity"),
        (line(kopi, "1e99").into(), 422, "invalid_field", "items[0].quantity"),
        (line(kopi, "99999999999999999999").into(), 422, "invalid_field", "items[0].quantity"),
        (line(kopi, r#"1,"quantity":1"#).into(), 422, "invalid_field", "items[0]"),
        (line(kopi, r#"1,"price":1"#).into(), 422, "invalid_field", "items[0]"),
        (line("7", "1").into(), 422, "invalid_field", "items[0].id"),
        (line(r#""KOPI""#, "1").into(), 422, "unknown_item", "items[0].id"),
        (line(r#""kopi-gayo-250g\u0000""#, "1").into(), 422, "unknown_item", "items[0].id"),
        (customer("7").into(), 422, "invalid_field", "customer"),
        (customer(r#"{"nama":"Siti"}"#).into(), 422, "invalid_field", "customer"),
        (customer(r#"{"name":"a","name":"b"}"#).into(), 422, "invalid_field", "customer"),
        (customer(r#"{"name":"a\u202eb"}"#).into(), 422, "invalid_text", "customer.name"),
        (customer(r#"{"name":"a\u0007b"}"#).into(), 422, "invalid_text", "customer.name"),
        (customer(r#"{"name":"\ud800"}"#).into(), 400, "invalid_json", ""),
        (customer(r#"{"email":"a@b@c"}"#).into(), 422, "invalid_email", "customer.email"),
        (customer(r#"{"phone":"1;DROP TABLE"}"#).into(), 422, "invalid_phone", "customer.phone"),
        (customer(&format!(r#"{{"name":"{}"}}"#, "x".repeat(256))).into(), 422, "invalid_text", "customer.name"),
        (customer(&format!(r#"{{"name":"{}"}}"#, "x".repeat(17_000))).into(), 413, "body_too_large", ""),
        (vec![b' '; 1 << 20], 413, "body_too_large", ""),
    ];
    for (body, status, code, field) in cases {
        let short = String::from_utf8_lossy(&body[..body.len().min(100)]).into_owned();
        let reply = house.send(post("/api/orders", JSON, body)).await;
        assert_eq!((reply.status, reply.code().as_str()), (status, code), "{short}");
        assert_eq!(reply.json()["error"]["field"].as_str().unwrap_or_default(), field, "{short}");
    }
    let many = json!({"items": vec![json!({"id": "kopi-gayo-250g", "quantity": 1}); 51]});
    assert_eq!(house.post("/api/orders", &many).await.code(), "too_many_items");
    assert_eq!(house.control_list("requests").await.len(), 0, "nothing reached the gateway");
}

#[tokio::test]
async fn everything_else() {
    let (house, _fake) = House::with_fake().await;
    let text = cart().to_string();
    let request = |method: &str, path: &str| Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    let cases = [
        (post("/api/orders", "text/plain", text.clone()), 415, "unsupported_media_type"),
        (post("/api/orders", FORM, "items=1"), 415, "unsupported_media_type"),
        (Request::post("/api/orders").body(Body::from(text)).unwrap(), 415, "unsupported_media_type"),
        (request("GET", "/api/orders"), 405, "method_not_allowed"),
        (request("DELETE", "/api/orders/abc"), 405, "method_not_allowed"),
        (request("GET", "/api/midtrans/notifications"), 405, "method_not_allowed"),
        (request("GET", "/api/orders/abc"), 404, "order_not_found"),
        (request("GET", "/api/orders/%00"), 404, "order_not_found"),
        (request("GET", "/api/orders/%ff%fe"), 404, "order_not_found"),
        (request("GET", "/api/orders/..%2f..%2fetc%2fpasswd"), 404, "order_not_found"),
        (request("GET", &format!("/api/orders/{}", "a".repeat(5000))), 404, "order_not_found"),
        (request("POST", "/api/orders/abc/token"), 404, "order_not_found"),
        (post("/api/orders/abc/token", JSON, vec![b'x'; 1 << 20]), 413, "body_too_large"),
        (post("/api/midtrans/notifications", JSON, vec![b'x'; 1 << 20]), 413, "body_too_large"),
        (request("GET", "/api"), 404, "not_found"),
        (request("GET", "/api/nothing"), 404, "not_found"),
        (request("POST", "/nothing"), 405, "method_not_allowed"),
        (request("POST", "/"), 405, "method_not_allowed"),
    ];
    for (request, status, code) in cases {
        let what = format!("{} {}", request.method(), request.uri());
        let reply = house.send(request).await;
        assert_eq!((reply.status, reply.code().as_str()), (status, code), "{what}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{what}");
    }
}

#[tokio::test]
async fn forms_answer_with_a_page() {
    let (house, _fake) = House::with_fake().await;
    let cases: [(&[u8], u16, &str); 10] = [
        (b"", 422, "empty_cart"),
        (b"quantity[kopi-gayo-250g]=0", 422, "empty_cart"),
        (b"quantity[<script>]=1", 422, "unknown_item"),
        (b"quantity[kopi-gayo-250g]=1&quantity[kopi-gayo-250g]=1", 422, "invalid_field"),
        (b"quantity[kopi-gayo-250g]=1001", 422, "invalid_quantity"),
        (b"quantity[kopi-gayo-250g]=satu", 422, "invalid_quantity"),
        (b"quantity[kopi-gayo-250g]=1&name=%ff%fe", 422, "invalid_text"),
        (b"quantity[kopi-gayo-250g]=1&name=a%E2%80%AEb", 422, "invalid_text"),
        (b"quantity[kopi-gayo-250g]=1&email=siti", 422, "invalid_email"),
        (&[b'x'; 1 << 20], 413, "body_too_large"),
    ];
    for (body, status, code) in cases {
        let short = String::from_utf8_lossy(&body[..body.len().min(100)]).into_owned();
        let reply = house.send(post("/checkout", FORM, body.to_vec())).await;
        assert_eq!(reply.status, status, "{short}");
        assert!(reply.header("content-type").starts_with("text/html"), "{short}");
        assert!(reply.text().contains(code) && reply.text().contains("href=\"/\""), "{short}: {}", reply.text());
        assert!(!reply.text().contains("<script"), "{short}");
    }
    assert_eq!(house.send(post("/checkout", JSON, "{}")).await.status, 415);
}

/// A simple client sends all of its body before it listens; it must not end in a broken pipe.
#[tokio::test]
async fn a_large_body_hears_its_answer() {
    let (house, _fake) = House::with_fake().await;
    let mut stream = TcpStream::connect(house.url.trim_start_matches("http://")).await.unwrap();
    let body = vec![b' '; 3 << 20];
    let head = format!(
        "POST /api/orders HTTP/1.1\r\nhost: shop\r\nconnection: close\r\ncontent-type: {JSON}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("body_too_large"), "{answer}");
}
