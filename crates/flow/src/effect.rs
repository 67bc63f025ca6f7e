//! The effects that the state machine requests.

use std::rc::Rc;

use wire::merchant::Checkout;

use crate::phase::{ConfirmReason, Frame, RequestId};

/// The number of an idempotency key. The same number stands for the same key. The effect runner adds a random part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct KeyNumber(pub u32);

/// A request to the effect runner. An effect with a result ends, within a timeout, in an event with the same request id.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Load `snap.js`. Ends in `ScriptLoaded` or `ScriptFailed`.
    LoadScript {
        /// The request.
        request_id: RequestId,
    },
    /// Request a token from the backend. Ends in `TokenReceived` or `TokenFailed`.
    RequestToken {
        /// The request.
        request_id: RequestId,
        /// The idempotency key.
        key: KeyNumber,
    },
    /// Call `snap.pay` or `snap.embed` in the same turn. Ends in `PopupOpened`, `PopupFailed` or, for an embed,
    /// `EmbedTooSmall`. The callbacks follow.
    OpenPopup {
        /// The request.
        request_id: RequestId,
        /// The token.
        token: String,
        /// Where Snap shows the payment page.
        frame: Frame,
    },
    /// Hide the popup or embed, if one is open. Has no result.
    HidePopup,
    /// Fetch the order's status from the backend. Ends in `StatusReceived`, `StatusMissing` or `StatusFailed`.
    FetchStatus {
        /// The request.
        request_id: RequestId,
        /// The status URL, relative to the token URL.
        url: String,
    },
    /// Follow the order's event stream until `CloseStream`, and reconnect when it breaks. There is at most one stream. It
    /// causes any number of `StatusStreamed` and `StreamLost`.
    OpenStream {
        /// The stream.
        request_id: RequestId,
        /// The events URL, relative to the token URL.
        url: String,
    },
    /// Close the event stream. Has no result.
    CloseStream,
    /// Start a timer. Ends in `TimerFired`.
    StartTimer {
        /// The request.
        request_id: RequestId,
        /// Milliseconds.
        after: u32,
    },
    /// Leave the page for the hosted page. Has no result.
    Redirect {
        /// The hosted page.
        url: String,
    },
    /// Save the checkout for reloads and other tabs.
    SaveCheckout {
        /// The checkout.
        checkout: Rc<Checkout>,
        /// `Succeeded` if Snap reported a payment. The page then never offers to pay again.
        reason: ConfirmReason,
    },
    /// Clear the saved checkout: the order is finished.
    ClearCheckout,
}
