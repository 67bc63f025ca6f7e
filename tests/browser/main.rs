//! The browser edge and the component in real browsers: `scripts/test wasm`.
//!
//! Nothing here leaves the page: `fetch`, the tags of `snap.js`, `window.snap` and the timers are fixtures.
#![cfg(target_arch = "wasm32")]

mod api;
mod around;
mod component;
mod hook;
mod json;
mod loader;
mod modes;
mod shown;
mod snap;
mod spoken;
mod support;
mod waiting;
mod what_to_pay;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
