//! The storefront: a small shop around one [`SnapCheckout`](snap_checkout::SnapCheckout).
//!
//! It shows how a shop uses the component. Prices, payments and "paid" come from the merchant backend.

mod storefront;

/// The smallest allocator that frees memory; each customer downloads it.
#[cfg(target_family = "wasm")]
#[global_allocator]
static TALC: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

fn main() {
    yew::Renderer::<storefront::Storefront>::with_root(storefront::root()).render();
}
