//! Typed bindings of `window.snap`: `pay`, `embed`, `show` and `hide`, with options and callbacks.
//!
//! <https://docs.midtrans.com/reference/snap-js>

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use flow::{Frame, PopupFault};
use js_sys::{Function, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use wire::merchant::PaymentInstruction;
use wire::midtrans::{SnapResult, StatusCode};
use wire::{FromObject, ObjectReader};

use super::{js_bindings, js_error, json};
use crate::config::contains;
use crate::i18n::Language;
pub use crate::snap_options::{SnapOptions, UiMode};

#[wasm_bindgen]
extern "C" {
    type Snap;
    #[wasm_bindgen(method, catch)]
    fn pay(this: &Snap, token: &str, options: &Object) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn embed(this: &Snap, token: &str, options: &Object) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn show(this: &Snap) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn hide(this: &Snap) -> Result<JsValue, JsValue>;
}

thread_local! {
    /// Where Snap showed the last payment page.
    static LAST: Cell<Option<Frame>> = const { Cell::new(None) };
}

/// A callback of a popup. The first one ends the popup; later ones are dropped.
#[derive(Debug, Clone, PartialEq)]
pub enum SnapCallback {
    /// `onSuccess`. A hint: only the backend knows whether the order is paid.
    Success(RawSnapResult),
    /// `onPending`
    Pending(RawSnapResult),
    /// `onError`
    Error(RawSnapResult),
    /// `onClose`
    Close,
}

/// The unparsed result of a callback. Only a caller of [`read`](Self::read) pays for the parser's bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct RawSnapResult(JsValue);

impl RawSnapResult {
    /// The documented fields. Fields that cannot be read are left out.
    #[must_use]
    pub fn read(&self) -> SnapResult {
        SnapResult::from_object(&mut self.members()).unwrap_or_default()
    }

    /// The JavaScript value.
    #[must_use]
    pub fn as_js(&self) -> &JsValue {
        &self.0
    }

    /// The payment instruction.
    #[must_use]
    pub fn instruction(&self) -> PaymentInstruction {
        flow::payment_instruction(&mut self.members())
    }

    /// The `status_code`, if it is a number.
    pub(crate) fn code(&self) -> Option<u16> {
        self.members().text_or_number("status_code").map(StatusCode)?.number()
    }

    fn members(&self) -> json::JsObject {
        json::JsObject(self.0.clone())
    }
}

/// Makes the callback from its result.
type CallbackKind = fn(RawSnapResult) -> SnapCallback;

/// Receives the callback of a popup.
pub type CallbackHandler = Box<dyn Fn(SnapCallback)>;

/// Why `snap.js` did not open a payment page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PopupError {
    /// The kind.
    pub fault: PopupFault,
    /// The message, for the log.
    pub message: String,
}

/// The handler of a popup, until its first callback.
type CallbackSlot = Rc<RefCell<Option<CallbackHandler>>>;

/// An open popup or embed. Dropping it hides it and ignores later callbacks.
#[must_use = "dropping it hides the popup"]
pub struct Popup {
    handler: CallbackSlot,
}

impl Drop for Popup {
    fn drop(&mut self) {
        // Hiding may call `onClose`, which the customer did not cause.
        let is_over = self.handler.take().is_none();
        if is_over && js_bindings::popup_is_open() {
            // The open popup belongs to another checkout.
            return;
        }
        js_bindings::set_popup_open(false);
        hide();
    }
}

/// Whether `window.snap.pay` can be called.
#[must_use]
pub fn is_present() -> bool {
    snap().is_some()
}

/// Opens the popup of a token.
///
/// # Errors
/// A [`PopupError`] if `snap.js` is missing, another popup is open, or `snap.pay` throws.
pub fn pay(token: &str, options: &SnapOptions, handler: CallbackHandler) -> Result<Popup, PopupError> {
    open_page(Frame::Popup, options, handler, |snap, options| snap.pay(token, options))
}

