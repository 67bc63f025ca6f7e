//! The page around the component: its address, its viewport, whether it is online, when it comes back.

use std::pin::Pin;

use js_sys::Array;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, Element};
use yew::{AttrValue, InputEvent};

use super::dom;
use crate::mode::{Window, suitable};

/// An element that a program is mounted in.
pub type Root = Element;

/// The element with this id, emptied; the page's body gets one when there is none.
#[must_use]
pub fn root(id: &str) -> Root {
    dom::root(id)
}

/// Runs a future beside the page.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    // Boxed here, so that one kind of task is compiled and not one for each future.
    let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    spawn_local(future);
}

/// Leaves for another page.
pub fn go_to(url: &str) {
    dom::go_to(url);
}

/// What suits this browser by itself.
pub(crate) fn suitable_mode() -> flow::Mode {
    suitable(&dom::user_agent(), if dom::is_framed() { Window::Framed } else { Window::Own })
}

/// Where a payment page is embedded: an element of the light DOM, since `snap.js` looks for it in the document.
/// Dropping it takes it away, unless it is the merchant's.
pub(crate) struct Place(String);

impl Place {
    /// The element with this id; else one of our own: beside the component, or where the component is inside a
    /// shadow root in the slot `snap-embed` of its host. `None` where it is too small.
    pub(crate) fn find(root: Option<Element>, id: Option<&str>) -> Option<Self> {
        dom::place(root.as_ref(), id).map(Self)
    }

    pub(crate) fn id(&self) -> &str {
        &self.0
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        dom::leave(&self.0);
    }
}

/// The path of the page's address, `/order/abc`.
#[must_use]
pub fn path() -> String {
    dom::path()
}

/// An absolute address.
pub(super) struct Address {
    pub(super) href: String,
    pub(super) origin: String,
    pub(super) host: String,
}

/// An address beside another one, or beside the page; `None` where it is none.
pub(super) fn resolve(url: &str, base: Option<&str>) -> Option<Address> {
    let parts = dom::resolve(url, base)?;
    let part = |at| parts.get(at).as_string().unwrap_or_default();
    Some(Address { href: part(0), origin: part(1), host: part(2) })
}

/// `localhost`, `127.0.0.0/8`, `::1`.
pub(super) fn is_loopback(host: &str) -> bool {
    // A URL's host of numbers is an IPv4 address; nothing else may end in a number.
    let numbers = |rest: &str| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    host == "localhost" || host == "[::1]" || host.strip_prefix("127.").is_some_and(numbers)
}

/// Waits so many milliseconds.
pub(super) async fn pause(milliseconds: u32) {
    // It never rejects.
    let _ = JsFuture::from(dom::pause(milliseconds)).await;
}

/// Whether the browser says that there is no network. It is wrong often enough to be used for words only.
pub(super) fn offline() -> bool {
    dom::offline()
}

/// Adds the viewport that Snap's popup needs on phones, unless the page has one. Added once, never changed.
pub(crate) fn ensure_viewport() {
    dom::ensure_viewport();
}

/// 128 random bits as hex, for idempotency keys.
#[must_use]
pub(crate) fn random_hex() -> String {
    dom::random_hex()
}

/// Moves the focus to an element inside `root`: that of the first selector in the list that matches one.
pub(crate) fn focus_first(root: &Element, selectors: &str) {
    dom::focus_first(root, selectors);
}

/// Whether the focus is inside `root`.
pub(crate) fn holds_focus(root: &Element) -> bool {
    dom::holds_focus(root)
}

/// What was typed.
#[must_use]
pub fn typed(event: &InputEvent) -> String {
    dom::typed(event).as_string().unwrap_or_default()
}

/// The text of the element with this id.
#[must_use]
pub fn text_of(id: &str) -> Option<String> {
    dom::text_of(id)
}

/// Tells the browser and screen readers which language the page is in.
pub fn set_language(tag: &str) {
    dom::set_language(tag);
}

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
pub struct Hearing {
    listening: AbortController,
    _told: dom::Told,
}

impl Hearing {
    pub(super) fn begin(
        begin: impl FnOnce(&dom::Told) -> AbortController,
        told: impl FnMut(JsValue) + 'static,
    ) -> Self {
        let told = Closure::new(told);
        Self { listening: begin(&told), _told: told }
    }

    /// Hears whether the page is seen, each time that it is shown or hidden, or another tab kept something under
    /// a key that begins so.
    pub fn page(keys: &str, mut seen: impl FnMut(bool) + 'static) -> Self {
        Self::begin(|tell| dom::watch_page(keys, tell), move |told| seen(told.is_truthy()))
    }

    /// Hears what a customer does inside a checkout.
    pub(crate) fn customer(root: &Element, mut done: impl FnMut(Deed) + 'static) -> Self {
        Self::begin(
            |tell| dom::hear(root, tell),
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
        Self::begin(|told| dom::count_down(root, told), move |_| over())
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        self.listening.abort();
    }
}
