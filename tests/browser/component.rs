//! A payment from the click to its end: paid, pending, declined or failed, each with its actions.

use std::cell::RefCell;
use std::rc::Rc;

use snap_checkout::SnapCheckoutProps;
use wasm_bindgen_test::wasm_bindgen_test;
use wire::merchant::Order;
use yew::Callback;

use crate::harness::{clock, fake_snap, network, page, requests};
use crate::mounted_checkout::*;

#[wasm_bindgen_test]
async fn one_click_opens_the_popup_and_the_backends_status_ends_the_payment() {
    set_up(r#"["snap"]"#, TOKEN, &[status("created"), status("paid")].join(",")).await;
    let paid = Rc::new(RefCell::new(Vec::<Order>::new()));
    let into = paid.clone();
    let mut props = props();
    props.on_paid = Callback::from(move |order| into.borrow_mut().push(order));
    let mounted = MountedCheckout::with(props).await;
    assert_eq!((mounted.phase().as_str(), requests().len(), network::added_scripts().len()), ("idle", 0, 0));

    mounted.press("pay").await;
    assert_eq!(mounted.phase(), "open");
    assert_eq!(pay_calls(), [r#"pay tok-1 {"language":"id"} onClose,onError,onPending,onSuccess"#]);
    assert_ne!(mounted.text("[role=status]"), "");

    call_back("onSuccess", Some(RESULT)).await;
    assert_eq!(mounted.phase(), "confirming", "a callback is a hint");
    assert!(!fake_snap::is_shown() && paid.borrow().is_empty());
    clock::advance(2_500).await;
    assert_eq!((mounted.phase().as_str(), mounted.alert_code().as_str()), ("paid", ""));
    assert_ne!(mounted.text("[role=status]"), "");
    assert_eq!(paid.borrow().len(), 1);
    clock::advance(60_000).await;
    let gets: Vec<_> = requests().into_iter().filter(|request| request.method == "GET").collect();
    assert_eq!(gets.len(), 2, "requests after the payment");
    assert!(gets.iter().all(|request| request.url.ends_with("/api/orders/o-1")));
}

#[wasm_bindgen_test]
async fn several_clicks_make_one_order_and_open_one_popup() {
    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    let mounted = MountedCheckout::new().await;
    for _ in 0..7 {
        mounted.click("pay");
    }
    clock::idle().await;
    for _ in 0..2 {
        if let Some(button) = mounted.find("[data-way=pay]") {
            button.click();
        }
        clock::idle().await;
    }
    assert_eq!((post_count(), pay_calls().len(), network::added_scripts().len()), (1, 1, 1));
    assert_eq!(mounted.phase(), "open");
}

#[wasm_bindgen_test]
async fn a_pending_payment_shows_the_instructions_and_becomes_paid() {
    set_up(r#"["snap"]"#, TOKEN, &[status("pending"), status("pending"), status("paid")].join(",")).await;
    let mounted = open_popup().await;
    call_back("onPending", Some(PENDING)).await;
    assert_eq!(mounted.phase(), "pending");
    assert_eq!(mounted.text("[data-testid=payment-code]"), "49112893603");
    assert!(
        page::focused_class().contains("snap-checkout__title"),
        "the focus is not on the title: {:?}",
        page::focused_class()
    );
    assert!(mounted.text(".snap-checkout__instruction").contains("85.000"), "the instructions have no amount");
    clock::advance(10_000).await;
    assert_eq!(mounted.phase(), "paid", "after polling");
}

#[wasm_bindgen_test]
async fn a_token_response_with_only_midtrans_fields_is_enough() {
    for (callback, json, phase, actions) in [
        ("onSuccess", Some(RESULT), "reported", [].as_slice()),
        ("onPending", Some(PENDING), "pending", &["pay", "hosted"]),
        ("onPending", Some("{}"), "pending", &["pay", "hosted"]),
        ("onError", Some(r#"{"status_code":"400"}"#), "failed", &["pay", "hosted"]),
        ("onClose", None, "closed", &["pay", "hosted"]),
    ] {
        set_up(r#"["snap"]"#, BARE_TOKEN, "").await;
        let mounted = open_popup().await;
        call_back(callback, json).await;
        assert_eq!(mounted.phase(), phase, "{callback}");
        for action in actions {
            let button = mounted.find(&format!("[data-way={action}]:not([hidden])"));
            assert!(button.is_some(), "{callback}: {action}");
        }
        assert_eq!(requests().len(), 1, "{callback}: a status request without a status URL");
    }
}

#[wasm_bindgen_test]
async fn every_failure_is_announced_with_its_code_and_an_action() {
    let cases = [
        (r#"["snap"]"#, r#"{"status":400}"#, "token_refused", false),
        (r#"["snap"]"#, r#"{"status":500}"#, "token_broken", false),
        (r#"["snap"]"#, r#"{"status":503}"#, "token_unavailable", false),
        (r#"["snap"]"#, r#"{"broken":true}"#, "token_network", false),
        (r#"["snap"]"#, r#"{"never":true}"#, "token_timeout", false),
        (r#"["snap"]"#, r#"{"body":"<html>"}"#, "token_bad_answer", false),
        (r#"["error","error","error"]"#, TOKEN, "script_blocked", true),
        (r#"["load","load","load"]"#, TOKEN, "script_no_global", true),
        (r#"["never","never","never"]"#, TOKEN, "script_timeout", true),
        (r#"["policy"]"#, TOKEN, "script_csp", true),
    ];
    for (scripts, post, code, hosted) in cases {
        set_up(scripts, post, &status("created")).await;
        let mounted = MountedCheckout::new().await;
        mounted.press("pay").await;
        clock::advance(90_000).await;
        assert_eq!((mounted.phase().as_str(), mounted.alert_code().as_str()), ("failed", code));
        assert!(mounted.text("[role=alert]").contains(code), "{code}: the customer cannot quote it");
        assert_eq!(mounted.text("[role=status]"), "", "{code}: announced twice");
        let link = mounted.attribute("a[data-way=hosted]", "href");
        assert_eq!(link, if hosted { HOSTED_LINK } else { "" }, "{code}");

        let before = post_count();
        network::set_script_outcomes(r#"["snap"]"#);
        network::respond("POST", &format!("[{TOKEN}]"));
        mounted.press("pay").await;
        clock::advance(5_000).await;
        assert_eq!(mounted.phase(), "open", "{code}: after the retry");
        assert_eq!(post_count() - before, usize::from(!hosted), "{code}: token requests of the retry");
        let keys: Vec<_> =
            requests().iter().filter_map(|request| request.headers.get("idempotency-key").cloned()).collect();
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]), "{code}: several keys for one order");
    }
}

/// Snap sometimes calls back twice, or calls `onClose` after another callback.
#[wasm_bindgen_test]
async fn late_callbacks_change_nothing_and_throw_nothing() {
    for late in ["onPending", "onSuccess", "onError", "onClose"] {
        set_up(r#"["snap"]"#, TOKEN, &status("pending")).await;
        let mut mounted = open_popup().await;
        call_back("onPending", Some(PENDING)).await;
        call_back(late, Some("{}")).await;
        assert_eq!(mounted.phase(), "pending", "{late}");
        mounted.unmount().await;
        call_back(late, Some("{}")).await;
        assert_eq!(page::console_output(), "", "{late}");
    }
}

#[wasm_bindgen_test]
async fn a_server_key_prevents_the_payment_and_is_reported() {
    set_up("[]", TOKEN, "").await;
    let mut props = props();
    props.client_key = "SB-Mid-server-s3cret".into();
    let mounted = MountedCheckout::with(props).await;
    mounted.press("pay").await;
    clock::advance(5_000).await;
    assert_eq!((mounted.phase().as_str(), mounted.alert_code().as_str()), ("failed", "client_key_invalid"));
    assert_eq!((requests().len(), network::added_scripts().len()), (0, 0));
    let html = document().document_element().expect("a page").outer_html();
    let console = page::console_output();
    assert!(!html.contains("s3cret") && !console.contains("s3cret") && console.contains("SERVER"));
}

#[wasm_bindgen_test]
async fn after_a_decline_the_retry_requests_a_token_with_the_same_key() {
    set_up(r#"["snap"]"#, TOKEN, &status("denied")).await;
    let mounted = open_popup().await;
    call_back("onError", Some(r#"{"status_code":"202"}"#)).await;
    assert_eq!((mounted.phase().as_str(), mounted.alert_code().as_str()), ("failed", "payment_declined"));
    mounted.press("pay").await;
    assert_eq!((mounted.phase().as_str(), post_count(), pay_calls().len()), ("open", 2, 2));
    let keys: Vec<_> =
        requests().iter().filter_map(|request| request.headers.get("idempotency-key").cloned()).collect();
    assert_eq!(keys[0], keys[1], "two orders");
}

#[wasm_bindgen_test]
async fn closing_returns_the_focus_and_the_popup_reopens_with_the_same_token() {
    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    let mounted = open_popup().await;
    assert!(!page::focused_class().contains("snap-checkout__main"), "the popup does not have the focus");
    call_back("onClose", None).await;
    assert_eq!((mounted.phase().as_str(), mounted.alert_code().as_str()), ("closed", ""));
    assert!(page::focused_class().contains("snap-checkout__main"), "focus is on {:?}", page::focused_class());
    mounted.press("pay").await;
    assert_eq!((mounted.phase().as_str(), post_count(), pay_calls().len()), ("open", 1, 2));
    assert!(!page::focused_class().contains("snap-checkout__main"), "the popup does not have the focus");

    mounted.press("close").await;
    assert!(!fake_snap::is_shown());
    assert_eq!(mounted.phase(), "closed");
    assert!(page::focused_class().contains("snap-checkout__main"), "focus is on {:?}", page::focused_class());
}

#[wasm_bindgen_test]
async fn a_popup_that_snap_considers_open_is_hidden_first() {
    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    fake_snap::install();
    fake_snap::open_foreign_popup();
    let mounted = MountedCheckout::new().await;
    mounted.press("pay").await;
    assert_eq!(mounted.phase(), "opening");
    clock::advance(1_000).await;
    assert_eq!((mounted.phase().as_str(), pay_calls().len()), ("open", 2));
    drop(mounted);

    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    fake_snap::set_behaviour("throws text");
    let mounted = MountedCheckout::new().await;
    mounted.press("pay").await;
    assert_eq!((mounted.phase().as_str(), mounted.alert_code().as_str()), ("failed", "popup_threw"));
    assert_eq!(mounted.attribute("a[data-way=hosted]", "href"), HOSTED_LINK);
}

#[wasm_bindgen_test]
async fn after_a_success_callback_a_reload_does_not_offer_another_payment() {
    for (callback, json, phase, actions) in
        [("onSuccess", Some(RESULT), "confirming", ["check", "check"]), ("onClose", None, "closed", ["pay", "hosted"])]
    {
        set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
        let mut before = open_popup().await;
        call_back(callback, json).await;
        before.unmount().await;
        let after = MountedCheckout::new().await;
        clock::advance(8_000).await;
        assert_eq!((after.phase().as_str(), post_count()), (phase, 1), "{callback}");
        for action in actions {
            assert!(after.find(&format!("[data-way={action}]:not([hidden])")).is_some(), "{callback}: {action}");
        }
    }
}

#[wasm_bindgen_test]
async fn another_customer_name_keeps_the_same_order() {
    set_up(r#"["snap"]"#, TOKEN, &status("created")).await;
    let with_name = |name: &str| SnapCheckoutProps {
        order: format!(r#"{{"name":"{name}"}}"#).into(),
        order_key: Some("cart".into()),
        ..props()
    };
    let mut before = MountedCheckout::with(with_name("Sari")).await;
    before.press("pay").await;
    call_back("onClose", None).await;
    before.unmount().await;
    let after = MountedCheckout::with(with_name("")).await;
    clock::advance(8_000).await;
    assert_eq!(after.phase(), "closed");
    after.press("pay").await;
    assert_eq!((after.phase().as_str(), post_count(), pay_calls().len()), ("open", 1, 2), "not the same token");
}

#[wasm_bindgen_test]
async fn the_focus_moves_to_the_main_button_when_the_clicked_action_disappears() {
    set_up(r#"["snap"]"#, TOKEN, &status("pending")).await;
    let mounted = open_popup().await;
    call_back("onPending", Some(PENDING)).await;
    // Without snap.js no popup takes the focus, so only the component can keep it.
    fake_snap::reset();
    network::reset();
    let action = mounted.find(".snap-checkout__ways [data-way=pay]").expect("a secondary action");
    action.focus().expect("a focusable action");
    action.click();
    clock::flush_microtasks().await;
    clock::flush_microtasks().await;
    assert_eq!(mounted.phase(), "preparing");
    assert!(page::focused_class().contains("snap-checkout__main"), "focus is on {:?}", page::focused_class());
}
