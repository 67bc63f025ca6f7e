//! The page's state machine under long sequences of events. The exhaustive test of `crates/flow` covers every state;
//! this check covers long histories with the real counters.

use std::rc::Rc;

use flow::*;
use wire::merchant::{Checkout, Order, OrderStatus, PaymentInstruction};

/// A request that has no answer yet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Script,
    Token,
    Popup,
    Status,
    Timer,
    Stream,
}

/// Two bytes are one event. An answer belongs to any open request, and a callback comes from any popup so far.
pub fn checkout_machine(data: &[u8]) {
    let mut machine = CheckoutMachine::new();
    let mut owed: Vec<(Kind, RequestId)> = Vec::new();
    let mut opened: Vec<RequestId> = Vec::new();
    let (mut popup, mut streams) = (None, 0_i32);
    for [what, which] in data.as_chunks::<2>().0.iter().take(2_000) {
        let Some(event) = event(*what, *which, &mut owed, &opened) else { continue };
        if matches!(event, Event::PopupFailed { .. } | Event::EmbedTooSmall { .. }) {
            popup = None;
        }
        let before = machine.phase().clone();
        let effects = machine.apply(event.clone());
        for effect in &effects {
            match effect {
                Effect::LoadScript { request_id } => owed.push((Kind::Script, *request_id)),
                Effect::RequestToken { request_id, .. } => {
                    let declined = matches!(before, Phase::Failed { failure: Failure::Declined, .. });
                    assert!(before.checkout().is_none() || declined, "a second token: {before:?} {event:?}");
                    owed.push((Kind::Token, *request_id));
                }
                Effect::OpenPopup { request_id, .. } => {
                    assert_eq!(popup, None, "a second popup: {before:?} {event:?}");
                    popup = Some(*request_id);
                    opened.push(*request_id);
                    owed.push((Kind::Popup, *request_id));
                }
                Effect::HidePopup => popup = None,
                Effect::FetchStatus { request_id, .. } => owed.push((Kind::Status, *request_id)),
                Effect::StartTimer { request_id, after } => {
                    assert!((1..=60_000).contains(after), "{after} ms");
                    owed.push((Kind::Timer, *request_id));
                }
                Effect::OpenStream { request_id, .. } => {
                    streams += 1;
                    owed.push((Kind::Stream, *request_id));
                }
                Effect::CloseStream => streams -= 1,
                Effect::Redirect { url } => assert!(url.starts_with("https://hosted/"), "{url}"),
                Effect::SaveCheckout { .. } | Effect::ClearCheckout => {}
            }
        }
        assert!((0..=1).contains(&streams), "{streams} streams: {before:?} {event:?}");
        let phase = machine.phase();
        if event == Event::Restarted {
            assert_eq!((phase, popup, streams), (&Phase::Idle, None, 0), "{before:?}");
            continue;
        }
        if matches!(before, Phase::Settled(_)) {
            assert!(effects.is_empty() && *phase == before, "{event:?} moved {before:?}");
            continue;
        }
        if let Phase::Settled(Outcome::Paid(_)) = phase {
            let by_the_backend = matches!(&event, Event::StatusReceived { order, .. } | Event::StatusStreamed { order, .. }
                if matches!(order.status, OrderStatus::Paid | OrderStatus::PartiallyRefunded));
            assert!(by_the_backend, "paid by {event:?}");
        }
        assert!(
            phase.busy() || !phase.available_actions().is_empty() || matches!(phase, Phase::Settled(_)),
            "no action for the customer: {phase:?}"
        );
        let known = matches!(phase, Phase::Opening { .. } | Phase::Open { .. } | Phase::Redirected { .. });
        assert!(popup.is_none() || known, "a popup that the machine does not know: {phase:?} after {event:?}");
    }
}

