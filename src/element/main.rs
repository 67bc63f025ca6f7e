//! What `<snap-checkout>` calls: mounts [`SnapCheckout`](snap_checkout::SnapCheckout) into an element's shadow root, hands on what its host sets,
//! and tells it what happens.
//!
//! It checks nothing: `npm/src/settings.js` has done so. Each widget goes by a number. The host never calls back
//! from within an event, so no call meets another one under way.

mod place;
mod told;
mod wanted;

use std::cell::RefCell;

use js_sys::Function;
use snap_checkout::browser::json::Foreign;
use snap_checkout::browser::page::Root;
use snap_checkout::{Command, Remote};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use yew::AppHandle;

use crate::place::{Place, PlaceProps};

/// Every customer downloads the allocator; this one is the smallest that gives memory back.
#[cfg(target_family = "wasm")]
#[global_allocator]
static TALC: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

struct Widget {
    app: AppHandle<Place>,
    remote: Remote,
    tell: Function,
    round: usize,
}

thread_local! {
    /// By number. One that is over rests, and takes the next checkout: Yew keeps what listens to a root for ever.
    static WIDGETS: RefCell<Vec<Widget>> = const { RefCell::new(Vec::new()) };
}

/// Nothing happens before an element asks.
fn main() {}

/// Shows a checkout inside an element, in place of what it holds. `tell` hears each event: its name, its detail.
#[wasm_bindgen]
pub fn mount(root: Root, wanted: JsValue, tell: Function) -> usize {
    let app = yew::Renderer::<Place>::with_root_and_props(root, PlaceProps::default()).render();
    let number = WIDGETS.with_borrow_mut(|widgets| {
        widgets.push(Widget { app, remote: Remote::default(), tell: tell.clone(), round: 0 });
        widgets.len() - 1
    });
    again(number, wanted, tell);
    number
}

/// Shows a new checkout where one rests.
#[wasm_bindgen]
pub fn again(number: usize, wanted: JsValue, tell: Function) {
    with(number, |widget| {
        widget.tell = tell;
        widget.round += 1;
        widget.show(Some(wanted));
    });
}

/// What the host sets now.
#[wasm_bindgen]
pub fn update(number: usize, wanted: JsValue) {
    with(number, |widget| widget.show(Some(wanted)));
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

/// Ends it, with everything it listens to. Its root can be taken off the page, and is good for another one.
#[wasm_bindgen]
pub fn rest(number: usize) {
    with(number, |widget| widget.show(None));
}

impl Widget {
    fn show(&mut self, wanted: Option<JsValue>) {
        let checkout = wanted.map(|wanted| {
            let mut props = wanted::props(&mut Foreign(wanted), &self.tell);
            props.remote = Some(self.remote.clone());
            props
        });
        self.app.update(PlaceProps { round: self.round, checkout });
    }
}

fn with(number: usize, work: impl FnOnce(&mut Widget)) {
    WIDGETS.with_borrow_mut(|widgets| widgets.get_mut(number).map(work));
}

fn send(number: usize, command: Command) {
    let remote = WIDGETS.with_borrow(|widgets| widgets.get(number).map(|widget| widget.remote.clone()));
    if let Some(remote) = remote {
        remote.send(command);
    }
}
