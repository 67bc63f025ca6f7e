//! The token request: what is sent, what is believed, what is tried again and for how long.

use flow::TokenFault;
use snap_checkout::effects::backend_api::{self, CancelGuard};
use snap_checkout::{CheckoutConfig, Credentials, Environment};
use wasm_bindgen_test::wasm_bindgen_test;
use wire::merchant::Checkout;

use crate::harness::{Asked, Task, asked, clock, fresh, network, page, start};

type Answer = Result<Checkout, TokenFault>;

fn settings() -> CheckoutConfig {
    CheckoutConfig::new(
        "SB-Mid-client-abc".into(),
        Environment::Local("http://gateway.test/".into()),
        "https://shop.test/api/orders".into(),
        r#"{"items":[{"id":"kopi","quantity":1}]}"#.into(),
    )
}

fn changed(change: impl FnOnce(&mut CheckoutConfig)) -> CheckoutConfig {
    let mut settings = settings();
    change(&mut settings);
    settings
}

fn asking(settings: CheckoutConfig) -> (CancelGuard, Task<Answer>) {
    let (abort, signal) = CancelGuard::new();
    (abort, start(async move { backend_api::request_token(&settings, "key-1", &signal).await }))
}

async fn answer(settings: CheckoutConfig) -> Answer {
    let (_abort, task) = asking(settings);
    task.end().await
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
async fn the_request_carries_the_order_the_key_and_what_the_merchant_adds() {
    for (credentials, sent) in
        [(Credentials::SameOrigin, "same-origin"), (Credentials::Include, "include"), (Credentials::Omit, "omit")]
    {
        fresh().await;
        network::answers("POST", &format!("[{GOOD}]"));
        let headers = vec![("X-CSRF-Token".into(), "t0ken".into()), ("x-shop".into(), "kopi".into())];
        assert_eq!(
            answer(changed(|it| (it.headers, it.credentials) = (headers, credentials))).await,
            Ok(checkout("tok-1"))
        );
        let asked = asked();
        let [request] = asked.as_slice() else { panic!("one request, not {}", asked.len()) };
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
        assert_eq!(clock::timers_left(), 0);
    }
}

#[wasm_bindgen_test]
async fn only_what_may_pass_is_tried_again() {
    let ok = || Ok(checkout("tok-1"));
    let cases: Vec<(String, Answer, usize, std::ops::Range<f64>)> = vec![
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
        let answers = [format!(r#"{{"status":{status}}}"#), format!(r#"{{"status":{status}}}"#)].join(",");
        (answers, ok(), 3, 900.0..1_900.0)
    });
    let refused = [400_u16, 401, 403, 404, 409, 413, 422, 451]
        .map(|status| (format!(r#"{{"status":{status}}}"#), Err(TokenFault::Refused(status)), 1, 0.0..1.0));
    let broken = [500_u16, 501, 505]
        .map(|status| (format!(r#"{{"status":{status}}}"#), Err(TokenFault::Broken(status)), 1, 0.0..1.0));
    for (answers, end, tries, takes) in cases.into_iter().chain(statuses).chain(refused).chain(broken) {
        fresh().await;
        network::answers("POST", &format!("[{answers},{GOOD}]"));
        assert_eq!(answer(settings()).await, end, "{answers}");
        let (asked, took) = (asked(), clock::elapsed());
        assert_eq!(asked.len(), tries, "{answers}");
        assert!(asked.iter().all(|one| one.headers["idempotency-key"] == "key-1"), "{answers}: the same key");
        assert!(takes.contains(&took), "{answers}: took {took}");
        assert_eq!(clock::timers_left(), 0, "{answers}");
    }
    fresh().await;
    network::online(false);
    assert_eq!(answer(settings()).await, Err(TokenFault::Offline));
}

#[wasm_bindgen_test]
async fn an_answer_that_is_no_token_is_refused_at_once() {
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
    for answers in quoted.into_iter().chain([bytes]) {
        fresh().await;
        network::answers("POST", &format!("[{answers},{GOOD}]"));
        assert_eq!(answer(settings()).await, Err(TokenFault::BadAnswer), "{answers}");
        assert_eq!(asked().len(), 1, "{answers}");
        assert_ne!(page::written(), "", "{answers}: the developer hears why");
    }
}

#[wasm_bindgen_test]
async fn what_is_besides_the_token_never_costs_the_token() {
    for rest in [
        r#""redirect_url":5"#,
        r#""redirect_url":null,"status_url":null,"order_id":null,"gross_amount":null"#,
        r#""status_url":{},"order_id":[]"#,
        r#""gross_amount":"a lot""#,
        r#""gross_amount":1.5"#,
        r#""__proto__":{"redirect_url":"http://gateway.test/t"}"#,
        r#""more":[[[{}]]]"#,
    ] {
        fresh().await;
        let body = snap_checkout::effects::json::written(&format!(r#"{{"token":"tok-1",{rest}}}"#));
        network::answers("POST", &format!(r#"[{{"body":{body}}}]"#));
        assert_eq!(answer(settings()).await, Ok(checkout("tok-1")), "{rest}");
    }
}

#[wasm_bindgen_test]
async fn a_huge_answer_is_given_up_while_it_arrives() {
    fresh().await;
    network::answers("POST", r#"[{"endless":true}]"#);
    assert_eq!(answer(settings()).await, Err(TokenFault::BadAnswer));
    clock::idle().await;
    let chunks = network::given_up_after();
    assert!((1..=6).contains(&chunks), "given up after {chunks} chunks of 16 kB");
    assert_eq!(asked().len(), 1);
}

#[wasm_bindgen_test]
async fn only_addresses_of_the_gateway_and_the_merchant_are_kept() {
    let local = || Environment::Local("http://gateway.test/".into());
    for (environment, hosted, kept) in [
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
        fresh().await;
        let body = format!(r#"{{"token":"tok-1","redirect_url":"{hosted}"}}"#);
        network::answers("POST", &format!(r#"[{{"body":{}}}]"#, snap_checkout::effects::json::written(&body)));
        let answer = answer(changed(|it| it.environment = environment)).await;
        // Kept as an address that means the same wherever it is read.
        let whole = if hosted.starts_with("//") { format!("http:{hosted}") } else { hosted.to_owned() };
        let expected = Checkout { redirect_url: kept.then_some(whole), ..checkout("tok-1") };
        assert_eq!(answer, Ok(expected), "{hosted}: a bad address costs the hosted page, not the token");
    }
    for (status, kept) in [
        ("/api/orders/o-1", Some("https://shop.test/api/orders/o-1")),
        ("o-1", Some("https://shop.test/api/o-1")),
        ("https://shop.test/o-1", Some("https://shop.test/o-1")),
        ("https://evil.test/o-1", None),
        ("//evil.test/o-1", None),
        ("http://shop.test/o-1", None),
        ("javascript:alert(1)", None),
    ] {
        fresh().await;
        let body = format!(r#"{{"token":"tok-1","status_url":"{status}"}}"#);
        network::answers("POST", &format!(r#"[{{"body":{}}}]"#, snap_checkout::effects::json::written(&body)));
        let expected = Checkout { status_url: kept.map(str::to_owned), ..checkout("tok-1") };
        assert_eq!(answer(settings()).await, Ok(expected), "{status}");
    }
}

#[wasm_bindgen_test]
async fn an_order_leaves_by_https_or_stays_on_this_machine() {
    for (token_url, leaves) in [
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
        fresh().await;
        network::answers("POST", &format!("[{GOOD}]"));
        let answer = answer(changed(|it| it.token_url = token_url.into())).await;
        let expected = if leaves { Ok(checkout("tok-1")) } else { Err(TokenFault::Misconfigured) };
        assert_eq!(answer, expected, "{token_url}");
        assert_eq!(asked().len(), usize::from(leaves), "{token_url}");
    }
}

#[wasm_bindgen_test]
async fn what_may_not_leave_the_page_is_refused_and_not_printed() {
    for (name, value) in [
        ("x y", "1"),
        ("", "1"),
        ("x\n", "1"),
        // The browser would throw, and the program end with it.
        ("a/b", "1"),
        ("x(y)", "1"),
        ("\u{e4}", "1"),
        ("x", "a\r\nb: c"),
        ("x", "kopi\u{1f600}"),
        ("authorization", "SB-Mid-server-s3cret"),
    ] {
        fresh().await;
        network::answers("POST", &format!("[{GOOD}]"));
        let headers = vec![(name.to_owned().into(), value.to_owned().into())];
        let answer = answer(changed(|it| it.headers = headers)).await;
        assert_eq!(answer, Err(TokenFault::Misconfigured), "{name:?}: {value:?}");
        assert_eq!(asked().len(), 0, "{name:?}: {value:?}");
        assert!(!page::written().contains("s3cret"));
    }
    fresh().await;
    let answer = answer(changed(|it| it.client_key = "Mid-server-s3cret".into())).await;
    assert_eq!(answer, Err(TokenFault::ClientKey));
    assert_eq!(asked().len(), 0);
}

#[wasm_bindgen_test]
async fn dropping_the_guard_ends_the_request() {
    let aborted = |asked: &[Asked]| asked.iter().map(|one| one.aborted).collect::<Vec<_>>();

    fresh().await;
    network::answers("POST", r#"[{"never":true}]"#);
    let (guard, task) = asking(settings());
    clock::idle().await;
    drop(guard);
    task.end().await.expect_err("nobody waits");
    assert_eq!(aborted(&asked()), [true]);

    fresh().await;
    network::answers("POST", r#"[{"status":503}]"#);
    let (guard, task) = asking(settings());
    clock::idle().await;
    drop(guard);
    task.end().await.expect_err("nobody waits");
    assert_eq!(asked().len(), 1, "nothing is asked after the pause either");
    assert_eq!(clock::timers_left(), 0);
}
