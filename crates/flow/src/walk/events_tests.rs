//! All that can happen to a checkout, in every variety that makes a difference.

use wire::merchant::{Checkout, Order, PaymentInstruction};

use super::MODES;
use crate::*;

pub(super) fn people() -> Vec<Event> {
    let mut events = vec![
        Event::HostedPressed,
        Event::CheckPressed,
        Event::ClosePressed,
        Event::OrderChanged,
        Event::Restarted,
        Event::PageShown,
        Event::PageHidden,
        Event::DeadlinePassed,
        Event::TokenAged,
    ];
    for mode in MODES {
        events.extend([Event::PayPressed { mode }, Event::PrepareWanted { mode }]);
    }
    for hint in [Hint::Returned, Hint::Succeeded] {
        events.extend(checkouts().map(|checkout| Event::Resumed { checkout: checkout.into(), hint }));
    }
    events
}

pub(super) fn streamed(attempt: Attempt) -> Vec<Event> {
    let said = orders().into_iter().map(|order| Event::StatusStreamed { attempt, order: order.into() });
    said.chain([Event::StreamLost { attempt }]).collect()
}

/// Every status, and news of three ages.
fn orders() -> Vec<Order> {
    let statuses = ["created", "pending", "review", "paid", "denied", "expired", "partially_refunded", "refunded", "?"];
    let ages = [("pending", 2), ("pending", 3), ("paid", 2), ("created", 2)];
    let of_age = ages.map(|(status, version)| Order { version: Some(version), ..order(status) });
    statuses.map(order).into_iter().chain(of_age).collect()
}

pub(super) fn answers(attempt: Attempt) -> Vec<Event> {
    let mut events = vec![
        Event::ScriptLoaded { attempt },
        Event::ScriptFailed { attempt, fault: ScriptFault::Blocked },
        Event::TokenFailed { attempt, fault: TokenFault::Network },
        Event::TokenFailed { attempt, fault: TokenFault::KeyUsed },
        Event::StatusMissing { attempt },
        Event::SnapErred { attempt, code: Some(406) },
        Event::PopupOpened { attempt },
        Event::PopupFailed { attempt, fault: PopupFault::InvalidState },
        Event::PopupFailed { attempt, fault: PopupFault::Threw },
        Event::NoRoom { attempt, instead: Mode::Here(Frame::Popup) },
        Event::NoRoom { attempt, instead: Mode::Redirect },
        Event::SnapSucceeded { attempt },
        Event::SnapPended { attempt, payment: PaymentInstruction::default().into() },
        Event::SnapErred { attempt, code: None },
        Event::SnapErred { attempt, code: Some(407) },
        Event::SnapClosed { attempt },
        Event::StatusFailed { attempt, retry_after: 0 },
        Event::TimerFired { attempt },
    ];
    events.extend(checkouts().map(|checkout| Event::TokenReceived { attempt, checkout: checkout.into() }));
    events.extend(orders().into_iter().map(|order| Event::StatusReceived { attempt, order: order.into() }));
    events
}

fn checkouts() -> impl Iterator<Item = Checkout> {
    let url = |there: bool, url: &str| there.then(|| url.to_owned());
    let kinds =
        [(true, true, true), (true, true, false), (true, false, true), (false, true, true), (false, false, false)];
    kinds.into_iter().map(move |(hosted, status, events)| Checkout {
        token: "t".into(),
        redirect_url: url(hosted, "https://hosted"),
        order_id: None,
        gross_amount: None,
        status_url: url(status, "/status"),
        events_url: url(events, "/events"),
    })
}

fn order(status: &str) -> Order {
    Order {
        order_id: "o".into(),
        status: status.into(),
        gross_amount: None,
        items: vec![],
        payment: None,
        refunded_amount: None,
        version: None,
        now: None,
    }
}
