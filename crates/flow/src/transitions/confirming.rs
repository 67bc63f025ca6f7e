//! The transitions after a popup closed: confirming with the backend, waiting for the payment, retrying.

use std::rc::Rc;

use wire::merchant::{Checkout, Order, OrderStatus};

use super::step::{PendingState, Step, redirect, redirect_if_possible, stay};
use crate::effect::Effect;
use crate::event::Event;
use crate::failure::Failure;
use crate::machine::{CheckoutMachine, Stream};
use crate::phase::{ConfirmReason, Outcome, Phase, Polling, Trigger};

/// The most status requests: about a quarter of an hour with the delays below.
const MAX_POLLS: u16 = 115;
/// How many of them are in the first minute.
const FAST_POLLS: u16 = 30;
/// The delays between status requests: in the first minute, after it, and beside a live event stream. Milliseconds.
const FAST_DELAY: u32 = 2_000;
const SLOW_DELAY: u32 = 10_000;
const STREAM_DELAY: u32 = 60_000;
/// After the customer returned without a callback, the page waits this many requests for a late notification.
const MAX_POLLS_RETURNED: u16 = 3;
/// After a declined card the customer may have paid with another method, and the backend may not know it yet. Within this
/// many requests, about eight seconds, "denied" may be outdated.
const MAX_POLLS_DENIED: u16 = 5;

impl CheckoutMachine {
    pub(super) fn closed(&mut self, checkout: Rc<Checkout>, event: Event) -> Step {
        match event {
            Event::PayPressed { mode } => self.prepare(Trigger::Click, mode, Some(checkout)),
            Event::HostedPressed => redirect_if_possible(checkout, |checkout| Phase::Closed { checkout }),
            // The customer may have paid on the hosted page or in another tab.
            Event::PageShown => self.fetch_status_or(checkout, ConfirmReason::Closed),
            Event::OrderChanged => self.change_order(),
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
            (Event::StatusReceived { request_id, order }, Polling::Running { request_id: mine, poll_count })
                if request_id == mine =>
            {
                self.status_received(checkout, reason, poll_count, order)
            }
            (Event::StatusFailed { request_id, retry_after }, Polling::Running { request_id: mine, poll_count })
                if request_id == mine =>
            {
                match reason {
                    ConfirmReason::Closed => stay(Phase::Closed { checkout }),
                    ConfirmReason::Failed(failure) => stay(Phase::Failed { failure, checkout: Some(checkout) }),
                    ConfirmReason::Returned if poll_count.saturating_add(1) >= MAX_POLLS_RETURNED => {
                        stay(Phase::Closed { checkout })
                    }
                    ConfirmReason::Succeeded | ConfirmReason::Returned => {
                        let (polling, effects) = self.poll_later(poll_count, retry_after);
                        (here(checkout, polling), effects)
                    }
                }
            }
            (Event::StatusMissing { request_id }, Polling::Running { request_id: mine, .. }) if request_id == mine => {
                match reason {
                    // The saved checkout is outdated: the backend no longer knows its order.
                    ConfirmReason::Returned => (Phase::Idle, vec![Effect::ClearCheckout]),
                    ConfirmReason::Closed => stay(Phase::Closed { checkout }),
                    ConfirmReason::Failed(failure) => stay(Phase::Failed { failure, checkout: Some(checkout) }),
                    ConfirmReason::Succeeded => stay(here(checkout, Polling::Exhausted)),
                }
            }
            (Event::TimerFired { request_id }, Polling::Running { request_id: mine, poll_count })
                if request_id == mine =>
            {
                let (polling, effects) = self.fetch_status(&checkout, poll_count);
                (here(checkout, polling), effects)
            }
            (Event::PageHidden, Polling::Running { .. }) => stay(here(checkout, Polling::Paused)),
            (Event::CheckPressed, _) | (Event::PageShown, Polling::Exhausted | Polling::Paused) => {
                let (polling, effects) = self.fetch_status(&checkout, 0);
                (here(checkout, polling), effects)
            }
            (Event::HostedPressed, _) if reason != ConfirmReason::Succeeded => {
                redirect_if_possible(checkout, |checkout| here(checkout, polling))
            }
            _ => stay(here(checkout, polling)),
        }
    }

