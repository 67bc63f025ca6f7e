//! The harness of the browser tests: resets the page, controls the clock, and binds the JavaScript fixtures.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde::Deserialize;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use wasm_bindgen_futures::spawn_local;

/// The time limit of a task, in milliseconds of the fake clock.
const TASK_TIMEOUT: f64 = 600_000.0;

pub mod clock {
    use super::wasm_bindgen;

    #[wasm_bindgen(module = "/tests/browser/fake_timers.js")]
    extern "C" {
        pub fn freeze();
        pub fn elapsed() -> f64;
        #[wasm_bindgen(js_name = pendingTimers)]
        pub fn pending_timers() -> u32;
        #[wasm_bindgen(js_name = runNextTimer)]
        pub fn run_next_timer() -> bool;
        #[wasm_bindgen(js_name = flushMicrotasks)]
        pub async fn flush_microtasks();
        pub async fn idle();
        pub async fn advance(milliseconds: u32);
    }
}

pub mod network {
    use super::{JsValue, wasm_bindgen};

    #[wasm_bindgen(module = "/tests/browser/fetch_mock.js")]
    extern "C" {
        pub fn respond(method: &str, json: &str);
        pub fn requests() -> JsValue;
        #[wasm_bindgen(js_name = chunksBeforeCancel)]
        pub fn chunks_before_cancel() -> i32;
        #[wasm_bindgen(js_name = setScriptOutcomes)]
        pub fn set_script_outcomes(json: &str);
        #[wasm_bindgen(js_name = addedScripts)]
        pub fn added_scripts() -> Vec<String>;
        #[wasm_bindgen(js_name = scriptCount)]
        pub fn script_count() -> u32;
        #[wasm_bindgen(js_name = addForeignScript)]
        pub fn add_foreign_script(src: &str, kind: &str);
        #[wasm_bindgen(js_name = finishScript)]
        pub fn finish_script(outcome: &str);
        #[wasm_bindgen(js_name = waitForScriptFailures)]
        pub async fn wait_for_script_failures(count: u32);
        #[wasm_bindgen(js_name = setOnline)]
        pub fn set_online(online: bool);
        pub fn reset();
    }
}

pub mod fake_snap {
    use super::wasm_bindgen;

    #[wasm_bindgen(module = "/tests/browser/fake_snap.js")]
    extern "C" {
        pub fn install();
        #[wasm_bindgen(js_name = setBehaviour)]
        pub fn set_behaviour(behaviour: &str);
        #[wasm_bindgen(js_name = openForeignPopup)]
        pub fn open_foreign_popup();
        pub fn calls() -> Vec<String>;
        #[wasm_bindgen(js_name = isShown)]
        pub fn is_shown() -> bool;
        #[wasm_bindgen(js_name = callBack)]
        pub fn call_back(callback: &str, json: Option<&str>);
        #[wasm_bindgen(js_name = callBackWithSymbol)]
        pub fn call_back_with_symbol(callback: &str);
        pub fn reset();
    }
}

pub mod stream {
    use super::wasm_bindgen;

    #[wasm_bindgen(module = "/tests/browser/event_source_mock.js")]
    extern "C" {
        #[wasm_bindgen(js_name = openedCount)]
        pub fn opened_count() -> u32;
        #[wasm_bindgen(js_name = openStreams)]
        pub fn open_streams() -> Vec<String>;
        pub fn send(data: &str);
        pub fn fail();
        pub fn reset();
    }
}

pub mod page {
    use web_sys::Element;

    use super::wasm_bindgen;

