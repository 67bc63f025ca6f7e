//! What `<snap-checkout>` calls: mounts [`SnapCheckout`] into an element's shadow root, hands on what its host sets,
//! and tells it what happens.
//!
//! It checks nothing: `npm/src/validate-attributes.js` has done so. Each widget goes by a number. The host never calls back
//! from within an event, so no call meets another one under way.

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

/// Every customer downloads the allocator; this one is the smallest that gives memory back.
#[cfg(target_family = "wasm")]
#[global_allocator]
static TALC: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

struct Widget {
    app: AppHandle<SnapCheckout>,
    remote: CheckoutHandle,
    tell: Function,
}

thread_local! {
    /// By number. That of one that is over goes to the next.
    static WIDGETS: RefCell<Vec<Option<Widget>>> = const { RefCell::new(Vec::new()) };
}

/// Nothing happens before an element asks.
fn main() {}

/// Shows a checkout inside an element, in place of what it holds. `tell` hears each event: its name, its detail.
#[wasm_bindgen]
pub fn mount(root: Root, wanted: JsValue, tell: Function) -> usize {
    let remote = CheckoutHandle::default();
    let props = props(wanted, &tell, &remote);
    let app = yew::Renderer::<SnapCheckout>::with_root_and_props(root, props).render();
    WIDGETS.with_borrow_mut(|widgets| {
        let number = widgets.iter().position(Option::is_none).unwrap_or_else(|| {
            widgets.push(None);
            widgets.len() - 1
        });
        widgets[number] = Some(Widget { app, remote, tell });
        number
    })
}

/// What the host sets now.
#[wasm_bindgen]
pub fn update(number: usize, wanted: JsValue) {
    WIDGETS.with_borrow_mut(|widgets| {
        if let Some(Some(widget)) = widgets.get_mut(number) {
            widget.app.update(props(wanted, &widget.tell, &widget.remote));
        }
    });
}

/// As if the customer pressed.
#[wasm_bindgen]
pub fn pay(number: usize) {
    send(number, Command::Pay);
}

/// Makes the token ahead of the press.
#[wasm_bindgen]
pub fn prepare(number: usize) {
    send(number, Command::Prepare);
}

/// Begins anew.
#[wasm_bindgen]
pub fn reset(number: usize) {
    send(number, Command::Reset);
}

/// Ends it, with everything it listens to.
#[wasm_bindgen]
pub fn end(number: usize) {
    let over = WIDGETS.with_borrow_mut(|widgets| widgets.get_mut(number).and_then(Option::take));
    if let Some(widget) = over {
        widget.app.destroy();
    }
}

fn props(wanted: JsValue, tell: &Function, remote: &CheckoutHandle) -> SnapCheckoutProps {
    let mut props = props::props(&mut JsObject(wanted), tell);
    props.remote = Some(remote.clone());
    props
}

fn send(number: usize, command: Command) {
    let remote = WIDGETS.with_borrow(|widgets| Some(widgets.get(number)?.as_ref()?.remote.clone()));
    if let Some(remote) = remote {
        remote.send(command);
    }
}
