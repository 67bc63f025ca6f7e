//! The developer's log in the browser's console. It contains no customer data.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(text: &str);
    #[wasm_bindgen(js_namespace = console, js_name = warn)]
    fn console_warn(text: &str);
}

/// Logs a problem that prevents payments.
pub fn error(text: &str) {
    console_error(&["snap-checkout: ", text].concat());
}

/// Logs a problem that a developer should know.
pub fn warn(text: &str) {
    console_warn(&["snap-checkout: ", text].concat());
}

/// Unit tests run outside a browser.
#[cfg(not(target_arch = "wasm32"))]
use native::{console_error, console_warn};
#[cfg(not(target_arch = "wasm32"))]
mod native {
    pub(super) fn console_error(text: &str) {
        eprintln!("{text}");
    }

    pub(super) fn console_warn(text: &str) {
        eprintln!("{text}");
    }
}
