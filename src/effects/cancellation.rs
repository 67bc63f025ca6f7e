//! Cancels a request when its guard is dropped, or when a try exceeds its timeout.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsValue;
use web_sys::AbortController;

#[derive(Default)]
struct State {
    aborted: Cell<bool>,
    running: RefCell<Option<AbortController>>,
}

/// Aborts its request when it is dropped.
pub struct CancelGuard(Rc<State>);

/// Tells the request whether its guard was dropped.
#[derive(Clone)]
pub struct Signal(Rc<State>);

impl CancelGuard {
    /// A guard, and the signal for the request.
    #[must_use]
    pub fn new() -> (Self, Signal) {
        let state = Rc::new(State::default());
        (Self(state.clone()), Signal(state))
    }
}

impl Drop for CancelGuard {
    fn drop(&mut self) {
        self.0.aborted.set(true);
        if let Some(running) = self.0.running.borrow_mut().take() {
            running.abort();
        }
    }
}

impl Signal {
    /// Whether the guard was dropped.
    #[must_use]
    pub fn aborted(&self) -> bool {
        self.0.aborted.get()
    }

    /// Starts one try with a timeout in milliseconds.
    pub(super) fn start_try(&self, timeout: u32) -> Try {
        let controller = AbortController::new().ok();
        let late = Rc::new(Cell::new(false));
        let signal = controller.as_ref().map_or(JsValue::UNDEFINED, |it| it.signal().into());
        *self.0.running.borrow_mut() = controller.clone();
        let timer = {
            let late = late.clone();
            Timeout::new(timeout, move || {
                late.set(true);
                if let Some(controller) = &controller {
                    controller.abort();
                }
            })
        };
        Try { signal, late, _timer: timer }
    }
}

/// One try. Dropping it stops its timeout.
pub(super) struct Try {
    /// `undefined` if the browser has no `AbortController`.
    pub(super) signal: JsValue,
    late: Rc<Cell<bool>>,
    _timer: Timeout,
}

impl Try {
    /// Whether the timeout passed.
    pub(super) fn is_late(&self) -> bool {
        self.late.get()
    }
}
