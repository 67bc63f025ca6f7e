//! [`Phase`] → `Html`. Decides nothing: what the customer can do comes from [`Phase::available_actions`].
//!
//! The main button is one element in all phases, so that it keeps the focus while its label changes.

mod payment_instruction;
mod status_message;

use flow::{CheckoutAction, Frame, Outcome, Phase};
use wire::Rupiah;
use wire::merchant::Order;
use yew::prelude::*;

use crate::config::Environment;
use crate::effects::{format, snap};
use crate::element_builder::{ElementBuilder, tag};
use crate::i18n::Key;
use crate::props::SnapCheckoutProps;

/// Where the focus goes when there is something to read first: what to pay where.
pub(crate) const TITLE: &str = ".snap-checkout__title";
/// Where the focus goes when a popup closes.
pub(crate) const FIRST_ACTION: &str = ".snap-checkout__main:not([hidden]), .snap-checkout__title";

/// What there is to show.
pub(crate) struct ViewContext<'a> {
    pub(crate) phase: &'a Phase,
    pub(crate) props: &'a SnapCheckoutProps,
    pub(crate) root: &'a NodeRef,
    pub(crate) copied: Option<&'a (AttrValue, bool)>,
}

impl ViewContext<'_> {
    fn text(&self, key: Key) -> AttrValue {
        self.props.texts.at(key as usize, self.props.language)
    }

    /// What a headline means.
    fn detail(&self, headline: Key) -> AttrValue {
        self.props.texts.at(headline as usize + 1, self.props.language)
    }

    /// The merchant's price where it is known, else the page's.
    fn priced(&self) -> Option<Rupiah> {
        self.phase.checkout().and_then(|checkout| checkout.gross_amount).or(self.props.amount)
    }
}

/// The whole component.
pub(crate) fn checkout(scene: &ViewContext) -> Html {
    tag("section")
        .known_as(scene.root)
        .class("snap-checkout")
        .with("data-phase", name(scene.phase))
        .with("aria-busy", yes_or_no(scene.phase.busy()))
        .with("lang", scene.props.language.tag())
        .with("data-theme", scene.props.theme.as_str())
        .child(status_message::status(scene))
        .child(status_message::alert(scene))
        .child(tag("slot").with("name", "snap-embed"))
        .maybe(payment_instruction::panel(scene))
        .child(main_button(scene))
        .maybe(other_ways(scene))
        .child(footnote(scene))
        .done()
}

/// What presses do, `EventSubscription::customer` tells the component.
fn pressable(class: &'static str) -> ElementBuilder {
    tag("button").with("type", "button").part(class)
}

fn yes_or_no(holds: bool) -> &'static str {
    if holds { "true" } else { "false" }
}

/// The phase's name in the DOM and in the element's events: for style sheets, shops and tests.
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

fn main_button(scene: &ViewContext) -> ElementBuilder {
    let first = scene.phase.available_actions().first().copied();
    let pay = || match scene.priced() {
        Some(amount) => {
            let amount = format::rupiah(amount);
            AttrValue::from([&*scene.text(Key::pay_amount), " ", &amount].concat())
        }
        None => scene.text(Key::pay),
    };
    let label = match scene.phase {
        Phase::Idle | Phase::Ready { .. } | Phase::Preparing(_) | Phase::Opening { .. } | Phase::Open { .. } => pay(),
        Phase::Closed { .. } => scene.text(Key::resume),
        Phase::Failed { .. } => scene.text(Key::retry),
        Phase::Confirming { .. } if scene.phase.busy() => scene.text(Key::checking),
        Phase::Confirming { .. } | Phase::Pending { .. } | Phase::Redirected { .. } => {
            if first == Some(CheckoutAction::Check) { scene.text(Key::check) } else { scene.text(Key::reopen) }
        }
        Phase::Settled(Outcome::NotPaid(_)) => scene.text(Key::restart),
        Phase::Settled(Outcome::Paid(_) | Outcome::Unconfirmed(_)) => AttrValue::default(),
    };
    let open = matches!(scene.phase, Phase::Open { .. });
    let way = first.filter(|_| !open).unwrap_or(CheckoutAction::Pay);
    let waits = scene.phase.busy() || open;
    let hidden = matches!(
        scene.phase,
        Phase::Open { frame: Frame::Embed, .. } | Phase::Settled(Outcome::Paid(_) | Outcome::Unconfirmed(_))
    );
    let class = "snap-checkout__main";
    let main = if way == CheckoutAction::Hosted { hosted(scene, class) } else { pressable(class) };
    main.with("data-way", way_name(way))
        .with("aria-disabled", yes_or_no(waits))
        .with_if("hidden", hidden)
        .with_if("disabled", scene.props.disabled && *scene.phase == Phase::Idle)
        .maybe(waits.then(|| tag("span").part("snap-checkout__spinner").with("aria-hidden", "true")))
        .text(label)
}

fn other_ways(scene: &ViewContext) -> Option<ElementBuilder> {
    // The main button takes the first way, except while the popup is open.
    let taken = usize::from(!matches!(scene.phase, Phase::Open { .. }));
    let ways = scene.phase.available_actions();
    let ways = ways.get(taken..).filter(|ways| !ways.is_empty())?;
    let ways = ways.iter().map(|&way| match way {
        CheckoutAction::Hosted => {
            hosted(scene, "snap-checkout__way").with("data-way", way_name(way)).text(scene.text(Key::hosted))
        }
        CheckoutAction::Pay => quiet(way, scene.text(Key::reopen)),
        CheckoutAction::Check => quiet(way, scene.text(Key::check)),
        CheckoutAction::Close => quiet(way, scene.text(Key::close)),
    });
    Some(tag("div").part("snap-checkout__ways").children(ways))
}

fn quiet(way: CheckoutAction, label: AttrValue) -> ElementBuilder {
    pressable("snap-checkout__way").with("data-way", way_name(way)).text(label)
}

/// A real link: it can be opened in a new tab, and a plain click tells the flow before it leaves. It leaves a frame
/// that the page is in, too.
fn hosted(scene: &ViewContext, class: &'static str) -> ElementBuilder {
    let options = scene.props.snap_options();
    tag("a")
        .part(class)
        .with("href", scene.phase.hosted_url().map_or_else(String::new, |url| snap::hosted(url, &options)))
        .with("target", "_top")
}

fn way_name(way: CheckoutAction) -> &'static str {
    match way {
        CheckoutAction::Pay => "pay",
        CheckoutAction::Hosted => "hosted",
        CheckoutAction::Check => "check",
        CheckoutAction::Close => "close",
    }
}

/// The way with this name.
pub(crate) fn parse_action(name: &str) -> Option<CheckoutAction> {
    [CheckoutAction::Pay, CheckoutAction::Hosted, CheckoutAction::Check, CheckoutAction::Close]
        .iter()
        .copied()
        .find(|way| way_name(*way) == name)
}

fn footnote(scene: &ViewContext) -> ElementBuilder {
    let test = match scene.props.environment {
        Environment::Production => None,
        Environment::Sandbox => Some(scene.text(Key::sandbox)),
        Environment::Local(_) => Some(scene.text(Key::local)),
    };
    let test = test.map(|test| tag("span").part("snap-checkout__test").text(test));
    tag("p").part("snap-checkout__footnote").text(scene.text(Key::secured)).maybe(test)
}

/// The order that the merchant spoke of last.
fn order(phase: &Phase) -> Option<&Order> {
    match phase {
        Phase::Pending { order, .. } => order.as_deref(),
        Phase::Settled(Outcome::Paid(order) | Outcome::NotPaid(order)) => Some(order),
        _ => None,
    }
}
