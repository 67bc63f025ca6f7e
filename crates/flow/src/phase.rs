//! The phases of a checkout. Each phase owns its data.

use std::rc::Rc;

use wire::merchant::{Checkout, Order, PaymentInstruction};

use crate::failure::{Failure, ScriptFault};

/// The number of a request, popup or timer. A result with another number than the phase awaits is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RequestId(pub u32);

/// How the payment page is shown, once `auto` is resolved. Each press chooses it; a running payment keeps its mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResolvedMode {
    /// `snap.js` shows the payment page on the shop's page.
    OnPage(Frame),
    /// The browser goes to the hosted page. `snap.js` is not needed.
    Redirect,
}

/// Where `snap.js` shows the payment page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Frame {
    /// Above the shop's page.
    Popup,
    /// Inside the shop's page.
    Embed,
}

/// The phase of a checkout.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Phase {
    /// Waiting for the customer.
    #[default]
    Idle,
    /// The page requests the script and the token at the same time.
    Preparing(Preparing),
    /// Script and token are ready. A press opens the payment page at once.
    Ready {
        /// The token.
        checkout: Rc<Checkout>,
        /// The prepared mode. For [`ResolvedMode::Redirect`] the checkout has a hosted page.
        mode: ResolvedMode,
    },
    /// `snap.pay` or `snap.embed` was called, or will be called after a stale popup is hidden.
    Opening {
        /// The popup's request or the timer.
        request_id: RequestId,
        /// The token.
        checkout: Rc<Checkout>,
        /// Where Snap shows the payment page.
        frame: Frame,
        /// The number of failed calls.
        failures: u8,
    },
    /// The popup or embed is visible.
    Open {
        /// The popup's request.
        request_id: RequestId,
        /// The token.
        checkout: Rc<Checkout>,
        /// Where Snap shows the payment page.
        frame: Frame,
    },
    /// The customer closed the popup. The same token opens it again.
    Closed {
        /// The token.
        checkout: Rc<Checkout>,
    },
    /// The page asks the backend for the order's status.
    Confirming {
        /// The token.
        checkout: Rc<Checkout>,
        /// The reason for the request.
        reason: ConfirmReason,
        /// The state of polling.
        polling: Polling,
    },
    /// The customer chose a method and has to pay, or the payment is being processed.
    Pending {
        /// The token.
        checkout: Rc<Checkout>,
        /// The payment instruction.
        payment: Option<Rc<PaymentInstruction>>,
        /// The order, once the backend returned it.
        order: Option<Rc<Order>>,
        /// The state of polling.
        polling: Polling,
    },
    /// The page cannot continue by itself; the customer can.
    Failed {
        /// The reason.
        failure: Failure,
        /// The token, if there is one. The customer can then use the hosted page.
        checkout: Option<Rc<Checkout>>,
    },
    /// The browser went to the hosted page.
    Redirected {
        /// The token.
        checkout: Rc<Checkout>,
    },
    /// The checkout is finished. Only [`Event::Restarted`](crate::Event::Restarted) leaves this phase.
    Settled(Outcome),
}

/// The data of [`Phase::Preparing`].
#[derive(Debug, Clone, PartialEq)]
pub struct Preparing {
    /// The request for both.
    pub request_id: RequestId,
    /// `snap.js`.
    pub script: ScriptState,
    /// The token, once it arrived.
    pub checkout: Option<Rc<Checkout>>,
    /// What started the preparation.
    pub trigger: Trigger,
    /// How the payment page will be shown.
    pub mode: ResolvedMode,
    /// Whether it takes long.
    pub progress: Progress,
}

/// The state of `snap.js`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScriptState {
    /// The mode does not need it so far.
    NotRequested,
    /// The request is running.
    Loading,
    /// It is loaded.
    Loaded,
    /// It is unavailable. The token may still open the hosted page.
    Failed(ScriptFault),
}

/// What started a preparation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// A prefetch. The page does not show its failure.
    Prefetch,
    /// A press of the customer.
    Click,
}

/// Whether the page shows that the preparation takes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Progress {
    /// No.
    Normal,
    /// Yes.
    Slow,
}

/// Why the page asks for the status. It never makes an order paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConfirmReason {
    /// Snap reported a payment.
    Succeeded,
    /// The payment or the popup failed. Without a new status the failure stays.
    Failed(Failure),
    /// The customer closed the popup, perhaps after paying.
    Closed,
    /// The customer returned: after a reload, or from the hosted page or a wallet app.
    Returned,
}

/// The state of polling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Polling {
    /// A status request, or the timer before the next one, is running.
    Running {
        /// The request or the timer.
        request_id: RequestId,
        /// The number of finished status requests.
        poll_count: u16,
    },
    /// Polling ended. The customer may check again.
    Exhausted,
    /// The page is hidden. Polling continues when it is shown.
    Paused,
}

