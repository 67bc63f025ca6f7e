//! The transitions: one function a phase, each answering with the next phase and the effects. Here those up to
//! an open popup; [`after`] has the rest.

mod confirming;

use std::rc::Rc;

use wire::merchant::Checkout;

use confirming::Waiting;

use crate::CheckoutMachine;
use crate::effect::{Effect, KeyNumber};
use crate::event::Event;
use crate::failure::{Failure, PopupFault, TokenFault};
use crate::phase::{ConfirmReason, Frame, Mode, Outcome, Phase, Preparing, Progress, RequestId, ScriptState, Trigger};

/// After this the customer is told that it takes long, milliseconds.
const SLOW_AFTER: u32 = 3_000;
/// How many keys one order may use up. The merchant refuses one only when the order's JSON has changed.
const MOST_KEYS: u32 = 5;
/// How long Snap gets to take a popup away that it believes open, milliseconds.
const HIDE_TAKES: u32 = 300;
/// How often `snap.pay` may refuse before the hosted page is offered instead.
const MAX_REFUSALS: u8 = 3;

type Step = (Phase, Vec<Effect>);

fn stay(phase: Phase) -> Step {
    (phase, Vec::new())
}

/// The popup goes first, then the rest.
fn hiding((phase, mut effects): Step) -> Step {
    effects.insert(0, Effect::HidePopup);
    (phase, effects)
}

impl CheckoutMachine {
    pub(crate) fn step(&mut self, phase: Phase, event: Event) -> Step {
        if event == Event::Restarted {
            return self.begin_anew(&phase);
        }
        match phase {
            Phase::Idle => self.idle(event),
            Phase::Preparing(preparing) => self.preparing(preparing, event),
            Phase::Ready { checkout, mode } => self.ready(checkout, mode, event),
            Phase::Opening { request_id, checkout, frame, refusals } => {
                self.opening(request_id, checkout, frame, refusals, event)
            }
            Phase::Open { request_id, checkout, frame } => self.open(request_id, checkout, frame, event),
            Phase::Closed { checkout } => self.closed(checkout, event),
            Phase::Confirming { checkout, reason, polling } => self.confirming(checkout, reason, polling, event),
            Phase::Pending { checkout, payment, order, polling } => {
                self.pending(Waiting { checkout, payment, order }, polling, event)
            }
            Phase::Failed { failure, checkout } => self.failed(failure, checkout, event),
            Phase::Redirected { checkout } => self.handed_over(checkout, event),
            Phase::Settled(outcome) => stay(Phase::Settled(outcome)),
        }
    }

    fn idle(&mut self, event: Event) -> Step {
        match event {
            Event::PayPressed { mode } => self.prepare(Trigger::Click, mode, None),
            Event::PrefetchRequested { mode } => self.prepare(Trigger::Prefetch, mode, None),
            Event::OrderChanged => self.another_order(),
            Event::Resumed { checkout, reason } => self.ask_or(checkout, reason),
            _ => stay(Phase::Idle),
        }
    }

    fn preparing(&mut self, mut now: Preparing, event: Event) -> Step {
        let mine = now.request_id;
        match event {
            Event::PayPressed { mode } if now.trigger == Trigger::Prefetch => {
                now.trigger = Trigger::Click;
                now.mode = mode;
                self.arrived(now)
            }
            Event::OrderChanged => self.another_order(),
            Event::ScriptLoaded { request_id } if request_id == mine => {
                now.script = ScriptState::Loaded;
                self.arrived(now)
            }
            Event::ScriptFailed { request_id, fault } if request_id == mine => {
                now.script = ScriptState::Failed(fault);
                self.arrived(now)
            }
            Event::TokenReceived { request_id, checkout } if request_id == mine => {
                now.checkout = Some(checkout);
                self.arrived(now)
            }
            Event::TokenFailed { request_id, fault } if request_id == mine => {
                if fault == TokenFault::KeyUsed && self.key.0 < MOST_KEYS {
                    // The same order under the next key; nobody needs to press again for that.
                    self.key = KeyNumber(self.key.0 + 1);
                    return self.prepare(now.trigger, now.mode, None);
                }
                match now.trigger {
                    Trigger::Prefetch => stay(Phase::Idle),
                    Trigger::Click => stay(Phase::Failed { failure: Failure::Token(fault), checkout: None }),
                }
            }
            Event::TimerFired { request_id } if request_id == mine => {
                now.progress = Progress::Slow;
                stay(Phase::Preparing(now))
            }
            Event::HostedPressed => {
                let url = Phase::Preparing(now.clone()).hosted_url().map(str::to_owned);
                match (url, now.checkout.take()) {
                    (Some(url), Some(checkout)) => leave(checkout, url),
                    (_, checkout) => stay(Phase::Preparing(Preparing { checkout, ..now })),
                }
            }
            _ => stay(Phase::Preparing(now)),
        }
    }

