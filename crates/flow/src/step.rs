//! The transitions: one function a phase, each answering with the next phase and the effects. Here those up to
//! an open popup; [`after`] has the rest.

mod after;

use std::rc::Rc;

use wire::merchant::Checkout;

use after::Waiting;

use crate::Flow;
use crate::effect::{Effect, KeyNumber};
use crate::event::Event;
use crate::failure::{Failure, PopupFault, TokenFault};
use crate::phase::{Attempt, Frame, Hint, Mode, Outcome, Pace, Part, Phase, Preparing, Wanted};

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

impl Flow {
    pub(crate) fn step(&mut self, phase: Phase, event: Event) -> Step {
        if event == Event::Restarted {
            return self.begin_anew(&phase);
        }
        match phase {
            Phase::Idle => self.idle(event),
            Phase::Preparing(preparing) => self.preparing(preparing, event),
            Phase::Ready { checkout, mode } => self.ready(checkout, mode, event),
            Phase::Opening { attempt, checkout, frame, refusals } => {
                self.opening(attempt, checkout, frame, refusals, event)
            }
            Phase::Open { attempt, checkout, frame } => self.open(attempt, checkout, frame, event),
            Phase::Closed { checkout } => self.closed(checkout, event),
            Phase::Confirming { checkout, hint, polling } => self.confirming(checkout, hint, polling, event),
            Phase::Pending { checkout, payment, order, polling } => {
                self.pending(Waiting { checkout, payment, order }, polling, event)
            }
            Phase::Failed { failure, checkout } => self.failed(failure, checkout, event),
            Phase::HandedOver { checkout } => self.handed_over(checkout, event),
            Phase::Settled(outcome) => stay(Phase::Settled(outcome)),
        }
    }

    fn idle(&mut self, event: Event) -> Step {
        match event {
            Event::PayPressed { mode } => self.prepare(Wanted::Now, mode, None),
            Event::PrepareWanted { mode } => self.prepare(Wanted::Ahead, mode, None),
            Event::OrderChanged => self.another_order(),
            Event::Resumed { checkout, hint } => self.ask_or(checkout, hint),
            _ => stay(Phase::Idle),
        }
    }

    fn preparing(&mut self, mut now: Preparing, event: Event) -> Step {
        let mine = now.attempt;
        match event {
            Event::PayPressed { mode } if now.wanted == Wanted::Ahead => {
                now.wanted = Wanted::Now;
                now.mode = mode;
                self.arrived(now)
            }
            Event::OrderChanged => self.another_order(),
            Event::ScriptLoaded { attempt } if attempt == mine => {
                now.script = Part::Arrived;
                self.arrived(now)
            }
            Event::ScriptFailed { attempt, fault } if attempt == mine => {
                now.script = Part::Lost(fault);
                self.arrived(now)
            }
            Event::TokenReceived { attempt, checkout } if attempt == mine => {
                now.checkout = Some(checkout);
                self.arrived(now)
            }
            Event::TokenFailed { attempt, fault } if attempt == mine => {
                if fault == TokenFault::KeyUsed && self.key.0 < MOST_KEYS {
                    // The same order under the next key; nobody needs to press again for that.
                    self.key = KeyNumber(self.key.0 + 1);
                    return self.prepare(now.wanted, now.mode, None);
                }
                match now.wanted {
                    Wanted::Ahead => stay(Phase::Idle),
                    Wanted::Now => stay(Phase::Failed { failure: Failure::Token(fault), checkout: None }),
                }
            }
            Event::TimerFired { attempt } if attempt == mine => {
                now.pace = Pace::Slow;
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
                (Mode::Here(_), Mode::Here(frame)) => self.open_popup(checkout, frame, 0),
                _ => self.prepare(Wanted::Now, mode, Some(checkout)),
            },
            Event::HostedPressed if prepared == Mode::Redirect => {
                leave_if_possible(checkout, |checkout| Phase::Ready { checkout, mode: prepared })
            }
            Event::OrderChanged => self.another_order(),
            Event::TokenAged => stay(Phase::Idle),
            _ => stay(Phase::Ready { checkout, mode: prepared }),
        }
    }

