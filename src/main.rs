//! The storefront: a small shop around one [`SnapCheckout`](snap_checkout::SnapCheckout).
//!
//! It shows how a shop uses the component. Prices, payments and "paid" come from the merchant backend.

mod storefront;

/// Every customer downloads the allocator; this one is the smallest that gives memory back.
#[cfg(target_family = "wasm")]
#[global_allocator]
static TALC: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

fn main() {
    yew::Renderer::<storefront::App>::with_root(storefront::root()).render();
}
