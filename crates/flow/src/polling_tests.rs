//! Polling and the event stream: delays, a hidden page, and stale responses.

use std::rc::Rc;

use wire::merchant::Order;

use crate::tests::{PAY, Story, checkout, order, streaming};
use crate::*;

#[test]
fn a_stream_is_the_merchants_word_and_spares_questions() {
    let story =
        Story::pending().does(&["HidePopup", "FetchStatus", "OpenStream { request_id: RequestId(4), url: \"/events\""]);
    // A proxy may hold back what the stream says: until it speaks, the merchant is asked as if there were none.
    let story = story.then(|_| Event::StatusReceived { request_id: RequestId(3), order: order("pending").into() });
    let story = story.does(&["StartTimer { request_id: RequestId(5), after: 2000"]);
    let mut story = story.streamed(order("pending")).does(&["StartTimer { request_id: RequestId(6), after: 60000"]);
    for _ in 0..300 {
        story = story.then(|request_id| Event::TimerFired { request_id }).does(&["FetchStatus"]).said("pending");
        story = story.does(&["StartTimer"]);
    }
    let lost = |_| Event::StreamLost { request_id: RequestId(4) };
    let story = story.then(lost).leads_to("Pending").does(&["StartTimer"]);
    assert!(matches!(story.effects[..], [Effect::StartTimer { after: 2_000, .. }]), "{:?}", story.effects);
    story.then(lost).does(&[]).streamed(order("paid")).leads_to("Settled(Paid").does(&["ClearCheckout", "CloseStream"]);

    let said_paid = Story::opened(streaming()).then(|request_id| Event::SnapSucceeded { request_id });
    said_paid
        .does(&["HidePopup", "FetchStatus", "SaveCheckout", "OpenStream"])
        .streamed(order("paid"))
        .leads_to("Settled(Paid");
    // One question is not worth a stream.
    Story::opened(streaming()).then(|request_id| Event::SnapClosed { request_id }).does(&["HidePopup", "FetchStatus"]);
}

#[test]
fn a_refusal_that_may_be_old_news_is_asked_about_beside_the_stream() {
    let confirming = Story::opened(streaming()).then(|request_id| Event::SnapSucceeded { request_id });
    for mut story in [confirming, Story::pending()] {
        story = story.streamed(order("denied"));
        for _ in 0..3 {
            assert!(matches!(story.effects[..], [Effect::StartTimer { after: 2_000, .. }]), "{:?}", story.effects);
            story = story.then(|request_id| Event::TimerFired { request_id }).does(&["FetchStatus"]).said("denied");
        }
        story.then(|request_id| Event::TimerFired { request_id }).said("denied").leads_to("Failed { failure: Declined");
    }
}

#[test]
fn a_page_that_nobody_sees_asks_nothing_and_listens_to_nothing() {
    let story = Story::pending().then(|_| Event::PageHidden).does(&["CloseStream"]).said("paid").leads_to("Pending");
    story.then(|_| Event::PageShown).does(&["FetchStatus", "OpenStream"]).then(|_| Event::PageShown).does(&[]);

    let hidden = Story::opened(streaming()).then(|_| Event::PageHidden).does(&[]);
    let story = hidden.then(|request_id| Event::SnapSucceeded { request_id }).does(&["HidePopup", "SaveCheckout"]);
    story.then(|_| Event::CheckPressed).does(&["FetchStatus", "OpenStream"]);
}

#[test]
fn who_comes_back_is_told_by_the_merchant_first() {
    let shown = |story: Story| story.then(|_| Event::PageShown).does(&["FetchStatus"]).leads_to("Confirming");
    let closed = || Story::opened(checkout()).then(|request_id| Event::SnapClosed { request_id }).said("created");
    shown(closed()).said("created").leads_to("Closed");
    shown(closed()).said("paid").leads_to("Settled(Paid");
    let lost = |request_id| Event::ScriptFailed { request_id, fault: ScriptFault::Blocked };
    let failed = || Story::begin().then(|_| PAY).then(lost);
    let failed = || failed().then(|request_id| Event::TokenReceived { request_id, checkout: checkout().into() });
    shown(failed()).said("created").leads_to("Failed { failure: Script(Blocked)");
    shown(failed()).then(|request_id| Event::StatusFailed { request_id, retry_after: 0 }).leads_to("Failed");
    shown(failed()).said("paid").leads_to("Settled(Paid");
}

#[test]
fn old_news_is_no_news() {
    let version = |status: &str, version| Order { version: Some(version), ..order(status) };
    let answered = |story: Story, order: Order| {
        story
            .then(|request_id| Event::TimerFired { request_id })
            .then(|request_id| Event::StatusReceived { request_id, order: order.into() })
    };
    let story = Story::pending().streamed(version("pending", 7));
    let story = answered(story, version("expired", 6)).leads_to("Pending").does(&["StartTimer"]);
    let story = story.streamed(version("denied", 5)).leads_to("Pending");
    let story = answered(story, version("pending", 7)).leads_to("Pending");
    answered(story, version("paid", 7)).leads_to("Settled(Paid");
    // A backend that counts no versions is taken at its word.
    let story = Story::pending().streamed(version("pending", 7));
    answered(story, order("paid")).leads_to("Settled(Paid");
}

#[test]
fn when_the_time_to_pay_is_over_the_merchant_is_asked() {
    let mut story =
        Story::opened(checkout()).then(|request_id| Event::SnapPending { request_id, payment: Rc::default() });
    story = story.then(|request_id| Event::StatusMissing { request_id }).leads_to("Pending");
    story = story.then(|_| Event::DeadlinePassed).does(&["FetchStatus"]);
    story.said("expired").leads_to("Settled(NotPaid");
}

#[test]
fn polling_ends_and_the_customer_can_check_again() {
    let mut story = Story::opened(checkout()).then(|request_id| Event::SnapSucceeded { request_id });
    let mut pauses = Vec::new();
    while story.flow.phase().busy() {
        story = story.said("created");
        if let [Effect::StartTimer { after, .. }] = story.effects[..] {
            pauses.push(after);
            story = story.then(|request_id| Event::TimerFired { request_id });
        }
    }
    assert_eq!(pauses, [vec![2_000; 30], vec![10_000; 84]].concat());
    story.then(|_| Event::CheckPressed).does(&["FetchStatus"]);
}

#[test]
fn retry_after_sets_the_delay_up_to_a_minute() {
    for (retry_after, expected) in [(0, 2_000), (5_000, 5_000), (3_600_000, 60_000)] {
        let story = Story::opened(checkout())
            .then(|request_id| Event::SnapSucceeded { request_id })
            .then(|request_id| Event::StatusFailed { request_id, retry_after });
        assert!(
            matches!(story.effects[..], [Effect::StartTimer { after, .. }] if after == expected),
            "{:?}",
            story.effects
        );
    }
}
