//! Scenarios: sequences of events, and the phases and effects that must follow.

use std::rc::Rc;

use wire::merchant::{Checkout, Order, PaymentInstruction};

use crate::machine::Stream;
use crate::*;

pub(crate) const POPUP: ResolvedMode = ResolvedMode::OnPage(Frame::Popup);
pub(crate) const PAY: Event = Event::PayPressed { mode: POPUP };

pub(crate) fn checkout() -> Checkout {
    Checkout {
        token: "token".into(),
        redirect_url: Some("https://hosted".into()),
        order_id: Some("order".into()),
        gross_amount: None,
        status_url: Some("/status".into()),
        events_url: None,
    }
}

fn bare_checkout() -> Checkout {
    Checkout { order_id: None, status_url: None, ..checkout() }
}

pub(crate) fn streaming() -> Checkout {
    Checkout { events_url: Some("/events".into()), ..checkout() }
}

pub(crate) fn order(status: &str) -> Order {
    Order {
        order_id: "order".into(),
        status: status.into(),
        gross_amount: None,
        items: vec![],
        payment: None,
        refunded_amount: None,
        version: None,
        now: None,
    }
}

/// A machine with the effects of its last event. Results go to the last request id.
pub(crate) struct Scenario {
    pub(crate) machine: CheckoutMachine,
    pub(crate) effects: Vec<Effect>,
}

impl Scenario {
    pub(crate) fn new() -> Self {
        Self { machine: CheckoutMachine::new(), effects: Vec::new() }
    }

    pub(crate) fn then(mut self, event: impl FnOnce(RequestId) -> Event) -> Self {
        let event = event(self.machine.last);
        self.effects = self.machine.apply(event);
        self
    }

    pub(crate) fn opened(checkout: Checkout) -> Self {
        Self::new()
            .then(|_| PAY)
            .then(|request_id| Event::ScriptLoaded { request_id })
            .then(|request_id| Event::TokenReceived { request_id, checkout: checkout.into() })
            .then(|request_id| Event::PopupOpened { request_id })
    }

    /// The customer chose a virtual account, and the backend has an event stream.
    pub(crate) fn pending() -> Self {
        Self::opened(streaming()).then(|request_id| Event::SnapPending { request_id, payment: Rc::default() })
    }

    pub(crate) fn streamed(self, order: Order) -> Self {
        let (Stream::Silent(request_id) | Stream::Live(request_id)) = self.machine.stream else {
            panic!("{:?}", self.machine)
        };
        self.then(|_| Event::StatusStreamed { request_id, order: order.into() })
    }

    pub(crate) fn status(self, status: &str) -> Self {
        self.then(|request_id| Event::StatusReceived { request_id, order: order(status).into() })
    }

    #[track_caller]
    pub(crate) fn leads_to(self, expected: &str) -> Self {
        let phase = format!("{:?}", self.machine.phase());
        assert!(phase.starts_with(expected), "expected {expected}, got {phase}");
        self
    }

    #[track_caller]
    pub(crate) fn does(self, expected: &[&str]) -> Self {
        let effects: Vec<_> = self.effects.iter().map(|effect| format!("{effect:?}")).collect();
        let fits = effects.len() == expected.len() && effects.iter().zip(expected).all(|(e, x)| e.starts_with(x));
        assert!(fits, "expected {expected:?}, got {effects:#?}");
        self
    }
}

#[test]
fn script_and_token_are_requested_together_and_may_arrive_in_any_order() {
    Scenario::new().then(|_| PAY).does(&["LoadScript", "RequestToken", "StartTimer"]);
    for token_first in [true, false] {
        let token = |request_id| Event::TokenReceived { request_id, checkout: checkout().into() };
        let script = |request_id| Event::ScriptLoaded { request_id };
        let scenario = Scenario::new().then(|_| PAY);
        let scenario = if token_first {
            scenario.then(token).does(&[]).then(script)
        } else {
            scenario.then(script).does(&[]).then(token)
        };
        scenario.does(&["SaveCheckout", "OpenPopup"]).leads_to("Opening");
    }
}

#[test]
fn repeated_presses_start_one_payment() {
    let mut scenario = Scenario::new().then(|_| PAY);
    for _ in 0..6 {
        scenario = scenario.then(|_| PAY).does(&[]);
    }
    let mut scenario = scenario
        .then(|request_id| Event::ScriptLoaded { request_id })
        .then(|request_id| Event::TokenReceived { request_id, checkout: checkout().into() })
        .then(|request_id| Event::PopupOpened { request_id });
    for _ in 0..6 {
        scenario = scenario.then(|_| PAY).does(&[]).leads_to("Open {");
    }
}

#[test]
fn a_prefetched_checkout_opens_in_the_same_turn_as_the_press() {
    Scenario::new()
        .then(|_| Event::PrefetchRequested { mode: POPUP })
        .then(|request_id| Event::ScriptLoaded { request_id })
        .then(|request_id| Event::TokenReceived { request_id, checkout: checkout().into() })
        .leads_to("Ready")
        .then(|_| PAY)
        .does(&["SaveCheckout", "OpenPopup"]);
    Scenario::new()
        .then(|_| Event::PrefetchRequested { mode: POPUP })
        .then(|request_id| Event::TokenFailed { request_id, fault: TokenFault::Network })
        .leads_to("Idle");
}

