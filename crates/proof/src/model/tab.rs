//! The page's machine as a table: each state it can be in once, and where each event leads from there.

use std::collections::HashMap;
use std::rc::Rc;

use flow::*;
use wire::merchant::{Checkout, Order, PaymentInstruction};

use super::shop::Standing;

/// Something that a tab hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Heard {
    Pay,
    PayThere,
    Near,
    Hosted,
    Check,
    Close,
    Shown,
    Restarted,
    Aged,
    Script,
    NoScript,
    Token(u8),
    NoToken(TokenFault),
    Opened,
    Refused(PopupFault),
    Succeeded,
    Pended,
    Erred(Option<u16>),
    Closed,
    Status(Standing),
    NoStatus,
    Timer,
    Resumed(u8, bool),
}

/// What a tab does then, as far as anybody else notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    LoadScript,
    /// Under the key of this number.
    RequestToken(u32),
    /// The popup of this token.
    Open(u8),
    Hide,
    Ask,
    Timer,
    Leave,
    Keep(u8, bool),
    Forget,
}

/// Where an event leads.
#[derive(Debug)]
pub struct Move {
    pub to: u16,
    pub deeds: Vec<Deed>,
    /// What was asked before is nobody's business any more.
    pub moved_on: bool,
}

/// What can be seen of a state.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub ways: Vec<CheckoutAction>,
    pub busy: bool,
    pub waits: bool,
    pub token: Option<u8>,
    pub paid: bool,
    pub settled: bool,
    pub popup_known: bool,
}

/// The table; it grows as it is asked.
#[derive(Debug, Default)]
pub struct Table {
    flows: Vec<CheckoutMachine>,
    seen: Vec<Seen>,
    ids: HashMap<String, u16>,
    moves: HashMap<(u16, Heard), Rc<Move>>,
}

impl Table {
    /// The state of a page that was just loaded.
    pub fn fresh(&mut self) -> u16 {
        self.id(CheckoutMachine::new().normalized())
    }

    pub fn len(&self) -> usize {
        self.flows.len()
    }

    pub fn moves(&self) -> usize {
        self.moves.len()
    }

    pub fn seen(&self, id: u16) -> &Seen {
        &self.seen[usize::from(id)]
    }

    pub fn phase(&self, id: u16) -> &Phase {
        self.flows[usize::from(id)].phase()
    }

    pub fn hear(&mut self, from: u16, heard: Heard) -> Rc<Move> {
        if let Some(known) = self.moves.get(&(from, heard)) {
            return known.clone();
        }
        let mut flow = self.flows[usize::from(from)].clone();
        let before = waits_for(flow.phase());
        let settled = matches!(flow.phase(), Phase::Settled(_));
        let effects = flow.apply(heard.event(CheckoutMachine::NOW));
        assert!(!settled || effects.is_empty() || heard == Heard::Restarted, "{heard:?} moved an ended checkout");
        let after = waits_for(flow.phase());
        let deeds = effects.into_iter().map(|effect| deed(effect, after)).collect();
        let to = self.id(flow.normalized());
        let known = Rc::new(Move { to, deeds, moved_on: before != after });
        self.moves.insert((from, heard), known.clone());
        known
    }

    fn id(&mut self, flow: CheckoutMachine) -> u16 {
        let key = format!("{flow:?}");
        if let Some(known) = self.ids.get(&key) {
            return *known;
        }
        stale_answers_change_nothing(&flow);
        let id = u16::try_from(self.flows.len()).expect("a table of few states");
        self.seen.push(Seen::of(flow.phase()));
        self.flows.push(flow);
        self.ids.insert(key, id);
        id
    }
}

impl Seen {
    fn of(phase: &Phase) -> Self {
        Self {
            ways: phase.available_actions(),
            busy: phase.busy(),
            waits: waits_for(phase).is_some(),
            token: phase.checkout().map(|checkout| number(&checkout.token)),
            paid: matches!(phase, Phase::Settled(Outcome::Paid(_))),
            settled: matches!(phase, Phase::Settled(_)),
            popup_known: matches!(phase, Phase::Opening { .. } | Phase::Open { .. }),
        }
    }
}

