//! The token API: who is let in, what is refused and how, what a second request for the same order does.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Gateway, KEY, answer, order};

fn messages(list: &[&str]) -> Value {
    json!({ "error_messages": list })
}

#[tokio::test]
async fn a_token_and_its_page() {
    let gateway = Gateway::start().await;
    let (status, body) = answer(gateway.token_request(&order("A"))).await;
    assert_eq!(status, 201);
    let parsed: wire::midtrans::TokenResponse = serde_json::from_value(body.clone()).expect("as documented");
    let redirect_url = body["redirect_url"].as_str().expect("text");
    assert!(redirect_url.ends_with(body["token"].as_str().expect("text")), "{parsed:?}");
    let page = gateway.client.get(redirect_url).send().await.expect("page");
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
}

#[tokio::test]
async fn refusals_have_the_documented_code_and_words() {
    let gateway = Gateway::start().await;
    let token = |body: String| gateway.request(Method::POST, "/snap/v1/transactions").body(body);
    let good = || order("A").to_string();
    let unauthorized = messages(&[
        "Access denied due to unauthorized transaction, please check client or server key",
        "Visit https://snap-docs.midtrans.com/#request-headers for more details",
    ]);
    let cases = [
        ("no key", token(good()), 401, unauthorized.clone()),
        ("another key", token(good()).basic_auth("SB-Mid-server-other", Some("")), 401, unauthorized),
        ("empty key", token(good()).basic_auth("", Some("")), 400, messages(&["Merchant is required"])),
        ("doubled scheme", token(good()).header("authorization", "Basic Basic eDo="), 400, messages(&["bad request"])),
        (
            "broken json",
            token("{\"a\":".into()).basic_auth(KEY, Some("")),
            400,
            messages(&["There was a problem in the JSON you submitted"]),
        ),
        (
            "not utf-8",
            token(String::new()).body(vec![0xff, 0xfe]).basic_auth(KEY, Some("")),
            400,
            messages(&["There was a problem in the JSON you submitted"]),
        ),
        (
            "too large",
            token(" ".repeat(16 * 1024 + 1)).basic_auth(KEY, Some("")),
            413,
            messages(&["request body is larger than 16 kB"]),
        ),
        (
            "a megabyte",
            token(" ".repeat(1 << 20)).basic_auth(KEY, Some("")),
            413,
            messages(&["request body is larger than 16 kB"]),
        ),
        (
            "deep nesting",
            token("[".repeat(9_000)).basic_auth(KEY, Some("")),
            400,
            messages(&["There was a problem in the JSON you submitted"]),
        ),
        (
            "lost body",
            token("{}".into()).basic_auth(KEY, Some("")),
            400,
            messages(&[
                "transaction_details.order_id is required",
                "transaction_details.gross_amount is required",
                "transaction_details.gross_amount is not a number",
            ]),
        ),
        (
            "indonesian",
            token(json!({"transaction_details": {"order_id": "A", "gross_amount": 0}}).to_string())
                .basic_auth(KEY, Some(""))
                .header("accept-language", "id-ID"),
            400,
            messages(&["transaction_details.gross_amount harus sama atau lebih besar dari 0.01"]),
        ),
    ];
    for (name, request, code, expected) in cases {
        assert_eq!(answer(request).await, (code, expected), "{name}");
    }
    assert_eq!(gateway.status("A").await["status_code"], "404", "nothing was half-created");
}

#[tokio::test]
async fn one_order_has_one_payable_token() {
    let gateway = Gateway::start().await;
    let first = gateway.token("A").await;
    let second = gateway.token("A").await;
    let page = |token: &str| answer(gateway.request(Method::GET, &format!("/snap/v4/api/sessions/{token}")));
    assert_eq!(page(&first).await.0, 404, "the older token is invalid");
    assert_eq!(page(&second).await.0, 200);
    let other_key = format!("/snap/v4/api/sessions/{second}?client_key=SB-Mid-client-other");
    assert_eq!(answer(gateway.request(Method::GET, &other_key)).await.0, 404, "another merchant's client key");

    gateway.choose("A", "bca_va", "").await;
    let again = answer(gateway.token_request(&order("A"))).await;
    assert_eq!(again, (400, messages(&["transaction_details.order_id has already been taken"])));
    gateway.control("settle", json!({"order_id": "A"})).await;
    let paid = answer(gateway.token_request(&order("A"))).await;
    assert_eq!(
        paid,
        (400, messages(&["transaction_details.order_id has been paid and utilized, please use another order ID"]))
    );

    gateway.token("B").await;
    gateway.choose("B", "bca_va", "").await;
    answer(gateway.call(Method::POST, "/v2/B/cancel")).await;
    gateway.token("B").await;
}

#[tokio::test]
async fn a_session_can_be_taken_back_once_and_only_before_a_payment() {
    let gateway = Gateway::start().await;
    let cancel = |token: &str| answer(gateway.call(Method::POST, &format!("/snap/v1/transactions/{token}/cancel")));
    let token = gateway.token("A").await;
    assert_eq!(cancel(&token).await, (200, json!({"canceled_at": "2026-01-01T00:00:00.000Z"})));
    assert_eq!(cancel(&token).await.1, messages(&["token already canceled"]));
    assert_eq!(cancel("nonsense").await.1, messages(&["token not found"]));
    let token = gateway.token("B").await;
    gateway.choose("B", "gopay", "").await;
    assert_eq!(cancel(&token).await.1, messages(&["Transaction is on progress"]));
    // The path's token opens the payment page, so it is not in the log.
    let (_, log) = answer(gateway.request(Method::GET, "/control/requests")).await;
    assert!(!log.to_string().contains(&token) && !log.to_string().contains(KEY), "{log}");
}

#[tokio::test]
async fn the_same_idempotency_key_gives_the_same_token_for_five_minutes() {
    let gateway = Gateway::start().await;
    let ask = |key: &str| answer(gateway.token_request(&order("A")).header("idempotency-key", key.to_owned()));
    let first = ask("k").await;
    assert_eq!(first.0, 201);
    assert_eq!(ask("k").await, first);
    assert_ne!(ask(&"k".repeat(47)).await, first, "longer keys are ignored");
    let stranger =
        gateway.request(Method::POST, "/snap/v1/transactions").json(&order("A")).header("idempotency-key", "k");
    assert_eq!(answer(stranger).await.0, 401, "a key opens nothing");
    gateway.advance(5).await;
    assert_ne!(ask("k").await, first);
}

#[tokio::test]
async fn pages_do_not_run_what_strangers_write_into_addresses() {
    let gateway = Gateway::start().await;
    let hostile = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    for path in ["/snap/v4/popup?origin_host=", "/snap/v4/redirection/", "/finish?order_id=", "/simulator?id="] {
        let text = gateway
            .request(Method::GET, &format!("{path}{}", hostile.replace('/', "%2F")))
            .send()
            .await
            .expect("page")
            .text()
            .await
            .expect("text");
        assert!(!text.contains("<script>alert"), "{path}: {text}");
    }
}
