//! Typed bindings of `platform.js` and `loader.js`. None of these functions throws.

use js_sys::{Array, Object, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use web_sys::{AbortController, Element, ReadableStream};
use yew::InputEvent;

/// A callback for JavaScript. One type for all, because each type adds code.
pub(super) type JsCallback = Closure<dyn FnMut(JsValue)>;

#[wasm_bindgen(module = "/src/effects/loader.js")]
extern "C" {
    pub(super) fn load(url: &str, client_key: &str, nonce: Option<&str>) -> Promise;
}

#[wasm_bindgen(module = "/src/effects/platform.js")]
extern "C" {
    #[wasm_bindgen(js_name = millisecondsUntil)]
    pub(super) fn milliseconds_until(retry_after: &str) -> f64;
    pub(super) fn pause(milliseconds: u32) -> Promise;

    #[wasm_bindgen(js_name = popupIsOpen)]
    pub(super) fn popup_is_open() -> bool;
    #[wasm_bindgen(js_name = setPopupOpen)]
    pub(super) fn set_popup_open(open: bool);

    #[wasm_bindgen(js_name = readObject)]
    pub(super) fn read_object(stream: Option<ReadableStream>, max_bytes: u32) -> Promise;

    pub(super) fn stored(area: &str, key: &str) -> Option<String>;
    pub(super) fn store(area: &str, key: &str, value: Option<&str>);

    pub(super) fn rupiah(amount: f64) -> String;
    pub(super) fn moment(text: &str, locale: &str) -> Option<String>;

    pub(super) fn resolve(url: &str, base: Option<&str>) -> Option<Array>;
    #[wasm_bindgen(js_name = ensureViewport)]
    pub(super) fn ensure_viewport();
    #[wasm_bindgen(js_name = watchPage)]
    pub(super) fn watch_page(key_prefix: &str, notify: &JsCallback) -> AbortController;
    pub(super) fn listen(url: &str, with_credentials: bool, notify: &JsCallback) -> AbortController;
    #[wasm_bindgen(js_name = countDown)]
    pub(super) fn count_down(root: &Element, notify: &JsCallback) -> AbortController;
    #[wasm_bindgen(js_name = userAgent)]
    pub(super) fn user_agent() -> String;
    #[wasm_bindgen(js_name = isFramed)]
    pub(super) fn is_framed() -> bool;
    #[wasm_bindgen(js_name = embedContainer)]
    pub(super) fn embed_container(root: Option<&Element>, id: Option<&str>) -> Option<String>;
    #[wasm_bindgen(js_name = removeContainer)]
    pub(super) fn remove_container(id: &str);
    #[wasm_bindgen(js_name = goTo)]
    pub(super) fn go_to(url: &str);
    #[wasm_bindgen(js_name = withOptions)]
    pub(super) fn with_options(url: &str, options: &Object) -> String;
    pub(super) fn path() -> String;
    pub(super) fn offline() -> bool;
    #[wasm_bindgen(js_name = randomHex)]
    pub(super) fn random_hex() -> String;
    #[wasm_bindgen(js_name = watchCustomer)]
    pub(super) fn watch_customer(root: &Element, notify: &JsCallback) -> AbortController;
    #[wasm_bindgen(js_name = focusFirst)]
    pub(super) fn focus_first(root: &Element, selectors: &str);
    #[wasm_bindgen(js_name = holdsFocus)]
    pub(super) fn holds_focus(root: &Element) -> bool;
    pub(super) fn typed(event: &InputEvent) -> JsValue;
    #[wasm_bindgen(js_name = textOf)]
    pub(super) fn text_of(id: &str) -> Option<String>;
    #[wasm_bindgen(js_name = setLanguage)]
    pub(super) fn set_language(tag: &str);
    pub(super) fn root(id: &str) -> Element;
}
