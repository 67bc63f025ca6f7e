//! Waiting for the money as stories: the stream of changes, the page that is hidden and shown, old news.

use std::rc::Rc;

use wire::merchant::Order;

use crate::tests::{PAY, Story, checkout, order, streaming};
use crate::*;

#[test]
fn a_stream_is_the_merchants_word_and_spares_questions() {
    let story = Story::pending().does(&["HidePopup", "AskStatus", "Listen { attempt: Attempt(4), url: \"/events\""]);
    // A proxy may hold back what the stream says: until it speaks, the merchant is asked as if there were none.
    let story = story.then(|_| Event::StatusReceived { attempt: Attempt(3), order: order("pending").into() });
    let story = story.does(&["StartTimer { attempt: Attempt(5), after: 2000"]);
    let mut story = story.streamed(order("pending")).does(&["StartTimer { attempt: Attempt(6), after: 60000"]);
    for _ in 0..300 {
        story = story.then(|attempt| Event::TimerFired { attempt }).does(&["AskStatus"]).said("pending");
        story = story.does(&["StartTimer"]);
    }
    let lost = |_| Event::StreamLost { attempt: Attempt(4) };
    let story = story.then(lost).leads_to("Pending").does(&["StartTimer"]);
    assert!(matches!(story.effects[..], [Effect::StartTimer { after: 2_000, .. }]), "{:?}", story.effects);
    story.then(lost).does(&[]).streamed(order("paid")).leads_to("Settled(Paid").does(&["Forget", "StopListening"]);

    let said_paid = Story::opened(streaming()).then(|attempt| Event::SnapSucceeded { attempt });
    said_paid.does(&["HidePopup", "AskStatus", "Remember", "Listen"]).streamed(order("paid")).leads_to("Settled(Paid");
    // One question is not worth a stream.
    Story::opened(streaming()).then(|attempt| Event::SnapClosed { attempt }).does(&["HidePopup", "AskStatus"]);
}

#[test]
fn a_refusal_that_may_be_old_news_is_asked_about_beside_the_stream() {
    let confirming = Story::opened(streaming()).then(|attempt| Event::SnapSucceeded { attempt });
    for mut story in [confirming, Story::pending()] {
        story = story.streamed(order("denied"));
        for _ in 0..3 {
            assert!(matches!(story.effects[..], [Effect::StartTimer { after: 2_000, .. }]), "{:?}", story.effects);
            story = story.then(|attempt| Event::TimerFired { attempt }).does(&["AskStatus"]).said("denied");
        }
        story.then(|attempt| Event::TimerFired { attempt }).said("denied").leads_to("Failed { failure: Declined");
    }
}

#[test]
fn a_page_that_nobody_sees_asks_nothing_and_listens_to_nothing() {
    let story = Story::pending().then(|_| Event::PageHidden).does(&["StopListening"]).said("paid").leads_to("Pending");
    story.then(|_| Event::PageShown).does(&["AskStatus", "Listen"]).then(|_| Event::PageShown).does(&[]);

    let hidden = Story::opened(streaming()).then(|_| Event::PageHidden).does(&[]);
    let story = hidden.then(|attempt| Event::SnapSucceeded { attempt }).does(&["HidePopup", "Remember"]);
    story.then(|_| Event::CheckPressed).does(&["AskStatus", "Listen"]);
}

#[test]
fn who_comes_back_is_told_by_the_merchant_first() {
    let shown = |story: Story| story.then(|_| Event::PageShown).does(&["AskStatus"]).leads_to("Confirming");
    let closed = || Story::opened(checkout()).then(|attempt| Event::SnapClosed { attempt }).said("created");
    shown(closed()).said("created").leads_to("Closed");
    shown(closed()).said("paid").leads_to("Settled(Paid");
    let lost = |attempt| Event::ScriptFailed { attempt, fault: ScriptFault::Blocked };
    let failed = || Story::begin().then(|_| PAY).then(lost);
    let failed = || failed().then(|attempt| Event::TokenReceived { attempt, checkout: checkout().into() });
    shown(failed()).said("created").leads_to("Failed { failure: Script(Blocked)");
    shown(failed()).then(|attempt| Event::StatusFailed { attempt, retry_after: 0 }).leads_to("Failed");
    shown(failed()).said("paid").leads_to("Settled(Paid");
}

#[test]
fn old_news_is_no_news() {
    let version = |status: &str, version| Order { version: Some(version), ..order(status) };
    let answered = |story: Story, order: Order| {
        story
            .then(|attempt| Event::TimerFired { attempt })
            .then(|attempt| Event::StatusReceived { attempt, order: order.into() })
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
    let mut story = Story::opened(checkout()).then(|attempt| Event::SnapPended { attempt, payment: Rc::default() });
    story = story.then(|attempt| Event::StatusMissing { attempt }).leads_to("Pending");
    story = story.then(|_| Event::DeadlinePassed).does(&["AskStatus"]);
    story.said("expired").leads_to("Settled(Ended");
}
