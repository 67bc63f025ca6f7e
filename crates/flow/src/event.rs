//! The events of a checkout.

use std::rc::Rc;

use wire::merchant::{Checkout, Order, PaymentInstruction};

use crate::failure::{PopupFault, ScriptFault, TokenFault};
use crate::phase::{ConfirmReason, RequestId, ResolvedMode};

/// An event. Events with a request id are results of effects; the others come from the customer or the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The customer wants to pay, to retry, or to open the payment page again.
    PayPressed {
        /// How to show the payment page.
        mode: ResolvedMode,
    },
    /// The customer is likely to press soon, and the merchant allows prefetching.
    PrefetchRequested {
        /// How the payment page would be shown.
        mode: ResolvedMode,
    },
    /// The customer chose the hosted page.
    HostedPressed,
    /// The customer asked for the order's status.
    CheckPressed,
    /// The customer closed the popup from the shop's page.
    ClosePressed,
    /// The page now shows another order.
    OrderChanged,
    /// The page starts over. An unfinished order stays the same order: its next token request has the same key.
    Restarted,
    /// The page found a saved checkout.
    Resumed {
        /// The checkout.
        checkout: Rc<Checkout>,
        /// `Succeeded` if Snap had reported a payment, else `Returned`.
        reason: ConfirmReason,
    },
    /// The token can no longer be paid.
    TokenExpired,
    /// The page is visible again: from the browser's cache, another tab or app, or the hosted page. Or another tab
    /// changed a saved checkout.
    PageShown,
    /// The page is hidden.
    PageHidden,
    /// The payment deadline passed, by the backend's clock.
    DeadlinePassed,

    /// `window.snap.pay` is available.
    ScriptLoaded {
        /// The request.
        request_id: RequestId,
    },
    /// `snap.js` could not be loaded.
    ScriptFailed {
        /// The request.
        request_id: RequestId,
        /// The reason.
        fault: ScriptFault,
    },
    /// The backend returned a token.
    TokenReceived {
        /// The request.
        request_id: RequestId,
        /// The checkout.
        checkout: Rc<Checkout>,
    },
    /// The token request failed.
    TokenFailed {
        /// The request.
        request_id: RequestId,
        /// The reason.
        fault: TokenFault,
    },

    /// `snap.pay` or `snap.embed` returned.
    PopupOpened {
        /// The request.
        request_id: RequestId,
    },
    /// `snap.pay` or `snap.embed` failed.
    PopupFailed {
        /// The request.
        request_id: RequestId,
        /// The reason.
        fault: PopupFault,
    },
    /// The container of the embed is too small, so nothing was opened.
    EmbedTooSmall {
        /// The request.
        request_id: RequestId,
        /// The mode for this browser instead.
        instead: ResolvedMode,
    },
    /// `onSuccess`: Snap reported a payment. A hint only.
    SnapSucceeded {
        /// The popup's request.
        request_id: RequestId,
    },
    /// `onPending`: the customer chose a method.
    SnapPending {
        /// The popup's request.
        request_id: RequestId,
        /// The payment instruction by the callback's result.
        payment: Rc<PaymentInstruction>,
    },
    /// `onError`: the payment failed.
    SnapFailed {
        /// The popup's request.
        request_id: RequestId,
        /// The gateway's `status_code`, if it is a number.
        code: Option<u16>,
    },
    /// `onClose`: the customer closed the popup.
    SnapClosed {
        /// The popup's request.
        request_id: RequestId,
    },

    /// The backend returned the order.
    StatusReceived {
        /// The request.
        request_id: RequestId,
        /// The order.
        order: Rc<Order>,
    },
    /// The status request failed.
    StatusFailed {
        /// The request.
        request_id: RequestId,
        /// The backend's `Retry-After` in milliseconds, or 0.
        retry_after: u32,
    },
    /// The backend does not know this order.
    StatusMissing {
        /// The request.
        request_id: RequestId,
    },
    /// The event stream delivered the order: once when it opens, then after each change.
    StatusStreamed {
        /// The stream.
        request_id: RequestId,
        /// The order.
        order: Rc<Order>,
    },
    /// The event stream broke or ended. The effect runner reconnects by itself.
    StreamLost {
        /// The stream.
        request_id: RequestId,
    },
    /// A timer fired.
    TimerFired {
        /// The request.
        request_id: RequestId,
    },
}
