//! The transitions once a popup has closed: asking the merchant, waiting for the money, trying again.

use std::rc::Rc;

use wire::merchant::{Checkout, Order, OrderStatus, PaymentInstruction};

use super::{Step, leave, leave_if_possible, stay};
use crate::effect::Effect;
use crate::event::Event;
use crate::failure::Failure;
use crate::phase::{ConfirmReason, Outcome, Phase, Polling, Trigger};
use crate::{CheckoutMachine, Stream};

/// A quarter of an hour: at once, 30 after two seconds, 84 after ten.
const MAX_ASKED: u16 = 115;
/// How many of them are in the first minute.
const ASKED_AT_FIRST: u16 = 30;
/// The pauses between questions, milliseconds: in the first minute, after it, and beside a stream that is alive.
const SOON: u32 = 2_000;
const LATER: u32 = 10_000;
const RARELY: u32 = 60_000;
/// Somebody who came back without a word from the popup waits for a late notification only so often.
const MAX_ASKED_RETURNED: u16 = 3;
/// After a refused card the customer may have paid otherwise, and the merchant not have heard of it: until it was
/// asked so often, in some eight seconds, its "denied" is old news.
const MAX_ASKED_REFUSED: u16 = 5;

impl CheckoutMachine {
    pub(super) fn closed(&mut self, checkout: Rc<Checkout>, event: Event) -> Step {
        match event {
            Event::PayPressed { mode } => self.prepare(Trigger::Click, mode, Some(checkout)),
            Event::HostedPressed => leave_if_possible(checkout, |checkout| Phase::Closed { checkout }),
            // It may have been paid meanwhile: on the hosted page, in another tab.
            Event::PageShown => self.ask_or(checkout, ConfirmReason::Closed),
            Event::OrderChanged => self.another_order(),
            Event::TokenExpired => stay(Phase::Idle),
            _ => stay(Phase::Closed { checkout }),
        }
    }

    pub(super) fn confirming(
        &mut self,
        checkout: Rc<Checkout>,
        reason: ConfirmReason,
        polling: Polling,
        event: Event,
    ) -> Step {
        let here = move |checkout, polling| Phase::Confirming { checkout, reason, polling };
        match (event, polling) {
            (Event::StatusReceived { request_id, order }, Polling::Running { request_id: mine, asked })
                if request_id == mine =>
            {
                self.heard(checkout, reason, asked, order)
            }
            (Event::StatusFailed { request_id, retry_after }, Polling::Running { request_id: mine, asked })
                if request_id == mine =>
            {
                match reason {
                    ConfirmReason::Closed => stay(Phase::Closed { checkout }),
                    ConfirmReason::Failed(failure) => stay(Phase::Failed { failure, checkout: Some(checkout) }),
                    ConfirmReason::Returned if asked.saturating_add(1) >= MAX_ASKED_RETURNED => {
                        stay(Phase::Closed { checkout })
                    }
                    ConfirmReason::Succeeded | ConfirmReason::Returned => {
                        let (polling, effects) = self.again_later(asked, retry_after);
                        (here(checkout, polling), effects)
                    }
                }
            }
            (Event::StatusMissing { request_id }, Polling::Running { request_id: mine, .. }) if request_id == mine => {
                match reason {
                    // A memory of another time: nothing is known of it any more.
                    ConfirmReason::Returned => (Phase::Idle, vec![Effect::ClearCheckout]),
                    ConfirmReason::Closed => stay(Phase::Closed { checkout }),
                    ConfirmReason::Failed(failure) => stay(Phase::Failed { failure, checkout: Some(checkout) }),
                    ConfirmReason::Succeeded => stay(here(checkout, Polling::Exhausted)),
                }
            }
            (Event::TimerFired { request_id }, Polling::Running { request_id: mine, asked }) if request_id == mine => {
                let (polling, effects) = self.ask(&checkout, asked);
                (here(checkout, polling), effects)
            }
            (Event::PageHidden, Polling::Running { .. }) => stay(here(checkout, Polling::Paused)),
            (Event::CheckPressed, _) | (Event::PageShown, Polling::Exhausted | Polling::Paused) => {
                let (polling, effects) = self.ask(&checkout, 0);
                (here(checkout, polling), effects)
            }
            (Event::HostedPressed, _) if reason != ConfirmReason::Succeeded => {
                leave_if_possible(checkout, |checkout| here(checkout, polling))
            }
            _ => stay(here(checkout, polling)),
        }
    }

