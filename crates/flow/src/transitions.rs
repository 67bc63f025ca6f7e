//! The transitions: one function for each phase returns the next phase and the effects. This module has the phases up to
//! an open popup; [`confirming`] has the rest.

mod confirming;
mod step;

use std::rc::Rc;

use wire::merchant::Checkout;

use step::{PendingState, Step, hide_first, redirect, redirect_if_possible, save, stay};

use crate::effect::{Effect, KeyNumber};
use crate::event::Event;
use crate::failure::{Failure, PopupFault, TokenFault};
use crate::machine::CheckoutMachine;
use crate::phase::{
    ConfirmReason, Frame, Outcome, Phase, Preparing, Progress, RequestId, ResolvedMode, ScriptState, Trigger,
};

/// After this time the page shows that the preparation takes long. Milliseconds.
const SLOW_AFTER: u32 = 3_000;
/// The most idempotency keys of one order. The backend rejects a key only if the order's JSON has changed.
const MAX_KEYS: u32 = 5;
/// How long Snap gets to hide a stale popup. Milliseconds.
const HIDE_DELAY: u32 = 300;
/// After this many failed calls of `snap.pay` the page offers the hosted page.
const MAX_FAILURES: u8 = 3;

impl CheckoutMachine {
    pub(crate) fn transition(&mut self, phase: Phase, event: Event) -> Step {
        if event == Event::Restarted {
            return self.start_over(&phase);
        }
        match phase {
            Phase::Idle => self.idle(event),
            Phase::Preparing(preparing) => self.preparing(preparing, event),
            Phase::Ready { checkout, mode } => self.ready(checkout, mode, event),
            Phase::Opening { request_id, checkout, frame, failures } => {
                self.opening(request_id, checkout, frame, failures, event)
            }
            Phase::Open { request_id, checkout, frame } => self.open(request_id, checkout, frame, event),
            Phase::Closed { checkout } => self.closed(checkout, event),
            Phase::Confirming { checkout, reason, polling } => self.confirming(checkout, reason, polling, event),
            Phase::Pending { checkout, payment, order, polling } => {
                self.pending(PendingState { checkout, payment, order }, polling, event)
            }
            Phase::Failed { failure, checkout } => self.failed(failure, checkout, event),
            Phase::Redirected { checkout } => self.redirected(checkout, event),
            Phase::Settled(outcome) => stay(Phase::Settled(outcome)),
        }
    }

    fn idle(&mut self, event: Event) -> Step {
        match event {
            Event::PayPressed { mode } => self.prepare(Trigger::Click, mode, None),
            Event::PrefetchRequested { mode } => self.prepare(Trigger::Prefetch, mode, None),
            Event::OrderChanged => self.change_order(),
            Event::Resumed { checkout, reason } => self.fetch_status_or(checkout, reason),
            _ => stay(Phase::Idle),
        }
    }

    fn preparing(&mut self, mut preparing: Preparing, event: Event) -> Step {
        let mine = preparing.request_id;
        match event {
            Event::PayPressed { mode } if preparing.trigger == Trigger::Prefetch => {
                preparing.trigger = Trigger::Click;
                preparing.mode = mode;
                self.advance(preparing)
            }
            Event::OrderChanged => self.change_order(),
            Event::ScriptLoaded { request_id } if request_id == mine => {
                preparing.script = ScriptState::Loaded;
                self.advance(preparing)
            }
            Event::ScriptFailed { request_id, fault } if request_id == mine => {
                preparing.script = ScriptState::Failed(fault);
                self.advance(preparing)
            }
            Event::TokenReceived { request_id, checkout } if request_id == mine => {
                preparing.checkout = Some(checkout);
                self.advance(preparing)
            }
            Event::TokenFailed { request_id, fault } if request_id == mine => {
                if fault == TokenFault::KeyUsed && self.key.0 < MAX_KEYS {
                    // The same order with the next key. The customer need not press again.
                    self.key = KeyNumber(self.key.0 + 1);
                    return self.prepare(preparing.trigger, preparing.mode, None);
                }
                match preparing.trigger {
                    Trigger::Prefetch => stay(Phase::Idle),
                    Trigger::Click => stay(Phase::Failed { failure: Failure::Token(fault), checkout: None }),
                }
            }
            Event::TimerFired { request_id } if request_id == mine => {
                preparing.progress = Progress::Slow;
                stay(Phase::Preparing(preparing))
            }
            Event::HostedPressed => {
                let url = Phase::Preparing(preparing.clone()).hosted_url().map(str::to_owned);
                match (url, preparing.checkout.take()) {
                    (Some(url), Some(checkout)) => redirect(checkout, url),
                    (_, checkout) => stay(Phase::Preparing(Preparing { checkout, ..preparing })),
                }
            }
            _ => stay(Phase::Preparing(preparing)),
        }
    }

