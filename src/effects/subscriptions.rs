//! Subscriptions to events of the page, the customer and the network. Dropping a subscription ends it.

use flow::CheckoutAction;
use js_sys::Array;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, Element};
use yew::AttrValue;

use super::js_bindings;

/// What the customer does inside a checkout.
pub enum CustomerEvent {
    /// The pointer or the focus comes near.
    Near,
    /// The customer presses a button or link.
    Pressed(CheckoutAction),
    /// The customer copies this text. The flag says whether it is on the clipboard; if not, the page selected it.
    Copied(AttrValue, bool),
}

/// Listens to the page or the network until it is dropped.
#[must_use = "dropping it ends it"]
pub struct EventSubscription {
    controller: AbortController,
    _callback: js_bindings::JsCallback,
}

impl EventSubscription {
    pub(super) fn new(
        start: impl FnOnce(&js_bindings::JsCallback) -> AbortController,
        callback: impl FnMut(JsValue) + 'static,
    ) -> Self {
        let callback = Closure::new(callback);
        Self { controller: start(&callback), _callback: callback }
    }

    /// Reports whether the page is visible: when it is shown or hidden, and when another tab stored something under a key
    /// with this prefix.
    pub fn page(key_prefix: &str, mut callback: impl FnMut(bool) + 'static) -> Self {
        Self::new(|notify| js_bindings::watch_page(key_prefix, notify), move |visible| callback(visible.is_truthy()))
    }

    /// Reports what the customer does inside a checkout. The name of a pressed action is translated here only.
    pub(crate) fn customer(root: &Element, mut callback: impl FnMut(CustomerEvent) + 'static) -> Self {
        Self::new(
            |notify| js_bindings::watch_customer(root, notify),
            move |event| match (event.as_string(), event.dyn_into::<Array>()) {
                (Some(name), _) => {
                    if let Some(action) = CheckoutAction::parse(&name) {
                        callback(CustomerEvent::Pressed(action));
                    }
                }
                (None, Ok(copied)) => {
                    let text = copied.get(0).as_string().unwrap_or_default();
                    callback(CustomerEvent::Copied(text.into(), copied.get(1).is_truthy()));
                }
                (None, Err(_)) => callback(CustomerEvent::Near),
            },
        )
    }

    /// Counts down to the deadline that `root` shows, and reports when it passed.
    pub(crate) fn deadline(root: &Element, mut callback: impl FnMut() + 'static) -> Self {
        Self::new(|notify| js_bindings::count_down(root, notify), move |_| callback())
    }
}

impl Drop for EventSubscription {
    fn drop(&mut self) {
        self.controller.abort();
    }
}