    /// The merchant's word, after the reason that made us ask.
    fn heard(&mut self, checkout: Rc<Checkout>, reason: ConfirmReason, asked: u16, order: Rc<Order>) -> Step {
        match word(&order.status) {
            Word::Over(over) => settle(over, order),
            Word::Declined if asked.saturating_add(1) < believed_refused(reason) => {
                let (polling, effects) = self.again_after(asked + 1, SOON);
                (Phase::Confirming { checkout, reason, polling }, effects)
            }
            Word::Declined => stay(Phase::Failed { failure: Failure::Declined, checkout: Some(checkout) }),
            Word::Waiting => self.waited(Waiting { checkout, payment: None, order: Some(order) }, 0, 0),
            Word::NoNews => match reason {
                ConfirmReason::Closed => stay(Phase::Closed { checkout }),
                ConfirmReason::Failed(failure) => stay(Phase::Failed { failure, checkout: Some(checkout) }),
                ConfirmReason::Returned if asked.saturating_add(1) >= MAX_ASKED_RETURNED => {
                    stay(Phase::Closed { checkout })
                }
                ConfirmReason::Succeeded | ConfirmReason::Returned => {
                    let (polling, effects) = self.again_later(asked, 0);
                    (Phase::Confirming { checkout, reason, polling }, effects)
                }
            },
        }
    }

    pub(super) fn pending(&mut self, now: Waiting, polling: Polling, event: Event) -> Step {
        match (event, polling) {
            (Event::StatusReceived { request_id, order }, Polling::Running { request_id: mine, asked })
                if request_id == mine =>
            {
                match word(&order.status) {
                    Word::Over(over) => settle(over, order),
                    Word::Declined if now.order.is_none() && asked.saturating_add(1) < MAX_ASKED_REFUSED => {
                        let (polling, effects) = self.again_after(asked + 1, SOON);
                        (now.phase(polling), effects)
                    }
                    Word::Declined => stay(Phase::Failed { failure: Failure::Declined, checkout: Some(now.checkout) }),
                    Word::Waiting => self.waited(Waiting { order: Some(order), ..now }, asked, 0),
                    Word::NoNews => self.waited(now, asked, 0),
                }
            }
            (Event::StatusFailed { request_id, retry_after }, Polling::Running { request_id: mine, asked })
                if request_id == mine =>
            {
                self.waited(now, asked, retry_after)
            }
            (Event::StatusMissing { request_id }, Polling::Running { request_id: mine, .. }) if request_id == mine => {
                stay(now.phase(Polling::Exhausted))
            }
            (Event::TimerFired { request_id }, Polling::Running { request_id: mine, asked }) if request_id == mine => {
                let (polling, effects) = self.ask(&now.checkout, asked);
                (now.phase(polling), effects)
            }
            (Event::PageHidden, Polling::Running { .. }) => stay(now.phase(Polling::Paused)),
            (Event::CheckPressed | Event::DeadlinePassed, _)
            | (Event::PageShown, Polling::Exhausted | Polling::Paused) => {
                let (polling, effects) = self.ask(&now.checkout, 0);
                (now.phase(polling), effects)
            }
            (Event::PayPressed { mode }, _) => self.prepare(Trigger::Click, mode, Some(now.checkout)),
            (Event::HostedPressed, _) => match now.checkout.redirect_url.clone() {
                Some(url) => leave(now.checkout, url),
                None => stay(now.phase(polling)),
            },
            _ => stay(now.phase(polling)),
        }
    }

    pub(super) fn failed(&mut self, failure: Failure, checkout: Option<Rc<Checkout>>, event: Event) -> Step {
        match (event, checkout) {
            // A page that refused often enough takes no more tries: the merchant knows with which token to go on.
            (Event::PayPressed { mode }, checkout) => {
                let same = checkout.filter(|_| failure != Failure::Declined);
                self.prepare(Trigger::Click, mode, same)
            }
            (Event::HostedPressed, Some(checkout)) => {
                leave_if_possible(checkout, |checkout| Phase::Failed { failure, checkout: Some(checkout) })
            }
            (Event::PageShown, Some(checkout)) => self.ask_or(checkout, ConfirmReason::Failed(failure)),
            (Event::OrderChanged, _) => self.another_order(),
            (Event::TokenExpired, Some(_)) => stay(Phase::Idle),
            (_, checkout) => stay(Phase::Failed { failure, checkout }),
        }
    }

