//! The page's state machine as a table: each state once, and the transition of each event from it.

use std::collections::HashMap;
use std::rc::Rc;

use flow::*;
use wire::merchant::{Checkout, Order, PaymentInstruction};

use crate::backend::Status;

/// An event of a tab, as a value that can be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TabEvent {
    PayPressed,
    PayPressedOnPhone,
    PrefetchRequested,
    HostedPressed,
    CheckPressed,
    ClosePressed,
    PageShown,
    Restarted,
    TokenExpired,
    ScriptLoaded,
    ScriptFailed,
    TokenReceived(u8),
    TokenFailed(TokenFault),
    PopupOpened,
    PopupFailed(PopupFault),
    SnapSucceeded,
    SnapPending,
    SnapFailed(Option<u16>),
    SnapClosed,
    StatusReceived(Status),
    StatusFailed,
    TimerFired,
    /// The token, and whether Snap reported its payment as successful.
    Resumed(u8, bool),
}

/// An effect of a tab, as far as the rest of the model notices it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TabEffect {
    LoadScript,
    /// With the idempotency key of this number.
    RequestToken(u32),
    /// With this token.
    OpenPopup(u8),
    HidePopup,
    FetchStatus,
    StartTimer,
    Redirect,
    /// The token, and whether Snap reported its payment as successful.
    SaveCheckout(u8, bool),
    ClearCheckout,
}

/// The result of an event.
#[derive(Debug)]
pub struct Transition {
    pub to: u16,
    pub effects: Vec<TabEffect>,
    /// Whether the page no longer waits for the answers that it waited for before.
    pub abandons_request: bool,
}

/// The facts about a state that the model uses.
#[derive(Debug, Clone, PartialEq)]
pub struct PhaseView {
    pub actions: Vec<CheckoutAction>,
    pub is_busy: bool,
    pub waits: bool,
    pub token: Option<u8>,
    pub is_paid: bool,
    pub is_settled: bool,
    pub has_popup: bool,
}

/// The table. It grows as the exploration reaches new states.
#[derive(Debug, Default)]
pub struct MachineTable {
    machines: Vec<CheckoutMachine>,
    views: Vec<PhaseView>,
    ids: HashMap<String, u16>,
    transitions: HashMap<(u16, TabEvent), Rc<Transition>>,
}

impl MachineTable {
    /// The state of a page that was just loaded.
    pub fn initial(&mut self) -> u16 {
        self.id(CheckoutMachine::new().normalized())
    }

    pub fn state_count(&self) -> usize {
        self.machines.len()
    }

    pub fn transition_count(&self) -> usize {
        self.transitions.len()
    }

    pub fn view(&self, id: u16) -> &PhaseView {
        &self.views[usize::from(id)]
    }

    pub fn phase(&self, id: u16) -> &Phase {
        self.machines[usize::from(id)].phase()
    }

    pub fn apply(&mut self, from: u16, event: TabEvent) -> Rc<Transition> {
        if let Some(known) = self.transitions.get(&(from, event)) {
            return known.clone();
        }
        let mut machine = self.machines[usize::from(from)].clone();
        let before = awaited(machine.phase());
        let settled = matches!(machine.phase(), Phase::Settled(_));
        let effects = machine.apply(event.real(CheckoutMachine::NOW));
        assert!(!settled || effects.is_empty() || event == TabEvent::Restarted, "{event:?} moved a finished checkout");
        let after = awaited(machine.phase());
        let effects = effects.into_iter().map(|effect| tab_effect(effect, after)).collect();
        let to = self.id(machine.normalized());
        let transition = Rc::new(Transition { to, effects, abandons_request: before != after });
        self.transitions.insert((from, event), transition.clone());
        transition
    }

    fn id(&mut self, machine: CheckoutMachine) -> u16 {
        let key = format!("{machine:?}");
        if let Some(known) = self.ids.get(&key) {
            return *known;
        }
        assert_ignores_stale_answers(&machine);
        let id = u16::try_from(self.machines.len()).expect("a table of few states");
        self.views.push(PhaseView::of(machine.phase()));
        self.machines.push(machine);
        self.ids.insert(key, id);
        id
    }
}

impl PhaseView {
    fn of(phase: &Phase) -> Self {
        Self {
            actions: phase.available_actions(),
            is_busy: phase.busy(),
            waits: awaited(phase).is_some(),
            token: phase.checkout().map(|checkout| number(&checkout.token)),
            is_paid: matches!(phase, Phase::Settled(Outcome::Paid(_))),
            is_settled: matches!(phase, Phase::Settled(_)),
            has_popup: matches!(phase, Phase::Opening { .. } | Phase::Open { .. }),
        }
    }
}

