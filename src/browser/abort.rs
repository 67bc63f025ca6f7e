//! A request that ends when nobody waits for it any more.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::AbortController;

#[derive(Default)]
struct State {
    aborted: Cell<bool>,
    running: RefCell<Option<AbortController>>,
}

/// Aborts its request when it is dropped.
pub struct Abort(Rc<State>);

/// Whether the guard was dropped; shared with the request.
#[derive(Clone)]
pub struct Signal(Rc<State>);

impl Abort {
    /// A guard, and the signal for the request.
    #[must_use]
    pub fn new() -> (Self, Signal) {
        let state = Rc::new(State::default());
        (Self(state.clone()), Signal(state))
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.aborted.set(true);
        if let Some(running) = self.0.running.borrow_mut().take() {
            running.abort();
        }
    }
}

impl Signal {
    /// Whether nobody waits any more.
    #[must_use]
    pub fn aborted(&self) -> bool {
        self.0.aborted.get()
    }

    /// What ends the try that begins now.
    pub(super) fn begin(&self) -> Option<AbortController> {
        let controller = AbortController::new().ok();
        self.0.running.borrow_mut().clone_from(&controller);
        controller
    }
}