    /// Handles the order that the backend returned while the page confirms.
    fn status_received(
        &mut self,
        checkout: Rc<Checkout>,
        reason: ConfirmReason,
        poll_count: u16,
        order: Rc<Order>,
    ) -> Step {
        match meaning(&order.status) {
            Meaning::Final(outcome) => settle(outcome, order),
            Meaning::Declined if poll_count.saturating_add(1) < polls_before_denied(reason) => {
                let (polling, effects) = self.poll_after(poll_count + 1, FAST_DELAY);
                (Phase::Confirming { checkout, reason, polling }, effects)
            }
            Meaning::Declined => stay(Phase::Failed { failure: Failure::Declined, checkout: Some(checkout) }),
            Meaning::Pending => self.stay_pending(PendingState { checkout, payment: None, order: Some(order) }, 0, 0),
            Meaning::Unchanged => match reason {
                ConfirmReason::Closed => stay(Phase::Closed { checkout }),
                ConfirmReason::Failed(failure) => stay(Phase::Failed { failure, checkout: Some(checkout) }),
                ConfirmReason::Returned if poll_count.saturating_add(1) >= MAX_POLLS_RETURNED => {
                    stay(Phase::Closed { checkout })
                }
                ConfirmReason::Succeeded | ConfirmReason::Returned => {
                    let (polling, effects) = self.poll_later(poll_count, 0);
                    (Phase::Confirming { checkout, reason, polling }, effects)
                }
            },
        }
    }

    pub(super) fn pending(&mut self, state: PendingState, polling: Polling, event: Event) -> Step {
        match (event, polling) {
            (Event::StatusReceived { request_id, order }, Polling::Running { request_id: mine, poll_count })
                if request_id == mine =>
            {
                match meaning(&order.status) {
                    Meaning::Final(outcome) => settle(outcome, order),
                    Meaning::Declined if state.order.is_none() && poll_count.saturating_add(1) < MAX_POLLS_DENIED => {
                        let (polling, effects) = self.poll_after(poll_count + 1, FAST_DELAY);
                        (state.phase(polling), effects)
                    }
                    Meaning::Declined => {
                        stay(Phase::Failed { failure: Failure::Declined, checkout: Some(state.checkout) })
                    }
                    Meaning::Pending => self.stay_pending(PendingState { order: Some(order), ..state }, poll_count, 0),
                    Meaning::Unchanged => self.stay_pending(state, poll_count, 0),
                }
            }
            (Event::StatusFailed { request_id, retry_after }, Polling::Running { request_id: mine, poll_count })
                if request_id == mine =>
            {
                self.stay_pending(state, poll_count, retry_after)
            }
            (Event::StatusMissing { request_id }, Polling::Running { request_id: mine, .. }) if request_id == mine => {
                stay(state.phase(Polling::Exhausted))
            }
            (Event::TimerFired { request_id }, Polling::Running { request_id: mine, poll_count })
                if request_id == mine =>
            {
                let (polling, effects) = self.fetch_status(&state.checkout, poll_count);
                (state.phase(polling), effects)
            }
            (Event::PageHidden, Polling::Running { .. }) => stay(state.phase(Polling::Paused)),
            (Event::CheckPressed | Event::DeadlinePassed, _)
            | (Event::PageShown, Polling::Exhausted | Polling::Paused) => {
                let (polling, effects) = self.fetch_status(&state.checkout, 0);
                (state.phase(polling), effects)
            }
            (Event::PayPressed { mode }, _) => self.prepare(Trigger::Click, mode, Some(state.checkout)),
            (Event::HostedPressed, _) => match state.checkout.redirect_url.clone() {
                Some(url) => redirect(state.checkout, url),
                None => stay(state.phase(polling)),
            },
            _ => stay(state.phase(polling)),
        }
    }

    pub(super) fn failed(&mut self, failure: Failure, checkout: Option<Rc<Checkout>>, event: Event) -> Step {
        match (event, checkout) {
            // A payment page accepts only a few declined payments. The backend decides which token to use next.
            (Event::PayPressed { mode }, checkout) => {
                let same = checkout.filter(|_| failure != Failure::Declined);
                self.prepare(Trigger::Click, mode, same)
            }
            (Event::HostedPressed, Some(checkout)) => {
                redirect_if_possible(checkout, |checkout| Phase::Failed { failure, checkout: Some(checkout) })
            }
            (Event::PageShown, Some(checkout)) => self.fetch_status_or(checkout, ConfirmReason::Failed(failure)),
            (Event::OrderChanged, _) => self.change_order(),
            (Event::TokenExpired, Some(_)) => stay(Phase::Idle),
            (_, checkout) => stay(Phase::Failed { failure, checkout }),
        }
    }