    #[wasm_bindgen(module = "/tests/browser/page_observer.js")]
    extern "C" {
        pub fn listeners() -> String;
        #[wasm_bindgen(js_name = consoleOutput)]
        pub fn console_output() -> String;
        #[wasm_bindgen(js_name = focusedClass)]
        pub fn focused_class() -> String;
        #[wasm_bindgen(js_name = attachShadow)]
        pub fn attach_shadow(host: &Element) -> Element;
        #[wasm_bindgen(js_name = focusedClassInside)]
        pub fn focused_class_inside(host: &Element) -> String;
        #[wasm_bindgen(js_name = setHidden)]
        pub fn set_hidden(hidden: bool);
        #[wasm_bindgen(js_name = restoreFromCache)]
        pub fn restore_from_cache();
        #[wasm_bindgen(js_name = otherTabOverwrites)]
        pub fn other_tab_overwrites();
        #[wasm_bindgen(js_name = savedEntries)]
        pub fn saved_entries() -> String;
        #[wasm_bindgen(js_name = savedKeyName)]
        pub fn saved_key_name() -> String;
        #[wasm_bindgen(js_name = otherTabSavesKey)]
        pub fn other_tab_saves_key(name: &str);
        #[wasm_bindgen(js_name = dispatchStorageEvent)]
        pub fn dispatch_storage_event(key: &str);
        #[wasm_bindgen(js_name = clipboardText)]
        pub fn clipboard_text() -> String;
        #[wasm_bindgen(js_name = selectedText)]
        pub fn selected_text() -> String;
        #[wasm_bindgen(js_name = setClipboard)]
        pub fn set_clipboard(kind: &str);
        #[wasm_bindgen(js_name = slowDownClock)]
        pub fn slow_down_clock();
        #[wasm_bindgen(js_name = shiftClock)]
        pub fn shift_clock(milliseconds: f64);
        #[wasm_bindgen(js_name = otherBundleStartsLoad)]
        pub fn other_bundle_starts_load(url: &str);
        #[wasm_bindgen(js_name = otherBundleFinishesLoad)]
        pub fn other_bundle_finishes_load(code: &str);
        #[wasm_bindgen(js_name = otherBundleRejectsLoad)]
        pub fn other_bundle_rejects_load();
        #[wasm_bindgen(js_name = setSharedLoad)]
        pub fn set_shared_load(value: &str);
        #[wasm_bindgen(js_name = sharedLoadUrl)]
        pub fn shared_load_url() -> String;
        pub fn reset();
    }
}

/// One request of the page.
#[derive(Debug, Deserialize)]
pub struct RecordedRequest {
    pub method: String,
    pub url: String,
    pub headers: BTreeMap<String, String>,
    pub credentials: String,
    pub body: String,
    pub aborted: bool,
}

pub fn requests() -> Vec<RecordedRequest> {
    serde_wasm_bindgen::from_value(network::requests()).expect("the shape of the fixture")
}

/// Resets the page and all fixtures, and stops the clock.
pub async fn reset_page() {
    // A component of an earlier test may still be unmounting.
    clock::idle().await;
    page::reset();
    network::reset();
    fake_snap::reset();
    stream::reset();
    clock::freeze();
}

/// A running future.
pub struct Task<T>(Rc<RefCell<Option<T>>>);

pub fn start<T: 'static>(future: impl Future<Output = T> + 'static) -> Task<T> {
    let slot = Rc::new(RefCell::new(None));
    let into = slot.clone();
    spawn_local(async move { *into.borrow_mut() = Some(future.await) });
    Task(slot)
}

impl<T> Task<T> {
    pub fn is_finished(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Advances the clock until the future is finished, and returns its output.
    #[track_caller]
    pub fn finish(self) -> impl Future<Output = T> {
        let caller = std::panic::Location::caller();
        async move {
            loop {
                clock::idle().await;
                if let Some(output) = self.0.borrow_mut().take() {
                    return output;
                }
                assert!(clock::run_next_timer() && clock::elapsed() < TASK_TIMEOUT, "the task does not end ({caller})");
            }
        }
    }
}

/// Starts the future and advances the clock until it is finished.
#[track_caller]
pub fn run_to_end<T: 'static>(future: impl Future<Output = T> + 'static) -> impl Future<Output = T> {
    start(future).finish()
}