fn event(what: u8, which: u8, owed: &mut Vec<(Kind, RequestId)>, opened: &[RequestId]) -> Option<Event> {
    if what < 96 {
        // Mostly the newest request, as on a page that works.
        let at = if which & 3 == 0 { usize::from(which) % owed.len().max(1) } else { owed.len().checked_sub(1)? };
        let (kind, request_id) = *owed.get(at)?;
        if kind != Kind::Stream {
            owed.remove(at);
        }
        return Some(answer(kind, request_id, what, which));
    }
    if what < 128 {
        let request_id =
            if which & 3 == 0 { opened.get(usize::from(which) % opened.len().max(1)) } else { opened.last() };
        let request_id = *request_id?;
        return Some(match what % 4 {
            0 => Event::SnapSucceeded { request_id },
            1 => Event::SnapPending { request_id, payment: Rc::new(PaymentInstruction::default()) },
            2 => {
                Event::SnapFailed { request_id, code: [None, Some(404), Some(406), Some(407)][usize::from(which >> 6)] }
            }
            _ => Event::SnapClosed { request_id },
        });
    }
    Some(match what % 16 {
        0..=3 => Event::PayPressed { mode: mode(which) },
        4 => Event::PrefetchRequested { mode: mode(which) },
        5 => Event::HostedPressed,
        6 => Event::CheckPressed,
        7 => Event::ClosePressed,
        8 if which < 128 => Event::OrderChanged,
        8 => Event::Restarted,
        9 | 10 => Event::PageShown,
        11 => Event::PageHidden,
        12 => Event::TokenExpired,
        13 => Event::DeadlinePassed,
        14 => Event::Resumed { checkout: checkout(which), reason: ConfirmReason::Returned },
        _ => Event::Resumed { checkout: checkout(which), reason: ConfirmReason::Succeeded },
    })
}

fn answer(kind: Kind, request_id: RequestId, what: u8, which: u8) -> Event {
    match (kind, what % 8) {
        (Kind::Script, 0) => Event::ScriptFailed { request_id, fault: ScriptFault::Blocked },
        (Kind::Script, _) => Event::ScriptLoaded { request_id },
        (Kind::Token, 0) => Event::TokenFailed { request_id, fault: TokenFault::KeyUsed },
        (Kind::Token, 1) => Event::TokenFailed { request_id, fault: TokenFault::AlreadyPaying },
        (Kind::Token, 2) => Event::TokenFailed { request_id, fault: TokenFault::Timeout },
        (Kind::Token, _) => Event::TokenReceived { request_id, checkout: checkout(which) },
        (Kind::Popup, 0) => Event::PopupFailed { request_id, fault: PopupFault::Threw },
        (Kind::Popup, 3) => Event::EmbedTooSmall { request_id, instead: mode(which) },
        (Kind::Popup, 1 | 2) => Event::PopupFailed { request_id, fault: PopupFault::InvalidState },
        (Kind::Popup, _) => Event::PopupOpened { request_id },
        (Kind::Status, 0) => Event::StatusFailed { request_id, retry_after: u32::from(which) << 24 },
        (Kind::Status, 1) => Event::StatusMissing { request_id },
        (Kind::Status, _) => Event::StatusReceived { request_id, order: order(which) },
        (Kind::Stream, 0) => Event::StreamLost { request_id },
        (Kind::Stream, _) => Event::StatusStreamed { request_id, order: order(which) },
        (Kind::Timer, _) => Event::TimerFired { request_id },
    }
}

fn mode(which: u8) -> ResolvedMode {
    [ResolvedMode::OnPage(Frame::Popup), ResolvedMode::OnPage(Frame::Embed), ResolvedMode::Redirect]
        [usize::from(which % 3)]
}

fn checkout(which: u8) -> Rc<Checkout> {
    let optional = |bit: u8, text: &str| (which & bit == 0).then(|| text.to_owned());
    Rc::new(Checkout {
        token: format!("t{}", which >> 6),
        redirect_url: optional(4, "https://hosted/page"),
        order_id: None,
        gross_amount: None,
        status_url: optional(8, "/status"),
        events_url: optional(16, "/events"),
    })
}

fn order(which: u8) -> Rc<Order> {
    const STATUSES: [&str; 16] = [
        "created",
        "created",
        "pending",
        "pending",
        "review",
        "denied",
        "denied",
        "paid",
        "expired",
        "cancelled",
        "refunded",
        "partially_refunded",
        "charged_back",
        "reversed",
        "PAID?",
        "",
    ];
    Rc::new(Order {
        order_id: "o".into(),
        status: STATUSES[usize::from(which % 16)].into(),
        gross_amount: None,
        items: vec![],
        payment: None,
        refunded_amount: None,
        version: (which & 16 != 0).then(|| i64::from(which >> 5)),
        now: None,
    })
}
