//! All events of a checkout, in every variant that makes a difference.

use wire::merchant::{Checkout, Order, PaymentInstruction};

use super::MODES;
use crate::*;

pub(super) fn independent_events() -> Vec<Event> {
    let mut events = vec![
        Event::HostedPressed,
        Event::CheckPressed,
        Event::ClosePressed,
        Event::OrderChanged,
        Event::Restarted,
        Event::PageShown,
        Event::PageHidden,
        Event::DeadlinePassed,
        Event::TokenExpired,
    ];
    for mode in MODES {
        events.extend([Event::PayPressed { mode }, Event::PrefetchRequested { mode }]);
    }
    for reason in [ConfirmReason::Returned, ConfirmReason::Succeeded] {
        events.extend(checkouts().map(|checkout| Event::Resumed { checkout: checkout.into(), reason }));
    }
    events
}

pub(super) fn streamed(request_id: RequestId) -> Vec<Event> {
    let streamed = orders().into_iter().map(|order| Event::StatusStreamed { request_id, order: order.into() });
    streamed.chain([Event::StreamLost { request_id }]).collect()
}

/// Every status, and orders of several versions.
fn orders() -> Vec<Order> {
    let statuses = ["created", "pending", "review", "paid", "denied", "expired", "partially_refunded", "refunded", "?"];
    let versions = [("pending", 2), ("pending", 3), ("paid", 2), ("created", 2)];
    let versioned = versions.map(|(status, version)| Order { version: Some(version), ..order(status) });
    statuses.map(order).into_iter().chain(versioned).collect()
}

pub(super) fn results(request_id: RequestId) -> Vec<Event> {
    let mut events = vec![
        Event::ScriptLoaded { request_id },
        Event::ScriptFailed { request_id, fault: ScriptFault::Blocked },
        Event::TokenFailed { request_id, fault: TokenFault::Network },
        Event::TokenFailed { request_id, fault: TokenFault::KeyUsed },
        Event::StatusMissing { request_id },
        Event::SnapFailed { request_id, code: Some(406) },
        Event::PopupOpened { request_id },
        Event::PopupFailed { request_id, fault: PopupFault::InvalidState },
        Event::PopupFailed { request_id, fault: PopupFault::Threw },
        Event::EmbedTooSmall { request_id, instead: ResolvedMode::OnPage(Frame::Popup) },
        Event::EmbedTooSmall { request_id, instead: ResolvedMode::Redirect },
        Event::SnapSucceeded { request_id },
        Event::SnapPending { request_id, payment: PaymentInstruction::default().into() },
        Event::SnapFailed { request_id, code: None },
        Event::SnapFailed { request_id, code: Some(407) },
        Event::SnapClosed { request_id },
        Event::StatusFailed { request_id, retry_after: 0 },
        Event::TimerFired { request_id },
    ];
    events.extend(checkouts().map(|checkout| Event::TokenReceived { request_id, checkout: checkout.into() }));
    events.extend(orders().into_iter().map(|order| Event::StatusReceived { request_id, order: order.into() }));
    events
}

fn checkouts() -> impl Iterator<Item = Checkout> {
    let url = |exists: bool, url: &str| exists.then(|| url.to_owned());
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
