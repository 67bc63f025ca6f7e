//! Waiting for the money: the merchant's stream, the questions beside it, a page that is hidden and shown.

use snap_checkout::{Credentials, SnapCheckoutProps};
use wasm_bindgen_test::wasm_bindgen_test;
use yew::Callback;

use crate::harness::{asked, clock, network, page, stream};
use crate::mounted_checkout::*;

const STREAMING: &str = r#"{"body":"{\"token\":\"tok-1\",\"order_id\":\"o-1\",\"status_url\":\"/api/orders/o-1\",\"events_url\":\"/api/orders/o-1/events\"}"}"#;
const LINE: &str = "/api/orders/o-1/events";

fn gets() -> usize {
    asked().iter().filter(|one| one.method == "GET").count()
}

async fn streams(order: &str) {
    stream::says(order);
    clock::idle().await;
}

async fn hide(is: bool) {
    page::hide(is);
    clock::idle().await;
}

/// A virtual account is awaited, and asked about once.
async fn pending() -> Shown {
    shop(r#"["snap"]"#, STREAMING, &status("pending")).await;
    let shown = open().await;
    says("onPending", Some(PENDING)).await;
    assert_eq!((shown.phase().as_str(), stream::open(), gets()), ("pending", vec![LINE.to_owned()], 1));
    shown
}

#[wasm_bindgen_test]
async fn the_stream_turns_the_page_to_paid() {
    let shown = pending().await;
    streams(r#"{"order_id":"o-1","status":"pending","version":3}"#).await;
    clock::pass(59_000).await;
    assert_eq!(gets(), 1, "who hears the stream need not ask");
    clock::pass(2_000).await;
    assert_eq!(gets(), 2, "only rarely, in case it is deaf");
    for nothing in ["", "{", r#"{"status":"paid"}"#, r#"{"order_id":"o-1","status":"expired","version":2}"#] {
        streams(nothing).await;
        assert_eq!(shown.phase(), "pending", "{nothing}");
    }
    streams(r#"{"order_id":"o-1","status":"paid","version":4}"#).await;
    assert_eq!((shown.phase().as_str(), stream::open().len()), ("paid", 0));
    streams(r#"{"order_id":"o-1","status":"expired","version":5}"#).await;
    clock::pass(120_000).await;
    assert_eq!((shown.phase().as_str(), gets(), clock::timers_left()), ("paid", 2, 0));
    assert_eq!(page::written(), "snap-checkout: an answer of the merchant cannot be used: order_id is missing");
}

#[wasm_bindgen_test]
async fn a_silent_or_broken_stream_is_no_stream() {
    let shown = pending().await;
    clock::pass(61_000).await;
    assert_eq!((gets(), shown.phase().as_str()), (31, "pending"), "a proxy may hold back what it says");
    clock::pass(60_000).await;
    assert_eq!(gets(), 37, "every ten seconds after the first minute");
    assert!(shown.text("[role=status]").contains("berubah sendiri"));
    clock::pass(900_000).await;
    assert_eq!((gets(), stream::open().len(), clock::timers_left()), (115, 0, 0), "a quarter of an hour is enough");
    assert!(!shown.text("[role=status]").contains("berubah sendiri"), "it no longer does");
    shown.press("check").await;
    assert_eq!((gets(), stream::open().len()), (116, 1));
    drop(shown);

    let _shown = pending().await;
    streams(r#"{"order_id":"o-1","status":"pending"}"#).await;
    let mut tries = vec![];
    for _ in 0..8 {
        stream::breaks();
        let (from, before) = (clock::elapsed(), stream::opened());
        while stream::opened() == before && clock::elapsed() < from + 70_000.0 {
            clock::pass(100).await;
        }
        tries.push(clock::elapsed() - from);
    }
    assert!(tries[0] <= 3_100.0 && tries.iter().all(|took| (1_400.0..60_200.0).contains(took)), "{tries:?}");
    assert!(tries[7] >= 29_900.0, "who cannot be reached is left alone: {tries:?}");
    assert!(gets() > 40, "and the page asked meanwhile");
    let before = gets();
    streams(r#"{"order_id":"o-1","status":"pending"}"#).await;
    clock::pass(55_000).await;
    assert_eq!((gets(), stream::open().len()), (before, 1), "it is back");
    network::answers("GET", "[]");
}

#[wasm_bindgen_test]
async fn a_hidden_page_asks_nobody_and_a_shown_one_at_once() {
    let shown = pending().await;
    hide(true).await;
    clock::pass(600_000).await;
    assert_eq!((gets(), stream::open().len(), clock::timers_left()), (1, 0, 0));
    hide(false).await;
    assert_eq!((gets(), stream::open().len()), (2, 1));
    clock::pass(4_500).await;
    assert_eq!(gets(), 4, "quickly again: money moves in other apps");

    // Into the browser's cache and out again.
    hide(true).await;
    page::comes_back();
    clock::idle().await;
    assert_eq!((gets(), stream::open().len(), shown.phase().as_str()), (5, 1, "pending"));

    // What comes while nobody looks is asked about later.
    shop(r#"["snap"]"#, STREAMING, &status("paid")).await;
    let shown = open().await;
    hide(true).await;
    says("onSuccess", Some(RESULT)).await;
    assert_eq!((shown.phase().as_str(), gets(), stream::opened()), ("confirming", 0, 0));
    hide(false).await;
    assert_eq!(shown.phase(), "paid");
    drop(shown);

    // A page that is opened in a tab behind.
    shop(r#"["snap"]"#, STREAMING, &status("pending")).await;
    page::hide(true);
    let checkout = Some(wire::merchant::Checkout {
        token: "tok-1".into(),
        redirect_url: None,
        order_id: None,
        gross_amount: None,
        status_url: Some("/api/orders/o-1".into()),
        events_url: None,
    });
    let shown = Shown::with(SnapCheckoutProps { checkout, ..props() }).await;
    assert_eq!((shown.phase().as_str(), gets()), ("confirming", 0));
    hide(false).await;
    assert_eq!((shown.phase().as_str(), gets()), ("pending", 1));
}

#[wasm_bindgen_test]
async fn the_stream_is_asked_for_like_the_status() {
    let elsewhere = STREAMING.replace("/api/orders/o-1/events", "https://elsewhere.test/events");
    for (credentials, token, open_streams) in [
        (Credentials::SameOrigin, STREAMING, vec![LINE.to_owned()]),
        (Credentials::Include, STREAMING, vec![format!("{LINE} with cookies")]),
        (Credentials::Omit, STREAMING, vec![]),
        (Credentials::SameOrigin, &elsewhere, vec![]),
    ] {
        shop(r#"["snap"]"#, token, &status("pending")).await;
        let mut shown = Shown::with(SnapCheckoutProps { credentials, ..props() }).await;
        shown.press("pay").await;
        says("onPending", Some(PENDING)).await;
        assert_eq!(stream::open(), open_streams, "{credentials:?} {token}");
        clock::pass(2_500).await;
        assert_eq!(gets(), 2, "{credentials:?}");
        if credentials == Credentials::Include {
            stream::breaks();
            clock::idle().await;
        }
        shown.close().await;
        assert_eq!((stream::open().len(), clock::timers_left()), (0, 0), "nothing is left behind");
    }
}

#[wasm_bindgen_test]
async fn another_tab_that_pays_is_heard() {
    shop(r#"["snap"]"#, STREAMING, &status("created")).await;
    let here = open().await;
    says("onClose", None).await;
    assert_eq!((here.phase().as_str(), gets()), ("closed", 1));
    page::other_tab_writes("storefront:cart");
    clock::idle().await;
    assert_eq!(gets(), 1, "not ours");
    network::answers("GET", &format!("[{}]", status("paid")));
    page::other_tab_writes("snap-checkout:1");
    clock::idle().await;
    assert_eq!((here.phase().as_str(), gets()), ("paid", 2));
    drop(here);

    // A tab in which nobody pressed yet goes on with what the other one began.
    shop(r#"["snap"]"#, STREAMING, &status("pending")).await;
    let told = std::rc::Rc::new(std::cell::Cell::new(0));
    let count = told.clone();
    let on_paid = Callback::from(move |_| count.set(count.get() + 1));
    let idle = Shown::with(SnapCheckoutProps { on_paid, ..props() }).await;
    let other = open().await;
    says("onPending", Some(PENDING)).await;
    assert_eq!(idle.phase(), "idle");
    page::other_tab_writes("snap-checkout:1");
    clock::idle().await;
    assert_eq!((idle.phase().as_str(), other.phase().as_str(), posts()), ("pending", "pending", 1));
    assert_eq!(stream::open().len(), 2, "where changes are told is remembered too");
    streams(r#"{"order_id":"o-1","status":"paid"}"#).await;
    assert_eq!((idle.phase().as_str(), told.get()), ("paid", 1));
}