    fn ready(&mut self, checkout: Rc<Checkout>, prepared: ResolvedMode, event: Event) -> Step {
        match event {
            Event::PayPressed { mode } => match (prepared, mode) {
                (ResolvedMode::OnPage(_), ResolvedMode::OnPage(frame)) => self.open_popup(checkout, frame, 0),
                _ => self.prepare(Trigger::Click, mode, Some(checkout)),
            },
            Event::HostedPressed if prepared == ResolvedMode::Redirect => {
                redirect_if_possible(checkout, |checkout| Phase::Ready { checkout, mode: prepared })
            }
            Event::OrderChanged => self.change_order(),
            Event::TokenExpired => stay(Phase::Idle),
            _ => stay(Phase::Ready { checkout, mode: prepared }),
        }
    }

    fn opening(&mut self, mine: RequestId, checkout: Rc<Checkout>, frame: Frame, failures: u8, event: Event) -> Step {
        match event {
            Event::PopupOpened { request_id } if request_id == mine => {
                stay(Phase::Open { request_id, checkout, frame })
            }
            Event::PopupFailed { request_id, fault } if request_id == mine => {
                let failures = failures.saturating_add(1);
                if fault == PopupFault::InvalidState && failures < MAX_FAILURES {
                    let request_id = self.next_request_id();
                    let effects = vec![Effect::HidePopup, Effect::StartTimer { request_id, after: HIDE_DELAY }];
                    return (Phase::Opening { request_id, checkout, frame, failures }, effects);
                }
                stay(Phase::Failed { failure: Failure::Popup(fault), checkout: Some(checkout) })
            }
            Event::EmbedTooSmall { request_id, instead } if request_id == mine && frame == Frame::Embed => {
                match (instead, checkout.redirect_url.clone()) {
                    (ResolvedMode::Redirect, Some(url)) => redirect(checkout, url),
                    _ => self.open_popup(checkout, Frame::Popup, failures),
                }
            }
            Event::TimerFired { request_id } if request_id == mine => self.open_popup(checkout, frame, failures),
            // A callback may come before `snap.pay` has returned.
            Event::SnapSucceeded { .. }
            | Event::SnapPending { .. }
            | Event::SnapFailed { .. }
            | Event::SnapClosed { .. } => match self.snap_callback(mine, checkout, event) {
                Ok(step) => step,
                Err(checkout) => stay(Phase::Opening { request_id: mine, checkout, frame, failures }),
            },
            _ => stay(Phase::Opening { request_id: mine, checkout, frame, failures }),
        }
    }

    fn open(&mut self, mine: RequestId, checkout: Rc<Checkout>, frame: Frame, event: Event) -> Step {
        match event {
            Event::HostedPressed => match checkout.redirect_url.clone() {
                Some(url) => hide_first(redirect(checkout, url)),
                None => stay(Phase::Open { request_id: mine, checkout, frame }),
            },
            Event::ClosePressed => self.hide_and_confirm(checkout, ConfirmReason::Closed),
            event => match self.snap_callback(mine, checkout, event) {
                Ok(step) => step,
                Err(checkout) => stay(Phase::Open { request_id: mine, checkout, frame }),
            },
        }
    }

    /// Handles a callback of this popup. Gives the checkout back if the event is something else.
    fn snap_callback(&mut self, mine: RequestId, checkout: Rc<Checkout>, event: Event) -> Result<Step, Rc<Checkout>> {
        Ok(match event {
            Event::SnapSucceeded { request_id } if request_id == mine => self.reported_paid(checkout),
            // 406: the transaction has been processed. The customer paid it, perhaps in another tab.
            Event::SnapFailed { request_id, code: Some(406) } if request_id == mine => self.reported_paid(checkout),
            Event::SnapFailed { request_id, code } if request_id == mine => {
                // 404 and 407: the token is unknown or expired, so only a new one helps.
                if checkout.status_url.is_none() && matches!(code, Some(404 | 407)) {
                    self.key = KeyNumber(self.key.0.saturating_add(1));
                    let phase = Phase::Failed { failure: Failure::Declined, checkout: None };
                    return Ok((phase, vec![Effect::HidePopup, Effect::ClearCheckout]));
                }
                self.hide_and_confirm(checkout, ConfirmReason::Failed(Failure::Declined))
            }
            Event::SnapClosed { request_id } if request_id == mine => {
                self.hide_and_confirm(checkout, ConfirmReason::Closed)
            }
            Event::SnapPending { request_id, payment } if request_id == mine => {
                let pending = PendingState { checkout, payment: Some(payment), order: None };
                hide_first(self.start_pending(pending))
            }
            _ => return Err(checkout),
        })
    }

    fn change_order(&mut self) -> Step {
        // Another order has another random part in its keys, so the numbers start again. The saved checkout stays:
        // the customer may return to it.
        self.key = KeyNumber::default();
        stay(Phase::Idle)
    }

