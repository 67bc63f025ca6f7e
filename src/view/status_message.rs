//! The headline of each phase and what it means, announced to screen readers: politely, or as an alert when
//! something failed.

use flow::{ConfirmReason, Frame, Outcome, Phase, Polling, Progress};
use wire::merchant::OrderStatus;
use yew::AttrValue;

use super::ViewContext;
use crate::element_builder::{ElementBuilder, tag};
use crate::i18n::{self, Hosted, Key};

/// The one polite region. It stays in the page, so that a change in it is announced; what became of a copy is said
/// here too, for those who do not see it.
pub(super) fn status(scene: &ViewContext) -> ElementBuilder {
    let said = said(scene).filter(|_| !has_failed(scene));
    let copied = copied(scene).map(|text| tag("span").class("snap-checkout__unseen").text(text));
    let region = region("status");
    if said.is_none() && copied.is_none() {
        return region;
    }
    region.maybe(said.map(|headline| words(scene, headline))).maybe(copied)
}

/// Stays in the page too: what failed is announced at once.
pub(super) fn alert(scene: &ViewContext) -> ElementBuilder {
    let region = region("alert");
    let Phase::Failed { failure, .. } = scene.phase else { return region };
    let code = [&*scene.text(Key::reference), ": ", failure.code()].concat();
    let code = tag("small").part("snap-checkout__code").text(code);
    region.with("data-code", failure.code()).maybe(said(scene).map(|headline| words(scene, headline))).child(code)
}

/// What became of the last copy.
pub(super) fn copied(scene: &ViewContext) -> Option<AttrValue> {
    scene.copied.map(|(_, there)| scene.text(if *there { Key::copied_said } else { Key::copy_failed }))
}

fn region(role: &'static str) -> ElementBuilder {
    tag("div").with("role", role).with("class", "snap-checkout__said").with("part", role)
}

fn has_failed(scene: &ViewContext) -> bool {
    matches!(scene.phase, Phase::Failed { .. })
}

fn words(scene: &ViewContext, headline: Key) -> ElementBuilder {
    let detail = scene.detail(headline);
    let detail = (!detail.is_empty()).then(|| tag("span").part("snap-checkout__detail").text(detail));
    tag("p")
        .class("snap-checkout__words")
        .child(tag("strong").part("snap-checkout__title").with("tabindex", "-1").text(scene.text(headline)))
        .maybe(detail)
}

fn said(scene: &ViewContext) -> Option<Key> {
    Some(match scene.phase {
        Phase::Idle | Phase::Ready { .. } => return None,
        Phase::Preparing(preparing) => match (scene.phase.busy(), preparing.progress) {
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
            let hosted = if scene.phase.hosted_url().is_some() { Hosted::Offered } else { Hosted::Missing };
            i18n::failure(*failure, hosted)
        }
        Phase::Redirected { .. } => Key::handed_over,
        Phase::Settled(Outcome::Paid(_)) => Key::paid,
        Phase::Settled(Outcome::NotPaid(order)) => i18n::ended(&order.status),
        Phase::Settled(Outcome::Unconfirmed(_)) => Key::reported,
    })
}
