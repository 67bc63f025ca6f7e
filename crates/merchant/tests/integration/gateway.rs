//! What the customer hears when the gateway does well, badly, or not at all.

use serde_json::{Value, json};

use crate::house::{CART, House, cart, signed};
use crate::stub::Stub;

const GOOD: &str = r#"{"token":"66e4fa55-fdac-4ef9-91b5-733b97d1b862","redirect_url":"{base}/snap/v2/vtweb/66e4fa55"}"#;
const TAKEN: &str = r#"{"error_messages":["transaction_details.order_id sudah digunakan"]}"#;

#[tokio::test]
async fn an_order_becomes_a_token() {
    let (house, fake) = House::with_fake().await;
    let reply = house.post("/api/orders", &cart()).await;
    assert_eq!(reply.status, 201);
    let checkout = reply.json();
    let order_id = checkout["order_id"].as_str().unwrap();
    assert_eq!(order_id.len(), 26);
    assert_eq!(checkout["gross_amount"], 125_000);
    assert_eq!(checkout["status_url"], format!("/api/orders/{order_id}"));
    assert!(checkout["redirect_url"].as_str().unwrap().starts_with(fake.base_url()));
    assert_eq!(reply.header("cache-control"), "no-store");

    let order = house.get(&format!("/api/orders/{order_id}")).await;
    assert_eq!(order.header("cache-control"), "no-store");
    assert_eq!(order.json()["status"], "created");
    assert!(!order.text().contains("Siti"), "no customer data: {}", order.text());

    let again = house.post(&format!("/api/orders/{order_id}/token"), &Value::Null).await;
    assert_eq!((again.status, again.json()["token"].clone()), (200, checkout["token"].clone()));
    let requests = house.control_list("requests").await;
    assert_eq!(requests.len(), 1, "the second try needs no gateway");
    assert_eq!(requests[0]["idempotent"], true, "a lost answer can be asked for again");
}

#[tokio::test]
async fn what_the_gateway_is_asked() {
    let (stub, base) = Stub::new(&[(201, GOOD)]).await;
    let house = House::at(&base).await;
    let mut asked = cart();
    asked["customer"]["phone"] = "  ".into();
    let checkout = house.post("/api/orders", &asked).await.json();
    let order_id = checkout["order_id"].as_str().unwrap();
    let expected = json!({
        "transaction_details": {"order_id": order_id, "gross_amount": 125_000},
        "item_details": [
            {"id": "kopi-gayo-250g", "price": 89_000, "quantity": 1, "name": "Kopi Gayo Aceh 250 g"},
            {"id": "teh-melati-100g", "price": 18_000, "quantity": 2, "name": "Teh melati Slawi 100 g"},
        ],
        "customer_details": {"first_name": "Siti Rahayu", "email": "siti@example.com"},
        "credit_card": {"secure": true},
        "callbacks": {"finish": format!("{}/order/{order_id}", house.url)},
    });
    assert_eq!(stub.sent(), expected, "nothing empty, nothing else");
}

#[tokio::test]
async fn passing_faults_are_outlived_and_lasting_ones_are_told() {
    let cases = [
        (json!({"fault": "status", "status": 500, "times": 1}), 201, ""),
        (json!({"fault": "status", "status": 503, "times": 2}), 201, ""),
        (json!({"fault": "status", "status": 429, "times": 1}), 201, ""),
        (json!({"fault": "html502", "times": 1}), 201, ""),
        (json!({"fault": "reset", "times": 1}), 201, ""),
        (json!({"fault": "lost_answer", "times": 1}), 201, ""),
        (json!({"fault": "truncate", "times": 1}), 201, ""),
        (json!({"fault": "status", "status": 503, "times": 0}), 503, "gateway_unavailable"),
        (json!({"fault": "html502", "times": 0}), 503, "gateway_unavailable"),
        (json!({"fault": "hang", "times": 0}), 503, "gateway_unavailable"),
        (json!({"fault": "reset", "times": 0}), 503, "gateway_unavailable"),
        (json!({"fault": "status", "status": 400, "times": 0}), 500, "gateway_rejected"),
        (json!({"fault": "status", "status": 401, "times": 0}), 500, "gateway_unauthorized"),
    ];
    let (house, _fake) = House::with_fake().await;
    for (at, (fault, status, code)) in cases.into_iter().enumerate() {
        let mut planned = fault.clone();
        planned["target"] = "token".into();
        house.control("faults", planned).await;
        let reply = house.order(&format!("key-{at}")).await;
        assert_eq!(reply.status, status, "{fault}: {}", reply.text());
        if status != 201 {
            assert_eq!(reply.code(), code, "{fault}");
            assert_eq!(reply.header("retry-after").is_empty(), status != 503, "{fault}");
        }
        house.clear_faults().await;
        // Whatever happened: the order is there, and the same key leads on.
        let resumed = house.order(&format!("key-{at}")).await;
        assert_eq!(resumed.status, 201, "{fault}: {}", resumed.text());
        if status == 201 {
            assert_eq!(resumed.json(), reply.json(), "{fault}");
        }
    }
}

