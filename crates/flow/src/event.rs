//! What can happen to a checkout.

use std::rc::Rc;

use wire::merchant::{Checkout, Order, PaymentInstruction};

use crate::failure::{PopupFault, ScriptFault, TokenFault};
use crate::phase::{ConfirmReason, Mode, RequestId};

/// Something that happened, in the past tense. Events with a request id are results of effects; the others come from the customer or the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The customer wants to pay, to try again, or to open the payment page again.
    PayPressed {
        /// Which way.
        mode: Mode,
    },
    /// The merchant allows to prepare ahead, and the customer is near.
    PrefetchRequested {
        /// For which way.
        mode: Mode,
    },
    /// The customer prefers the hosted page.
    HostedPressed,
    /// The customer wants to know how the order stands.
    CheckPressed,
    /// The customer gives the popup up from our page.
    ClosePressed,
    /// The order is another one now.
    OrderChanged,
    /// It is to begin anew, wherever it stands. An unfinished order stays the same order: its next token request
    /// carries the same key.
    Restarted,
    /// A checkout from before a reload was found.
    Resumed {
        /// The token.
        checkout: Rc<Checkout>,
        /// What was known: `Succeeded` when the popup had said paid, else `Returned`.
        reason: ConfirmReason,
    },
    /// The token is so old that it can no longer be paid with.
    TokenExpired,
    /// The page is back: from the browser's cache, another tab or app, the hosted page; or another tab of the
    /// shop did something with a checkout.
    PageShown,
    /// Nobody sees the page any more.
    PageHidden,
    /// The time to pay is over, by the merchant's clock.
    DeadlinePassed,

    /// `window.snap.pay` is there.
    ScriptLoaded {
        /// Who asked.
        request_id: RequestId,
    },
    /// It is not.
    ScriptFailed {
        /// Who asked.
        request_id: RequestId,
        /// Why.
        fault: ScriptFault,
    },
    /// The merchant answered.
    TokenReceived {
        /// Who asked.
        request_id: RequestId,
        /// With what.
        checkout: Rc<Checkout>,
    },
    /// It did not.
    TokenFailed {
        /// Who asked.
        request_id: RequestId,
        /// Why.
        fault: TokenFault,
    },

    /// `snap.pay` or `snap.embed` returned.
    PopupOpened {
        /// Who asked.
        request_id: RequestId,
    },
    /// It threw.
    PopupFailed {
        /// Who asked.
        request_id: RequestId,
        /// Why.
        fault: PopupFault,
    },
    /// The place for the embedded payment page is too small; nothing was opened.
    EmbedTooSmall {
        /// Who asked.
        request_id: RequestId,
        /// What suits this browser otherwise.
        instead: Mode,
    },
    /// `onSuccess`: the popup claims a payment. A hint.
    SnapSucceeded {
        /// Whose popup.
        request_id: RequestId,
    },
    /// `onPending`: a method was chosen.
    SnapPending {
        /// Whose popup.
        request_id: RequestId,
        /// What to pay where, by the popup's word.
        payment: Rc<PaymentInstruction>,
    },
    /// `onError`: the popup gave up.
    SnapFailed {
        /// Whose popup.
        request_id: RequestId,
        /// The gateway's `status_code`, if it is a number.
        code: Option<u16>,
    },
    /// `onClose`: the customer closed it.
    SnapClosed {
        /// Whose popup.
        request_id: RequestId,
    },

    /// The merchant's word on the order.
    StatusReceived {
        /// Who asked.
        request_id: RequestId,
        /// The word.
        order: Rc<Order>,
    },
    /// The merchant could not be asked.
    StatusFailed {
        /// Who asked.
        request_id: RequestId,
        /// The merchant's `Retry-After` in milliseconds, or 0.
        retry_after: u32,
    },
    /// The merchant does not know this order.
    StatusMissing {
        /// Who asked.
        request_id: RequestId,
    },
    /// The merchant's word on the order, unasked: as it stands when the stream opens, then each change.
    StatusStreamed {
        /// Whose stream.
        request_id: RequestId,
        /// The word.
        order: Rc<Order>,
    },
    /// The stream broke or ended. Whoever performs it tries again by itself.
    StreamLost {
        /// Whose stream.
        request_id: RequestId,
    },
    /// A timer ran out.
    TimerFired {
        /// Who asked.
        request_id: RequestId,
    },
}
