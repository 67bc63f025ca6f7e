//! `window.snap`, typed: what is passed, what comes back, and who may close what.

use std::cell::RefCell;
use std::rc::Rc;

use flow::PopupFault;
use snap_checkout::effects::snap::{self, CallbackHandler, Popup, PopupError, SnapCallback};
use snap_checkout::i18n::Language;
use snap_checkout::{SnapOptions, UiMode};
use wasm_bindgen_test::wasm_bindgen_test;
use wire::midtrans::{OneOrMany, SnapResult};

use crate::harness::{fake_snap, fresh, page};

type Log = Rc<RefCell<Vec<SnapCallback>>>;

fn log() -> (Log, CallbackHandler) {
    let log = Log::default();
    let into = log.clone();
    (log, Box::new(move |heard| into.borrow_mut().push(heard)))
}

fn pay(token: &str) -> (Log, Result<Popup, PopupError>) {
    let (log, heard) = log();
    (log, snap::pay(token, &SnapOptions::default(), heard))
}

fn opened(token: &str) -> (Log, Popup) {
    let (log, popup) = pay(token);
    (log, popup.unwrap_or_else(|_| panic!("the popup opens")))
}

/// What was heard, with all that is in it.
fn read(heard: &SnapCallback) -> (&'static str, SnapResult) {
    match heard {
        SnapCallback::Success(reply) => ("success", reply.read()),
        SnapCallback::Pending(reply) => ("pending", reply.read()),
        SnapCallback::Error(reply) => ("error", reply.read()),
        SnapCallback::Close => ("close", SnapResult::default()),
    }
}

async fn present() {
    fresh().await;
    fake_snap::install();
}

const SUCCESS: &str = r#"{"status_code":"200","transaction_status":"settlement","order_id":"o-1"}"#;

#[wasm_bindgen_test]
async fn every_option_is_passed_by_its_name_and_no_other() {
    present().await;
    let all = SnapOptions {
        language: Some(Language::English),
        auto_close_delay: Some(0),
        selected_payment_type: Some("bca_va".into()),
        ui_mode: Some(UiMode::Qr),
        enabled_payments: vec!["bca_va".into(), "gopay".into()],
        skip_order_summary: Some(false),
    };
    let here = web_sys::window().and_then(|window| window.document()).expect("a page");
    let place = here.create_element("div").expect("an element");
    place.set_id("here");
    place.set_class_name("mounted");
    here.body().expect("a body").append_child(&place).expect("room");
    drop(snap::pay("tok-1", &SnapOptions::default(), log().1));
    drop(snap::pay("tok-2", &all, log().1));
    drop(snap::embed("tok-3", "here", &SnapOptions::default(), log().1));
    assert_eq!(snap::show(), Ok(()));
    snap::hide();
    assert_eq!(
        fake_snap::calls(),
        [
            "pay tok-1 {} onClose,onError,onPending,onSuccess",
            "hide",
            concat!(
                r#"pay tok-2 {"autoCloseDelay":0,"enabledPayments":["bca_va","gopay"],"language":"en","#,
                r#""selectedPaymentType":"bca_va","skipOrderSummary":false,"uiMode":"qr"} "#,
                "onClose,onError,onPending,onSuccess"
            ),
            "hide",
            r#"embed tok-3 {"embedId":"here"} onClose,onError,onPending,onSuccess"#,
            "hide",
            "show",
        ]
    );
}