/// Answers to an earlier request, and a callback that comes twice, change nothing.
fn assert_ignores_stale_answers(machine: &CheckoutMachine) {
    use TabEvent::*;
    let answers = [
        ScriptLoaded,
        ScriptFailed,
        TokenReceived(0),
        TokenFailed(TokenFault::Network),
        TokenFailed(TokenFault::KeyUsed),
        PopupOpened,
        PopupFailed(PopupFault::Threw),
        SnapSucceeded,
        SnapPending,
        SnapFailed(None),
        SnapFailed(Some(406)),
        SnapClosed,
        StatusReceived(Status::Paid),
        StatusReceived(Status::Expired),
        StatusFailed,
        TimerFired,
    ];
    for event in answers {
        let mut moved = machine.clone();
        let effects = moved.apply(event.real(RequestId(0)));
        assert!(effects.is_empty() && moved == *machine, "a stale {event:?} moved {machine:?}");
    }
}

fn awaited(phase: &Phase) -> Option<RequestId> {
    match phase {
        Phase::Preparing(Preparing { request_id, .. })
        | Phase::Opening { request_id, .. }
        | Phase::Open { request_id, .. }
        | Phase::Confirming { polling: Polling::Running { request_id, .. }, .. }
        | Phase::Pending { polling: Polling::Running { request_id, .. }, .. } => Some(*request_id),
        _ => None,
    }
}

fn tab_effect(effect: Effect, awaited: Option<RequestId>) -> TabEffect {
    let assert_awaited = |request_id| assert_eq!(Some(request_id), awaited, "a request that the phase does not await");
    match effect {
        Effect::LoadScript { request_id } => {
            assert_awaited(request_id);
            TabEffect::LoadScript
        }
        Effect::RequestToken { request_id, key } => {
            assert_awaited(request_id);
            TabEffect::RequestToken(key.0)
        }
        Effect::OpenPopup { request_id, token, .. } => {
            assert_awaited(request_id);
            TabEffect::OpenPopup(number(&token))
        }
        Effect::FetchStatus { request_id, .. } => {
            assert_awaited(request_id);
            TabEffect::FetchStatus
        }
        Effect::StartTimer { request_id, .. } => {
            assert_awaited(request_id);
            TabEffect::StartTimer
        }
        Effect::HidePopup => TabEffect::HidePopup,
        Effect::Redirect { .. } => TabEffect::Redirect,
        Effect::SaveCheckout { checkout, reason } => {
            TabEffect::SaveCheckout(number(&checkout.token), reason == ConfirmReason::Succeeded)
        }
        Effect::ClearCheckout => TabEffect::ClearCheckout,
        Effect::OpenStream { .. } | Effect::CloseStream => unreachable!("these checkouts have no event stream"),
    }
}

impl TabEvent {
    fn real(self, request_id: RequestId) -> Event {
        match self {
            Self::PayPressed => Event::PayPressed { mode: ResolvedMode::OnPage(Frame::Popup) },
            Self::PayPressedOnPhone => Event::PayPressed { mode: ResolvedMode::Redirect },
            Self::PrefetchRequested => Event::PrefetchRequested { mode: ResolvedMode::OnPage(Frame::Popup) },
            Self::HostedPressed => Event::HostedPressed,
            Self::CheckPressed => Event::CheckPressed,
            Self::ClosePressed => Event::ClosePressed,
            Self::PageShown => Event::PageShown,
            Self::Restarted => Event::Restarted,
            Self::TokenExpired => Event::TokenExpired,
            Self::ScriptLoaded => Event::ScriptLoaded { request_id },
            Self::ScriptFailed => Event::ScriptFailed { request_id, fault: ScriptFault::Blocked },
            Self::TokenReceived(token) => Event::TokenReceived { request_id, checkout: checkout(token) },
            Self::TokenFailed(fault) => Event::TokenFailed { request_id, fault },
            Self::PopupOpened => Event::PopupOpened { request_id },
            Self::PopupFailed(fault) => Event::PopupFailed { request_id, fault },
            Self::SnapSucceeded => Event::SnapSucceeded { request_id },
            Self::SnapPending => Event::SnapPending { request_id, payment: Rc::new(PaymentInstruction::default()) },
            Self::SnapFailed(code) => Event::SnapFailed { request_id, code },
            Self::SnapClosed => Event::SnapClosed { request_id },
            Self::StatusReceived(status) => Event::StatusReceived { request_id, order: order(status) },
            Self::StatusFailed => Event::StatusFailed { request_id, retry_after: 0 },
            Self::TimerFired => Event::TimerFired { request_id },
            Self::Resumed(token, succeeded) => Event::Resumed {
                checkout: checkout(token),
                reason: if succeeded { ConfirmReason::Succeeded } else { ConfirmReason::Returned },
            },
        }
    }
}

fn number(token: &str) -> u8 {
    token.parse().expect("a token is a number here")
}

fn checkout(token: u8) -> Rc<Checkout> {
    Rc::new(Checkout {
        token: token.to_string(),
        redirect_url: Some("https://hosted".into()),
        order_id: None,
        gross_amount: None,
        status_url: Some("/status".into()),
        events_url: None,
    })
}

fn order(status: Status) -> Rc<Order> {
    Rc::new(Order {
        order_id: "o".into(),
        status: status.real(),
        gross_amount: None,
        items: vec![],
        payment: None,
        refunded_amount: None,
        version: None,
        now: None,
    })
}
