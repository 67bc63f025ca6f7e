//! The typed `window.snap`: options, callbacks, errors and popup guards.

use std::cell::RefCell;
use std::rc::Rc;

use flow::PopupFault;
use snap_checkout::effects::snap::{self, CallbackHandler, Popup, PopupError, SnapCallback};
use snap_checkout::i18n::Language;
use snap_checkout::{SnapOptions, UiMode};
use wasm_bindgen_test::wasm_bindgen_test;
use wire::midtrans::{OneOrMany, SnapResult};

use crate::harness::{fake_snap, page, reset_page};

type Log = Rc<RefCell<Vec<SnapCallback>>>;

fn log() -> (Log, CallbackHandler) {
    let log = Log::default();
    let into = log.clone();
    (log, Box::new(move |callback| into.borrow_mut().push(callback)))
}

fn pay(token: &str) -> (Log, Result<Popup, PopupError>) {
    let (log, handler) = log();
    (log, snap::pay(token, &SnapOptions::default(), handler))
}

fn open_popup(token: &str) -> (Log, Popup) {
    let (log, popup) = pay(token);
    (log, popup.unwrap_or_else(|_| panic!("the popup did not open")))
}

/// The name of a callback and its result.
fn read(callback: &SnapCallback) -> (&'static str, SnapResult) {
    match callback {
        SnapCallback::Success(reply) => ("success", reply.read()),
        SnapCallback::Pending(reply) => ("pending", reply.read()),
        SnapCallback::Error(reply) => ("error", reply.read()),
        SnapCallback::Close => ("close", SnapResult::default()),
    }
}

async fn install_snap() {
    reset_page().await;
    fake_snap::install();
}

const SUCCESS: &str = r#"{"status_code":"200","transaction_status":"settlement","order_id":"o-1"}"#;