#[test]
fn only_the_backend_makes_a_checkout_paid() {
    let succeeded = |checkout| Scenario::opened(checkout).then(|request_id| Event::SnapSucceeded { request_id });
    succeeded(checkout())
        .leads_to("Confirming")
        .does(&["HidePopup", "FetchStatus", "SaveCheckout"])
        .status("paid")
        .leads_to("Settled(Paid");
    succeeded(checkout()).status("created").leads_to("Confirming").does(&["StartTimer"]);
    succeeded(checkout()).status("from_the_future").leads_to("Confirming");
    succeeded(checkout()).status("reversed").leads_to("Settled(NotPaid");
    // A backend without a status URL: the page reports the callback as unconfirmed.
    succeeded(bare_checkout()).leads_to("Settled(Unconfirmed");
}

#[test]
fn a_possibly_outdated_decline_is_shown_only_after_repeated_requests() {
    let opened = || Scenario::opened(checkout());
    let succeeded = opened().then(|request_id| Event::SnapSucceeded { request_id });
    let chosen =
        || opened().then(|request_id| Event::SnapPending { request_id, payment: PaymentInstruction::default().into() });
    let returned =
        Scenario::new().then(|_| Event::Resumed { checkout: checkout().into(), reason: ConfirmReason::Returned });
    let closed = opened().then(|request_id| Event::SnapClosed { request_id });
    let pending = chosen().status("pending").then(|request_id| Event::TimerFired { request_id });
    // After a closed popup, or after "pending", the backend knows the latest payment.
    for (scenario, waits) in [(succeeded, 8_000), (chosen(), 8_000), (returned, 4_000), (closed, 0), (pending, 0)] {
        let (mut scenario, mut waited) = (scenario.status("denied"), 0);
        while let [Effect::StartTimer { after, .. }] = scenario.effects[..] {
            waited += after;
            scenario = scenario.then(|request_id| Event::TimerFired { request_id });
            if waited < 4_000 {
                let machine = scenario.machine.clone();
                Scenario { machine, effects: vec![] }.status("paid").leads_to("Settled(Paid");
            }
            scenario = scenario.status("denied");
        }
        assert_eq!(waited, waits, "{:?}", scenario.machine.phase());
        scenario.leads_to("Failed { failure: Declined");
    }
}

#[test]
fn a_pending_payment_shows_its_instruction_and_becomes_paid() {
    let payment =
        PaymentInstruction { code: Some("8578".into()), pdf_url: Some("https://pdf".into()), ..Default::default() };
    let from_merchant =
        PaymentInstruction { code: Some("8578".into()), expires_at: Some("soon".into()), ..Default::default() };
    let scenario = Scenario::opened(checkout())
        .then(|request_id| Event::SnapPending { request_id, payment: payment.into() })
        .leads_to("Pending")
        .does(&["HidePopup", "FetchStatus"])
        .then(|request_id| Event::StatusReceived {
            request_id,
            order: Order { payment: Some(from_merchant), ..order("pending") }.into(),
        });
    let Phase::Pending { payment: Some(payment), .. } = scenario.machine.phase() else {
        panic!("{:?}", scenario.machine)
    };
    assert_eq!(payment.pdf_url.as_deref(), Some("https://pdf"), "only the callback has it");
    assert_eq!(payment.expires_at.as_deref(), Some("soon"));
    scenario
        .then(|request_id| Event::TimerFired { request_id })
        .does(&["FetchStatus"])
        .status("paid")
        .leads_to("Settled(Paid");
}

#[test]
fn a_closed_popup_opens_again_with_the_same_token() {
    Scenario::opened(checkout())
        .then(|request_id| Event::SnapClosed { request_id })
        .leads_to("Confirming")
        .status("created")
        .leads_to("Closed")
        .then(|_| PAY)
        .does(&["LoadScript", "StartTimer"])
        .then(|request_id| Event::ScriptLoaded { request_id })
        .does(&["SaveCheckout", "OpenPopup { request_id: RequestId(5), token: \"token\""]);
}

#[test]
fn a_popup_closed_after_the_payment_leads_to_paid() {
    let closed = || Scenario::opened(checkout()).then(|request_id| Event::SnapClosed { request_id });
    closed().status("paid").leads_to("Settled(Paid");
    closed().status("pending").leads_to("Pending");
    closed().then(|request_id| Event::StatusFailed { request_id, retry_after: 0 }).leads_to("Closed");
    // A second callback changes nothing.
    let scenario = Scenario::opened(checkout());
    let popup = scenario.machine.last;
    scenario
        .then(|request_id| Event::SnapSucceeded { request_id })
        .then(|_| Event::SnapClosed { request_id: popup })
        .does(&[])
        .leads_to("Confirming");
}

