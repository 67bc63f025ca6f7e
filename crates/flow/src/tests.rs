//! The life of a checkout as stories: what happens, and where it must lead.

use std::rc::Rc;

use wire::merchant::{Checkout, Order, PaymentInstruction};

use crate::*;

pub(crate) const POPUP: Mode = Mode::OnPage(Frame::Popup);
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

/// Plays events against a flow; answers go to the last request id.
pub(crate) struct Story {
    pub(crate) flow: CheckoutMachine,
    pub(crate) effects: Vec<Effect>,
}

impl Story {
    pub(crate) fn begin() -> Self {
        Self { flow: CheckoutMachine::new(), effects: Vec::new() }
    }

    pub(crate) fn then(mut self, event: impl FnOnce(RequestId) -> Event) -> Self {
        let event = event(self.flow.last);
        self.effects = self.flow.apply(event);
        self
    }

    pub(crate) fn opened(checkout: Checkout) -> Self {
        Self::begin()
            .then(|_| PAY)
            .then(|request_id| Event::ScriptLoaded { request_id })
            .then(|request_id| Event::TokenReceived { request_id, checkout: checkout.into() })
            .then(|request_id| Event::PopupOpened { request_id })
    }

    /// A virtual account is awaited, and the merchant has a stream.
    pub(crate) fn pending() -> Self {
        Self::opened(streaming()).then(|request_id| Event::SnapPending { request_id, payment: Rc::default() })
    }

    pub(crate) fn streamed(self, order: Order) -> Self {
        let (Stream::Silent(request_id) | Stream::Live(request_id)) = self.flow.stream else {
            panic!("{:?}", self.flow)
        };
        self.then(|_| Event::StatusStreamed { request_id, order: order.into() })
    }

    pub(crate) fn said(self, status: &str) -> Self {
        self.then(|request_id| Event::StatusReceived { request_id, order: order(status).into() })
    }

