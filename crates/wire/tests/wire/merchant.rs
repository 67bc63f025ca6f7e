//! Browser ⇄ merchant: the token answer of any backend is enough, an order says only what is known.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, from_str, json, to_value};
use wire::Rupiah;
use wire::merchant::{Checkout, ErrorBody, Order, OrderRequest, OrderStatus, StorefrontConfig};

#[test]
fn checkout_takes_the_gateways_own_answer() {
    let json = include_str!("../../fixtures/responses/token-created.json");
    let checkout: Checkout = from_str(json).expect("a checkout");
    assert_eq!(checkout.token, "66e4fa55-fdac-4ef9-91b5-733b97d1b862");
    assert!(checkout.redirect_url.as_deref().is_some_and(|url| url.ends_with(&checkout.token)));
    assert_eq!((&checkout.order_id, checkout.gross_amount, &checkout.status_url), (&None, None, &None));
    assert_eq!(to_value(&checkout).expect("written"), from_str::<Value>(json).expect("json"), "nothing is added");

    let bare: Checkout = from_str(r#"{"token":"t","redirect_url":null,"customers_own":1}"#).expect("a checkout");
    assert_eq!(bare.redirect_url, None);
    for wrong in [r#"{}"#, r#"{"token":null}"#, r#"{"token":1}"#, r#"{"token":"a","token":"b"}"#, r#"["#, r#""t""#] {
        assert!(from_str::<Checkout>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn an_order_request_is_read_strictly() {
    let good = [
        r#"{"items":[{"id":"kopi","quantity":1}]}"#,
        r#"{"items":[{"id":"kopi","quantity":1}],"customer":null}"#,
        r#"{"items":[],"customer":{}}"#,
        r#"{"items":[{"id":"kopi","quantity":4294967295}],"customer":{"name":"S","email":"s@x.id","phone":"0812"}}"#,
    ];
    for json in good {
        assert!(from_str::<OrderRequest>(json).is_ok(), "{json}");
    }
    let refused = [
        // Missing.
        r#"{}"#,
        r#"{"items":[{"id":"kopi"}]}"#,
        r#"{"items":[{"quantity":1}]}"#,
        // Unknown: a price above all.
        r#"{"items":[{"id":"kopi","quantity":1,"price":1}]}"#,
        r#"{"items":[],"gross_amount":1}"#,
        r#"{"items":[],"customer":{"role":"admin"}}"#,
        r#"{"Items":[]}"#,
        // Wrong type.
        r#"{"items":null}"#,
        r#"{"items":{}}"#,
        r#"{"items":"kopi"}"#,
        r#"{"items":[1]}"#,
        r#"{"items":[{"id":1,"quantity":1}]}"#,
        r#"{"items":[{"id":"kopi","quantity":"1"}]}"#,
        r#"{"items":[{"id":"kopi","quantity":1.0}]}"#,
        r#"{"items":[{"id":"kopi","quantity":-1}]}"#,
        r#"{"items":[{"id":"kopi","quantity":4294967296}]}"#,
        r#"{"items":[{"id":"kopi","quantity":1e400}]}"#,
        r#"{"items":[],"customer":"Siti"}"#,
        r#"{"items":[],"customer":{"email":7}}"#,
        // Given twice.
        r#"{"items":[],"items":[]}"#,
        r#"{"items":[{"id":"kopi","quantity":1,"quantity":2}]}"#,
        r#"{"items":[{"id":"kopi","\u0069d":"teh","quantity":1}]}"#,
        r#"{"items":[],"customer":{"email":"a@x.id","email":"b@x.id"}}"#,
        // No JSON.
        "",
        "items=1",
        r#"{"items":[]"#,
        r#"{"items":[]} x"#,
        r#"{"items":[{"id":"\ud800","quantity":1}]}"#,
    ];
    for json in refused {
        assert!(from_str::<OrderRequest>(json).is_err(), "{json}");
    }
    let deep = format!(r#"{{"items":{}"#, "[".repeat(1 << 20));
    assert!(from_str::<OrderRequest>(&deep).is_err(), "depth is bounded");
}

#[test]
fn what_is_absent_is_not_written() {
    same::<StorefrontConfig>(
        json!({ "environment": "local", "client_key": "SB-Mid-client-x", "gateway_origin": "http://127.0.0.1:9",
        "items": [{ "id": "kopi", "name": "Kopi", "price": 25000 }, { "id": "teh", "name": "Teh", "description": "d", "price": 1 }] }),
    );
    same::<OrderRequest>(json!({ "items": [{ "id": "kopi", "quantity": 2 }] }));
    same::<OrderRequest>(json!({ "items": [], "customer": { "email": "s@x.id" } }));
    same::<Checkout>(
        json!({ "token": "t", "redirect_url": "https://x/t", "order_id": "o", "gross_amount": 50000, "status_url": "orders/o",
        "events_url": "orders/o/events" }),
    );
    same::<Checkout>(json!({ "token": "t" }));
    same::<Order>(json!({ "order_id": "o", "status": "created" }));
    same::<Order>(json!({ "order_id": "o", "status": "pending", "gross_amount": 50000,
        "items": [{ "id": "kopi", "name": "Kopi", "price": 25000, "quantity": 2 }],
        "payment": { "payment_type": "echannel", "provider": "mandiri", "code": "001689", "biller_code": "70012",
            "pdf_url": "https://x/pdf", "qr_url": "https://x/qr", "expires_at": "2026-01-02T03:04:05+07:00" } }));
    same::<Order>(json!({ "order_id": "o", "status": "partially_refunded", "gross_amount": 50000,
        "refunded_amount": 20000, "version": 7, "now": "2026-01-02T03:04:05.678Z" }));
    same::<Order>(json!({ "order_id": "o", "status": "half_paid" }));
    same::<ErrorBody>(
        json!({ "error": { "code": "unknown_item", "message": "no item \"x\"", "field": "items[0].id" } }),
    );
    same::<ErrorBody>(json!({ "error": { "code": "gateway_unavailable", "message": "try again" } }));

    let order: Order = from_str(r#"{"order_id":"o","status":"half_paid"}"#).expect("an order");
    assert_eq!(order.status, OrderStatus::Unknown("half_paid".into()), "kept, and not paid");
    let odd = r#"{"order_id":"o","status":"paid","version":"7","now":7,"refunded_amount":1.5}"#;
    let order: Order = from_str(odd).expect("an order");
    assert_eq!((order.version, order.now, order.refunded_amount), (None, None, None), "another type is missing");
    assert!(from_str::<Rupiah>("25000.5").is_err(), "no sen");
}

#[track_caller]
fn same<T: DeserializeOwned + Serialize>(before: Value) {
    let value: T = serde_json::from_value(before.clone()).expect("read");
    assert_eq!(to_value(value).expect("written"), before);
}
