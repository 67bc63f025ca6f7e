//! The view of a [`Phase`]. The offered actions come from [`Phase::available_actions`].
//!
//! The main button is the same element in all phases, so that it keeps the focus when its label changes.

mod context;
mod payment_instruction;
mod status_message;

use flow::{CheckoutAction, Frame, Outcome, Phase};
use yew::prelude::*;

pub(crate) use context::ViewContext;
use context::pressable;

use crate::config::Environment;
use crate::effects::{format, snap};
use crate::element_builder::{ElementBuilder, tag};
use crate::i18n::Key;

/// The element that gets the focus when the customer must read first: the title above a payment instruction.
pub(crate) const TITLE: &str = ".snap-checkout__title";
/// The element that gets the focus when a popup closes.
pub(crate) const FIRST_ACTION: &str = ".snap-checkout__main:not([hidden]), .snap-checkout__title";

/// The whole component.
pub(crate) fn checkout(context: &ViewContext) -> Html {
    tag("section")
        .node_ref(context.root)
        .class("snap-checkout")
        .with("data-phase", name(context.phase))
        .with("aria-busy", bool_text(context.phase.busy()))
        .with("lang", context.props.language.tag())
        .with("data-theme", context.props.theme.as_str())
        .child(status_message::status(context))
        .child(status_message::alert(context))
        .child(tag("slot").with("name", "snap-embed"))
        .maybe(payment_instruction::panel(context))
        .child(main_button(context))
        .maybe(secondary_actions(context))
        .child(footnote(context))
        .done()
}

fn bool_text(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// The phase's name in the DOM and in the element's events, for style sheets, shops and tests.
#[must_use]
pub fn name(phase: &Phase) -> &'static str {
    match phase {
        Phase::Idle => "idle",
        Phase::Preparing(_) => "preparing",
        Phase::Ready { .. } => "ready",
        Phase::Opening { .. } => "opening",
        Phase::Open { .. } => "open",
        Phase::Closed { .. } => "closed",
        Phase::Confirming { .. } => "confirming",
        Phase::Pending { .. } => "pending",
        Phase::Failed { .. } => "failed",
        Phase::Redirected { .. } => "handed-over",
        Phase::Settled(Outcome::Paid(_)) => "paid",
        Phase::Settled(Outcome::NotPaid(_)) => "ended",
        Phase::Settled(Outcome::Unconfirmed(_)) => "reported",
    }
}

fn main_button(context: &ViewContext) -> ElementBuilder {
    let first = context.phase.available_actions().first().copied();
    let pay = || match context.amount() {
        Some(amount) => {
            let amount = format::rupiah(amount);
            AttrValue::from([&*context.text(Key::pay_amount), " ", &amount].concat())
        }
        None => context.text(Key::pay),
    };
    let label = match context.phase {
        Phase::Idle | Phase::Ready { .. } | Phase::Preparing(_) | Phase::Opening { .. } | Phase::Open { .. } => pay(),
        Phase::Closed { .. } => context.text(Key::resume),
        Phase::Failed { .. } => context.text(Key::retry),
        Phase::Confirming { .. } if context.phase.busy() => context.text(Key::checking),
        Phase::Confirming { .. } | Phase::Pending { .. } | Phase::Redirected { .. } => {
            if first == Some(CheckoutAction::Check) { context.text(Key::check) } else { context.text(Key::reopen) }
        }
        Phase::Settled(Outcome::NotPaid(_)) => context.text(Key::restart),
        Phase::Settled(Outcome::Paid(_) | Outcome::Unconfirmed(_)) => AttrValue::default(),
    };
    let is_open = matches!(context.phase, Phase::Open { .. });
    let action = first.filter(|_| !is_open).unwrap_or(CheckoutAction::Pay);
    let waits = context.phase.busy() || is_open;
    let hidden = matches!(
        context.phase,
        Phase::Open { frame: Frame::Embed, .. } | Phase::Settled(Outcome::Paid(_) | Outcome::Unconfirmed(_))
    );
    let class = "snap-checkout__main";
    let main = if action == CheckoutAction::Hosted { hosted(context, class) } else { pressable(class) };
    main.with("data-way", action.as_str())
        .with("aria-disabled", bool_text(waits))
        .with_if("hidden", hidden)
        .with_if("disabled", context.props.disabled && *context.phase == Phase::Idle)
        .maybe(waits.then(|| tag("span").part("snap-checkout__spinner").with("aria-hidden", "true")))
        .text(label)
}

fn secondary_actions(context: &ViewContext) -> Option<ElementBuilder> {
    // The main button is the first action, except while the popup is open.
    let skipped = usize::from(!matches!(context.phase, Phase::Open { .. }));
    let actions = context.phase.available_actions();
    let actions = actions.get(skipped..).filter(|actions| !actions.is_empty())?;
    let buttons = actions.iter().map(|&action| match action {
        CheckoutAction::Hosted => {
            hosted(context, "snap-checkout__way").with("data-way", action.as_str()).text(context.text(Key::hosted))
        }
        CheckoutAction::Pay => secondary(action, context.text(Key::reopen)),
        CheckoutAction::Check => secondary(action, context.text(Key::check)),
        CheckoutAction::Close => secondary(action, context.text(Key::close)),
    });
    Some(tag("div").part("snap-checkout__ways").children(buttons))
}

fn secondary(action: CheckoutAction, label: AttrValue) -> ElementBuilder {
    pressable("snap-checkout__way").with("data-way", action.as_str()).text(label)
}

/// A real link, so that the customer can open it in a new tab. A plain click goes through the state machine first. The
/// target leaves a frame around the page.
fn hosted(context: &ViewContext, class: &'static str) -> ElementBuilder {
    let options = context.props.snap_options();
    tag("a")
        .part(class)
        .with("href", context.phase.hosted_url().map_or_else(String::new, |url| snap::hosted(url, &options)))
        .with("target", "_top")
}

fn footnote(context: &ViewContext) -> ElementBuilder {
    let test = match context.props.environment {
        Environment::Production => None,
        Environment::Sandbox => Some(context.text(Key::sandbox)),
        Environment::Local(_) => Some(context.text(Key::local)),
    };
    let test = test.map(|test| tag("span").part("snap-checkout__test").text(test));
    tag("p").part("snap-checkout__footnote").text(context.text(Key::secured)).maybe(test)
}