    fn start_over(&mut self, phase: &Phase) -> Step {
        match phase {
            Phase::Opening { .. } | Phase::Open { .. } => hide_first(stay(Phase::Idle)),
            Phase::Settled(_) => {
                self.key = KeyNumber::default();
                (Phase::Idle, vec![Effect::ClearCheckout])
            }
            _ => stay(Phase::Idle),
        }
    }

    /// Requests what the mode needs. With a checkout, the token is reused. The script may be the part that failed, so it is
    /// requested again.
    fn prepare(&mut self, trigger: Trigger, mode: ResolvedMode, checkout: Option<Rc<Checkout>>) -> Step {
        let request_id = self.next_request_id();
        let needs_token = checkout.is_none();
        let preparing = Preparing {
            request_id,
            script: ScriptState::NotRequested,
            checkout,
            trigger,
            mode,
            progress: Progress::Normal,
        };
        let (phase, mut effects) = self.advance(preparing);
        if needs_token {
            effects.push(Effect::RequestToken { request_id, key: self.key });
        }
        if matches!(phase, Phase::Preparing(_)) {
            effects.push(Effect::StartTimer { request_id, after: SLOW_AFTER });
        }
        (phase, effects)
    }

    /// Continues as far as script and token allow.
    fn advance(&mut self, preparing: Preparing) -> Step {
        let frame = match (preparing.mode, &preparing.checkout) {
            (ResolvedMode::OnPage(frame), _) => frame,
            (ResolvedMode::Redirect, None) => return stay(Phase::Preparing(preparing)),
            (ResolvedMode::Redirect, Some(checkout)) => match (checkout.redirect_url.clone(), preparing.trigger) {
                (Some(url), Trigger::Click) => return redirect(checkout.clone(), url),
                (Some(_), Trigger::Prefetch) => {
                    return stay(Phase::Ready { checkout: checkout.clone(), mode: ResolvedMode::Redirect });
                }
                // The backend returned no hosted page, so the popup is the only way.
                (None, _) => Frame::Popup,
            },
        };
        let mut preparing = Preparing { mode: ResolvedMode::OnPage(frame), ..preparing };
        match (preparing.script, preparing.checkout.take(), preparing.trigger) {
            (ScriptState::NotRequested, checkout, _) => {
                let effects = vec![Effect::LoadScript { request_id: preparing.request_id }];
                (Phase::Preparing(Preparing { checkout, script: ScriptState::Loading, ..preparing }), effects)
            }
            (ScriptState::Loaded, Some(checkout), Trigger::Click) => self.open_popup(checkout, frame, 0),
            (ScriptState::Loaded, Some(checkout), Trigger::Prefetch) => {
                stay(Phase::Ready { checkout, mode: preparing.mode })
            }
            (ScriptState::Failed(fault), Some(checkout), Trigger::Click) => {
                stay(Phase::Failed { failure: Failure::Script(fault), checkout: Some(checkout) })
            }
            (ScriptState::Failed(_), _, Trigger::Prefetch) => stay(Phase::Idle),
            (_, checkout, _) => stay(Phase::Preparing(Preparing { checkout, ..preparing })),
        }
    }

    fn open_popup(&mut self, checkout: Rc<Checkout>, frame: Frame, failures: u8) -> Step {
        let request_id = self.next_request_id();
        let token = checkout.token.clone();
        let effects = vec![save(&checkout, ConfirmReason::Returned), Effect::OpenPopup { request_id, token, frame }];
        (Phase::Opening { request_id, checkout, frame, failures }, effects)
    }

    /// Snap reported a payment. The page saves that, so that after a reload it does not offer to pay again before the
    /// backend has answered.
    fn reported_paid(&mut self, checkout: Rc<Checkout>) -> Step {
        let save = save(&checkout, ConfirmReason::Succeeded);
        let has_status = checkout.status_url.is_some();
        let (phase, mut effects) = self.hide_and_confirm(checkout, ConfirmReason::Succeeded);
        if has_status {
            effects.push(save);
        }
        (phase, effects)
    }

    fn hide_and_confirm(&mut self, checkout: Rc<Checkout>, reason: ConfirmReason) -> Step {
        hide_first(self.fetch_status_or(checkout, reason))
    }

    /// Fetches the status. Without a status URL, does what the reason alone allows.
    fn fetch_status_or(&mut self, checkout: Rc<Checkout>, reason: ConfirmReason) -> Step {
        if checkout.status_url.is_some() {
            let (polling, effects) = self.fetch_status(&checkout, 0);
            return (Phase::Confirming { checkout, reason, polling }, effects);
        }
        match reason {
            ConfirmReason::Succeeded => (Phase::Settled(Outcome::Unconfirmed(checkout)), vec![Effect::ClearCheckout]),
            ConfirmReason::Failed(failure) => stay(Phase::Failed { failure, checkout: Some(checkout) }),
            ConfirmReason::Closed | ConfirmReason::Returned => stay(Phase::Closed { checkout }),
        }
    }
}
