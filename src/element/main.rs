//! The program behind `<snap-checkout>`: mounts [`SnapCheckout`] into the element's shadow root, passes the host's settings
//! to it, and sends its events to the host.
//!
//! `npm/src/validate-attributes.js` has validated the settings. Each widget has a number. The host never calls these
//! functions inside an event handler, so no call interrupts another.

mod events;
mod props;

use std::cell::RefCell;

use js_sys::Function;
use snap_checkout::effects::environment::Root;
use snap_checkout::effects::json::JsObject;
use snap_checkout::{CheckoutHandle, Command, SnapCheckout, SnapCheckoutProps};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use yew::AppHandle;

/// The smallest allocator that frees memory; each customer downloads it.
#[cfg(target_family = "wasm")]
#[global_allocator]
static TALC: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

struct Widget {
    app: AppHandle<SnapCheckout>,
    handle: CheckoutHandle,
    dispatch: Function,
}

thread_local! {
    /// By number. The number of a destroyed widget is reused.
    static WIDGETS: RefCell<Vec<Option<Widget>>> = const { RefCell::new(Vec::new()) };
}

/// The element calls the functions below.
fn main() {}

/// Mounts a checkout into an element, instead of its children. `dispatch` receives the name and the details of each event.
#[wasm_bindgen]
pub fn mount(root: Root, settings: JsValue, dispatch: Function) -> usize {
    let handle = CheckoutHandle::default();
    let props = props(settings, &dispatch, &handle);
    let app = yew::Renderer::<SnapCheckout>::with_root_and_props(root, props).render();
    WIDGETS.with_borrow_mut(|widgets| {
        let number = widgets.iter().position(Option::is_none).unwrap_or_else(|| {
            widgets.push(None);
            widgets.len() - 1
        });
        widgets[number] = Some(Widget { app, handle, dispatch });
        number
    })
}

/// Updates the settings.
#[wasm_bindgen]
pub fn update(number: usize, settings: JsValue) {
    WIDGETS.with_borrow_mut(|widgets| {
        if let Some(Some(widget)) = widgets.get_mut(number) {
            widget.app.update(props(settings, &widget.dispatch, &widget.handle));
        }
    });
}

/// Acts like a press of the button.
#[wasm_bindgen]
pub fn pay(number: usize) {
    send(number, Command::Pay);
}

/// Prefetches what a press needs.
#[wasm_bindgen]
pub fn prepare(number: usize) {
    send(number, Command::Prepare);
}

/// Starts over.
#[wasm_bindgen]
pub fn reset(number: usize) {
    send(number, Command::Reset);
}

/// Destroys a widget with all its subscriptions.
#[wasm_bindgen]
pub fn end(number: usize) {
    let removed = WIDGETS.with_borrow_mut(|widgets| widgets.get_mut(number).and_then(Option::take));
    if let Some(widget) = removed {
        widget.app.destroy();
    }
}

fn props(settings: JsValue, dispatch: &Function, handle: &CheckoutHandle) -> SnapCheckoutProps {
    let mut props = props::props(&mut JsObject(settings), dispatch);
    props.remote = Some(handle.clone());
    props
}

fn send(number: usize, command: Command) {
    let handle = WIDGETS.with_borrow(|widgets| Some(widgets.get(number)?.as_ref()?.handle.clone()));
    if let Some(handle) = handle {
        handle.send(command);
    }
}
