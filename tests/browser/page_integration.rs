//! The component in a page: other scripts and meta elements, a second checkout, reloads, other tabs, and cleanup.

use std::cell::RefCell;
use std::rc::Rc;

use snap_checkout::Command;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;
use yew::Callback;

use crate::harness::{clock, fake_snap, network, page, requests, reset_page};
use crate::mounted_checkout::*;

#[wasm_bindgen_test]
async fn two_checkouts_on_one_page_open_their_popups_one_after_the_other() {
    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    let first = open_popup().await;
    let mut other = props();
    other.order = r#"{"items":[1]}"#.into();
    let second = MountedCheckout::with(other).await;
    second.press("pay").await;
    assert_eq!((second.phase().as_str(), second.alert_code().as_str()), ("failed", "popup_busy"));
    assert_eq!((first.phase().as_str(), pay_calls().len(), network::added_scripts().len()), ("open", 1, 1));
    call_back("onClose", None).await;
    assert_eq!(first.phase(), "closed");
    second.press("pay").await;
    assert_eq!(second.phase(), "open");
    drop(first);
    clock::idle().await;
    assert!(fake_snap::is_shown(), "unmounting the first checkout closed the popup of the second");
}

#[wasm_bindgen_test]
async fn an_open_checkout_resumes_after_a_reload() {
    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    let mut before = open_popup().await;
    before.unmount().await;
    assert!(!fake_snap::is_shown(), "the popup is still open after the unmount");
    let after = MountedCheckout::new().await;
    clock::advance(20_000).await;
    assert_eq!((after.phase().as_str(), post_count()), ("closed", 1));
    assert!(requests().iter().any(|request| request.method == "GET"), "no status request");
    after.press("pay").await;
    assert_eq!((after.phase().as_str(), post_count(), pay_calls().len()), ("open", 1, 2));
}