    #[track_caller]
    pub(crate) fn leads_to(self, expected: &str) -> Self {
        let phase = format!("{:?}", self.flow.phase());
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
fn script_and_token_are_fetched_side_by_side_in_either_order() {
    Story::begin().then(|_| PAY).does(&["LoadScript", "RequestToken", "StartTimer"]);
    for token_first in [true, false] {
        let token = |request_id| Event::TokenReceived { request_id, checkout: checkout().into() };
        let script = |request_id| Event::ScriptLoaded { request_id };
        let story = Story::begin().then(|_| PAY);
        let story = if token_first {
            story.then(token).does(&[]).then(script)
        } else {
            story.then(script).does(&[]).then(token)
        };
        story.does(&["SaveCheckout", "OpenPopup"]).leads_to("Opening");
    }
}

#[test]
fn seven_presses_are_one_payment() {
    let mut story = Story::begin().then(|_| PAY);
    for _ in 0..6 {
        story = story.then(|_| PAY).does(&[]);
    }
    let mut story = story
        .then(|request_id| Event::ScriptLoaded { request_id })
        .then(|request_id| Event::TokenReceived { request_id, checkout: checkout().into() })
        .then(|request_id| Event::PopupOpened { request_id });
    for _ in 0..6 {
        story = story.then(|_| PAY).does(&[]).leads_to("Open {");
    }
}

#[test]
fn a_prepared_checkout_opens_within_the_press() {
    Story::begin()
        .then(|_| Event::PrefetchRequested { mode: POPUP })
        .then(|request_id| Event::ScriptLoaded { request_id })
        .then(|request_id| Event::TokenReceived { request_id, checkout: checkout().into() })
        .leads_to("Ready")
        .then(|_| PAY)
        .does(&["SaveCheckout", "OpenPopup"]);
    Story::begin()
        .then(|_| Event::PrefetchRequested { mode: POPUP })
        .then(|request_id| Event::TokenFailed { request_id, fault: TokenFault::Network })
        .leads_to("Idle");
}

#[test]
fn only_the_merchants_word_is_paid() {
    let succeeded = |checkout| Story::opened(checkout).then(|request_id| Event::SnapSucceeded { request_id });
    succeeded(checkout())
        .leads_to("Confirming")
        .does(&["HidePopup", "FetchStatus", "SaveCheckout"])
        .said("paid")
        .leads_to("Settled(Paid");
    succeeded(checkout()).said("created").leads_to("Confirming").does(&["StartTimer"]);
    succeeded(checkout()).said("from_the_future").leads_to("Confirming");
    succeeded(checkout()).said("reversed").leads_to("Settled(NotPaid");
    // A backend that only makes tokens: the popup's word is reported as what it is.
    succeeded(bare_checkout()).leads_to("Settled(Unconfirmed");
}

#[test]
fn a_refusal_from_before_is_believed_only_when_it_stays() {
    let opened = || Story::opened(checkout());
    let succeeded = opened().then(|request_id| Event::SnapSucceeded { request_id });
    let chosen =
        || opened().then(|request_id| Event::SnapPending { request_id, payment: PaymentInstruction::default().into() });
    let returned =
        Story::begin().then(|_| Event::Resumed { checkout: checkout().into(), reason: ConfirmReason::Returned });
    let closed = opened().then(|request_id| Event::SnapClosed { request_id });
    let pending = chosen().said("pending").then(|request_id| Event::TimerFired { request_id });
    // Of a closed popup nobody knows better, and who said "pending" did hear of what followed.
    for (story, waits) in [(succeeded, 8_000), (chosen(), 8_000), (returned, 4_000), (closed, 0), (pending, 0)] {
        let (mut story, mut waited) = (story.said("denied"), 0);
        while let [Effect::StartTimer { after, .. }] = story.effects[..] {
            waited += after;
            story = story.then(|request_id| Event::TimerFired { request_id });
            if waited < 4_000 {
                let flow = story.flow.clone();
                Story { flow, effects: vec![] }.said("paid").leads_to("Settled(Paid");
            }
            story = story.said("denied");
        }
        assert_eq!(waited, waits, "{:?}", story.flow.phase());
        story.leads_to("Failed { failure: Declined");
    }
}

#[test]
fn a_pending_payment_shows_what_to_pay_and_turns_to_paid() {
    let payment =
        PaymentInstruction { code: Some("8578".into()), pdf_url: Some("https://pdf".into()), ..Default::default() };
    let from_merchant =
        PaymentInstruction { code: Some("8578".into()), expires_at: Some("soon".into()), ..Default::default() };
    let story = Story::opened(checkout())
        .then(|request_id| Event::SnapPending { request_id, payment: payment.into() })
        .leads_to("Pending")
        .does(&["HidePopup", "FetchStatus"])
        .then(|request_id| Event::StatusReceived {
            request_id,
            order: Order { payment: Some(from_merchant), ..order("pending") }.into(),
        });
    let Phase::Pending { payment: Some(payment), .. } = story.flow.phase() else { panic!("{:?}", story.flow) };
    assert_eq!(payment.pdf_url.as_deref(), Some("https://pdf"), "only the popup knows it");
    assert_eq!(payment.expires_at.as_deref(), Some("soon"));
    story
        .then(|request_id| Event::TimerFired { request_id })
        .does(&["FetchStatus"])
        .said("paid")
        .leads_to("Settled(Paid");
}

#[test]
fn a_closed_popup_opens_again_with_the_same_token() {
    Story::opened(checkout())
        .then(|request_id| Event::SnapClosed { request_id })
        .leads_to("Confirming")
        .said("created")
        .leads_to("Closed")
        .then(|_| PAY)
        .does(&["LoadScript", "StartTimer"])
        .then(|request_id| Event::ScriptLoaded { request_id })
        .does(&["SaveCheckout", "OpenPopup { request_id: RequestId(5), token: \"token\""]);
}

#[test]
fn closing_after_paying_is_not_a_cancel() {
    let closed = || Story::opened(checkout()).then(|request_id| Event::SnapClosed { request_id });
    closed().said("paid").leads_to("Settled(Paid");
    closed().said("pending").leads_to("Pending");
    closed().then(|request_id| Event::StatusFailed { request_id, retry_after: 0 }).leads_to("Closed");
    // The callback after the first one, whatever it is, changes nothing.
    let story = Story::opened(checkout());
    let popup = story.flow.last;
    story
        .then(|request_id| Event::SnapSucceeded { request_id })
        .then(|_| Event::SnapClosed { request_id: popup })
        .does(&[])
        .leads_to("Confirming");
}

#[test]
fn a_blocked_script_leaves_the_hosted_page() {
    let lost = |request_id| Event::ScriptFailed { request_id, fault: ScriptFault::Blocked };
    let story = Story::begin()
        .then(|_| PAY)
        .then(lost)
        .leads_to("Preparing")
        .then(|request_id| Event::TokenReceived { request_id, checkout: checkout().into() })
        .leads_to("Failed { failure: Script(Blocked)");
    assert_eq!(story.flow.phase().hosted_url(), Some("https://hosted"));
    story
        .then(|_| Event::HostedPressed)
        .does(&["SaveCheckout", "Redirect { url: \"https://hosted\""])
        .leads_to("Redirected")
        .then(|_| Event::PageShown)
        .does(&["FetchStatus"]);
}

#[test]
fn snap_that_believes_a_popup_open_is_asked_again_and_then_given_up() {
    let refused = |request_id| Event::PopupFailed { request_id, fault: PopupFault::InvalidState };
    let mut story = Story::begin()
        .then(|_| PAY)
        .then(|request_id| Event::ScriptLoaded { request_id })
        .then(|request_id| Event::TokenReceived { request_id, checkout: checkout().into() });
    for _ in 0..2 {
        story = story.then(refused).does(&["HidePopup", "StartTimer"]);
        story = story.then(|request_id| Event::TimerFired { request_id }).does(&["SaveCheckout", "OpenPopup"]);
    }
    story.then(refused).leads_to("Failed { failure: Popup(InvalidState), checkout: Some");
}

#[test]
fn the_key_stays_for_a_retry_and_changes_with_the_order() {
    let failed = |fault| move |request_id| Event::TokenFailed { request_id, fault };
    let key = |story: &Story| {
        story.effects.iter().find_map(|effect| match effect {
            Effect::RequestToken { key, .. } => Some(*key),
            _ => None,
        })
    };
    let story = Story::begin().then(|_| PAY);
    let first = key(&story);
    let story = story.then(failed(TokenFault::Timeout)).then(|_| PAY);
    assert_eq!(key(&story), first, "the first request may have made an order");
    let mut story = story;
    for fault in [TokenFault::Refused(409), TokenFault::AlreadyPaying, TokenFault::Network] {
        story = story.then(failed(fault)).leads_to("Failed").then(|_| PAY);
        assert_eq!(key(&story), first, "{fault:?} must not become a second order");
    }
    let mut story = story.then(failed(TokenFault::KeyUsed)).leads_to("Preparing");
    assert_ne!(key(&story), first, "this key is used up, the next one is tried at once");
    for _ in 0..9 {
        story = story.then(failed(TokenFault::KeyUsed));
    }
    let story = story.leads_to("Failed").then(|_| Event::OrderChanged).leads_to("Idle").then(|_| PAY);
    assert_eq!(key(&story), first, "another order counts anew; its keys have another unguessable part");
}

#[test]
fn what_was_said_paid_is_never_offered_for_payment_again() {
    let processed = |request_id| Event::SnapFailed { request_id, code: Some(406) };
    let story = Story::opened(checkout()).then(processed).leads_to("Confirming { checkout: Checkout");
    assert!(
        story.flow.phase().available_actions().iter().all(|way| *way == CheckoutAction::Check),
        "{:?}",
        story.flow.phase().available_actions()
    );
    Story::opened(bare_checkout()).then(processed).leads_to("Settled(Unconfirmed");
    let mut story =
        Story::begin().then(|_| Event::Resumed { checkout: checkout().into(), reason: ConfirmReason::Succeeded });
    for _ in 0..9 {
        story = story.said("created").then(|request_id| Event::TimerFired { request_id });
    }
    story.leads_to("Confirming");
}

#[test]
fn an_unknown_order_and_an_old_token_are_let_go() {
    let resumed =
        || Story::begin().then(|_| Event::Resumed { checkout: checkout().into(), reason: ConfirmReason::Returned });
    resumed().then(|request_id| Event::StatusMissing { request_id }).does(&["ClearCheckout"]).leads_to("Idle");
    let mut story = resumed();
    for _ in 0..2 {
        story = story.then(|request_id| Event::StatusFailed { request_id, retry_after: 0 });
        story = story.then(|request_id| Event::TimerFired { request_id });
    }
    let story = story.then(|request_id| Event::StatusFailed { request_id, retry_after: 0 }).leads_to("Closed");
    story.then(|_| Event::TokenExpired).leads_to("Idle").then(|_| PAY).does(&[
        "LoadScript",
        "RequestToken",
        "StartTimer",
    ]);
    Story::opened(checkout()).then(|_| Event::TokenExpired).leads_to("Open {");
}
