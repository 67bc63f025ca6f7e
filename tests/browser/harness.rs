//! What every test needs: a fresh page, time that passes on demand, and the fixtures as Rust.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Deserialize;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use wasm_bindgen_futures::spawn_local;

/// Longer than anything may take, milliseconds of the tests' clock.
const FOR_EVER: f64 = 600_000.0;

pub mod clock {
    use super::wasm_bindgen;

    #[wasm_bindgen(module = "/tests/browser/fake_timers.js")]
    extern "C" {
        pub fn freeze();
        pub fn elapsed() -> f64;
        #[wasm_bindgen(js_name = timersLeft)]
        pub fn timers_left() -> u32;
        pub fn skip() -> bool;
        pub async fn moment();
        pub async fn idle();
        pub async fn pass(milliseconds: u32);
    }
}

pub mod network {
    use super::{JsValue, wasm_bindgen};

    #[wasm_bindgen(module = "/tests/browser/fetch_mock.js")]
    extern "C" {
        pub fn answers(method: &str, json: &str);
        pub fn requests() -> JsValue;
        #[wasm_bindgen(js_name = givenUpAfter)]
        pub fn given_up_after() -> i32;
        #[wasm_bindgen(js_name = tagsEnd)]
        pub fn tags_end(json: &str);
        #[wasm_bindgen(js_name = tagsMade)]
        pub fn tags_made() -> Vec<String>;
        #[wasm_bindgen(js_name = snapTags)]
        pub fn snap_tags() -> u32;
        #[wasm_bindgen(js_name = foreignTag)]
        pub fn foreign_tag(src: &str, kind: &str);
        #[wasm_bindgen(js_name = tagEnds)]
        pub fn tag_ends(end: &str);
        #[wasm_bindgen(js_name = tagsFail)]
        pub async fn tags_fail(count: u32);
        pub fn online(is: bool);
        pub fn reset();
    }
}

pub mod fake_snap {
    use super::wasm_bindgen;

    #[wasm_bindgen(module = "/tests/browser/fake_snap.js")]
    extern "C" {
        pub fn install();
        pub fn behave(how: &str);
        #[wasm_bindgen(js_name = strangersPopup)]
        pub fn strangers_popup();
        pub fn calls() -> Vec<String>;
        #[wasm_bindgen(js_name = isShown)]
        pub fn is_shown() -> bool;
        pub fn says(callback: &str, json: Option<&str>);
        #[wasm_bindgen(js_name = saysJunk)]
        pub fn says_junk(callback: &str);
        pub fn reset();
    }
}

pub mod stream {
    use super::wasm_bindgen;

    #[wasm_bindgen(module = "/tests/browser/event_source_mock.js")]
    extern "C" {
        pub fn opened() -> u32;
        pub fn open() -> Vec<String>;
        pub fn says(text: &str);
        pub fn breaks();
        pub fn reset();
    }
}

pub mod page {
    use web_sys::Element;

    use super::wasm_bindgen;

    #[wasm_bindgen(module = "/tests/browser/page_observer.js")]
    extern "C" {
        pub fn listeners() -> String;
        pub fn written() -> String;
        pub fn focused() -> String;
        #[wasm_bindgen(js_name = shadowOf)]
        pub fn shadow_of(host: &Element) -> Element;
        #[wasm_bindgen(js_name = focusedInside)]
        pub fn focused_inside(host: &Element) -> String;
        pub fn hide(is: bool);
        #[wasm_bindgen(js_name = comesBack)]
        pub fn comes_back();
        #[wasm_bindgen(js_name = otherTabGoesOn)]
        pub fn other_tab_goes_on();
        pub fn kept() -> String;
        #[wasm_bindgen(js_name = nameOfKey)]
        pub fn name_of_key() -> String;
        #[wasm_bindgen(js_name = otherTabOrders)]
        pub fn other_tab_orders(name: &str);
        #[wasm_bindgen(js_name = otherTabWrites)]
        pub fn other_tab_writes(key: &str);
        pub fn copied() -> String;
        pub fn selected() -> String;
        #[wasm_bindgen(js_name = clipboardIs)]
        pub fn clipboard_is(kind: &str);
        #[wasm_bindgen(js_name = everythingTakesLong)]
        pub fn everything_takes_long();
        #[wasm_bindgen(js_name = clockIsWrongBy)]
        pub fn clock_is_wrong_by(milliseconds: f64);
        #[wasm_bindgen(js_name = otherBundleLoads)]
        pub fn other_bundle_loads(url: &str);
        #[wasm_bindgen(js_name = otherBundleEnds)]
        pub fn other_bundle_ends(code: &str);
        #[wasm_bindgen(js_name = otherBundleCrashes)]
        pub fn other_bundle_crashes();
        #[wasm_bindgen(js_name = flightIs)]
        pub fn flight_is(value: &str);
        #[wasm_bindgen(js_name = flightUrl)]
        pub fn flight_url() -> String;
        pub fn reset();
    }
}

/// One request that the page made.
#[derive(Debug, Deserialize)]
pub struct Asked {
    pub method: String,
    pub url: String,
    pub headers: BTreeMap<String, String>,
    pub credentials: String,
    pub body: String,
    pub aborted: bool,
}

pub fn asked() -> Vec<Asked> {
    serde_wasm_bindgen::from_value(network::requests()).expect("the fixture's own shape")
}

/// Nothing of an earlier test is left, and time stands still.
pub async fn fresh() {
    // A component of an earlier test may still be going away.
    clock::idle().await;
    page::reset();
    network::reset();
    fake_snap::reset();
    stream::reset();
    clock::freeze();
}

/// A future under way.
pub struct Task<T>(Rc<RefCell<Option<T>>>);

pub fn start<T: 'static>(future: impl Future<Output = T> + 'static) -> Task<T> {
    let slot = Rc::new(RefCell::new(None));
    let into = slot.clone();
    spawn_local(async move { *into.borrow_mut() = Some(future.await) });
    Task(slot)
}

impl<T> Task<T> {
    pub fn is_over(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Lets time pass until it is over, and no longer.
    #[track_caller]
    pub fn end(self) -> impl Future<Output = T> {
        let asker = std::panic::Location::caller();
        async move {
            loop {
                clock::idle().await;
                if let Some(end) = self.0.borrow_mut().take() {
                    return end;
                }
                assert!(clock::skip() && clock::elapsed() < FOR_EVER, "it never ends ({asker})");
            }
        }
    }
}

/// Lets time pass until the future is over.
#[track_caller]
pub fn driven<T: 'static>(future: impl Future<Output = T> + 'static) -> impl Future<Output = T> {
    start(future).end()
}
