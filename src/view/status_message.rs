//! The headline of each phase and its explanation. Screen readers announce them politely, or as an alert after a failure.

use flow::{ConfirmReason, Frame, Outcome, Phase, Polling, Progress};
use wire::merchant::OrderStatus;
use yew::AttrValue;

use super::context::ViewContext;
use crate::element_builder::{ElementBuilder, tag};
use crate::i18n::{self, Hosted, Key};

/// The polite live region. It stays in the page, so that screen readers announce its changes, also the result of a copy.
pub(super) fn status(context: &ViewContext) -> ElementBuilder {
    let headline = headline(context).filter(|_| !has_failed(context));
    let copied = copied(context).map(|text| tag("span").class("snap-checkout__unseen").text(text));
    let region = region("status");
    if headline.is_none() && copied.is_none() {
        return region;
    }
    region.maybe(headline.map(|key| message(context, key))).maybe(copied)
}

/// The assertive live region. It stays in the page too, so that screen readers announce a failure at once.
pub(super) fn alert(context: &ViewContext) -> ElementBuilder {
    let region = region("alert");
    let Phase::Failed { failure, .. } = context.phase else { return region };
    let code = [&*context.text(Key::reference), ": ", failure.code()].concat();
    let code = tag("small").part("snap-checkout__code").text(code);
    region.with("data-code", failure.code()).maybe(headline(context).map(|key| message(context, key))).child(code)
}

/// The result of the last copy.
pub(super) fn copied(context: &ViewContext) -> Option<AttrValue> {
    context.copied.map(|(_, copied)| context.text(if *copied { Key::copied_said } else { Key::copy_failed }))
}

fn region(role: &'static str) -> ElementBuilder {
    tag("div").with("role", role).with("class", "snap-checkout__said").with("part", role)
}

fn has_failed(context: &ViewContext) -> bool {
    matches!(context.phase, Phase::Failed { .. })
}

fn message(context: &ViewContext, headline: Key) -> ElementBuilder {
    let detail = context.detail(headline);
    let detail = (!detail.is_empty()).then(|| tag("span").part("snap-checkout__detail").text(detail));
    tag("p")
        .class("snap-checkout__words")
        .child(tag("strong").part("snap-checkout__title").with("tabindex", "-1").text(context.text(headline)))
        .maybe(detail)
}

fn headline(context: &ViewContext) -> Option<Key> {
    Some(match context.phase {
        Phase::Idle | Phase::Ready { .. } => return None,
        Phase::Preparing(preparing) => match (context.phase.busy(), preparing.progress) {
            (false, _) => return None,
            (true, Progress::Normal) => Key::preparing,
            (true, Progress::Slow) => Key::slow,
        },
        Phase::Opening { .. } => Key::opening,
        Phase::Open { frame: Frame::Popup, .. } => Key::open,
        Phase::Open { frame: Frame::Embed, .. } => Key::open_here,
        Phase::Closed { .. } => Key::closed,
        Phase::Confirming { polling: Polling::Exhausted, .. } => Key::unconfirmed,
        Phase::Confirming { reason: ConfirmReason::Succeeded, .. } => Key::confirming,
        Phase::Confirming { .. } => Key::asking,
        Phase::Pending { payment, order, polling, .. } => {
            let review = order.as_ref().is_some_and(|order| order.status == OrderStatus::Review);
            let number = payment.as_ref().is_some_and(|payment| payment.code.is_some());
            match (review, *polling, number) {
                (true, _, _) => Key::review,
                (false, Polling::Exhausted, _) => Key::pending_rested,
                (false, _, true) => Key::pending,
                (false, _, false) => Key::pending_wallet,
            }
        }
        Phase::Failed { failure, .. } => {
            let hosted = if context.phase.hosted_url().is_some() { Hosted::Offered } else { Hosted::Missing };
            i18n::failure(*failure, hosted)
        }
        Phase::Redirected { .. } => Key::handed_over,
        Phase::Settled(Outcome::Paid(_)) => Key::paid,
        Phase::Settled(Outcome::NotPaid(order)) => i18n::ended(&order.status),
        Phase::Settled(Outcome::Unconfirmed(_)) => Key::reported,
    })
}