#[tokio::test]
async fn a_wrong_server_key_is_the_operators_fault() {
    let (_, fake) = House::with_fake().await;
    let house = House::with_key(fake.base_url(), "SB-Mid-server-another").await;
    let reply = house.post("/api/orders", &cart()).await;
    assert_eq!((reply.status, reply.code().as_str()), (500, "gateway_unauthorized"));
}

#[tokio::test]
async fn answers_that_cannot_be_believed() {
    let huge = format!(r#"{{"token":"{}"}}"#, "x".repeat(100_000));
    let cases = [
        (200, "<html>welcome</html>", "gateway_invalid_response", 502),
        (201, "", "gateway_invalid_response", 502),
        (201, r#"{"token":"66e4fa55"}"#, "gateway_invalid_response", 502),
        (201, r#"{"token":"","redirect_url":"{base}/x"}"#, "gateway_invalid_response", 502),
        (201, r#"{"token":"</script>--------","redirect_url":"{base}/x"}"#, "gateway_invalid_response", 502),
        (201, r#"{"token":"66e4fa55-fdac","redirect_url":"https://evil.example/"}"#, "gateway_invalid_response", 502),
        (201, r#"{"token":"66e4fa55-fdac","redirect_url":"javascript:alert(1)"}"#, "gateway_invalid_response", 502),
        (201, &huge, "gateway_invalid_response", 502),
        (302, "", "gateway_invalid_response", 502),
        (202, "", "gateway_unavailable", 503),
        (400, r#"{"error_messages":["customer_details.email format is invalid"]}"#, "invalid_customer", 422),
        (404, "not json", "gateway_rejected", 500),
    ];
    for (status, body, code, expected) in cases {
        let (_stub, base) = Stub::new(&[(status, body)]).await;
        let reply = House::at(&base).await.post("/api/orders", &cart()).await;
        let short: String = body.chars().take(80).collect();
        assert_eq!((reply.status, reply.code().as_str()), (expected, code), "{status} {short}");
    }
}

#[tokio::test]
async fn an_id_that_the_gateway_knows_is_replaced_unless_somebody_paid() {
    let settled = signed("ID", "200", CART, json!({"transaction_status": "settlement", "fraud_status": "accept"}));
    let cases = [
        (json!({"status_code": "404"}), 409, "order_pending", "created"),
        (signed("ID", "202", CART, json!({"transaction_status": "deny"})), 201, "", "denied"),
        (signed("ID", "201", CART, json!({"transaction_status": "pending"})), 409, "order_pending", "pending"),
        (settled, 409, "order_paid", "paid"),
        (signed("ID", "202", CART, json!({"transaction_status": "expire"})), 409, "order_expired", "expired"),
    ];
    for (said, status, code, stands) in cases {
        // The first try fails; then the gateway remembers the id.
        let (stub, base) = Stub::new(&[(404, "")]).await;
        let house = House::at(&base).await;
        let failed = house.order("key").await;
        assert_eq!(failed.code(), "gateway_rejected");
        let order_id = stub.asked()[0].rsplit(' ').next().unwrap().to_owned();
        stub.script(&[
            (400, TAKEN.into()),
            (200, said.to_string().replace("\"ID\"", &format!("\"{order_id}\""))),
            (201, GOOD.replace("{base}", &base)),
        ]);
        let reply = house.order("key").await;
        assert_eq!(reply.status, status, "{said}: {}", reply.text());
        if status == 201 {
            assert_eq!(reply.json()["order_id"], order_id.as_str(), "the shop's order keeps its id");
            assert_eq!(stub.asked().last().unwrap(), &format!("POST /snap/v1/transactions {order_id}-2"));
        } else {
            assert_eq!(reply.code(), code);
        }
        assert_eq!(house.status(&order_id).await, stands);
    }
}