/// Shows the payment page inside an empty element of the light DOM, at least 320 by 560 pixels.
///
/// # Errors
/// As [`pay`].
pub fn embed(
    token: &str,
    element_id: &str,
    options: &SnapOptions,
    handler: CallbackHandler,
) -> Result<Popup, PopupError> {
    open_page(Frame::Embed, options, handler, |snap, options| {
        json::set(options, "embedId", &JsValue::from_str(element_id));
        snap.embed(token, options)
    })
}

/// Shows Snap's loading screen.
///
/// # Errors
/// As [`pay`].
pub fn show() -> Result<(), PopupError> {
    let snap = snap().ok_or_else(missing)?;
    snap.show().map(drop).map_err(|thrown| popup_error(&thrown))
}

/// Hides the payment page that Snap shows, if any.
pub fn hide() {
    if let Some(snap) = snap() {
        // Snap throws if nothing is open.
        let _ = snap.hide();
    }
}

fn open_page(
    frame: Frame,
    options: &SnapOptions,
    handler: CallbackHandler,
    open: impl FnOnce(&Snap, &Object) -> Result<JsValue, JsValue>,
) -> Result<Popup, PopupError> {
    let snap = snap().ok_or_else(missing)?;
    if js_bindings::popup_is_open() {
        return Err(PopupError { fault: PopupFault::Busy, message: "another popup of this page is open".into() });
    }
    let slot: CallbackSlot = Rc::new(RefCell::new(Some(handler)));
    let options = js_options(options);
    let callbacks: &[(&str, CallbackKind)] = &[
        ("onSuccess", SnapCallback::Success),
        ("onPending", SnapCallback::Pending),
        ("onError", SnapCallback::Error),
        ("onClose", |_| SnapCallback::Close),
    ];
    for &(name, kind) in callbacks {
        let slot = slot.clone();
        let callback = Closure::<dyn Fn(JsValue)>::new(move |result| {
            // Taken first: the handler may drop the popup or open the next one.
            let handler = slot.take();
            if let Some(handler) = handler {
                js_bindings::set_popup_open(false);
                handler(kind(RawSnapResult(result)));
            }
        });
        // snap.js may call it long after the end, so it must stay valid.
        json::set(&options, name, &callback.into_js_value());
    }
    if LAST.replace(Some(frame)).is_some_and(|last| last != frame) {
        // Snap shows one payment page at a time, and an embed stays visible after its end.
        hide();
    }
    js_bindings::set_popup_open(true);
    if let Err(thrown) = open(&snap, &options) {
        js_bindings::set_popup_open(false);
        slot.take();
        return Err(popup_error(&thrown));
    }
    Ok(Popup { handler: slot })
}

fn snap() -> Option<Snap> {
    let snap = Reflect::get(&js_sys::global(), &"snap".into()).ok()?;
    let pay = Reflect::get(&snap, &"pay".into()).ok()?;
    pay.is_instance_of::<Function>().then(|| snap.unchecked_into())
}

fn missing() -> PopupError {
    PopupError { fault: PopupFault::Missing, message: "window.snap is missing".into() }
}

fn popup_error(thrown: &JsValue) -> PopupError {
    let message = js_error::message(thrown);
    // The messages of the state machine inside snap.js: "Invalid state transition from PopupInView to PopupInView".
    let state = contains(&message, "state transition") || contains(&message, "not allowed to be called in this state");
    PopupError { fault: if state { PopupFault::InvalidState } else { PopupFault::Threw }, message }
}

/// The URL of the hosted page, with the options that it supports.
pub(crate) fn hosted(url: &str, options: &SnapOptions) -> String {
    js_bindings::with_options(url, &js_options(options))
}

/// The options with Snap's names.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsOptions<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selected_payment_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ui_mode: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_close_delay: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skip_order_summary: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    enabled_payments: Vec<&'a str>,
}

fn js_options(options: &SnapOptions) -> Object {
    json::value(&JsOptions {
        language: options.language.map(Language::tag),
        selected_payment_type: options.selected_payment_type.as_deref(),
        ui_mode: options.ui_mode.map(UiMode::as_str),
        auto_close_delay: options.auto_close_delay,
        skip_order_summary: options.skip_order_summary,
        enabled_payments: options.enabled_payments.iter().map(|method| &**method).collect(),
    })
    .unchecked_into()
}
