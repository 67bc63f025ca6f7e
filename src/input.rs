//! The inputs of a controller.

use flow::{CheckoutAction, Event, RequestId};

use crate::effects::snap::SnapCallback;

/// An input of the controller.
pub enum Input {
    /// An event of the state machine.
    Event(Event),
    /// An action of the customer.
    Action(CheckoutAction),
    /// A callback of `snap.js`.
    Snap(RequestId, SnapCallback),
    /// The pointer or the focus comes near.
    Near,
    /// A command of the host page.
    Command(Command),
}

/// A command of the host page, as `app.send_message(Command::Pay)` through Yew's [`AppHandle`](yew::AppHandle) or
/// [`Scope`](yew::html::Scope).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Prefetches what a press needs. Has no effect unless the checkout is idle.
    Prepare,
    /// Acts like a press of the button. Has no effect while the button is disabled.
    Pay,
    /// Starts over: hides the popup and ignores running requests. An unfinished order stays the same order of the
    /// backend.
    Reset,
}
