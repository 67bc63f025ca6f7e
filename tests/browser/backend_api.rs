//! The token request: headers and body, validation of the response, retries and time limits.

use flow::TokenFault;
use snap_checkout::effects::backend_api::{self, CancelGuard};
use snap_checkout::{CheckoutConfig, Credentials, Environment};
use wasm_bindgen_test::wasm_bindgen_test;
use wire::merchant::Checkout;

use crate::harness::{RecordedRequest, Task, clock, network, page, requests, reset_page, start};

type TokenResult = Result<Checkout, TokenFault>;

fn config() -> CheckoutConfig {
    CheckoutConfig::new(
        "SB-Mid-client-abc".into(),
        Environment::Local("http://gateway.test/".into()),
        "https://shop.test/api/orders".into(),
        r#"{"items":[{"id":"kopi","quantity":1}]}"#.into(),
    )
}

fn config_with(change: impl FnOnce(&mut CheckoutConfig)) -> CheckoutConfig {
    let mut config = config();
    change(&mut config);
    config
}

fn start_request(config: CheckoutConfig) -> (CancelGuard, Task<TokenResult>) {
    let (abort, signal) = CancelGuard::new();
    (abort, start(async move { backend_api::request_token(&config, "key-1", &signal).await }))
}

async fn request_token(config: CheckoutConfig) -> TokenResult {
    let (_abort, task) = start_request(config);
    task.finish().await
}

fn checkout(token: &str) -> Checkout {
    Checkout {
        token: token.into(),
        redirect_url: None,
        order_id: None,
        gross_amount: None,
        status_url: None,
        events_url: None,
    }
}

const GOOD: &str = r#"{"body":"{\"token\":\"tok-1\"}"}"#;

