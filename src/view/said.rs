//! The headline of each phase and what it means, announced to screen readers: politely, or as an alert when
//! something failed.

use flow::{Frame, Hint, Outcome, Pace, Phase, Polling};
use wire::merchant::OrderStatus;

use super::Scene;
use crate::tag::{Tag, tag};
use crate::text::{Hosted, Said};

/// Stays in the page, so that a change in it is announced.
pub(super) fn status(scene: &Scene) -> Tag {
    let said = said(scene).filter(|_| !has_failed(scene));
    tag("div").with("role", "status").class("snap-checkout__said").maybe(said.map(words))
}

/// Stays in the page too: what failed is announced at once.
pub(super) fn alert(scene: &Scene) -> Tag {
    let region = tag("div").with("role", "alert").class("snap-checkout__said snap-checkout__said--alert");
    let Phase::Failed { failure, .. } = scene.phase else { return region };
    let code = tag("small").class("snap-checkout__code").text([scene.texts().reference, ": ", failure.code()].concat());
    region.with("data-code", failure.code()).maybe(said(scene).map(words)).child(code)
}

fn has_failed(scene: &Scene) -> bool {
    matches!(scene.phase, Phase::Failed { .. })
}

fn words((title, detail): Said) -> Tag {
    let detail = (!detail.is_empty()).then(|| tag("span").class("snap-checkout__detail").text(detail));
    tag("p")
        .class("snap-checkout__words")
        .child(tag("strong").class("snap-checkout__title").with("tabindex", "-1").text(title))
        .maybe(detail)
}

fn said(scene: &Scene) -> Option<Said> {
    let texts = scene.texts();
    Some(match scene.phase {
        Phase::Idle | Phase::Ready { .. } => return None,
        Phase::Preparing(preparing) => match (scene.phase.busy(), preparing.pace) {
            (false, _) => return None,
            (true, Pace::Usual) => texts.preparing,
            (true, Pace::Slow) => texts.slow,
        },
        Phase::Opening { .. } => texts.opening,
        Phase::Open { frame: Frame::Popup, .. } => texts.open,
        Phase::Open { frame: Frame::Embed, .. } => texts.open_here,
        Phase::Closed { .. } => texts.closed,
        Phase::Confirming { polling: Polling::Rested, .. } => texts.unconfirmed,
        Phase::Confirming { hint: Hint::Succeeded, .. } => texts.confirming,
        Phase::Confirming { .. } => texts.asking,
        Phase::Pending { payment, order, polling, .. } => {
            let review = order.as_ref().is_some_and(|order| order.status == OrderStatus::Review);
            let number = payment.as_ref().is_some_and(|payment| payment.code.is_some());
            match (review, *polling, number) {
                (true, _, _) => texts.review,
                (false, Polling::Rested, _) => texts.pending_rested,
                (false, _, true) => texts.pending,
                (false, _, false) => texts.pending_wallet,
            }
        }
        Phase::Failed { failure, .. } => {
            let hosted = if scene.phase.hosted_url().is_some() { Hosted::Offered } else { Hosted::Missing };
            texts.failure(*failure, hosted)
        }
        Phase::HandedOver { .. } => texts.handed_over,
        Phase::Settled(Outcome::Paid(_)) => texts.paid,
        Phase::Settled(Outcome::Ended(order)) => texts.ended(&order.status),
        Phase::Settled(Outcome::Reported(_)) => texts.reported,
    })
}
