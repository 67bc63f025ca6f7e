//! Where a checkout stands. Each phase owns what is known in it.

use std::rc::Rc;

use wire::merchant::{Checkout, Order, PaymentInstruction};

use crate::failure::{Failure, ScriptFault};

/// Numbers requests, popups and timers; an answer with another number than the phase waits for is stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RequestId(pub u32);

/// How the customer gets to the payment page. Chosen by each press; what runs keeps the one it began with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// `snap.js` shows it on our page.
    OnPage(Frame),
    /// The customer goes to the hosted page; `snap.js` is not needed.
    Redirect,
}

/// Where `snap.js` shows the payment page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Frame {
    /// Above our page.
    Popup,
    /// Inside it.
    Embed,
}

/// Where a checkout stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Phase {
    /// Waiting for the customer.
    #[default]
    Idle,
    /// Script and token are on their way, side by side.
    Preparing(Preparing),
    /// What the mode needs is there; a press opens the payment page at once.
    Ready {
        /// The token.
        checkout: Rc<Checkout>,
        /// What it was prepared for. For [`Mode::Redirect`] the checkout has a hosted page.
        mode: Mode,
    },
    /// `snap.pay` or `snap.embed` was called, or will be once a popup that Snap believes open is hidden.
    Opening {
        /// Whose popup or timer.
        request_id: RequestId,
        /// The token.
        checkout: Rc<Checkout>,
        /// Where.
        frame: Frame,
        /// How often it was refused.
        refusals: u8,
    },
    /// The popup, or the payment page inside ours, is on the screen.
    Open {
        /// Whose popup.
        request_id: RequestId,
        /// The token.
        checkout: Rc<Checkout>,
        /// Where.
        frame: Frame,
    },
    /// The customer closed it; the same token opens it again.
    Closed {
        /// The token.
        checkout: Rc<Checkout>,
    },
    /// The merchant is asked how the order stands.
    Confirming {
        /// The token.
        checkout: Rc<Checkout>,
        /// What made us ask.
        reason: ConfirmReason,
        /// How the asking goes.
        polling: Polling,
    },
    /// A method was chosen, the money is on its way or has to be brought.
    Pending {
        /// The token.
        checkout: Rc<Checkout>,
        /// What to pay where.
        payment: Option<Rc<PaymentInstruction>>,
        /// The merchant's word, once it spoke.
        order: Option<Rc<Order>>,
        /// How the asking goes.
        polling: Polling,
    },
    /// It cannot go on by itself; the customer can.
    Failed {
        /// Why.
        failure: Failure,
        /// The token, if there is one: then the hosted page is a way on.
        checkout: Option<Rc<Checkout>>,
    },
    /// The hosted page took over.
    Redirected {
        /// The token.
        checkout: Rc<Checkout>,
    },
    /// It is over. Nothing moves it but [`Event::Restarted`](crate::Event::Restarted).
    Settled(Outcome),
}

/// Script and token on their way.
#[derive(Debug, Clone, PartialEq)]
pub struct Preparing {
    /// Who asked for both.
    pub request_id: RequestId,
    /// `snap.js`.
    pub script: ScriptState,
    /// The token, once it is there.
    pub checkout: Option<Rc<Checkout>>,
    /// What happens when both are there.
    pub trigger: Trigger,
    /// How the customer gets to the payment page then.
    pub mode: Mode,
    /// Whether it takes long.
    pub progress: Progress,
}

/// How far the script is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScriptState {
    /// Nobody needs it, so far.
    NotRequested,
    /// On its way.
    Loading,
    /// There.
    Loaded,
    /// Not to be had; the token may still open the hosted page.
    Failed(ScriptFault),
}

/// What a preparation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// To be quick later; its failure is nobody's business.
    Prefetch,
    /// The customer pressed.
    Click,
}

/// Whether the customer should be told that it takes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Progress {
    /// No.
    Normal,
    /// Yes.
    Slow,
}

/// Why the merchant is asked. Never a reason to call an order paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConfirmReason {
    /// The popup said paid.
    Succeeded,
    /// The popup gave up, or could not be had: without news it stays a failure.
    Failed(Failure),
    /// The customer closed the popup, maybe after paying.
    Closed,
    /// The page came back: a reload, the hosted page, a wallet.
    Returned,
}

/// How the asking goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Polling {
    /// A question or the timer before the next one is under way.
    Running {
        /// Which.
        request_id: RequestId,
        /// How many questions were answered or lost.
        asked: u16,
    },
    /// Asked often enough; the customer may ask again.
    Exhausted,
    /// Nobody sees the page; it is asked at once when it is shown.
    Paused,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The merchant says paid.
    Paid(Rc<Order>),
    /// The merchant says it is over without money: expired, cancelled, refunded and the like.
    NotPaid(Rc<Order>),
    /// The popup said paid, and the merchant has no status to ask: its own systems will know.
    Unconfirmed(Rc<Checkout>),
}

/// A way on that the customer can take now.
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

    /// The question or timer that the phase waits for, where it asks how the order stands.
    #[must_use]
    pub(crate) fn asking(&self) -> Option<RequestId> {
        match self {
            Self::Confirming { polling: Polling::Running { request_id, .. }, .. }
            | Self::Pending { polling: Polling::Running { request_id, .. }, .. } => Some(*request_id),
            _ => None,
        }
    }

    /// The stream of changes, while it is worth one: the money is on its way, and somebody is looking.
    pub(crate) fn events_url(&self) -> Option<&str> {
        self.asking()?;
        match self {
            Self::Confirming { checkout, reason: ConfirmReason::Succeeded, .. } | Self::Pending { checkout, .. } => {
                checkout.events_url.as_deref()
            }
            _ => None,
        }
    }

    /// The hosted page, where it is a way on.
    #[must_use]
    pub fn hosted_url(&self) -> Option<&str> {
        let offered = match self {
            Self::Settled(_) | Self::Idle => false,
            // While the popup is coming there is no need; when it takes long there is.
            Self::Preparing(preparing) => preparing.progress == Progress::Slow,
            Self::Opening { .. } => false,
            // Nothing is to be waited for: the customer goes by a link.
            Self::Ready { mode, .. } => *mode == Mode::Redirect,
            Self::Confirming { reason, .. } => *reason != ConfirmReason::Succeeded,
            Self::Open { .. }
            | Self::Closed { .. }
            | Self::Pending { .. }
            | Self::Failed { .. }
            | Self::Redirected { .. } => true,
        };
        if offered { self.checkout()?.redirect_url.as_deref() } else { None }
    }

    /// What the customer can do now, the best way first. Empty only while something is coming by itself, and
    /// at the end.
    #[must_use]
    pub fn available_actions(&self) -> Vec<CheckoutAction> {
        let mut ways = match self {
            Self::Ready { mode: Mode::Redirect, .. } => vec![],
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
            ways.push(CheckoutAction::Hosted);
        }
        ways
    }

    /// Whether something is coming by itself.
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
