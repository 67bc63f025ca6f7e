//! The developer's log: the browser's console, one line a matter, nothing of the customer in it.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(text: &str);
    #[wasm_bindgen(js_namespace = console, js_name = warn)]
    fn console_warn(text: &str);
}

/// Something that keeps customers from paying.
pub fn error(text: &str) {
    console_error(&["snap-checkout: ", text].concat());
}

/// Something that a developer should look at.
pub fn warn(text: &str) {
    console_warn(&["snap-checkout: ", text].concat());
}