    fn ready(&mut self, checkout: Rc<Checkout>, prepared: Mode, event: Event) -> Step {
        match event {
            Event::PayPressed { mode } => match (prepared, mode) {
                (Mode::OnPage(_), Mode::OnPage(frame)) => self.open_popup(checkout, frame, 0),
                _ => self.prepare(Trigger::Click, mode, Some(checkout)),
            },
            Event::HostedPressed if prepared == Mode::Redirect => {
                leave_if_possible(checkout, |checkout| Phase::Ready { checkout, mode: prepared })
            }
            Event::OrderChanged => self.another_order(),
            Event::TokenExpired => stay(Phase::Idle),
            _ => stay(Phase::Ready { checkout, mode: prepared }),
        }
    }

    fn opening(&mut self, mine: RequestId, checkout: Rc<Checkout>, frame: Frame, refusals: u8, event: Event) -> Step {
        match event {
            Event::PopupOpened { request_id } if request_id == mine => {
                stay(Phase::Open { request_id, checkout, frame })
            }
            Event::PopupFailed { request_id, fault } if request_id == mine => {
                let refusals = refusals.saturating_add(1);
                if fault == PopupFault::InvalidState && refusals < MAX_REFUSALS {
                    let request_id = self.next_request_id();
                    let effects = vec![Effect::HidePopup, Effect::StartTimer { request_id, after: HIDE_TAKES }];
                    return (Phase::Opening { request_id, checkout, frame, refusals }, effects);
                }
                stay(Phase::Failed { failure: Failure::Popup(fault), checkout: Some(checkout) })
            }
            Event::EmbedTooSmall { request_id, instead } if request_id == mine && frame == Frame::Embed => {
                match (instead, checkout.redirect_url.clone()) {
                    (Mode::Redirect, Some(url)) => leave(checkout, url),
                    _ => self.open_popup(checkout, Frame::Popup, refusals),
                }
            }
            Event::TimerFired { request_id } if request_id == mine => self.open_popup(checkout, frame, refusals),
            // A callback may come before `snap.pay` has returned.
            Event::SnapSucceeded { .. }
            | Event::SnapPending { .. }
            | Event::SnapFailed { .. }
            | Event::SnapClosed { .. } => match self.called_back(mine, checkout, event) {
                Ok(step) => step,
                Err(checkout) => stay(Phase::Opening { request_id: mine, checkout, frame, refusals }),
            },
            _ => stay(Phase::Opening { request_id: mine, checkout, frame, refusals }),
        }
    }

    fn open(&mut self, mine: RequestId, checkout: Rc<Checkout>, frame: Frame, event: Event) -> Step {
        match event {
            Event::HostedPressed => match checkout.redirect_url.clone() {
                Some(url) => hiding(leave(checkout, url)),
                None => stay(Phase::Open { request_id: mine, checkout, frame }),
            },
            Event::ClosePressed => self.hide_and_ask(checkout, ConfirmReason::Closed),
            event => match self.called_back(mine, checkout, event) {
                Ok(step) => step,
                Err(checkout) => stay(Phase::Open { request_id: mine, checkout, frame }),
            },
        }
    }

    /// The popup's own word, or the checkout back when the event is none of this popup.
    fn called_back(&mut self, mine: RequestId, checkout: Rc<Checkout>, event: Event) -> Result<Step, Rc<Checkout>> {
        Ok(match event {
            Event::SnapSucceeded { request_id } if request_id == mine => self.said_paid(checkout),
            // 406: "transaction has been processed". Somebody has paid it, perhaps in another tab.
            Event::SnapFailed { request_id, code: Some(406) } if request_id == mine => self.said_paid(checkout),
            Event::SnapFailed { request_id, code } if request_id == mine => {
                // 404 and 407: the token is unknown or over, so only a new one helps.
                if checkout.status_url.is_none() && matches!(code, Some(404 | 407)) {
                    self.key = KeyNumber(self.key.0.saturating_add(1));
                    let phase = Phase::Failed { failure: Failure::Declined, checkout: None };
                    return Ok((phase, vec![Effect::HidePopup, Effect::ClearCheckout]));
                }
                self.hide_and_ask(checkout, ConfirmReason::Failed(Failure::Declined))
            }
            Event::SnapClosed { request_id } if request_id == mine => {
                self.hide_and_ask(checkout, ConfirmReason::Closed)
            }
            Event::SnapPending { request_id, payment } if request_id == mine => {
                let waiting = Waiting { checkout, payment: Some(payment), order: None };
                hiding(self.wait(waiting))
            }
            _ => return Err(checkout),
        })
    }

    fn another_order(&mut self) -> Step {
        // Another order has another unguessable part in its keys, so the numbers begin anew. What is known of
        // the old one is kept: it may come back.
        self.key = KeyNumber::default();
        stay(Phase::Idle)
    }

    fn begin_anew(&mut self, phase: &Phase) -> Step {
        match phase {
            Phase::Opening { .. } | Phase::Open { .. } => hiding(stay(Phase::Idle)),
            Phase::Settled(_) => {
                self.key = KeyNumber::default();
                (Phase::Idle, vec![Effect::ClearCheckout])
            }
            _ => stay(Phase::Idle),
        }
    }

