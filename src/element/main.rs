//! What `<snap-checkout>` calls: mounts [`SnapCheckout`] into an element's shadow root, hands on what its host sets,
//! and tells it what happens.
//!
//! It checks nothing: `npm/src/settings.js` has done so. Each widget goes by a number. The host never calls back
//! from within an event, so no call meets another one under way.

mod told;
mod wanted;

use std::cell::RefCell;

use js_sys::Function;
use snap_checkout::browser::json::Foreign;
use snap_checkout::browser::page::Root;
use snap_checkout::{Command, SnapCheckout};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use yew::AppHandle;

/// Every customer downloads the allocator; this one is the smallest that gives memory back.
#[cfg(target_family = "wasm")]
#[global_allocator]
static TALC: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

struct Widget {
    app: AppHandle<SnapCheckout>,
    tell: Function,
}

thread_local! {
    /// By number; those that are gone leave their place to the next.
    static WIDGETS: RefCell<Vec<Option<Widget>>> = const { RefCell::new(Vec::new()) };
}

/// Nothing happens before an element asks.
fn main() {}

/// Shows a checkout inside an element, in place of what it holds. `tell` hears each event: its name, its detail.
#[wasm_bindgen]
pub fn mount(root: Root, wanted: JsValue, tell: Function) -> usize {
    let props = wanted::props(&mut Foreign(wanted), &tell);
    let app = yew::Renderer::<SnapCheckout>::with_root_and_props(root, props).render();
    let widget = Some(Widget { app, tell });
    WIDGETS.with_borrow_mut(|widgets| match widgets.iter().position(Option::is_none) {
        Some(free) => {
            widgets[free] = widget;
            free
        }
        None => {
            widgets.push(widget);
            widgets.len() - 1
        }
    })
}

/// What the host sets now.
#[wasm_bindgen]
pub fn update(number: usize, wanted: JsValue) {
    if let Some(mut widget) = take(number) {
        let props = wanted::props(&mut Foreign(wanted), &widget.tell);
        widget.app.update(props);
        WIDGETS.with_borrow_mut(|widgets| widgets[number] = Some(widget));
    }
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

/// Takes it off the page, with everything it listens to.
#[wasm_bindgen]
pub fn destroy(number: usize) {
    if let Some(widget) = take(number) {
        widget.app.destroy();
    }
}

fn take(number: usize) -> Option<Widget> {
    WIDGETS.with_borrow_mut(|widgets| widgets.get_mut(number)?.take())
}

fn send(number: usize, command: Command) {
    let scope = WIDGETS.with_borrow(|widgets| Some((*widgets.get(number)?.as_ref()?.app).clone()));
    if let Some(scope) = scope {
        scope.send_message(command);
    }
}
