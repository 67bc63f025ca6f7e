//! Pending payments: the event stream, polling, hidden pages and other tabs.

use snap_checkout::{Credentials, SnapCheckoutProps};
use wasm_bindgen_test::wasm_bindgen_test;
use yew::Callback;

use crate::harness::{clock, network, page, requests, stream};
use crate::mounted_checkout::*;

const STREAMING: &str = r#"{"body":"{\"token\":\"tok-1\",\"order_id\":\"o-1\",\"status_url\":\"/api/orders/o-1\",\"events_url\":\"/api/orders/o-1/events\"}"}"#;
const EVENTS_PATH: &str = "/api/orders/o-1/events";

fn get_count() -> usize {
    requests().iter().filter(|request| request.method == "GET").count()
}

async fn send_event(order: &str) {
    stream::send(order);
    clock::idle().await;
}

async fn set_hidden(hidden: bool) {
    page::set_hidden(hidden);
    clock::idle().await;
}

/// A pending virtual account after one status request.
async fn pending() -> MountedCheckout {
    set_up(r#"["snap"]"#, STREAMING, &status("pending")).await;
    let mounted = open_popup().await;
    call_back("onPending", Some(PENDING)).await;
    assert_eq!(
        (mounted.phase().as_str(), stream::open_streams(), get_count()),
        ("pending", vec![EVENTS_PATH.to_owned()], 1)
    );
    mounted
}

#[wasm_bindgen_test]
async fn the_event_stream_updates_the_page_to_paid() {
    let mounted = pending().await;
    send_event(r#"{"order_id":"o-1","status":"pending","version":3}"#).await;
    clock::advance(59_000).await;
    assert_eq!(get_count(), 1, "status requests with a working stream");
    clock::advance(2_000).await;
    assert_eq!(get_count(), 2, "status requests after a minute of silence");
    for ignored in ["", "{", r#"{"status":"paid"}"#, r#"{"order_id":"o-1","status":"expired","version":2}"#] {
        send_event(ignored).await;
        assert_eq!(mounted.phase(), "pending", "{ignored}");
    }
    send_event(r#"{"order_id":"o-1","status":"paid","version":4}"#).await;
    assert_eq!((mounted.phase().as_str(), stream::open_streams().len()), ("paid", 0));
    send_event(r#"{"order_id":"o-1","status":"expired","version":5}"#).await;
    clock::advance(120_000).await;
    assert_eq!((mounted.phase().as_str(), get_count(), clock::pending_timers()), ("paid", 2, 0));
    assert_eq!(page::console_output(), "snap-checkout: a response of the backend is invalid: order_id is missing");
}

#[wasm_bindgen_test]
async fn with_a_silent_or_broken_stream_the_page_polls() {
    let mounted = pending().await;
    clock::advance(61_000).await;
    assert_eq!(
        (get_count(), mounted.phase().as_str()),
        (31, "pending"),
        "status requests in the first minute of a silent stream"
    );
    clock::advance(60_000).await;
    assert_eq!(get_count(), 37, "status requests in the second minute");
    assert!(mounted.text("[role=status]").contains("berubah sendiri"));
    clock::advance(900_000).await;
    assert_eq!(
        (get_count(), stream::open_streams().len(), clock::pending_timers()),
        (115, 0, 0),
        "polling stops after a quarter of an hour"
    );
    assert!(!mounted.text("[role=status]").contains("berubah sendiri"), "the text still promises updates");
    mounted.press("check").await;
    assert_eq!((get_count(), stream::open_streams().len()), (116, 1));
    drop(mounted);

    let _shown = pending().await;
    send_event(r#"{"order_id":"o-1","status":"pending"}"#).await;
    let mut delays = vec![];
    for _ in 0..8 {
        stream::fail();
        let (failed_at, before) = (clock::elapsed(), stream::opened_count());
        while stream::opened_count() == before && clock::elapsed() < failed_at + 70_000.0 {
            clock::advance(100).await;
        }
        delays.push(clock::elapsed() - failed_at);
    }
    assert!(delays[0] <= 3_100.0 && delays.iter().all(|delay| (1_400.0..60_200.0).contains(delay)), "{delays:?}");
    assert!(delays[7] >= 29_900.0, "no back-off: {delays:?}");
    assert!(get_count() > 40, "no polling meanwhile");
    let before = get_count();
    send_event(r#"{"order_id":"o-1","status":"pending"}"#).await;
    clock::advance(55_000).await;
    assert_eq!((get_count(), stream::open_streams().len()), (before, 1), "the stream is not used again");
    network::respond("GET", "[]");
}

#[wasm_bindgen_test]
async fn a_hidden_page_does_not_poll_and_a_visible_one_polls_at_once() {
    let mounted = pending().await;
    set_hidden(true).await;
    clock::advance(600_000).await;
    assert_eq!((get_count(), stream::open_streams().len(), clock::pending_timers()), (1, 0, 0));
    set_hidden(false).await;
    assert_eq!((get_count(), stream::open_streams().len()), (2, 1));
    clock::advance(4_500).await;
    assert_eq!(get_count(), 4, "the short polling interval after the return");

    // The page is restored from the back/forward cache.
    set_hidden(true).await;
    page::restore_from_cache();
    clock::idle().await;
    assert_eq!((get_count(), stream::open_streams().len(), mounted.phase().as_str()), (5, 1, "pending"));

    // A callback on a hidden page is confirmed when the page is visible again.
    set_up(r#"["snap"]"#, STREAMING, &status("paid")).await;
    let mounted = open_popup().await;
    set_hidden(true).await;
    call_back("onSuccess", Some(RESULT)).await;
    assert_eq!((mounted.phase().as_str(), get_count(), stream::opened_count()), ("confirming", 0, 0));
    set_hidden(false).await;
    assert_eq!(mounted.phase(), "paid");
    drop(mounted);

    // A page that is opened in a background tab.
    set_up(r#"["snap"]"#, STREAMING, &status("pending")).await;
    page::set_hidden(true);
    let checkout = Some(wire::merchant::Checkout {
        token: "tok-1".into(),
        redirect_url: None,
        order_id: None,
        gross_amount: None,
        status_url: Some("/api/orders/o-1".into()),
        events_url: None,
    });
    let mounted = MountedCheckout::with(SnapCheckoutProps { checkout, ..props() }).await;
    assert_eq!((mounted.phase().as_str(), get_count()), ("confirming", 0));
    set_hidden(false).await;
    assert_eq!((mounted.phase().as_str(), get_count()), ("pending", 1));
}

#[wasm_bindgen_test]
async fn the_event_stream_has_the_credentials_and_origin_rules_of_the_status_request() {
    let elsewhere = STREAMING.replace("/api/orders/o-1/events", "https://elsewhere.test/events");
    for (credentials, token, open_streams) in [
        (Credentials::SameOrigin, STREAMING, vec![EVENTS_PATH.to_owned()]),
        (Credentials::Include, STREAMING, vec![format!("{EVENTS_PATH} with cookies")]),
        (Credentials::Omit, STREAMING, vec![]),
        (Credentials::SameOrigin, &elsewhere, vec![]),
    ] {
        set_up(r#"["snap"]"#, token, &status("pending")).await;
        let mut mounted = MountedCheckout::with(SnapCheckoutProps { credentials, ..props() }).await;
        mounted.press("pay").await;
        call_back("onPending", Some(PENDING)).await;
        assert_eq!(stream::open_streams(), open_streams, "{credentials:?} {token}");
        clock::advance(2_500).await;
        assert_eq!(get_count(), 2, "{credentials:?}");
        if credentials == Credentials::Include {
            stream::fail();
            clock::idle().await;
        }
        mounted.unmount().await;
        assert_eq!(
            (stream::open_streams().len(), clock::pending_timers()),
            (0, 0),
            "open streams and timers after the unmount"
        );
    }
}

#[wasm_bindgen_test]
async fn a_payment_in_another_tab_updates_the_page() {
    set_up(r#"["snap"]"#, STREAMING, &status("created")).await;
    let here = open_popup().await;
    call_back("onClose", None).await;
    assert_eq!((here.phase().as_str(), get_count()), ("closed", 1));
    page::dispatch_storage_event("storefront:cart");
    clock::idle().await;
    assert_eq!(get_count(), 1, "a status request for a foreign storage entry");
    network::respond("GET", &format!("[{}]", status("paid")));
    page::dispatch_storage_event("snap-checkout:1");
    clock::idle().await;
    assert_eq!((here.phase().as_str(), get_count()), ("paid", 2));
    drop(here);

    // An idle tab continues the checkout that another tab started.
    set_up(r#"["snap"]"#, STREAMING, &status("pending")).await;
    let paid_calls = std::rc::Rc::new(std::cell::Cell::new(0));
    let count = paid_calls.clone();
    let on_paid = Callback::from(move |_| count.set(count.get() + 1));
    let idle = MountedCheckout::with(SnapCheckoutProps { on_paid, ..props() }).await;
    let other = open_popup().await;
    call_back("onPending", Some(PENDING)).await;
    assert_eq!(idle.phase(), "idle");
    page::dispatch_storage_event("snap-checkout:1");
    clock::idle().await;
    assert_eq!((idle.phase().as_str(), other.phase().as_str(), post_count()), ("pending", "pending", 1));
    assert_eq!(stream::open_streams().len(), 2, "the idle tab has no event stream");
    send_event(r#"{"order_id":"o-1","status":"paid"}"#).await;
    assert_eq!((idle.phase().as_str(), paid_calls.get()), ("paid", 1));
}
