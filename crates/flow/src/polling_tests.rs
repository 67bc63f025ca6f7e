//! Polling and the event stream: delays, a hidden page, and outdated responses.

use std::rc::Rc;

use wire::merchant::Order;

use crate::tests::{PAY, Scenario, checkout, order, streaming};
use crate::*;

#[test]
fn a_live_event_stream_replaces_frequent_polling() {
    let scenario = Scenario::pending().does(&[
        "HidePopup",
        "FetchStatus",
        "OpenStream { request_id: RequestId(4), url: \"/events\"",
    ]);
    // A proxy may hold back the stream's messages. Until the first one, the page polls as if there were no stream.
    let scenario =
        scenario.then(|_| Event::StatusReceived { request_id: RequestId(3), order: order("pending").into() });
    let scenario = scenario.does(&["StartTimer { request_id: RequestId(5), after: 2000"]);
    let mut scenario =
        scenario.streamed(order("pending")).does(&["StartTimer { request_id: RequestId(6), after: 60000"]);
    for _ in 0..300 {
        scenario =
            scenario.then(|request_id| Event::TimerFired { request_id }).does(&["FetchStatus"]).status("pending");
        scenario = scenario.does(&["StartTimer"]);
    }
    let lost = |_| Event::StreamLost { request_id: RequestId(4) };
    let scenario = scenario.then(lost).leads_to("Pending").does(&["StartTimer"]);
    assert!(matches!(scenario.effects[..], [Effect::StartTimer { after: 2_000, .. }]), "{:?}", scenario.effects);
    scenario
        .then(lost)
        .does(&[])
        .streamed(order("paid"))
        .leads_to("Settled(Paid")
        .does(&["ClearCheckout", "CloseStream"]);

    let succeeded = Scenario::opened(streaming()).then(|request_id| Event::SnapSucceeded { request_id });
    succeeded
        .does(&["HidePopup", "FetchStatus", "SaveCheckout", "OpenStream"])
        .streamed(order("paid"))
        .leads_to("Settled(Paid");
    // A single status request needs no stream.
    Scenario::opened(streaming())
        .then(|request_id| Event::SnapClosed { request_id })
        .does(&["HidePopup", "FetchStatus"]);
}

#[test]
fn a_possibly_outdated_decline_is_checked_by_polling_beside_the_stream() {
    let confirming = Scenario::opened(streaming()).then(|request_id| Event::SnapSucceeded { request_id });
    for mut scenario in [confirming, Scenario::pending()] {
        scenario = scenario.streamed(order("denied"));
        for _ in 0..3 {
            assert!(
                matches!(scenario.effects[..], [Effect::StartTimer { after: 2_000, .. }]),
                "{:?}",
                scenario.effects
            );
            scenario =
                scenario.then(|request_id| Event::TimerFired { request_id }).does(&["FetchStatus"]).status("denied");
        }
        scenario
            .then(|request_id| Event::TimerFired { request_id })
            .status("denied")
            .leads_to("Failed { failure: Declined");
    }
}

#[test]
fn a_hidden_page_neither_polls_nor_streams() {
    let scenario =
        Scenario::pending().then(|_| Event::PageHidden).does(&["CloseStream"]).status("paid").leads_to("Pending");
    scenario.then(|_| Event::PageShown).does(&["FetchStatus", "OpenStream"]).then(|_| Event::PageShown).does(&[]);

    let hidden = Scenario::opened(streaming()).then(|_| Event::PageHidden).does(&[]);
    let scenario = hidden.then(|request_id| Event::SnapSucceeded { request_id }).does(&["HidePopup", "SaveCheckout"]);
    scenario.then(|_| Event::CheckPressed).does(&["FetchStatus", "OpenStream"]);
}

#[test]
fn a_customer_who_returns_sees_the_backends_status_first() {
    let shown = |scenario: Scenario| scenario.then(|_| Event::PageShown).does(&["FetchStatus"]).leads_to("Confirming");
    let closed = || Scenario::opened(checkout()).then(|request_id| Event::SnapClosed { request_id }).status("created");
    shown(closed()).status("created").leads_to("Closed");
    shown(closed()).status("paid").leads_to("Settled(Paid");
    let blocked = |request_id| Event::ScriptFailed { request_id, fault: ScriptFault::Blocked };
    let failed = || Scenario::new().then(|_| PAY).then(blocked);
    let failed = || failed().then(|request_id| Event::TokenReceived { request_id, checkout: checkout().into() });
    shown(failed()).status("created").leads_to("Failed { failure: Script(Blocked)");
    shown(failed()).then(|request_id| Event::StatusFailed { request_id, retry_after: 0 }).leads_to("Failed");
    shown(failed()).status("paid").leads_to("Settled(Paid");
}

#[test]
fn an_outdated_order_version_changes_nothing() {
    let version = |status: &str, version| Order { version: Some(version), ..order(status) };
    let answered = |scenario: Scenario, order: Order| {
        scenario
            .then(|request_id| Event::TimerFired { request_id })
            .then(|request_id| Event::StatusReceived { request_id, order: order.into() })
    };
    let scenario = Scenario::pending().streamed(version("pending", 7));
    let scenario = answered(scenario, version("expired", 6)).leads_to("Pending").does(&["StartTimer"]);
    let scenario = scenario.streamed(version("denied", 5)).leads_to("Pending");
    let scenario = answered(scenario, version("pending", 7)).leads_to("Pending");
    answered(scenario, version("paid", 7)).leads_to("Settled(Paid");
    // A backend without versions is always current.
    let scenario = Scenario::pending().streamed(version("pending", 7));
    answered(scenario, order("paid")).leads_to("Settled(Paid");
}

#[test]
fn a_passed_deadline_fetches_the_status() {
    let mut scenario =
        Scenario::opened(checkout()).then(|request_id| Event::SnapPending { request_id, payment: Rc::default() });
    scenario = scenario.then(|request_id| Event::StatusMissing { request_id }).leads_to("Pending");
    scenario = scenario.then(|_| Event::DeadlinePassed).does(&["FetchStatus"]);
    scenario.status("expired").leads_to("Settled(NotPaid");
}

#[test]
fn polling_ends_and_the_customer_can_check_again() {
    let mut scenario = Scenario::opened(checkout()).then(|request_id| Event::SnapSucceeded { request_id });
    let mut delays = Vec::new();
    while scenario.machine.phase().busy() {
        scenario = scenario.status("created");
        if let [Effect::StartTimer { after, .. }] = scenario.effects[..] {
            delays.push(after);
            scenario = scenario.then(|request_id| Event::TimerFired { request_id });
        }
    }
    assert_eq!(delays, [vec![2_000; 30], vec![10_000; 84]].concat());
    scenario.then(|_| Event::CheckPressed).does(&["FetchStatus"]);
}

#[test]
fn retry_after_sets_the_delay_up_to_a_minute() {
    for (retry_after, expected) in [(0, 2_000), (5_000, 5_000), (3_600_000, 60_000)] {
        let scenario = Scenario::opened(checkout())
            .then(|request_id| Event::SnapSucceeded { request_id })
            .then(|request_id| Event::StatusFailed { request_id, retry_after });
        assert!(
            matches!(scenario.effects[..], [Effect::StartTimer { after, .. }] if after == expected),
            "{:?}",
            scenario.effects
        );
    }
}
