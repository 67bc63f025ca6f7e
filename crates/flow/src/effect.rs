//! What the machine asks the outside to do.

use std::rc::Rc;

use wire::merchant::Checkout;

use crate::phase::{ConfirmReason, Frame, RequestId};

/// Which idempotency key a token request carries: the same number, the same key. The outside turns it into
/// text together with something unguessable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct KeyNumber(pub u32);

/// One order to the effect runner. Each effect with a result is answered within a bound, by an event with the same
/// request id.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Put `snap.js` on the page. Answer: `ScriptLoaded` or `ScriptFailed`.
    LoadScript {
        /// Who asks.
        request_id: RequestId,
    },
    /// Ask the merchant for a token. Answer: `TokenReceived` or `TokenFailed`.
    RequestToken {
        /// Who asks.
        request_id: RequestId,
        /// Under which key.
        key: KeyNumber,
    },
    /// Call `snap.pay` or `snap.embed` now, without waiting for anything. Answer: `PopupOpened`, `PopupFailed` or,
    /// of an embed, `EmbedTooSmall`; then the callbacks.
    OpenPopup {
        /// Who asks.
        request_id: RequestId,
        /// Of which checkout.
        token: String,
        /// Where.
        frame: Frame,
    },
    /// Close the popup or embed if one is open. No answer.
    HidePopup,
    /// Ask the merchant how the order stands. Answer: `StatusReceived` or `StatusFailed`.
    FetchStatus {
        /// Who asks.
        request_id: RequestId,
        /// Where; relative to the token URL.
        url: String,
    },
    /// Listen to the changes of the order until told to stop, and come again when it breaks; there is at most
    /// one stream. Answers: `StatusStreamed` and `StreamLost`, any number of them, or none.
    OpenStream {
        /// Who listens.
        request_id: RequestId,
        /// Where; relative to the token URL.
        url: String,
    },
    /// Listen no more. No answer.
    CloseStream,
    /// Answer `TimerFired` after so many milliseconds.
    StartTimer {
        /// Who asks.
        request_id: RequestId,
        /// Milliseconds.
        after: u32,
    },
    /// Leave for the hosted page. No answer; the page goes away.
    Redirect {
        /// Where to.
        url: String,
    },
    /// Keep this checkout over a reload, and in other tabs.
    SaveCheckout {
        /// The token.
        checkout: Rc<Checkout>,
        /// `Succeeded` when the popup said paid: then nobody offers to pay again.
        reason: ConfirmReason,
    },
    /// It is over: keep it no longer.
    ClearCheckout,
}
