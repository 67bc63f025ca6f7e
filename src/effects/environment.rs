//! The page around the component: its URL, its viewport, its network state, its focus.

use std::pin::Pin;

use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Element;
use yew::InputEvent;

use super::js_bindings;
use crate::mode::{FrameContext, suitable};

/// The element that a program is mounted in.
pub type Root = Element;

/// The element with this id, without its children. If it does not exist, it is added to the page.
#[must_use]
pub fn root(id: &str) -> Root {
    js_bindings::root(id)
}

/// Runs a future.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    // Boxed, so that the code of a task exists once and not for each future.
    let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    spawn_local(future);
}

/// Leaves for another page.
pub fn go_to(url: &str) {
    js_bindings::go_to(url);
}

/// The mode for this browser if the merchant sets `auto`.
pub(crate) fn recommended_mode() -> flow::ResolvedMode {
    suitable(
        &js_bindings::user_agent(),
        if js_bindings::is_framed() { FrameContext::Framed } else { FrameContext::Own },
    )
}

/// The path of the page's URL, such as `/order/abc`.
#[must_use]
pub fn path() -> String {
    js_bindings::path()
}

/// A parsed absolute URL.
pub(super) struct ParsedUrl {
    pub(super) href: String,
    pub(super) origin: String,
    pub(super) host: String,
}

/// Resolves a URL against a base, or against the page. `None` if it is invalid.
pub(super) fn resolve(url: &str, base: Option<&str>) -> Option<ParsedUrl> {
    let parts = js_bindings::resolve(url, base)?;
    let part = |at| parts.get(at).as_string().unwrap_or_default();
    Some(ParsedUrl { href: part(0), origin: part(1), host: part(2) })
}

/// `localhost`, `127.0.0.0/8`, `::1`.
pub(super) fn is_loopback(host: &str) -> bool {
    // A host of a parsed URL that consists of numbers is an IPv4 address.
    let numbers = |rest: &str| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    host == "localhost" || host == "[::1]" || host.strip_prefix("127.").is_some_and(numbers)
}

/// Waits. Milliseconds.
pub(super) async fn pause(milliseconds: u32) {
    // The promise never rejects.
    let _ = JsFuture::from(js_bindings::pause(milliseconds)).await;
}

/// Whether the browser reports that it is offline. It is often wrong, so only texts depend on it.
pub(super) fn offline() -> bool {
    js_bindings::offline()
}

/// Adds the viewport meta element that Snap's popup needs on phones, unless the page has one.
pub(crate) fn ensure_viewport() {
    js_bindings::ensure_viewport();
}

/// 128 random bits as hex, for idempotency keys.
#[must_use]
pub(crate) fn random_hex() -> String {
    js_bindings::random_hex()
}

/// Moves the focus to the element inside `root` that matches the first matching selector of the list.
pub(crate) fn focus_first(root: &Element, selectors: &str) {
    js_bindings::focus_first(root, selectors);
}

/// Whether the focus is inside `root`.
pub(crate) fn holds_focus(root: &Element) -> bool {
    js_bindings::holds_focus(root)
}

/// The value of the input.
#[must_use]
pub fn typed(event: &InputEvent) -> String {
    js_bindings::typed(event).as_string().unwrap_or_default()
}

/// The text of the element with this id.
#[must_use]
pub fn text_of(id: &str) -> Option<String> {
    js_bindings::text_of(id)
}

/// Sets the language of the page for the browser and screen readers.
pub fn set_language(tag: &str) {
    js_bindings::set_language(tag);
}
