//! The component among others: the page's own tags and metas, a second checkout, reloads, and nothing left behind.

use std::cell::RefCell;
use std::rc::Rc;

use snap_checkout::Command;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;
use yew::Callback;

use crate::harness::{asked, clock, fake_snap, fresh, network, page};
use crate::mounted_checkout::*;

#[wasm_bindgen_test]
async fn two_checkouts_share_a_page() {
    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    let first = open().await;
    let mut other = props();
    other.order = r#"{"items":[1]}"#.into();
    let second = Shown::with(other).await;
    second.press("pay").await;
    assert_eq!((second.phase().as_str(), second.alert().as_str()), ("failed", "popup_busy"));
    assert_eq!((first.phase().as_str(), pays().len(), network::tags_made().len()), ("open", 1, 1));
    says("onClose", None).await;
    assert_eq!(first.phase(), "closed");
    second.press("pay").await;
    assert_eq!(second.phase(), "open");
    drop(first);
    clock::idle().await;
    assert!(fake_snap::is_shown(), "the first one's end leaves the second one's popup alone");
}

#[wasm_bindgen_test]
async fn an_open_checkout_survives_a_reload() {
    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    let mut before = open().await;
    before.close().await;
    assert!(!fake_snap::is_shown(), "the popup goes with its component");
    let after = Shown::new().await;
    clock::pass(20_000).await;
    assert_eq!((after.phase().as_str(), posts()), ("closed", 1));
    assert!(asked().iter().any(|one| one.method == "GET"), "the merchant is asked first");
    after.press("pay").await;
    assert_eq!((after.phase().as_str(), posts(), pays().len()), ("open", 1, 2));
}

