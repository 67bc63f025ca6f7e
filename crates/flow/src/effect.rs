//! What the machine asks the outside to do.

use std::rc::Rc;

use wire::merchant::Checkout;

use crate::phase::{Attempt, Frame, Hint};

/// Which idempotency key a token request carries: the same number, the same key. The outside turns it into
/// text together with something unguessable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct KeyNumber(pub u32);

/// One order to the outside. Whoever performs it answers with an event that carries the same attempt, always,
/// and within a bound.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Put `snap.js` on the page. Answer: `ScriptLoaded` or `ScriptFailed`.
    LoadScript {
        /// Who asks.
        attempt: Attempt,
    },
    /// Ask the merchant for a token. Answer: `TokenReceived` or `TokenFailed`.
    RequestToken {
        /// Who asks.
        attempt: Attempt,
        /// Under which key.
        key: KeyNumber,
    },
    /// Call `snap.pay` or `snap.embed` now, without waiting for anything. Answer: `PopupOpened`, `PopupFailed` or,
    /// of an embed, `NoRoom`; then the callbacks.
    OpenPopup {
        /// Who asks.
        attempt: Attempt,
        /// Of which checkout.
        token: String,
        /// Where.
        frame: Frame,
    },
    /// Close the popup or embed if one is open. No answer.
    HidePopup,
    /// Ask the merchant how the order stands. Answer: `StatusReceived` or `StatusFailed`.
    AskStatus {
        /// Who asks.
        attempt: Attempt,
        /// Where; relative to the token URL.
        url: String,
    },
    /// Listen to the changes of the order until told to stop, and come again when it breaks; there is at most
    /// one stream. Answers: `StatusStreamed` and `StreamLost`, any number of them, or none.
    Listen {
        /// Who listens.
        attempt: Attempt,
        /// Where; relative to the token URL.
        url: String,
    },
    /// Listen no more. No answer.
    StopListening,
    /// Answer `TimerFired` after so many milliseconds.
    StartTimer {
        /// Who asks.
        attempt: Attempt,
        /// Milliseconds.
        after: u32,
    },
    /// Leave for the hosted page. No answer; the page goes away.
    GoTo {
        /// Where to.
        url: String,
    },
    /// Keep this checkout over a reload, and in other tabs.
    Remember {
        /// The token.
        checkout: Rc<Checkout>,
        /// `Succeeded` when the popup said paid: then nobody offers to pay again.
        hint: Hint,
    },
    /// It is over: keep it no longer.
    Forget,
}