    pub(super) fn handed_over(&mut self, checkout: Rc<Checkout>, event: Event) -> Step {
        match event {
            Event::PageShown | Event::CheckPressed => self.ask_or(checkout, ConfirmReason::Returned),
            Event::PayPressed { mode } => self.prepare(Trigger::Click, mode, Some(checkout)),
            Event::HostedPressed => leave_if_possible(checkout, |checkout| Phase::Redirected { checkout }),
            _ => stay(Phase::Redirected { checkout }),
        }
    }

    pub(super) fn wait(&mut self, waiting: Waiting) -> Step {
        if waiting.checkout.status_url.is_none() {
            return stay(waiting.phase(Polling::Exhausted));
        }
        let (polling, effects) = self.ask(&waiting.checkout, 0);
        (waiting.phase(polling), effects)
    }

    fn waited(&mut self, waiting: Waiting, asked: u16, retry_after: u32) -> Step {
        let (polling, effects) = self.again_later(asked, retry_after);
        (waiting.phase(polling), effects)
    }

    pub(super) fn ask(&mut self, checkout: &Checkout, asked: u16) -> (Polling, Vec<Effect>) {
        let Some(url) = checkout.status_url.clone() else { return (Polling::Exhausted, Vec::new()) };
        if self.hidden {
            return (Polling::Paused, Vec::new());
        }
        let request_id = self.next_request_id();
        (Polling::Running { request_id, asked }, vec![Effect::FetchStatus { request_id, url }])
    }

    fn again_later(&mut self, asked: u16, retry_after: u32) -> (Polling, Vec<Effect>) {
        let (asked, after) = match (self.stream, asked.saturating_add(1)) {
            // Asked in case the stream is deaf, however long it takes.
            (Stream::Live(_), _) => (asked, RARELY),
            (_, MAX_ASKED..) => return (Polling::Exhausted, Vec::new()),
            (_, asked @ 0..=ASKED_AT_FIRST) => (asked, SOON),
            (_, asked) => (asked, LATER),
        };
        self.again_after(asked, retry_after.clamp(after, RARELY))
    }

    fn again_after(&mut self, asked: u16, after: u32) -> (Polling, Vec<Effect>) {
        let request_id = self.next_request_id();
        (Polling::Running { request_id, asked }, vec![Effect::StartTimer { request_id, after }])
    }
}

/// What a pending phase knows.
pub(super) struct Waiting {
    pub(super) checkout: Rc<Checkout>,
    pub(super) payment: Option<Rc<PaymentInstruction>>,
    pub(super) order: Option<Rc<Order>>,
}

impl Waiting {
    fn phase(self, polling: Polling) -> Phase {
        let Self { checkout, mut payment, order } = self;
        if let Some(said) = order.as_ref().and_then(|order| order.payment.as_ref()) {
            // The merchant knows more, but only the popup knows the PDF.
            let mut both = said.clone();
            both.pdf_url = both.pdf_url.or_else(|| payment?.pdf_url.clone());
            payment = Some(Rc::new(both));
        }
        Phase::Pending { checkout, payment, order, polling }
    }
}

/// What the merchant's status means for the page.
enum Word {
    /// It is over, so or so.
    Over(fn(Rc<Order>) -> Outcome),
    /// Refused; the same order may be tried again.
    Declined,
    /// A method was chosen.
    Waiting,
    /// Nothing yet, or nothing that this version understands.
    NoNews,
}

fn word(status: &OrderStatus) -> Word {
    match status {
        OrderStatus::Paid | OrderStatus::PartiallyRefunded => Word::Over(Outcome::Paid),
        OrderStatus::Expired
        | OrderStatus::Cancelled
        | OrderStatus::Refunded
        | OrderStatus::ChargedBack
        | OrderStatus::Reversed => Word::Over(Outcome::NotPaid),
        OrderStatus::Denied => Word::Declined,
        OrderStatus::Pending | OrderStatus::Review => Word::Waiting,
        OrderStatus::Created | OrderStatus::Unknown(_) => Word::NoNews,
    }
}

/// How often the merchant must say "denied" before it is believed.
fn believed_refused(reason: ConfirmReason) -> u16 {
    match reason {
        ConfirmReason::Succeeded => MAX_ASKED_REFUSED,
        ConfirmReason::Returned => MAX_ASKED_RETURNED,
        ConfirmReason::Failed(_) | ConfirmReason::Closed => 1,
    }
}

fn settle(over: fn(Rc<Order>) -> Outcome, order: Rc<Order>) -> Step {
    (Phase::Settled(over(order)), vec![Effect::ClearCheckout])
}