#[wasm_bindgen_test]
async fn each_callback_is_heard_as_what_it_is() {
    let result: SnapResult = snap_checkout::effects::json::read(SUCCESS).expect("a result");
    for (callback, json, heard) in [
        ("onSuccess", Some(SUCCESS), ("success", result.clone())),
        ("onPending", Some(SUCCESS), ("pending", result.clone())),
        ("onError", Some(SUCCESS), ("error", result.clone())),
        ("onClose", None, ("close", SnapResult::default())),
        ("onSuccess", None, ("success", SnapResult::default())),
        ("onPending", Some("null"), ("pending", SnapResult::default())),
        ("onError", Some(r#""kaput""#), ("error", SnapResult::default())),
        ("onError", Some(r#"{"va_numbers":7}"#), ("error", SnapResult::default())),
    ] {
        present().await;
        let (log, _popup) = opened("tok");
        fake_snap::says(callback, json);
        assert_eq!(log.borrow().iter().map(read).collect::<Vec<_>>(), [heard], "{callback} {json:?}");
    }
    present().await;
    let (log, _popup) = opened("tok");
    fake_snap::says_junk("onSuccess");
    assert_eq!(log.borrow().iter().map(read).collect::<Vec<_>>(), [("success", SnapResult::default())]);
}

#[wasm_bindgen_test]
async fn the_first_word_ends_a_popup() {
    present().await;
    let (log, _popup) = opened("tok");
    fake_snap::says("onPending", Some(r#"{"status_code":"201"}"#));
    for late in ["onPending", "onSuccess", "onError"] {
        fake_snap::says(late, Some(SUCCESS));
    }
    fake_snap::says("onClose", None);
    assert!(matches!(log.borrow().as_slice(), [SnapCallback::Pending(_)]), "{:?}", log.borrow());
}

/// Every result that the documentation shows, as the engine's own objects.
#[wasm_bindgen_test]
async fn documented_results_are_read() {
    macro_rules! documented {
        ($($name:literal),*) => { [$(($name, include_str!(concat!("../../crates/wire/fixtures/callbacks/", $name, ".json")))),*] };
    }
    for (name, json) in documented![
        "bca-va-pending",
        "bca-va-success",
        "bni-va-pending",
        "bri-va-success",
        "card-saved-challenge",
        "error-processed",
        "gopay-deeplink-pending",
        "gopay-qr-pending",
        "gopay-qr-success",
        "indomaret-pending",
        "mandiri-bill-pending",
        "permata-va-pending",
        "shopeepay-desktop-pending"
    ] {
        present().await;
        let (log, _popup) = opened("tok");
        fake_snap::says("onPending", Some(json));
        let log = log.borrow();
        let [SnapCallback::Pending(reply)] = log.as_slice() else { panic!("{name}: {log:?}") };
        let result = reply.read();
        assert_ne!(result, SnapResult::default(), "{name}");
        assert_eq!(page::written(), "", "{name}: nothing to complain about");
        match name {
            "bca-va-pending" => {
                assert_eq!(result.order_id, None);
                assert!(result.order_id().is_some(), "the order is in finish_redirect_url");
                assert_eq!(reply.instruction().code.as_deref(), Some("49112893603"));
            }
            "error-processed" => {
                assert_eq!(result.status_message, Some(OneOrMany::Many(vec!["transaction has been processed".into()])));
            }
            "gopay-qr-success" => assert_eq!(result.pdf_url, Some(None)),
            _ => {}
        }
    }
}

#[wasm_bindgen_test]
async fn what_snap_throws_is_typed_whatever_it_is() {
    for (how, fault, message) in [
        ("throws error", PopupFault::Threw, "kaput"),
        ("throws text", PopupFault::Threw, "kaput"),
        ("throws nothing", PopupFault::Threw, ""),
        ("throws cycle", PopupFault::Threw, ""),
        ("shown", PopupFault::InvalidState, "PopupInView to PopupInView"),
    ] {
        present().await;
        if how == "shown" {
            fake_snap::strangers_popup();
        }
        fake_snap::behave(how);
        let refusal = pay("tok").1.err().expect("it refuses");
        assert_eq!(refusal.fault, fault, "{how}");
        assert!(refusal.message.contains(message), "{how}: {}", refusal.message);

        fake_snap::behave("");
        snap::hide();
        assert!(pay("tok").1.is_ok(), "{how}: a refusal keeps nothing");
    }
    fresh().await;
    assert_eq!(pay("tok").1.err().map(|refusal| refusal.fault), Some(PopupFault::Missing));
    assert_eq!(snap::show().err().map(|refusal| refusal.fault), Some(PopupFault::Missing));
    snap::hide();
}

#[wasm_bindgen_test]
async fn the_guard_hides_its_popup_and_hears_no_more() {
    for mode in ["", "hide closes"] {
        present().await;
        fake_snap::behave(mode);
        let (log, popup) = opened("tok-1");
        assert!(fake_snap::is_shown());
        drop(popup);
        assert!(!fake_snap::is_shown());
        assert_eq!(*log.borrow(), [], "{mode}: hiding is not the customer's doing");
        let (_log, _popup) = opened("tok-2");
    }
}

#[wasm_bindgen_test]
async fn one_popup_a_page() {
    present().await;
    let (log, first) = opened("tok-1");
    let refusal = pay("tok-2").1.err().expect("one is open");
    assert_eq!(refusal.fault, PopupFault::Busy);
    assert_eq!(fake_snap::calls().len(), 1, "snap is not even asked");
    fake_snap::says("onClose", None);
    assert_eq!(*log.borrow(), [SnapCallback::Close]);
    drop(first);
    assert!(pay("tok-2").1.is_ok());
}

#[wasm_bindgen_test]
async fn the_guard_of_a_popup_that_is_over_leaves_the_next_one_alone() {
    present().await;
    let (_, first) = opened("tok-1");
    fake_snap::says("onSuccess", Some(SUCCESS));
    snap::hide();
    let (log, second) = opened("tok-2");
    drop(first);
    assert!(fake_snap::is_shown(), "the second popup is still there");
    assert_eq!(pay("tok-3").1.err().map(|refusal| refusal.fault), Some(PopupFault::Busy));
    fake_snap::says("onClose", None);
    assert_eq!(*log.borrow(), [SnapCallback::Close]);
    drop(second);
}

#[wasm_bindgen_test]
async fn an_answer_before_pay_returns_is_heard() {
    present().await;
    fake_snap::behave("answers at once");
    let (log, popup) = pay("tok");
    assert!(popup.is_ok());
    assert!(matches!(log.borrow().as_slice(), [SnapCallback::Error(_)]));
}

#[wasm_bindgen_test]
async fn a_handler_may_drop_its_own_guard() {
    present().await;
    let slot = Rc::new(RefCell::new(None));
    let inside = slot.clone();
    let popup = snap::pay("tok", &SnapOptions::default(), Box::new(move |_| drop(inside.borrow_mut().take())));
    *slot.borrow_mut() = popup.ok();
    fake_snap::says("onSuccess", Some(SUCCESS));
    assert!(slot.borrow().is_none());
    assert!(!fake_snap::is_shown());
}