#[test]
fn a_blocked_script_offers_the_hosted_page() {
    let blocked = |request_id| Event::ScriptFailed { request_id, fault: ScriptFault::Blocked };
    let scenario = Scenario::new()
        .then(|_| PAY)
        .then(blocked)
        .leads_to("Preparing")
        .then(|request_id| Event::TokenReceived { request_id, checkout: checkout().into() })
        .leads_to("Failed { failure: Script(Blocked)");
    assert_eq!(scenario.machine.phase().hosted_url(), Some("https://hosted"));
    scenario
        .then(|_| Event::HostedPressed)
        .does(&["SaveCheckout", "Redirect { url: \"https://hosted\""])
        .leads_to("Redirected")
        .then(|_| Event::PageShown)
        .does(&["FetchStatus"]);
}

#[test]
fn a_stale_popup_state_of_snap_is_retried_twice_and_then_fails() {
    let failed = |request_id| Event::PopupFailed { request_id, fault: PopupFault::InvalidState };
    let mut scenario = Scenario::new()
        .then(|_| PAY)
        .then(|request_id| Event::ScriptLoaded { request_id })
        .then(|request_id| Event::TokenReceived { request_id, checkout: checkout().into() });
    for _ in 0..2 {
        scenario = scenario.then(failed).does(&["HidePopup", "StartTimer"]);
        scenario = scenario.then(|request_id| Event::TimerFired { request_id }).does(&["SaveCheckout", "OpenPopup"]);
    }
    scenario.then(failed).leads_to("Failed { failure: Popup(InvalidState), checkout: Some");
}

#[test]
fn a_retry_keeps_the_idempotency_key_and_another_order_changes_it() {
    let failed = |fault| move |request_id| Event::TokenFailed { request_id, fault };
    let key = |scenario: &Scenario| {
        scenario.effects.iter().find_map(|effect| match effect {
            Effect::RequestToken { key, .. } => Some(*key),
            _ => None,
        })
    };
    let scenario = Scenario::new().then(|_| PAY);
    let first = key(&scenario);
    let scenario = scenario.then(failed(TokenFault::Timeout)).then(|_| PAY);
    assert_eq!(key(&scenario), first, "the first request may have created an order");
    let mut scenario = scenario;
    for fault in [TokenFault::Refused(409), TokenFault::AlreadyPaying, TokenFault::Network] {
        scenario = scenario.then(failed(fault)).leads_to("Failed").then(|_| PAY);
        assert_eq!(key(&scenario), first, "{fault:?} must not become a second order");
    }
    let mut scenario = scenario.then(failed(TokenFault::KeyUsed)).leads_to("Preparing");
    assert_ne!(key(&scenario), first, "the next key is tried at once");
    for _ in 0..9 {
        scenario = scenario.then(failed(TokenFault::KeyUsed));
    }
    let scenario = scenario.leads_to("Failed").then(|_| Event::OrderChanged).leads_to("Idle").then(|_| PAY);
    assert_eq!(key(&scenario), first, "another order starts with the first number; its keys have another random part");
}

#[test]
fn a_payment_that_snap_reported_is_never_offered_again() {
    let processed = |request_id| Event::SnapFailed { request_id, code: Some(406) };
    let scenario = Scenario::opened(checkout()).then(processed).leads_to("Confirming { checkout: Checkout");
    assert!(
        scenario.machine.phase().available_actions().iter().all(|action| *action == CheckoutAction::Check),
        "{:?}",
        scenario.machine.phase().available_actions()
    );
    Scenario::opened(bare_checkout()).then(processed).leads_to("Settled(Unconfirmed");
    let mut scenario =
        Scenario::new().then(|_| Event::Resumed { checkout: checkout().into(), reason: ConfirmReason::Succeeded });
    for _ in 0..9 {
        scenario = scenario.status("created").then(|request_id| Event::TimerFired { request_id });
    }
    scenario.leads_to("Confirming");
}

#[test]
fn an_unknown_order_and_an_expired_token_return_to_idle() {
    let resumed =
        || Scenario::new().then(|_| Event::Resumed { checkout: checkout().into(), reason: ConfirmReason::Returned });
    resumed().then(|request_id| Event::StatusMissing { request_id }).does(&["ClearCheckout"]).leads_to("Idle");
    let mut scenario = resumed();
    for _ in 0..2 {
        scenario = scenario.then(|request_id| Event::StatusFailed { request_id, retry_after: 0 });
        scenario = scenario.then(|request_id| Event::TimerFired { request_id });
    }
    let scenario = scenario.then(|request_id| Event::StatusFailed { request_id, retry_after: 0 }).leads_to("Closed");
    scenario.then(|_| Event::TokenExpired).leads_to("Idle").then(|_| PAY).does(&[
        "LoadScript",
        "RequestToken",
        "StartTimer",
    ]);
    Scenario::opened(checkout()).then(|_| Event::TokenExpired).leads_to("Open {");
}