/// Without its saved key the other tab's next attempt would create a second order.
#[wasm_bindgen_test]
async fn a_paid_checkout_deletes_only_its_own_saved_entries() {
    for (other_tab, remaining) in [(false, 0), (true, 2)] {
        set_up(r#"["snap"]"#, TOKEN, &status("pending")).await;
        let mounted = open_popup().await;
        call_back("onPending", Some("{}")).await;
        assert_eq!(
            (mounted.phase().as_str(), page::saved_entries().lines().count()),
            ("pending", 2),
            "saved entries, a checkout and its key"
        );
        if other_tab {
            page::other_tab_overwrites();
        }
        network::respond("GET", &format!("[{}]", status("paid")));
        clock::advance(15_000).await;
        assert_eq!(mounted.phase(), "paid");
        let saved = page::saved_entries();
        assert_eq!(saved.matches("theirs").count(), remaining, "{saved}");
        assert_eq!(saved.is_empty(), !other_tab, "{saved}");
    }
}

/// A resumed page knows the token but not the key, so a key that is saved later belongs to another tab.
#[wasm_bindgen_test]
async fn a_reset_does_not_delete_the_saved_key_of_another_tab() {
    set_up(r#"["snap"]"#, TOKEN, &status("pending")).await;
    let mut before = open_popup().await;
    call_back("onPending", Some("{}")).await;
    let key = page::saved_key_name();
    before.unmount().await;
    network::respond("GET", &format!("[{}]", status("paid")));
    let after = MountedCheckout::new().await;
    clock::advance(20_000).await;
    assert_eq!((after.phase().as_str(), page::saved_entries().as_str()), ("paid", ""));
    page::other_tab_saves_key(&key);
    after.app.as_ref().expect("a mounted checkout").send_message(Command::Reset);
    clock::idle().await;
    assert_eq!((after.phase().as_str(), page::saved_entries().matches("theirs").count()), ("idle", 1));
}

/// The component uses a given checkout without validation; an invalid URL must not prevent the payment.
#[wasm_bindgen_test]
async fn an_invalid_redirect_url_does_not_prevent_the_popup() {
    for redirect_url in ["", "/pay/t", "http://", "//"] {
        set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
        let checkout = Some(wire::merchant::Checkout {
            token: "tok-1".into(),
            redirect_url: Some(redirect_url.into()),
            order_id: None,
            gross_amount: None,
            status_url: None,
            events_url: None,
        });
        let mounted = MountedCheckout::with(snap_checkout::SnapCheckoutProps { checkout, ..props() }).await;
        assert_eq!(mounted.phase(), "closed", "{redirect_url:?}");
        mounted.press("pay").await;
        assert_eq!((mounted.phase().as_str(), pay_calls().len()), ("open", 1), "{redirect_url:?}");
    }
}

#[wasm_bindgen_test]
async fn the_latest_properties_and_callbacks_are_used() {
    set_up(r#"["snap"]"#, TOKEN, "").await;
    let called = Rc::new(RefCell::new(""));
    let callback = |name: &'static str| {
        let into = called.clone();
        Callback::from(move |()| *into.borrow_mut() = name)
    };
    let mut first = props();
    first.on_close = callback("first");
    let mut mounted = MountedCheckout::with(first).await;
    let mut second = props();
    second.on_close = callback("second");
    second.order = r#"{"items":[2]}"#.into();
    second.headers = vec![("x-csrf".into(), "new".into())];
    mounted.app.as_mut().expect("a mounted checkout").update(second);
    clock::idle().await;
    mounted.press("pay").await;
    call_back("onClose", None).await;
    assert_eq!(*called.borrow(), "second");
    let requests = requests();
    assert_eq!((requests[0].body.as_str(), requests[0].headers["x-csrf"].as_str()), (r#"{"items":[2]}"#, "new"));
}

#[wasm_bindgen_test]
async fn a_viewport_meta_element_is_added_when_the_page_has_none() {
    let viewports = || {
        let all = document().query_selector_all("meta[name=viewport]").expect("a valid selector");
        (0..all.length())
            .filter_map(|at| all.item(at)?.dyn_into::<Element>().ok()?.get_attribute("content"))
            .collect::<Vec<_>>()
    };
    reset_page().await;
    let _first = MountedCheckout::new().await;
    let _second = MountedCheckout::new().await;
    assert_eq!(viewports(), ["width=device-width, initial-scale=1"]);

    reset_page().await;
    let own = document().create_element("meta").expect("an element");
    own.set_attribute("name", "viewport").expect("an attribute");
    own.set_attribute("content", "width=1024").expect("an attribute");
    document().head().expect("a head").append_child(&own).expect("the element in the head");
    let _third = MountedCheckout::new().await;
    assert_eq!(viewports(), ["width=1024"], "the page's own viewport was changed");
}

#[wasm_bindgen_test]
async fn unmounting_leaves_no_listeners_timers_or_requests() {
    // While the script and the token are loading.
    set_up(r#"["never","never","never"]"#, r#"{"never":true}"#, "").await;
    let (listeners, mut mounted) = (page::listeners(), MountedCheckout::new().await);
    mounted.press("pay").await;
    assert_eq!(mounted.phase(), "preparing");
    assert_ne!(page::listeners(), listeners, "no listeners while preparing");
    mounted.unmount().await;
    assert!(requests()[0].aborted, "the request was not aborted");
    clock::advance(60_000).await;
    assert_eq!((page::listeners(), clock::pending_timers(), requests().len()), (listeners, 0, 1));
    assert_eq!(network::script_count(), 0);

    // While the popup is open; later callbacks are ignored.
    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    let (listeners, mut mounted) = (page::listeners(), open_popup().await);
    fake_snap::set_behaviour("hide closes");
    mounted.unmount().await;
    assert!(!fake_snap::is_shown());
    clock::advance(60_000).await;
    assert_eq!((page::listeners(), clock::pending_timers(), post_count()), (listeners, 0, 1));

    // During a status request, and between two status requests.
    for get in [r#"{"never":true}"#.to_owned(), status("created")] {
        set_up(r#"["snap"]"#, TOKEN, &get).await;
        let (listeners, mut mounted) = (page::listeners(), open_popup().await);
        call_back("onSuccess", Some(RESULT)).await;
        assert_eq!(mounted.phase(), "confirming");
        mounted.unmount().await;
        let before = requests().len();
        clock::advance(60_000).await;
        assert_eq!((page::listeners(), clock::pending_timers(), requests().len()), (listeners, 0, before));
    }

    // Many times.
    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    let listeners = page::listeners();
    for _ in 0..20 {
        MountedCheckout::new().await.unmount().await;
    }
    assert_eq!((page::listeners(), clock::pending_timers(), requests().len()), (listeners, 0, 0));
}

#[wasm_bindgen_test]
async fn the_script_is_loaded_on_focus() {
    set_up(r#"["snap"]"#, TOKEN, "").await;
    let mounted = MountedCheckout::new().await;
    assert_eq!(network::added_scripts().len(), 0, "scripts before the focus");
    mounted.find("[data-way=pay]").expect("a button").focus().expect("a focusable button");
    clock::idle().await;
    assert_eq!((network::added_scripts().len(), requests().len(), mounted.phase().as_str()), (1, 0, "idle"));

    set_up(r#"["snap"]"#, TOKEN, "").await;
    let mut eager = props();
    eager.prepare_on_intent = true;
    let mounted = MountedCheckout::with(eager).await;
    mounted.find("[data-way=pay]").expect("a button").focus().expect("a focusable button");
    clock::idle().await;
    assert_eq!((network::added_scripts().len(), post_count(), mounted.phase().as_str()), (1, 1, "ready"));
    mounted.click("pay");
    clock::flush_microtasks().await;
    assert_eq!(pay_calls().len(), 1, "the popup does not open within the click");
}

#[wasm_bindgen_test]
async fn an_existing_script_tag_of_the_page_is_reused() {
    set_up("[]", TOKEN, "").await;
    network::add_foreign_script(SCRIPT_URL, "application/x-held");
    let mounted = MountedCheckout::new().await;
    mounted.press("pay").await;
    assert_eq!(mounted.phase(), "preparing");
    network::finish_script("snap");
    clock::idle().await;
    assert_eq!((mounted.phase().as_str(), network::script_count()), ("open", 1));
}

#[wasm_bindgen_test]
async fn commands_prepare_pay_and_reset_the_checkout() {
    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    let mounted = MountedCheckout::new().await;
    let send = |command| mounted.app.as_ref().expect("a mounted checkout").send_message(command);
    send(Command::Prepare);
    clock::idle().await;
    assert_eq!((network::added_scripts().len(), post_count(), mounted.phase().as_str()), (1, 1, "ready"));
    send(Command::Pay);
    clock::idle().await;
    assert_eq!((mounted.phase().as_str(), pay_calls().len()), ("open", 1));
    send(Command::Reset);
    clock::idle().await;
    assert!(!fake_snap::is_shown());
    assert_eq!(mounted.phase(), "idle");
    send(Command::Pay);
    clock::idle().await;
    assert_eq!((mounted.phase().as_str(), post_count(), pay_calls().len()), ("open", 2, 2));
    let keys: Vec<_> =
        requests().iter().filter_map(|request| request.headers.get("idempotency-key").cloned()).collect();
    assert_eq!(keys[0], keys[1], "two orders");
}

#[wasm_bindgen_test]
async fn a_click_right_after_the_first_render_is_handled() {
    set_up(r#"["snap"]"#, TOKEN, "").await;
    page::slow_down_clock();
    let mounted = MountedCheckout::before_effects().await;
    mounted.press("pay").await;
    assert_eq!((mounted.phase().as_str(), pay_calls().len()), ("open", 1));
}