/// The end of a checkout.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The backend returned "paid".
    Paid(Rc<Order>),
    /// The backend returned a final status without payment: expired, cancelled, refunded and the like.
    NotPaid(Rc<Order>),
    /// Snap reported a payment, and the backend has no status URL. Only the shop's own systems know.
    Unconfirmed(Rc<Checkout>),
}

/// Something that the customer can do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckoutAction {
    /// [`Event::PayPressed`](crate::Event::PayPressed)
    Pay,
    /// [`Event::HostedPressed`](crate::Event::HostedPressed)
    Hosted,
    /// [`Event::CheckPressed`](crate::Event::CheckPressed)
    Check,
    /// [`Event::ClosePressed`](crate::Event::ClosePressed)
    Close,
}

impl CheckoutAction {
    /// The name in the page's markup and in the element's events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Hosted => "hosted",
            Self::Check => "check",
            Self::Close => "close",
        }
    }

    /// The action with this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Pay, Self::Hosted, Self::Check, Self::Close].iter().copied().find(|action| action.as_str() == name)
    }
}

impl Phase {
    /// The checkout, once there is one.
    #[must_use]
    pub fn checkout(&self) -> Option<&Checkout> {
        match self {
            Self::Idle | Self::Settled(Outcome::Paid(_) | Outcome::NotPaid(_)) => None,
            Self::Preparing(preparing) => preparing.checkout.as_deref(),
            Self::Failed { checkout, .. } => checkout.as_deref(),
            Self::Ready { checkout, .. }
            | Self::Opening { checkout, .. }
            | Self::Open { checkout, .. }
            | Self::Closed { checkout }
            | Self::Confirming { checkout, .. }
            | Self::Pending { checkout, .. }
            | Self::Redirected { checkout }
            | Self::Settled(Outcome::Unconfirmed(checkout)) => Some(checkout),
        }
    }

    /// The running status request or its timer.
    #[must_use]
    pub(crate) fn polling_request(&self) -> Option<RequestId> {
        match self {
            Self::Confirming { polling: Polling::Running { request_id, .. }, .. }
            | Self::Pending { polling: Polling::Running { request_id, .. }, .. } => Some(*request_id),
            _ => None,
        }
    }

    /// The URL of the event stream, while a payment is expected and the page is visible.
    pub(crate) fn events_url(&self) -> Option<&str> {
        self.polling_request()?;
        match self {
            Self::Confirming { checkout, reason: ConfirmReason::Succeeded, .. } | Self::Pending { checkout, .. } => {
                checkout.events_url.as_deref()
            }
            _ => None,
        }
    }

    /// The hosted page, in phases that offer it.
    #[must_use]
    pub fn hosted_url(&self) -> Option<&str> {
        let offered = match self {
            Self::Settled(_) | Self::Idle => false,
            // Only if the popup takes long.
            Self::Preparing(preparing) => preparing.progress == Progress::Slow,
            Self::Opening { .. } => false,
            // The customer follows a link.
            Self::Ready { mode, .. } => *mode == ResolvedMode::Redirect,
            Self::Confirming { reason, .. } => *reason != ConfirmReason::Succeeded,
            Self::Open { .. }
            | Self::Closed { .. }
            | Self::Pending { .. }
            | Self::Failed { .. }
            | Self::Redirected { .. } => true,
        };
        if offered { self.checkout()?.redirect_url.as_deref() } else { None }
    }

    /// What the customer can do now, the best action first. Empty only while the page is busy, and at the end.
    #[must_use]
    pub fn available_actions(&self) -> Vec<CheckoutAction> {
        let mut actions = match self {
            Self::Ready { mode: ResolvedMode::Redirect, .. } => vec![],
            Self::Idle | Self::Ready { .. } | Self::Closed { .. } | Self::Failed { .. } => vec![CheckoutAction::Pay],
            Self::Preparing(preparing) if preparing.trigger == Trigger::Prefetch => vec![CheckoutAction::Pay],
            Self::Preparing(_) | Self::Opening { .. } | Self::Settled(_) => vec![],
            Self::Open { .. } => vec![CheckoutAction::Close],
            Self::Confirming { .. } => vec![CheckoutAction::Check],
            Self::Pending { checkout, .. } if checkout.status_url.is_none() => vec![CheckoutAction::Pay],
            Self::Pending { .. } => vec![CheckoutAction::Check, CheckoutAction::Pay],
            Self::Redirected { checkout } if checkout.status_url.is_none() => vec![CheckoutAction::Pay],
            Self::Redirected { .. } => vec![CheckoutAction::Check],
        };
        if self.hosted_url().is_some() {
            actions.push(CheckoutAction::Hosted);
        }
        actions
    }

    /// Whether the page continues by itself.
    #[must_use]
    pub fn busy(&self) -> bool {
        match self {
            Self::Preparing(preparing) => preparing.trigger == Trigger::Click,
            Self::Opening { .. } => true,
            Self::Confirming { polling, .. } => *polling != Polling::Exhausted,
            _ => false,
        }
    }
}