#[wasm_bindgen_test]
async fn exactly_the_set_options_are_passed() {
    install_snap().await;
    let all = SnapOptions {
        language: Some(Language::English),
        auto_close_delay: Some(0),
        selected_payment_type: Some("bca_va".into()),
        ui_mode: Some(UiMode::Qr),
        enabled_payments: vec!["bca_va".into(), "gopay".into()],
        skip_order_summary: Some(false),
    };
    let document = web_sys::window().and_then(|window| window.document()).expect("a page");
    let container = document.create_element("div").expect("an element");
    container.set_id("here");
    container.set_class_name("mounted");
    document.body().expect("a body").append_child(&container).expect("the container in the body");
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
async fn each_callback_is_passed_with_its_type_and_result() {
    let result: SnapResult = snap_checkout::effects::json::read(SUCCESS).expect("a result");
    for (callback, json, expected) in [
        ("onSuccess", Some(SUCCESS), ("success", result.clone())),
        ("onPending", Some(SUCCESS), ("pending", result.clone())),
        ("onError", Some(SUCCESS), ("error", result.clone())),
        ("onClose", None, ("close", SnapResult::default())),
        ("onSuccess", None, ("success", SnapResult::default())),
        ("onPending", Some("null"), ("pending", SnapResult::default())),
        ("onError", Some(r#""kaput""#), ("error", SnapResult::default())),
        ("onError", Some(r#"{"va_numbers":7}"#), ("error", SnapResult::default())),
    ] {
        install_snap().await;
        let (log, _popup) = open_popup("tok");
        fake_snap::call_back(callback, json);
        assert_eq!(log.borrow().iter().map(read).collect::<Vec<_>>(), [expected], "{callback} {json:?}");
    }
    install_snap().await;
    let (log, _popup) = open_popup("tok");
    fake_snap::call_back_with_symbol("onSuccess");
    assert_eq!(log.borrow().iter().map(read).collect::<Vec<_>>(), [("success", SnapResult::default())]);
}

#[wasm_bindgen_test]
async fn only_the_first_callback_of_a_popup_is_passed() {
    install_snap().await;
    let (log, _popup) = open_popup("tok");
    fake_snap::call_back("onPending", Some(r#"{"status_code":"201"}"#));
    for late in ["onPending", "onSuccess", "onError"] {
        fake_snap::call_back(late, Some(SUCCESS));
    }
    fake_snap::call_back("onClose", None);
    assert!(matches!(log.borrow().as_slice(), [SnapCallback::Pending(_)]), "{:?}", log.borrow());
}

/// Every result of Midtrans' documentation, as JavaScript objects.
#[wasm_bindgen_test]
async fn documented_results_are_parsed() {
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
        install_snap().await;
        let (log, _popup) = open_popup("tok");
        fake_snap::call_back("onPending", Some(json));
        let log = log.borrow();
        let [SnapCallback::Pending(reply)] = log.as_slice() else { panic!("{name}: {log:?}") };
        let result = reply.read();
        assert_ne!(result, SnapResult::default(), "{name}");
        assert_eq!(page::console_output(), "", "{name}: a warning in the console");
        match name {
            "bca-va-pending" => {
                assert_eq!(result.order_id, None);
                assert!(result.order_id().is_some(), "no order id from finish_redirect_url");
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
async fn every_exception_of_snap_has_a_type() {
    for (behaviour, fault, message) in [
        ("throws error", PopupFault::Threw, "kaput"),
        ("throws text", PopupFault::Threw, "kaput"),
        ("throws nothing", PopupFault::Threw, ""),
        ("throws cycle", PopupFault::Threw, ""),
        ("shown", PopupFault::InvalidState, "PopupInView to PopupInView"),
    ] {
        install_snap().await;
        if behaviour == "shown" {
            fake_snap::open_foreign_popup();
        }
        fake_snap::set_behaviour(behaviour);
        let error = pay("tok").1.err().expect("an error");
        assert_eq!(error.fault, fault, "{behaviour}");
        assert!(error.message.contains(message), "{behaviour}: {}", error.message);

        fake_snap::set_behaviour("");
        snap::hide();
        assert!(pay("tok").1.is_ok(), "{behaviour}: the next popup");
    }
    reset_page().await;
    assert_eq!(pay("tok").1.err().map(|error| error.fault), Some(PopupFault::Missing));
    assert_eq!(snap::show().err().map(|error| error.fault), Some(PopupFault::Missing));
    snap::hide();
}

#[wasm_bindgen_test]
async fn dropping_the_guard_hides_the_popup_and_ignores_later_callbacks() {
    for mode in ["", "hide closes"] {
        install_snap().await;
        fake_snap::set_behaviour(mode);
        let (log, popup) = open_popup("tok-1");
        assert!(fake_snap::is_shown());
        drop(popup);
        assert!(!fake_snap::is_shown());
        assert_eq!(*log.borrow(), [], "{mode}: a callback after the drop");
        let (_log, _popup) = open_popup("tok-2");
    }
}

#[wasm_bindgen_test]
async fn a_page_can_open_only_one_popup_at_a_time() {
    install_snap().await;
    let (log, first) = open_popup("tok-1");
    let error = pay("tok-2").1.err().expect("an error while a popup is open");
    assert_eq!(error.fault, PopupFault::Busy);
    assert_eq!(fake_snap::calls().len(), 1, "calls of snap.pay");
    fake_snap::call_back("onClose", None);
    assert_eq!(*log.borrow(), [SnapCallback::Close]);
    drop(first);
    assert!(pay("tok-2").1.is_ok());
}

#[wasm_bindgen_test]
async fn the_guard_of_a_finished_popup_does_not_close_the_next_one() {
    install_snap().await;
    let (_, first) = open_popup("tok-1");
    fake_snap::call_back("onSuccess", Some(SUCCESS));
    snap::hide();
    let (log, second) = open_popup("tok-2");
    drop(first);
    assert!(fake_snap::is_shown(), "the second popup was closed");
    assert_eq!(pay("tok-3").1.err().map(|error| error.fault), Some(PopupFault::Busy));
    fake_snap::call_back("onClose", None);
    assert_eq!(*log.borrow(), [SnapCallback::Close]);
    drop(second);
}

#[wasm_bindgen_test]
async fn a_callback_before_pay_returns_is_passed() {
    install_snap().await;
    fake_snap::set_behaviour("calls back at once");
    let (log, popup) = pay("tok");
    assert!(popup.is_ok());
    assert!(matches!(log.borrow().as_slice(), [SnapCallback::Error(_)]));
}

#[wasm_bindgen_test]
async fn a_callback_handler_can_drop_its_own_guard() {
    install_snap().await;
    let slot = Rc::new(RefCell::new(None));
    let slot_in_handler = slot.clone();
    let popup = snap::pay("tok", &SnapOptions::default(), Box::new(move |_| drop(slot_in_handler.borrow_mut().take())));
    *slot.borrow_mut() = popup.ok();
    fake_snap::call_back("onSuccess", Some(SUCCESS));
    assert!(slot.borrow().is_none());
    assert!(!fake_snap::is_shown());
}