    fn opening(&mut self, mine: Attempt, checkout: Rc<Checkout>, frame: Frame, refusals: u8, event: Event) -> Step {
        match event {
            Event::PopupOpened { attempt } if attempt == mine => stay(Phase::Open { attempt, checkout, frame }),
            Event::PopupFailed { attempt, fault } if attempt == mine => {
                let refusals = refusals.saturating_add(1);
                if fault == PopupFault::InvalidState && refusals < MAX_REFUSALS {
                    let attempt = self.next_attempt();
                    let effects = vec![Effect::HidePopup, Effect::StartTimer { attempt, after: HIDE_TAKES }];
                    return (Phase::Opening { attempt, checkout, frame, refusals }, effects);
                }
                stay(Phase::Failed { failure: Failure::Popup(fault), checkout: Some(checkout) })
            }
            Event::NoRoom { attempt, instead } if attempt == mine && frame == Frame::Embed => {
                match (instead, checkout.redirect_url.clone()) {
                    (Mode::Redirect, Some(url)) => leave(checkout, url),
                    _ => self.open_popup(checkout, Frame::Popup, refusals),
                }
            }
            Event::TimerFired { attempt } if attempt == mine => self.open_popup(checkout, frame, refusals),
            // A callback may come before `snap.pay` has returned.
            Event::SnapSucceeded { .. }
            | Event::SnapPended { .. }
            | Event::SnapErred { .. }
            | Event::SnapClosed { .. } => match self.called_back(mine, checkout, event) {
                Ok(step) => step,
                Err(checkout) => stay(Phase::Opening { attempt: mine, checkout, frame, refusals }),
            },
            _ => stay(Phase::Opening { attempt: mine, checkout, frame, refusals }),
        }
    }

    fn open(&mut self, mine: Attempt, checkout: Rc<Checkout>, frame: Frame, event: Event) -> Step {
        match event {
            Event::HostedPressed => match checkout.redirect_url.clone() {
                Some(url) => hiding(leave(checkout, url)),
                None => stay(Phase::Open { attempt: mine, checkout, frame }),
            },
            Event::ClosePressed => self.hide_and_ask(checkout, Hint::Closed),
            event => match self.called_back(mine, checkout, event) {
                Ok(step) => step,
                Err(checkout) => stay(Phase::Open { attempt: mine, checkout, frame }),
            },
        }
    }