    /// Fetches what the mode needs and is not there. With a checkout it is the same token again; the script may be
    /// what failed, so it is asked for too.
    fn prepare(&mut self, trigger: Trigger, mode: Mode, checkout: Option<Rc<Checkout>>) -> Step {
        let request_id = self.next_request_id();
        let asks = checkout.is_none();
        let begun = Preparing {
            request_id,
            script: ScriptState::NotRequested,
            checkout,
            trigger,
            mode,
            progress: Progress::Normal,
        };
        let (phase, mut effects) = self.arrived(begun);
        if asks {
            effects.push(Effect::RequestToken { request_id, key: self.key });
        }
        if matches!(phase, Phase::Preparing(_)) {
            effects.push(Effect::StartTimer { request_id, after: SLOW_AFTER });
        }
        (phase, effects)
    }

    /// Goes on as far as what is there allows.
    fn arrived(&mut self, now: Preparing) -> Step {
        let frame = match (now.mode, &now.checkout) {
            (Mode::OnPage(frame), _) => frame,
            (Mode::Redirect, None) => return stay(Phase::Preparing(now)),
            (Mode::Redirect, Some(checkout)) => match (checkout.redirect_url.clone(), now.trigger) {
                (Some(url), Trigger::Click) => return leave(checkout.clone(), url),
                (Some(_), Trigger::Prefetch) => {
                    return stay(Phase::Ready { checkout: checkout.clone(), mode: Mode::Redirect });
                }
                // The merchant named no hosted page: the popup is the way that is left.
                (None, _) => Frame::Popup,
            },
        };
        let mut now = Preparing { mode: Mode::OnPage(frame), ..now };
        match (now.script, now.checkout.take(), now.trigger) {
            (ScriptState::NotRequested, checkout, _) => {
                let effects = vec![Effect::LoadScript { request_id: now.request_id }];
                (Phase::Preparing(Preparing { checkout, script: ScriptState::Loading, ..now }), effects)
            }
            (ScriptState::Loaded, Some(checkout), Trigger::Click) => self.open_popup(checkout, frame, 0),
            (ScriptState::Loaded, Some(checkout), Trigger::Prefetch) => stay(Phase::Ready { checkout, mode: now.mode }),
            (ScriptState::Failed(fault), Some(checkout), Trigger::Click) => {
                stay(Phase::Failed { failure: Failure::Script(fault), checkout: Some(checkout) })
            }
            (ScriptState::Failed(_), _, Trigger::Prefetch) => stay(Phase::Idle),
            (_, checkout, _) => stay(Phase::Preparing(Preparing { checkout, ..now })),
        }
    }

    fn open_popup(&mut self, checkout: Rc<Checkout>, frame: Frame, refusals: u8) -> Step {
        let request_id = self.next_request_id();
        let token = checkout.token.clone();
        let effects =
            vec![remember(&checkout, ConfirmReason::Returned), Effect::OpenPopup { request_id, token, frame }];
        (Phase::Opening { request_id, checkout, frame, refusals }, effects)
    }

    /// The popup says paid. That is kept over a reload: until the merchant has spoken nobody is asked to pay again.
    fn said_paid(&mut self, checkout: Rc<Checkout>) -> Step {
        let remembered = remember(&checkout, ConfirmReason::Succeeded);
        let asked = checkout.status_url.is_some();
        let (phase, mut effects) = self.hide_and_ask(checkout, ConfirmReason::Succeeded);
        if asked {
            effects.push(remembered);
        }
        (phase, effects)
    }

    fn hide_and_ask(&mut self, checkout: Rc<Checkout>, reason: ConfirmReason) -> Step {
        hiding(self.ask_or(checkout, reason))
    }

    /// Asks the merchant; without a status to ask, does what the reason alone allows.
    fn ask_or(&mut self, checkout: Rc<Checkout>, reason: ConfirmReason) -> Step {
        if checkout.status_url.is_some() {
            let (polling, effects) = self.ask(&checkout, 0);
            return (Phase::Confirming { checkout, reason, polling }, effects);
        }
        match reason {
            ConfirmReason::Succeeded => (Phase::Settled(Outcome::Unconfirmed(checkout)), vec![Effect::ClearCheckout]),
            ConfirmReason::Failed(failure) => stay(Phase::Failed { failure, checkout: Some(checkout) }),
            ConfirmReason::Closed | ConfirmReason::Returned => stay(Phase::Closed { checkout }),
        }
    }
}

fn remember(checkout: &Rc<Checkout>, reason: ConfirmReason) -> Effect {
    Effect::SaveCheckout { checkout: checkout.clone(), reason }
}

fn leave(checkout: Rc<Checkout>, url: String) -> Step {
    let effects = vec![remember(&checkout, ConfirmReason::Returned), Effect::Redirect { url }];
    (Phase::Redirected { checkout }, effects)
}

fn leave_if_possible(checkout: Rc<Checkout>, otherwise: impl FnOnce(Rc<Checkout>) -> Phase) -> Step {
    match checkout.redirect_url.clone() {
        Some(url) => leave(checkout, url),
        None => stay(otherwise(checkout)),
    }
}