/// Without what the other tab keeps, its next try would be a second order.
#[wasm_bindgen_test]
async fn who_is_paid_forgets_only_what_is_its_own() {
    for (other_tab, left) in [(false, 0), (true, 2)] {
        shop(r#"["snap"]"#, TOKEN, &status("pending")).await;
        let shown = open().await;
        says("onPending", Some("{}")).await;
        assert_eq!((shown.phase().as_str(), page::kept().lines().count()), ("pending", 2), "a checkout and its key");
        if other_tab {
            page::other_tab_goes_on();
        }
        network::answers("GET", &format!("[{}]", status("paid")));
        clock::pass(15_000).await;
        assert_eq!(shown.phase(), "paid");
        let kept = page::kept();
        assert_eq!(kept.matches("theirs").count(), left, "{kept}");
        assert_eq!(kept.is_empty(), !other_tab, "{kept}");
    }
}

/// A page that came back to its order knows the token and not the key: one that is there later is another tab's.
#[wasm_bindgen_test]
async fn who_begins_anew_leaves_the_key_of_another_tab() {
    shop(r#"["snap"]"#, TOKEN, &status("pending")).await;
    let mut before = open().await;
    says("onPending", Some("{}")).await;
    let key = page::name_of_key();
    before.close().await;
    network::answers("GET", &format!("[{}]", status("paid")));
    let after = Shown::new().await;
    clock::pass(20_000).await;
    assert_eq!((after.phase().as_str(), page::kept().as_str()), ("paid", ""));
    page::other_tab_orders(&key);
    after.app.as_ref().expect("it is mounted").send_message(Command::Reset);
    clock::idle().await;
    assert_eq!((after.phase().as_str(), page::kept().matches("theirs").count()), ("idle", 1));
}

/// A merchant's own checkout is taken as it is; what is no address opens nothing and ends nothing.
#[wasm_bindgen_test]
async fn an_address_that_is_none_leaves_the_popup() {
    for redirect_url in ["", "/pay/t", "http://", "//"] {
        shop(r#"["snap"]"#, TOKEN, &status("created")).await;
        let checkout = Some(wire::merchant::Checkout {
            token: "tok-1".into(),
            redirect_url: Some(redirect_url.into()),
            order_id: None,
            gross_amount: None,
            status_url: None,
            events_url: None,
        });
        let shown = Shown::with(snap_checkout::SnapCheckoutProps { checkout, ..props() }).await;
        assert_eq!(shown.phase(), "closed", "{redirect_url:?}");
        shown.press("pay").await;
        assert_eq!((shown.phase().as_str(), pays().len()), ("open", 1), "{redirect_url:?}");
    }
}

#[wasm_bindgen_test]
async fn the_latest_properties_count() {
    shop(r#"["snap"]"#, TOKEN, "").await;
    let heard = Rc::new(RefCell::new(""));
    let tells = |name: &'static str| {
        let into = heard.clone();
        Callback::from(move |()| *into.borrow_mut() = name)
    };
    let mut first = props();
    first.on_close = tells("first");
    let mut shown = Shown::with(first).await;
    let mut second = props();
    second.on_close = tells("second");
    second.order = r#"{"items":[2]}"#.into();
    second.headers = vec![("x-csrf".into(), "new".into())];
    shown.app.as_mut().expect("it is mounted").update(second);
    clock::idle().await;
    shown.press("pay").await;
    says("onClose", None).await;
    assert_eq!(*heard.borrow(), "second");
    let asked = asked();
    assert_eq!((asked[0].body.as_str(), asked[0].headers["x-csrf"].as_str()), (r#"{"items":[2]}"#, "new"));
}

#[wasm_bindgen_test]
async fn the_viewport_is_added_where_there_is_none() {
    let viewports = || {
        let all = document().query_selector_all("meta[name=viewport]").expect("a selector");
        (0..all.length())
            .filter_map(|at| all.item(at)?.dyn_into::<Element>().ok()?.get_attribute("content"))
            .collect::<Vec<_>>()
    };
    fresh().await;
    let _first = Shown::new().await;
    let _second = Shown::new().await;
    assert_eq!(viewports(), ["width=device-width, initial-scale=1"]);

    fresh().await;
    let own = document().create_element("meta").expect("an element");
    own.set_attribute("name", "viewport").expect("an attribute");
    own.set_attribute("content", "width=1024").expect("an attribute");
    document().head().expect("a head").append_child(&own).expect("room");
    let _third = Shown::new().await;
    assert_eq!(viewports(), ["width=1024"], "the page's own is left alone");
}

#[wasm_bindgen_test]
async fn leaving_leaves_nothing_behind() {
    // While both are on their way.
    shop(r#"["never","never","never"]"#, r#"{"never":true}"#, "").await;
    let (listeners, mut shown) = (page::listeners(), Shown::new().await);
    shown.press("pay").await;
    assert_eq!(shown.phase(), "preparing");
    assert_ne!(page::listeners(), listeners, "it does listen");
    shown.close().await;
    assert!(asked()[0].aborted, "the request ends at once");
    clock::pass(60_000).await;
    assert_eq!((page::listeners(), clock::timers_left(), asked().len()), (listeners, 0, 1));
    assert_eq!(network::snap_tags(), 0);

    // While the popup is open; what it says afterwards is nobody's.
    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    let (listeners, mut shown) = (page::listeners(), open().await);
    fake_snap::behave("hide closes");
    shown.close().await;
    assert!(!fake_snap::is_shown());
    clock::pass(60_000).await;
    assert_eq!((page::listeners(), clock::timers_left(), posts()), (listeners, 0, 1));

    // While the merchant is asked, and between two questions.
    for get in [r#"{"never":true}"#.to_owned(), status("created")] {
        shop(r#"["snap"]"#, TOKEN, &get).await;
        let (listeners, mut shown) = (page::listeners(), open().await);
        says("onSuccess", Some(RESULT)).await;
        assert_eq!(shown.phase(), "confirming");
        shown.close().await;
        let before = asked().len();
        clock::pass(60_000).await;
        assert_eq!((page::listeners(), clock::timers_left(), asked().len()), (listeners, 0, before));
    }

    // Again and again.
    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    let listeners = page::listeners();
    for _ in 0..20 {
        Shown::new().await.close().await;
    }
    assert_eq!((page::listeners(), clock::timers_left(), asked().len()), (listeners, 0, 0));
}

#[wasm_bindgen_test]
async fn the_script_is_fetched_when_the_customer_comes_near() {
    shop(r#"["snap"]"#, TOKEN, "").await;
    let shown = Shown::new().await;
    assert_eq!(network::tags_made().len(), 0, "not before");
    shown.find("[data-way=pay]").expect("a button").focus().expect("it takes the focus");
    clock::idle().await;
    assert_eq!((network::tags_made().len(), asked().len(), shown.phase().as_str()), (1, 0, "idle"));

    shop(r#"["snap"]"#, TOKEN, "").await;
    let mut eager = props();
    eager.prepare_on_intent = true;
    let shown = Shown::with(eager).await;
    shown.find("[data-way=pay]").expect("a button").focus().expect("it takes the focus");
    clock::idle().await;
    assert_eq!((network::tags_made().len(), posts(), shown.phase().as_str()), (1, 1, "ready"));
    shown.press_without_waiting("pay");
    clock::moment().await;
    assert_eq!(pays().len(), 1, "the popup opens inside the press");
}

#[wasm_bindgen_test]
async fn another_tag_of_the_page_is_used() {
    shop("[]", TOKEN, "").await;
    network::foreign_tag(FILE, "application/x-held");
    let shown = Shown::new().await;
    shown.press("pay").await;
    assert_eq!(shown.phase(), "preparing");
    network::tag_ends("snap");
    clock::idle().await;
    assert_eq!((shown.phase().as_str(), network::snap_tags()), ("open", 1));
}

#[wasm_bindgen_test]
async fn a_program_around_it_prepares_pays_and_begins_anew() {
    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    let shown = Shown::new().await;
    let ask = |command| shown.app.as_ref().expect("it is mounted").send_message(command);
    ask(Command::Prepare);
    clock::idle().await;
    assert_eq!((network::tags_made().len(), posts(), shown.phase().as_str()), (1, 1, "ready"));
    ask(Command::Pay);
    clock::idle().await;
    assert_eq!((shown.phase().as_str(), pays().len()), ("open", 1));
    ask(Command::Reset);
    clock::idle().await;
    assert!(!fake_snap::is_shown());
    assert_eq!(shown.phase(), "idle");
    ask(Command::Pay);
    clock::idle().await;
    assert_eq!((shown.phase().as_str(), posts(), pays().len()), ("open", 2, 2));
    let keys: Vec<_> = asked().iter().filter_map(|one| one.headers.get("idempotency-key").cloned()).collect();
    assert_eq!(keys[0], keys[1], "it is the same order");
}

#[wasm_bindgen_test]
async fn a_press_is_heard_as_soon_as_there_is_something_to_press() {
    shop(r#"["snap"]"#, TOKEN, "").await;
    page::everything_takes_long();
    let shown = Shown::at_first().await;
    shown.press("pay").await;
    assert_eq!((shown.phase().as_str(), pays().len()), ("open", 1));
}
