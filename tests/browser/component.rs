//! A payment from the press to its end: paid, pending, declined, failed, each with a way on.

use std::cell::RefCell;
use std::rc::Rc;

use snap_checkout::SnapCheckoutProps;
use wasm_bindgen_test::wasm_bindgen_test;
use wire::merchant::Order;
use yew::Callback;

use crate::harness::{asked, clock, fake_snap, network, page};
use crate::mounted_checkout::*;

#[wasm_bindgen_test]
async fn one_press_opens_the_popup_and_the_merchants_word_ends_it() {
    shop(r#"["snap"]"#, TOKEN, &[status("created"), status("paid")].join(",")).await;
    let paid = Rc::new(RefCell::new(Vec::<Order>::new()));
    let into = paid.clone();
    let mut props = props();
    props.on_paid = Callback::from(move |order| into.borrow_mut().push(order));
    let shown = Shown::with(props).await;
    assert_eq!((shown.phase().as_str(), asked().len(), network::tags_made().len()), ("idle", 0, 0));

    shown.press("pay").await;
    assert_eq!(shown.phase(), "open");
    assert_eq!(pays(), [r#"pay tok-1 {"language":"id"} onClose,onError,onPending,onSuccess"#]);
    assert_ne!(shown.text("[role=status]"), "");

    says("onSuccess", Some(RESULT)).await;
    assert_eq!(shown.phase(), "confirming", "a callback is a hint");
    assert!(!fake_snap::is_shown() && paid.borrow().is_empty());
    clock::pass(2_500).await;
    assert_eq!((shown.phase().as_str(), shown.alert().as_str()), ("paid", ""));
    assert_ne!(shown.text("[role=status]"), "");
    assert_eq!(paid.borrow().len(), 1);
    clock::pass(60_000).await;
    let gets: Vec<_> = asked().into_iter().filter(|one| one.method == "GET").collect();
    assert_eq!(gets.len(), 2, "nothing is asked once it is over");
    assert!(gets.iter().all(|one| one.url.ends_with("/api/orders/o-1")));
}

#[wasm_bindgen_test]
async fn many_presses_are_one_order_and_one_popup() {
    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    let shown = Shown::new().await;
    for _ in 0..7 {
        shown.press_without_waiting("pay");
    }
    clock::idle().await;
    for _ in 0..2 {
        if let Some(main) = shown.find("[data-way=pay]") {
            main.click();
        }
        clock::idle().await;
    }
    assert_eq!((posts(), pays().len(), network::tags_made().len()), (1, 1, 1));
    assert_eq!(shown.phase(), "open");
}

#[wasm_bindgen_test]
async fn a_pending_payment_says_what_to_pay_and_turns_to_paid() {
    shop(r#"["snap"]"#, TOKEN, &[status("pending"), status("pending"), status("paid")].join(",")).await;
    let shown = open().await;
    says("onPending", Some(PENDING)).await;
    assert_eq!(shown.phase(), "pending");
    assert_eq!(shown.text("[data-testid=payment-code]"), "49112893603");
    assert!(page::focused().contains("snap-checkout__title"), "what to pay is read first: {:?}", page::focused());
    assert!(shown.text(".snap-checkout__instruction").contains("85.000"), "and how much");
    clock::pass(10_000).await;
    assert_eq!(shown.phase(), "paid", "by itself");
}

#[wasm_bindgen_test]
async fn midtrans_own_answer_is_enough() {
    for (callback, json, phase, ways) in [
        ("onSuccess", Some(RESULT), "reported", [].as_slice()),
        ("onPending", Some(PENDING), "pending", &["pay", "hosted"]),
        ("onPending", Some("{}"), "pending", &["pay", "hosted"]),
        ("onError", Some(r#"{"status_code":"400"}"#), "failed", &["pay", "hosted"]),
        ("onClose", None, "closed", &["pay", "hosted"]),
    ] {
        shop(r#"["snap"]"#, BARE_TOKEN, "").await;
        let shown = open().await;
        says(callback, json).await;
        assert_eq!(shown.phase(), phase, "{callback}");
        for way in ways {
            let found = shown.find(&format!("[data-way={way}]:not([hidden])"));
            assert!(found.is_some(), "{callback}: {way}");
        }
        assert_eq!(asked().len(), 1, "{callback}: there is nobody to ask");
    }
}

#[wasm_bindgen_test]
async fn every_failure_is_announced_with_its_code_and_a_way_on() {
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
    for (tags, post, code, hosted) in cases {
        shop(tags, post, &status("created")).await;
        let shown = Shown::new().await;
        shown.press("pay").await;
        clock::pass(90_000).await;
        assert_eq!((shown.phase().as_str(), shown.alert().as_str()), ("failed", code));
        assert!(shown.text("[role=alert]").contains(code), "{code}: the customer can quote it");
        assert_eq!(shown.text("[role=status]"), "", "{code}: said once");
        let link = shown.attribute("a[data-way=hosted]", "href");
        assert_eq!(link, if hosted { HOSTED_LINK } else { "" }, "{code}");

        let before = posts();
        network::tags_end(r#"["snap"]"#);
        network::answers("POST", &format!("[{TOKEN}]"));
        shown.press("pay").await;
        clock::pass(5_000).await;
        assert_eq!(shown.phase(), "open", "{code}: trying again helps");
        assert_eq!(posts() - before, usize::from(!hosted), "{code}: a token that is there is kept");
        let keys: Vec<_> = asked().iter().filter_map(|one| one.headers.get("idempotency-key").cloned()).collect();
        assert!(keys.windows(2).all(|two| two[0] == two[1]), "{code}: one order, one key");
    }
}

/// Snap is known to call back twice, and to report the close of a popup that has an end already.
#[wasm_bindgen_test]
async fn late_callbacks_change_nothing_and_throw_nothing() {
    for late in ["onPending", "onSuccess", "onError", "onClose"] {
        shop(r#"["snap"]"#, TOKEN, &status("pending")).await;
        let mut shown = open().await;
        says("onPending", Some(PENDING)).await;
        says(late, Some("{}")).await;
        assert_eq!(shown.phase(), "pending", "{late}");
        shown.close().await;
        says(late, Some("{}")).await;
        assert_eq!(page::written(), "", "{late}");
    }
}

#[wasm_bindgen_test]
async fn a_server_key_stops_everything_and_says_so() {
    shop("[]", TOKEN, "").await;
    let mut props = props();
    props.client_key = "SB-Mid-server-s3cret".into();
    let shown = Shown::with(props).await;
    shown.press("pay").await;
    clock::pass(5_000).await;
    assert_eq!((shown.phase().as_str(), shown.alert().as_str()), ("failed", "client_key_invalid"));
    assert_eq!((asked().len(), network::tags_made().len()), (0, 0));
    let html = document().document_element().expect("a page").outer_html();
    let printed = page::written();
    assert!(!html.contains("s3cret") && !printed.contains("s3cret") && printed.contains("SERVER"));
}

#[wasm_bindgen_test]
async fn a_declined_payment_asks_which_token_goes_on_under_the_same_key() {
    shop(r#"["snap"]"#, TOKEN, &status("denied")).await;
    let shown = open().await;
    says("onError", Some(r#"{"status_code":"202"}"#)).await;
    assert_eq!((shown.phase().as_str(), shown.alert().as_str()), ("failed", "payment_declined"));
    shown.press("pay").await;
    assert_eq!((shown.phase().as_str(), posts(), pays().len()), ("open", 2, 2));
    let keys: Vec<_> = asked().iter().filter_map(|one| one.headers.get("idempotency-key").cloned()).collect();
    assert_eq!(keys[0], keys[1], "one order");
}

#[wasm_bindgen_test]
async fn closing_gives_the_focus_back_and_opens_again_with_the_same_token() {
    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    let shown = open().await;
    assert!(!page::focused().contains("snap-checkout__main"), "the popup has the focus");
    says("onClose", None).await;
    assert_eq!((shown.phase().as_str(), shown.alert().as_str()), ("closed", ""));
    assert!(page::focused().contains("snap-checkout__main"), "focus is on {:?}", page::focused());
    shown.press("pay").await;
    assert_eq!((shown.phase().as_str(), posts(), pays().len()), ("open", 1, 2));
    assert!(!page::focused().contains("snap-checkout__main"), "it was taken from the popup");

    shown.press("close").await;
    assert!(!fake_snap::is_shown());
    assert_eq!(shown.phase(), "closed");
    assert!(page::focused().contains("snap-checkout__main"), "focus is on {:?}", page::focused());
}

#[wasm_bindgen_test]
async fn a_popup_that_snap_believes_open_is_taken_away_first() {
    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    fake_snap::install();
    fake_snap::strangers_popup();
    let shown = Shown::new().await;
    shown.press("pay").await;
    assert_eq!(shown.phase(), "opening");
    clock::pass(1_000).await;
    assert_eq!((shown.phase().as_str(), pays().len()), ("open", 2));
    drop(shown);

    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    fake_snap::behave("throws text");
    let shown = Shown::new().await;
    shown.press("pay").await;
    assert_eq!((shown.phase().as_str(), shown.alert().as_str()), ("failed", "popup_threw"));
    assert_eq!(shown.attribute("a[data-way=hosted]", "href"), HOSTED_LINK);
}

#[wasm_bindgen_test]
async fn what_was_said_paid_is_not_sold_again_after_a_reload() {
    for (callback, json, phase, ways) in
        [("onSuccess", Some(RESULT), "confirming", ["check", "check"]), ("onClose", None, "closed", ["pay", "hosted"])]
    {
        shop(r#"["snap"]"#, TOKEN, &status("created")).await;
        let mut before = open().await;
        says(callback, json).await;
        before.close().await;
        let after = Shown::new().await;
        clock::pass(8_000).await;
        assert_eq!((after.phase().as_str(), posts()), (phase, 1), "{callback}");
        for way in ways {
            assert!(after.find(&format!("[data-way={way}]:not([hidden])")).is_some(), "{callback}: {way}");
        }
    }
}

#[wasm_bindgen_test]
async fn another_name_is_no_other_order() {
    shop(r#"["snap"]"#, TOKEN, &status("created")).await;
    let typed = |name: &str| SnapCheckoutProps {
        order: format!(r#"{{"name":"{name}"}}"#).into(),
        order_key: Some("cart".into()),
        ..props()
    };
    let mut before = Shown::with(typed("Sari")).await;
    before.press("pay").await;
    says("onClose", None).await;
    before.close().await;
    let after = Shown::with(typed("")).await;
    clock::pass(8_000).await;
    assert_eq!(after.phase(), "closed");
    after.press("pay").await;
    assert_eq!((after.phase().as_str(), posts(), pays().len()), ("open", 1, 2), "the same token again");
}

#[wasm_bindgen_test]
async fn the_focus_stays_when_the_pressed_way_goes() {
    shop(r#"["snap"]"#, TOKEN, &status("pending")).await;
    let shown = open().await;
    says("onPending", Some(PENDING)).await;
    // snap.js is away and does not come back: no popup takes the focus, the press alone must keep it.
    fake_snap::reset();
    network::reset();
    let way = shown.find(".snap-checkout__ways [data-way=pay]").expect("a quiet way");
    way.focus().expect("it takes the focus");
    way.click();
    clock::moment().await;
    clock::moment().await;
    assert_eq!(shown.phase(), "preparing");
    assert!(page::focused().contains("snap-checkout__main"), "focus is on {:?}", page::focused());
}