#[wasm_bindgen_test]
async fn the_request_has_the_order_the_key_and_the_merchants_headers() {
    for (credentials, sent) in
        [(Credentials::SameOrigin, "same-origin"), (Credentials::Include, "include"), (Credentials::Omit, "omit")]
    {
        reset_page().await;
        network::respond("POST", &format!("[{GOOD}]"));
        let headers = vec![("X-CSRF-Token".into(), "t0ken".into()), ("x-shop".into(), "kopi".into())];
        assert_eq!(
            request_token(config_with(|config| (config.headers, config.credentials) = (headers, credentials))).await,
            Ok(checkout("tok-1"))
        );
        let requests = requests();
        let [request] = requests.as_slice() else { panic!("one request, not {}", requests.len()) };
        assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", "https://shop.test/api/orders"));
        assert_eq!(request.body, r#"{"items":[{"id":"kopi","quantity":1}]}"#);
        assert_eq!(request.credentials, sent);
        for (name, value) in [
            ("content-type", "application/json"),
            ("accept", "application/json"),
            ("idempotency-key", "key-1"),
            ("x-csrf-token", "t0ken"),
            ("x-shop", "kopi"),
        ] {
            assert_eq!(request.headers.get(name).map(String::as_str), Some(value), "{name}");
        }
        assert_eq!(clock::pending_timers(), 0);
    }
}

#[wasm_bindgen_test]
async fn only_temporary_failures_are_retried() {
    let ok = || Ok(checkout("tok-1"));
    let cases: Vec<(String, TokenResult, usize, std::ops::Range<f64>)> = vec![
        (r#"{"status":503}, {"broken":true}"#.into(), ok(), 3, 900.0..1_900.0),
        (r#"{"broken":true}"#.into(), ok(), 2, 300.0..700.0),
        (r#"{"body":"{\"token\"","breaks":true}"#.into(), ok(), 2, 300.0..700.0),
        (r#"{"never":true}"#.into(), ok(), 2, 5_000.0..20_000.0),
        (r#"{"body":"{","stalls":true}"#.into(), ok(), 2, 5_000.0..20_000.0),
        (r#"{"status":429,"headers":{"retry-after":"5"}}"#.into(), ok(), 2, 5_000.0..5_500.0),
        (r#"{"status":503,"headers":{"retry-after":" 2 "}}"#.into(), ok(), 2, 2_000.0..2_500.0),
        (r#"{"status":503,"headers":{"retry-after":"soon"}}"#.into(), ok(), 2, 300.0..700.0),
        (r#"{"status":503,"headers":{"retry-after":"-1"}}"#.into(), ok(), 2, 300.0..700.0),
        (r#"{"status":503,"headers":{"retry-after":"Thu, 01 Jan 1970 00:00:00 GMT"}}"#.into(), ok(), 2, 300.0..700.0),
        (r#"{"status":429,"headers":{"retry-after":"3600"}}"#.into(), Err(TokenFault::Unavailable), 1, 0.0..1.0),
        (
            r#"{"status":503,"headers":{"retry-after":"99999999999999"}}, {"status":503}, {"status":503}"#.into(),
            Err(TokenFault::Unavailable),
            3,
            900.0..1_900.0,
        ),
        (
            r#"{"status":503,"headers":{"retry-after":"Fri, 01 Jan 2100 00:00:00 GMT"}}"#.into(),
            Err(TokenFault::Unavailable),
            1,
            0.0..1.0,
        ),
        ([r#"{"broken":true}"#; 3].join(","), Err(TokenFault::Network), 3, 900.0..1_900.0),
        ([r#"{"never":true}"#; 3].join(","), Err(TokenFault::Timeout), 3, 15_000.0..60_000.0),
    ];
    let statuses = [429_u16, 502, 503, 504].map(|status| {
        let responses = [format!(r#"{{"status":{status}}}"#), format!(r#"{{"status":{status}}}"#)].join(",");
        (responses, ok(), 3, 900.0..1_900.0)
    });
    let refused = [400_u16, 401, 403, 404, 409, 413, 422, 451]
        .map(|status| (format!(r#"{{"status":{status}}}"#), Err(TokenFault::Refused(status)), 1, 0.0..1.0));
    let broken = [500_u16, 501, 505]
        .map(|status| (format!(r#"{{"status":{status}}}"#), Err(TokenFault::Broken(status)), 1, 0.0..1.0));
    for (responses, result, attempts, duration) in cases.into_iter().chain(statuses).chain(refused).chain(broken) {
        reset_page().await;
        network::respond("POST", &format!("[{responses},{GOOD}]"));
        assert_eq!(request_token(config()).await, result, "{responses}");
        let (requests, took) = (requests(), clock::elapsed());
        assert_eq!(requests.len(), attempts, "{responses}");
        assert!(
            requests.iter().all(|request| request.headers["idempotency-key"] == "key-1"),
            "{responses}: another key"
        );
        assert!(duration.contains(&took), "{responses}: took {took}");
        assert_eq!(clock::pending_timers(), 0, "{responses}");
    }
    reset_page().await;
    network::set_online(false);
    assert_eq!(request_token(config()).await, Err(TokenFault::Offline));
}

#[wasm_bindgen_test]
async fn a_response_without_a_valid_token_is_refused_without_a_retry() {
    let long = format!(r#"{{"token":"{}"}}"#, "x".repeat(256));
    let bodies = [
        "",
        "<!doctype html><title>Masuk</title>",
        "null",
        "[]",
        r#""tok""#,
        "{}",
        r#"{"redirect_url":"http://gateway.test/"}"#,
        r#"{"token":null}"#,
        r#"{"token":5}"#,
        r#"{"token":["tok"]}"#,
        r#"{"token":""}"#,
        r#"{"token":"a b"}"#,
        r#"{"token":"a\u0000b"}"#,
        r#"{"token":"\u202etok"}"#,
        r#"{"token":"\ud800"}"#,
        r#"{"token":"tok""#,
        &long,
    ];
    let quoted = bodies.map(|body| format!(r#"{{"body":{}}}"#, snap_checkout::effects::json::written(body)));
    // `{"token":"<not UTF-8>"}`
    let bytes = r#"{"raw":[123,34,116,111,107,101,110,34,58,34,255,254,34,125]}"#.to_owned();
    for response in quoted.into_iter().chain([bytes]) {
        reset_page().await;
        network::respond("POST", &format!("[{response},{GOOD}]"));
        assert_eq!(request_token(config()).await, Err(TokenFault::InvalidResponse), "{response}");
        assert_eq!(requests().len(), 1, "{response}");
        assert_ne!(page::console_output(), "", "{response}: no log for the developer");
    }
}

#[wasm_bindgen_test]
async fn invalid_fields_next_to_the_token_do_not_affect_it() {
    for fields in [
        r#""redirect_url":5"#,
        r#""redirect_url":null,"status_url":null,"order_id":null,"gross_amount":null"#,
        r#""status_url":{},"order_id":[]"#,
        r#""gross_amount":"a lot""#,
        r#""gross_amount":1.5"#,
        r#""__proto__":{"redirect_url":"http://gateway.test/t"}"#,
        r#""more":[[[{}]]]"#,
    ] {
        reset_page().await;
        let body = snap_checkout::effects::json::written(&format!(r#"{{"token":"tok-1",{fields}}}"#));
        network::respond("POST", &format!(r#"[{{"body":{body}}}]"#));
        assert_eq!(request_token(config()).await, Ok(checkout("tok-1")), "{fields}");
    }
}

#[wasm_bindgen_test]
async fn an_oversized_response_is_cancelled_while_it_arrives() {
    reset_page().await;
    network::respond("POST", r#"[{"endless":true}]"#);
    assert_eq!(request_token(config()).await, Err(TokenFault::InvalidResponse));
    clock::idle().await;
    let chunks = network::chunks_before_cancel();
    assert!((1..=6).contains(&chunks), "cancelled after {chunks} chunks of 16 kB");
    assert_eq!(requests().len(), 1);
}

#[wasm_bindgen_test]
async fn only_urls_of_the_gateway_and_the_backend_are_accepted() {
    let local = || Environment::Local("http://gateway.test/".into());
    for (environment, hosted, accepted) in [
        (local(), "http://gateway.test/snap/v4/redirection/t", true),
        (local(), "https://gateway.test/snap/v4/redirection/t", false),
        (local(), "http://gateway.test:81/t", false),
        (local(), "http://gateway.test.evil.test/t", false),
        (local(), "http://gateway.test@evil.test/t", false),
        (local(), "//gateway.test/t", true),
        (local(), "//evil.test/t", false),
        (local(), "/t", false),
        (local(), "javascript:alert(1)//http://gateway.test/", false),
        (local(), "", false),
        (Environment::Sandbox, "https://app.sandbox.midtrans.com/snap/v4/redirection/t", true),
        (Environment::Sandbox, "https://app.midtrans.com/snap/v4/redirection/t", false),
        (Environment::Sandbox, "http://app.sandbox.midtrans.com/snap/v4/redirection/t", false),
        (Environment::Production, "https://app.midtrans.com/snap/v4/redirection/t", true),
        (Environment::Production, "https://app.sandbox.midtrans.com/snap/v4/redirection/t", false),
    ] {
        reset_page().await;
        let body = format!(r#"{{"token":"tok-1","redirect_url":"{hosted}"}}"#);
        network::respond("POST", &format!(r#"[{{"body":{}}}]"#, snap_checkout::effects::json::written(&body)));
        let result = request_token(config_with(|config| config.environment = environment)).await;
        // The URL is stored in absolute form.
        let absolute = if hosted.starts_with("//") { format!("http:{hosted}") } else { hosted.to_owned() };
        let expected = Checkout { redirect_url: accepted.then_some(absolute), ..checkout("tok-1") };
        // An invalid URL disables the hosted page, not the token.
        assert_eq!(result, Ok(expected), "{hosted}");
    }
    for (status_url, accepted) in [
        ("/api/orders/o-1", Some("https://shop.test/api/orders/o-1")),
        ("o-1", Some("https://shop.test/api/o-1")),
        ("https://shop.test/o-1", Some("https://shop.test/o-1")),
        ("https://evil.test/o-1", None),
        ("//evil.test/o-1", None),
        ("http://shop.test/o-1", None),
        ("javascript:alert(1)", None),
    ] {
        reset_page().await;
        let body = format!(r#"{{"token":"tok-1","status_url":"{status_url}"}}"#);
        network::respond("POST", &format!(r#"[{{"body":{}}}]"#, snap_checkout::effects::json::written(&body)));
        let expected = Checkout { status_url: accepted.map(str::to_owned), ..checkout("tok-1") };
        assert_eq!(request_token(config()).await, Ok(expected), "{status_url}");
    }
}

#[wasm_bindgen_test]
async fn orders_are_sent_by_https_or_to_this_machine_only() {
    for (token_url, accepted) in [
        ("https://shop.test/t", true),
        ("/t", true),
        ("http://localhost:1/t", true),
        ("http://127.0.0.1:1/t", true),
        ("http://127.9.9.9/t", true),
        ("http://[::1]/t", true),
        ("http://shop.test/t", false),
        ("http://127.evil.test/t", false),
        ("http://127.0.0.1.evil.test/t", false),
        ("http://localhost.evil.test/t", false),
        ("http://notlocalhost/t", false),
        ("http://[::2]/t", false),
        ("http://10.0.0.1/t", false),
        ("//shop.test/t", false),
        ("ftp://127.0.0.1/t", false),
        ("data:application/json,{}", false),
        ("javascript:alert(1)", false),
        ("https://", false),
    ] {
        reset_page().await;
        network::respond("POST", &format!("[{GOOD}]"));
        let result = request_token(config_with(|config| config.token_url = token_url.into())).await;
        let expected = if accepted { Ok(checkout("tok-1")) } else { Err(TokenFault::Misconfigured) };
        assert_eq!(result, expected, "{token_url}");
        assert_eq!(requests().len(), usize::from(accepted), "{token_url}");
    }
}

#[wasm_bindgen_test]
async fn invalid_headers_and_secrets_are_refused_and_not_logged() {
    for (name, value) in [
        ("x y", "1"),
        ("", "1"),
        ("x\n", "1"),
        // The browser would throw, and wasm would trap.
        ("a/b", "1"),
        ("x(y)", "1"),
        ("\u{e4}", "1"),
        ("x", "a\r\nb: c"),
        ("x", "kopi\u{1f600}"),
        ("authorization", "SB-Mid-server-s3cret"),
    ] {
        reset_page().await;
        network::respond("POST", &format!("[{GOOD}]"));
        let headers = vec![(name.to_owned().into(), value.to_owned().into())];
        let result = request_token(config_with(|config| config.headers = headers)).await;
        assert_eq!(result, Err(TokenFault::Misconfigured), "{name:?}: {value:?}");
        assert_eq!(requests().len(), 0, "{name:?}: {value:?}");
        assert!(!page::console_output().contains("s3cret"));
    }
    reset_page().await;
    let result = request_token(config_with(|config| config.client_key = "Mid-server-s3cret".into())).await;
    assert_eq!(result, Err(TokenFault::ClientKey));
    assert_eq!(requests().len(), 0);
}

#[wasm_bindgen_test]
async fn dropping_the_guard_cancels_the_request() {
    let aborted = |requests: &[RecordedRequest]| requests.iter().map(|request| request.aborted).collect::<Vec<_>>();

    reset_page().await;
    network::respond("POST", r#"[{"never":true}]"#);
    let (guard, task) = start_request(config());
    clock::idle().await;
    drop(guard);
    task.finish().await.expect_err("a cancelled request");
    assert_eq!(aborted(&requests()), [true]);

    reset_page().await;
    network::respond("POST", r#"[{"status":503}]"#);
    let (guard, task) = start_request(config());
    clock::idle().await;
    drop(guard);
    task.finish().await.expect_err("a cancelled request");
    assert_eq!(requests().len(), 1, "a request after the cancellation");
    assert_eq!(clock::pending_timers(), 0);
}