    /// The popup's own word, or the checkout back when the event is none of this popup.
    fn called_back(&mut self, mine: Attempt, checkout: Rc<Checkout>, event: Event) -> Result<Step, Rc<Checkout>> {
        Ok(match event {
            Event::SnapSucceeded { attempt } if attempt == mine => self.said_paid(checkout),
            // 406: "transaction has been processed". Somebody has paid it, perhaps in another tab.
            Event::SnapErred { attempt, code: Some(406) } if attempt == mine => self.said_paid(checkout),
            Event::SnapErred { attempt, code } if attempt == mine => {
                // 404 and 407: the token is unknown or over, so only a new one helps.
                if checkout.status_url.is_none() && matches!(code, Some(404 | 407)) {
                    self.key = KeyNumber(self.key.0.saturating_add(1));
                    let phase = Phase::Failed { failure: Failure::Declined, checkout: None };
                    return Ok((phase, vec![Effect::HidePopup, Effect::Forget]));
                }
                self.hide_and_ask(checkout, Hint::Failed(Failure::Declined))
            }
            Event::SnapClosed { attempt } if attempt == mine => self.hide_and_ask(checkout, Hint::Closed),
            Event::SnapPended { attempt, payment } if attempt == mine => {
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
                (Phase::Idle, vec![Effect::Forget])
            }
            _ => stay(Phase::Idle),
        }
    }

    /// Fetches what the mode needs and is not there. With a checkout it is the same token again; the script may be
    /// what failed, so it is asked for too.
    fn prepare(&mut self, wanted: Wanted, mode: Mode, checkout: Option<Rc<Checkout>>) -> Step {
        let attempt = self.next_attempt();
        let asks = checkout.is_none();
        let begun = Preparing { attempt, script: Part::Unasked, checkout, wanted, mode, pace: Pace::Usual };
        let (phase, mut effects) = self.arrived(begun);
        if asks {
            effects.push(Effect::RequestToken { attempt, key: self.key });
        }
        if matches!(phase, Phase::Preparing(_)) {
            effects.push(Effect::StartTimer { attempt, after: SLOW_AFTER });
        }
        (phase, effects)
    }

    /// Goes on as far as what is there allows.
    fn arrived(&mut self, now: Preparing) -> Step {
        let frame = match (now.mode, &now.checkout) {
            (Mode::Here(frame), _) => frame,
            (Mode::Redirect, None) => return stay(Phase::Preparing(now)),
            (Mode::Redirect, Some(checkout)) => match (checkout.redirect_url.clone(), now.wanted) {
                (Some(url), Wanted::Now) => return leave(checkout.clone(), url),
                (Some(_), Wanted::Ahead) => {
                    return stay(Phase::Ready { checkout: checkout.clone(), mode: Mode::Redirect });
                }
                // The merchant named no hosted page: the popup is the way that is left.
                (None, _) => Frame::Popup,
            },
        };
        let mut now = Preparing { mode: Mode::Here(frame), ..now };
        match (now.script, now.checkout.take(), now.wanted) {
            (Part::Unasked, checkout, _) => {
                let effects = vec![Effect::LoadScript { attempt: now.attempt }];
                (Phase::Preparing(Preparing { checkout, script: Part::Awaited, ..now }), effects)
            }
            (Part::Arrived, Some(checkout), Wanted::Now) => self.open_popup(checkout, frame, 0),
            (Part::Arrived, Some(checkout), Wanted::Ahead) => stay(Phase::Ready { checkout, mode: now.mode }),
            (Part::Lost(fault), Some(checkout), Wanted::Now) => {
                stay(Phase::Failed { failure: Failure::Script(fault), checkout: Some(checkout) })
            }
            (Part::Lost(_), _, Wanted::Ahead) => stay(Phase::Idle),
            (_, checkout, _) => stay(Phase::Preparing(Preparing { checkout, ..now })),
        }
    }

    fn open_popup(&mut self, checkout: Rc<Checkout>, frame: Frame, refusals: u8) -> Step {
        let attempt = self.next_attempt();
        let token = checkout.token.clone();
        let effects = vec![remember(&checkout, Hint::Returned), Effect::OpenPopup { attempt, token, frame }];
        (Phase::Opening { attempt, checkout, frame, refusals }, effects)
    }

    /// The popup says paid. That is kept over a reload: until the merchant has spoken nobody is asked to pay again.
    fn said_paid(&mut self, checkout: Rc<Checkout>) -> Step {
        let remembered = remember(&checkout, Hint::Succeeded);
        let asked = checkout.status_url.is_some();
        let (phase, mut effects) = self.hide_and_ask(checkout, Hint::Succeeded);
        if asked {
            effects.push(remembered);
        }
        (phase, effects)
    }

    fn hide_and_ask(&mut self, checkout: Rc<Checkout>, hint: Hint) -> Step {
        hiding(self.ask_or(checkout, hint))
    }

    /// Asks the merchant; without a status to ask, does what the hint alone allows.
    fn ask_or(&mut self, checkout: Rc<Checkout>, hint: Hint) -> Step {
        if checkout.status_url.is_some() {
            let (polling, effects) = self.ask(&checkout, 0);
            return (Phase::Confirming { checkout, hint, polling }, effects);
        }
        match hint {
            Hint::Succeeded => (Phase::Settled(Outcome::Reported(checkout)), vec![Effect::Forget]),
            Hint::Failed(failure) => stay(Phase::Failed { failure, checkout: Some(checkout) }),
            Hint::Closed | Hint::Returned => stay(Phase::Closed { checkout }),
        }
    }
}

fn remember(checkout: &Rc<Checkout>, hint: Hint) -> Effect {
    Effect::Remember { checkout: checkout.clone(), hint }
}

fn leave(checkout: Rc<Checkout>, url: String) -> Step {
    let effects = vec![remember(&checkout, Hint::Returned), Effect::GoTo { url }];
    (Phase::HandedOver { checkout }, effects)
}

fn leave_if_possible(checkout: Rc<Checkout>, otherwise: impl FnOnce(Rc<Checkout>) -> Phase) -> Step {
    match checkout.redirect_url.clone() {
        Some(url) => leave(checkout, url),
        None => stay(otherwise(checkout)),
    }
}