    pub(super) fn redirected(&mut self, checkout: Rc<Checkout>, event: Event) -> Step {
        match event {
            Event::PageShown | Event::CheckPressed => self.fetch_status_or(checkout, ConfirmReason::Returned),
            Event::PayPressed { mode } => self.prepare(Trigger::Click, mode, Some(checkout)),
            Event::HostedPressed => redirect_if_possible(checkout, |checkout| Phase::Redirected { checkout }),
            _ => stay(Phase::Redirected { checkout }),
        }
    }

    pub(super) fn start_pending(&mut self, state: PendingState) -> Step {
        if state.checkout.status_url.is_none() {
            return stay(state.phase(Polling::Exhausted));
        }
        let (polling, effects) = self.fetch_status(&state.checkout, 0);
        (state.phase(polling), effects)
    }

    fn stay_pending(&mut self, state: PendingState, poll_count: u16, retry_after: u32) -> Step {
        let (polling, effects) = self.poll_later(poll_count, retry_after);
        (state.phase(polling), effects)
    }

    pub(super) fn fetch_status(&mut self, checkout: &Checkout, poll_count: u16) -> (Polling, Vec<Effect>) {
        let Some(url) = checkout.status_url.clone() else { return (Polling::Exhausted, Vec::new()) };
        if self.hidden {
            return (Polling::Paused, Vec::new());
        }
        let request_id = self.next_request_id();
        (Polling::Running { request_id, poll_count }, vec![Effect::FetchStatus { request_id, url }])
    }

    fn poll_later(&mut self, poll_count: u16, retry_after: u32) -> (Polling, Vec<Effect>) {
        let (poll_count, after) = match (self.stream, poll_count.saturating_add(1)) {
            // The page still polls, in case the stream is broken without an error.
            (Stream::Live(_), _) => (poll_count, STREAM_DELAY),
            (_, MAX_POLLS..) => return (Polling::Exhausted, Vec::new()),
            (_, poll_count @ 0..=FAST_POLLS) => (poll_count, FAST_DELAY),
            (_, poll_count) => (poll_count, SLOW_DELAY),
        };
        self.poll_after(poll_count, retry_after.clamp(after, STREAM_DELAY))
    }

    fn poll_after(&mut self, poll_count: u16, after: u32) -> (Polling, Vec<Effect>) {
        let request_id = self.next_request_id();
        (Polling::Running { request_id, poll_count }, vec![Effect::StartTimer { request_id, after }])
    }
}

/// The meaning of an order's status for the page.
enum Meaning {
    /// The checkout is finished with this outcome.
    Final(fn(Rc<Order>) -> Outcome),
    /// The payment was declined. The customer may retry the same order.
    Declined,
    /// The customer chose a method.
    Pending,
    /// Nothing happened yet, or this version does not know the status.
    Unchanged,
}

fn meaning(status: &OrderStatus) -> Meaning {
    match status {
        OrderStatus::Paid | OrderStatus::PartiallyRefunded => Meaning::Final(Outcome::Paid),
        OrderStatus::Expired
        | OrderStatus::Cancelled
        | OrderStatus::Refunded
        | OrderStatus::ChargedBack
        | OrderStatus::Reversed => Meaning::Final(Outcome::NotPaid),
        OrderStatus::Denied => Meaning::Declined,
        OrderStatus::Pending | OrderStatus::Review => Meaning::Pending,
        OrderStatus::Created | OrderStatus::Unknown(_) => Meaning::Unchanged,
    }
}

/// The number of requests before the page shows "denied".
fn polls_before_denied(reason: ConfirmReason) -> u16 {
    match reason {
        ConfirmReason::Succeeded => MAX_POLLS_DENIED,
        ConfirmReason::Returned => MAX_POLLS_RETURNED,
        ConfirmReason::Failed(_) | ConfirmReason::Closed => 1,
    }
}

fn settle(outcome: fn(Rc<Order>) -> Outcome, order: Rc<Order>) -> Step {
    (Phase::Settled(outcome(order)), vec![Effect::ClearCheckout])
}