/// The answers to what is no longer asked, and a callback that comes a second time.
fn stale_answers_change_nothing(flow: &CheckoutMachine) {
    use Heard::*;
    let answers = [
        Script,
        NoScript,
        Token(0),
        NoToken(TokenFault::Network),
        NoToken(TokenFault::KeyUsed),
        Opened,
        Refused(PopupFault::Threw),
        Succeeded,
        Pended,
        Erred(None),
        Erred(Some(406)),
        Closed,
        Status(Standing::Paid),
        Status(Standing::Expired),
        NoStatus,
        Timer,
    ];
    for heard in answers {
        let mut moved = flow.clone();
        let effects = moved.apply(heard.event(RequestId(0)));
        assert!(effects.is_empty() && moved == *flow, "a stale {heard:?} moved {flow:?}");
    }
}

fn waits_for(phase: &Phase) -> Option<RequestId> {
    match phase {
        Phase::Preparing(Preparing { request_id, .. })
        | Phase::Opening { request_id, .. }
        | Phase::Open { request_id, .. }
        | Phase::Confirming { polling: Polling::Running { request_id, .. }, .. }
        | Phase::Pending { polling: Polling::Running { request_id, .. }, .. } => Some(*request_id),
        _ => None,
    }
}

fn deed(effect: Effect, waiting: Option<RequestId>) -> Deed {
    let mine = |request_id| assert_eq!(Some(request_id), waiting, "asked for nobody");
    match effect {
        Effect::LoadScript { request_id } => {
            mine(request_id);
            Deed::LoadScript
        }
        Effect::RequestToken { request_id, key } => {
            mine(request_id);
            Deed::RequestToken(key.0)
        }
        Effect::OpenPopup { request_id, token, .. } => {
            mine(request_id);
            Deed::Open(number(&token))
        }
        Effect::FetchStatus { request_id, .. } => {
            mine(request_id);
            Deed::Ask
        }
        Effect::StartTimer { request_id, .. } => {
            mine(request_id);
            Deed::Timer
        }
        Effect::HidePopup => Deed::Hide,
        Effect::Redirect { .. } => Deed::Leave,
        Effect::SaveCheckout { checkout, reason } => {
            Deed::Keep(number(&checkout.token), reason == ConfirmReason::Succeeded)
        }
        Effect::ClearCheckout => Deed::Forget,
        Effect::OpenStream { .. } | Effect::CloseStream => unreachable!("these checkouts have no stream"),
    }
}

impl Heard {
    fn event(self, request_id: RequestId) -> Event {
        match self {
            Self::Pay => Event::PayPressed { mode: Mode::OnPage(Frame::Popup) },
            Self::PayThere => Event::PayPressed { mode: Mode::Redirect },
            Self::Near => Event::PrefetchRequested { mode: Mode::OnPage(Frame::Popup) },
            Self::Hosted => Event::HostedPressed,
            Self::Check => Event::CheckPressed,
            Self::Close => Event::ClosePressed,
            Self::Shown => Event::PageShown,
            Self::Restarted => Event::Restarted,
            Self::Aged => Event::TokenExpired,
            Self::Script => Event::ScriptLoaded { request_id },
            Self::NoScript => Event::ScriptFailed { request_id, fault: ScriptFault::Blocked },
            Self::Token(token) => Event::TokenReceived { request_id, checkout: checkout(token) },
            Self::NoToken(fault) => Event::TokenFailed { request_id, fault },
            Self::Opened => Event::PopupOpened { request_id },
            Self::Refused(fault) => Event::PopupFailed { request_id, fault },
            Self::Succeeded => Event::SnapSucceeded { request_id },
            Self::Pended => Event::SnapPending { request_id, payment: Rc::new(PaymentInstruction::default()) },
            Self::Erred(code) => Event::SnapFailed { request_id, code },
            Self::Closed => Event::SnapClosed { request_id },
            Self::Status(standing) => Event::StatusReceived { request_id, order: order(standing) },
            Self::NoStatus => Event::StatusFailed { request_id, retry_after: 0 },
            Self::Timer => Event::TimerFired { request_id },
            Self::Resumed(token, succeeded) => Event::Resumed {
                checkout: checkout(token),
                reason: if succeeded { ConfirmReason::Succeeded } else { ConfirmReason::Returned },
            },
        }
    }
}

fn number(token: &str) -> u8 {
    token.parse().expect("tokens are numbers here")
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

fn order(standing: Standing) -> Rc<Order> {
    Rc::new(Order {
        order_id: "o".into(),
        status: standing.word().into(),
        gross_amount: None,
        items: vec![],
        payment: None,
        refunded_amount: None,
        version: None,
        now: None,
    })
}
