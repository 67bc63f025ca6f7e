//! `window.snap`: `pay`, `embed`, `show`, `hide`, with typed options and callbacks.
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
    /// Where it was shown last.
    static LAST: Cell<Option<Frame>> = const { Cell::new(None) };
}

/// What a popup said, once: the first of these ends it, later ones are dropped.
#[derive(Debug, Clone, PartialEq)]
pub enum SnapCallback {
    /// `onSuccess`. A hint: only the merchant knows what was paid.
    Success(RawSnapResult),
    /// `onPending`
    Pending(RawSnapResult),
    /// `onError`
    Error(RawSnapResult),
    /// `onClose`
    Close,
}

/// What a callback was given, as it came. Who wants more of it than the page does reads it, and nobody else pays
/// for the reader.
#[derive(Debug, Clone, PartialEq)]
pub struct RawSnapResult(JsValue);

impl RawSnapResult {
    /// All that the documentation knows of. A result in any shape: what cannot be read is left out, the callback
    /// that came says enough.
    #[must_use]
    pub fn read(&self) -> SnapResult {
        SnapResult::from_object(&mut self.members()).unwrap_or_default()
    }

    /// As it came, for who hands it on to JavaScript.
    #[must_use]
    pub fn as_it_came(&self) -> &JsValue {
        &self.0
    }

    /// What to pay where.
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

/// How a callback's result is heard.
type CallbackKind = fn(RawSnapResult) -> SnapCallback;

/// Hears a popup.
pub type CallbackHandler = Box<dyn Fn(SnapCallback)>;

/// Why `snap` refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PopupError {
    /// The kind.
    pub fault: PopupFault,
    /// What it said, for the log.
    pub message: String,
}

/// Who hears a popup, until its first word.
type CallbackSlot = Rc<RefCell<Option<CallbackHandler>>>;

/// An open popup or embed. Dropping it hides it and hears no more.
#[must_use = "dropping it hides the popup"]
pub struct Popup {
    line: CallbackSlot,
}

impl Drop for Popup {
    fn drop(&mut self) {
        // Hiding may call `onClose`: that is our doing, not the customer's.
        let over = self.line.take().is_none();
        if over && js_bindings::popup_is_open() {
            // The popup that is open is another's.
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

/// Opens the popup for a token, at once.
///
/// # Errors
/// A [`PopupError`] when `snap.js` is not there, another popup is open, or `snap.pay` throws.
pub fn pay(token: &str, options: &SnapOptions, heard: CallbackHandler) -> Result<Popup, PopupError> {
    begin(Frame::Popup, options, heard, |snap, options| snap.pay(token, options))
}

/// Shows the payment page inside an empty element of the light DOM, at least 320 by 560 pixels.
///
/// # Errors
/// As [`pay`].
pub fn embed(
    token: &str,
    element_id: &str,
    options: &SnapOptions,
    heard: CallbackHandler,
) -> Result<Popup, PopupError> {
    begin(Frame::Embed, options, heard, |snap, options| {
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
    snap.show().map(drop).map_err(|thrown| refusal(&thrown))
}

/// Hides whatever Snap shows. Nothing to hide is no error.
pub fn hide() {
    if let Some(snap) = snap() {
        // It throws when nothing is open.
        let _ = snap.hide();
    }
}

fn begin(
    frame: Frame,
    options: &SnapOptions,
    heard: CallbackHandler,
    open: impl FnOnce(&Snap, &Object) -> Result<JsValue, JsValue>,
) -> Result<Popup, PopupError> {
    let snap = snap().ok_or_else(missing)?;
    if js_bindings::popup_is_open() {
        return Err(PopupError { fault: PopupFault::Busy, message: "another popup of this page is open".into() });
    }
    let line: CallbackSlot = Rc::new(RefCell::new(Some(heard)));
    let options = as_object(options);
    let callbacks: &[(&str, CallbackKind)] = &[
        ("onSuccess", SnapCallback::Success),
        ("onPending", SnapCallback::Pending),
        ("onError", SnapCallback::Error),
        ("onClose", |_| SnapCallback::Close),
    ];
    for &(name, heard_as) in callbacks {
        let line = line.clone();
        let callback = Closure::<dyn Fn(JsValue)>::new(move |result| {
            // Taken first: what hears may drop the guard, or open the next popup.
            let heard = line.take();
            if let Some(heard) = heard {
                js_bindings::set_popup_open(false);
                heard(heard_as(RawSnapResult(result)));
            }
        });
        // snap.js owns it: it may call again long after the end, and must not find a function that throws.
        json::set(&options, name, &callback.into_js_value());
    }
    if LAST.replace(Some(frame)).is_some_and(|last| last != frame) {
        // Snap shows one at a time, and an embed stays after its end.
        hide();
    }
    js_bindings::set_popup_open(true);
    if let Err(thrown) = open(&snap, &options) {
        js_bindings::set_popup_open(false);
        line.take();
        return Err(refusal(&thrown));
    }
    Ok(Popup { line })
}

fn snap() -> Option<Snap> {
    let snap = Reflect::get(&js_sys::global(), &"snap".into()).ok()?;
    let pay = Reflect::get(&snap, &"pay".into()).ok()?;
    pay.is_instance_of::<Function>().then(|| snap.unchecked_into())
}

fn missing() -> PopupError {
    PopupError { fault: PopupFault::Missing, message: "window.snap is not there".into() }
}

fn refusal(thrown: &JsValue) -> PopupError {
    let message = js_error::message(thrown);
    // The state machine inside snap.js: "Invalid state transition from PopupInView to PopupInView".
    let state = contains(&message, "state transition") || contains(&message, "not allowed to be called in this state");
    PopupError { fault: if state { PopupFault::InvalidState } else { PopupFault::Threw }, message }
}

/// The hosted page's address, with the options that it takes.
pub(crate) fn hosted(url: &str, options: &SnapOptions) -> String {
    js_bindings::with_options(url, &as_object(options))
}

/// The options as Snap calls them.
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

fn as_object(options: &SnapOptions) -> Object {
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
