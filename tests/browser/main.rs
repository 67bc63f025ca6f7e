//! Tests of the effects and of the component in real browsers: `scripts/test wasm`.
//!
//! The tests use no network. JavaScript fixtures replace `fetch`, the script tags of `snap.js`, `window.snap` and timers.
#![cfg(target_arch = "wasm32")]

mod accessibility;
mod backend_api;
mod component;
mod harness;
mod hook;
mod json;
mod loader;
mod modes;
mod mounted_checkout;
mod page_integration;
mod payment_instructions;
mod polling_and_stream;
mod snap;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
