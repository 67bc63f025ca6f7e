//! The data of the view, and the parts that several views share.

use flow::{Outcome, Phase};
use wire::Rupiah;
use wire::merchant::Order;
use yew::{AttrValue, NodeRef};

use crate::element_builder::{ElementBuilder, tag};
use crate::i18n::Key;
use crate::props::SnapCheckoutProps;

/// The data of the view.
pub(crate) struct ViewContext<'a> {
    pub(crate) phase: &'a Phase,
    pub(crate) props: &'a SnapCheckoutProps,
    pub(crate) root: &'a NodeRef,
    pub(crate) copied: Option<&'a (AttrValue, bool)>,
}

impl ViewContext<'_> {
    pub(super) fn text(&self, key: Key) -> AttrValue {
        self.props.texts.at(key as usize, self.props.language)
    }

    /// The explanation below a headline.
    pub(super) fn detail(&self, headline: Key) -> AttrValue {
        self.props.texts.at(headline as usize + 1, self.props.language)
    }

    /// The backend's price if it is known, else the page's.
    pub(super) fn amount(&self) -> Option<Rupiah> {
        self.phase.checkout().and_then(|checkout| checkout.gross_amount).or(self.props.amount)
    }
}

/// A button. `EventSubscription::customer` reports its press.
pub(super) fn pressable(class: &'static str) -> ElementBuilder {
    tag("button").with("type", "button").part(class)
}

/// The order that the backend returned last.
pub(super) fn order(phase: &Phase) -> Option<&Order> {
    match phase {
        Phase::Pending { order, .. } => order.as_deref(),
        Phase::Settled(Outcome::Paid(order) | Outcome::NotPaid(order)) => Some(order),
        _ => None,
    }
}
