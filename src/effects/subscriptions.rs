//! Subscriptions to events of the page, the customer and the network. Dropping a subscription ends it.

use js_sys::Array;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, Element};
use yew::AttrValue;

use super::js_bindings;

/// What a customer does inside a checkout.
pub enum Deed {
    /// The pointer or the focus comes near.
    Near,
    /// Presses what goes by this name.
    Pressed(String),
    /// Has this text copied, and whether it is on the clipboard now; else it is selected.
    Copied(AttrValue, bool),
}

/// Listens to the page or the network until it is dropped.
#[must_use = "dropping it ends it"]
pub struct EventSubscription {
    listening: AbortController,
    _told: js_bindings::JsCallback,
}

impl EventSubscription {
    pub(super) fn begin(
        begin: impl FnOnce(&js_bindings::JsCallback) -> AbortController,
        told: impl FnMut(JsValue) + 'static,
    ) -> Self {
        let told = Closure::new(told);
        Self { listening: begin(&told), _told: told }
    }

    /// Hears whether the page is seen, each time that it is shown or hidden, or another tab kept something under
    /// a key that begins so.
    pub fn page(keys: &str, mut seen: impl FnMut(bool) + 'static) -> Self {
        Self::begin(|tell| js_bindings::watch_page(keys, tell), move |told| seen(told.is_truthy()))
    }

    /// Hears what a customer does inside a checkout.
    pub(crate) fn customer(root: &Element, mut done: impl FnMut(Deed) + 'static) -> Self {
        Self::begin(
            |tell| js_bindings::hear(root, tell),
            move |told| {
                done(match (told.as_string(), told.dyn_into::<Array>()) {
                    (Some(way), _) => Deed::Pressed(way),
                    (None, Ok(copied)) => {
                        let text = copied.get(0).as_string().unwrap_or_default();
                        Deed::Copied(text.into(), copied.get(1).is_truthy())
                    }
                    (None, Err(_)) => Deed::Near,
                });
            },
        )
    }

    /// Counts down to the deadline that is shown inside `root`; hears when it is over.
    pub(crate) fn deadline(root: &Element, mut over: impl FnMut() + 'static) -> Self {
        Self::begin(|told| js_bindings::count_down(root, told), move |_| over())
    }
}

impl Drop for EventSubscription {
    fn drop(&mut self) {
        self.listening.abort();
    }
}
