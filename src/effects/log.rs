//! The developer's log: the browser's console, one line a matter, nothing of the customer in it.

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

/// Something that keeps customers from paying.
pub fn error(text: &str) {
    console_error(&["snap-checkout: ", text].concat());
}

/// Something that a developer should look at.
pub fn warn(text: &str) {
    console_warn(&["snap-checkout: ", text].concat());
}

/// Tests of pure rules run outside of browsers.
#[cfg(not(target_arch = "wasm32"))]
use outside::{console_error, console_warn};
#[cfg(not(target_arch = "wasm32"))]
mod outside {
    pub(super) fn console_error(text: &str) {
        eprintln!("{text}");
    }

    pub(super) fn console_warn(text: &str) {
        eprintln!("{text}");
    }
}
