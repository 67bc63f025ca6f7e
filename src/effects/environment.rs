//! The page around the component: its address, its viewport, whether it is online, when it comes back.

use std::pin::Pin;

use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Element;
use yew::InputEvent;

use super::js_bindings;
use crate::mode::{FrameContext, suitable};

/// An element that a program is mounted in.
pub type Root = Element;

/// The element with this id, emptied; the page's body gets one when there is none.
#[must_use]
pub fn root(id: &str) -> Root {
    js_bindings::root(id)
}

/// Runs a future beside the page.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    // Boxed here, so that one kind of task is compiled and not one for each future.
    let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    spawn_local(future);
}

/// Leaves for another page.
pub fn go_to(url: &str) {
    js_bindings::go_to(url);
}

/// What suits this browser by itself.
pub(crate) fn recommended_mode() -> flow::Mode {
    suitable(
        &js_bindings::user_agent(),
        if js_bindings::is_framed() { FrameContext::Framed } else { FrameContext::Own },
    )
}

/// The path of the page's address, `/order/abc`.
#[must_use]
pub fn path() -> String {
    js_bindings::path()
}

/// An absolute address.
pub(super) struct Address {
    pub(super) href: String,
    pub(super) origin: String,
    pub(super) host: String,
}

/// An address beside another one, or beside the page; `None` where it is none.
pub(super) fn resolve(url: &str, base: Option<&str>) -> Option<Address> {
    let parts = js_bindings::resolve(url, base)?;
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
    let _ = JsFuture::from(js_bindings::pause(milliseconds)).await;
}

/// Whether the browser says that there is no network. It is wrong often enough to be used for words only.
pub(super) fn offline() -> bool {
    js_bindings::offline()
}

/// Adds the viewport that Snap's popup needs on phones, unless the page has one. Added once, never changed.
pub(crate) fn ensure_viewport() {
    js_bindings::ensure_viewport();
}

/// 128 random bits as hex, for idempotency keys.
#[must_use]
pub(crate) fn random_hex() -> String {
    js_bindings::random_hex()
}

/// Moves the focus to an element inside `root`: that of the first selector in the list that matches one.
pub(crate) fn focus_first(root: &Element, selectors: &str) {
    js_bindings::focus_first(root, selectors);
}

/// Whether the focus is inside `root`.
pub(crate) fn holds_focus(root: &Element) -> bool {
    js_bindings::holds_focus(root)
}

/// What was typed.
#[must_use]
pub fn typed(event: &InputEvent) -> String {
    js_bindings::typed(event).as_string().unwrap_or_default()
}

/// The text of the element with this id.
#[must_use]
pub fn text_of(id: &str) -> Option<String> {
    js_bindings::text_of(id)
}

/// Tells the browser and screen readers which language the page is in.
pub fn set_language(tag: &str) {
    js_bindings::set_language(tag);
}
