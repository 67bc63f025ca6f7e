//! The props of the component.

use std::cell::RefCell;
use std::rc::Rc;

use flow::Phase;
use wire::Rupiah;
use wire::merchant::{Checkout, Order};
use yew::prelude::*;

use crate::config::{Credentials, Environment, Theme};
use crate::effects::snap::RawSnapResult;
use crate::i18n::{Language, Texts};
use crate::input::Command;
use crate::mode::Mode;
use crate::snap_options::SnapOptions;

/// The props of the component. A change takes effect with the next press, never for a running payment.
#[derive(Clone, PartialEq, Properties)]
pub struct SnapCheckoutProps {
    /// The client key. The component rejects a server key.
    pub client_key: AttrValue,
    /// The gateway. There is no default.
    pub environment: Environment,
    /// The token endpoint: a `POST` that returns `{token, redirect_url}` or more, see [`Checkout`].
    #[prop_or(AttrValue::Static("/api/orders"))]
    pub token_url: AttrValue,
    /// The JSON body of the token request. The merchant defines its shape.
    #[prop_or(AttrValue::Static("{}"))]
    pub order: AttrValue,
    /// Identifies the order after a reload; by default the JSON body. If the body contains details of the customer, set the
    /// cart here, so that the component finds an unfinished payment again.
    #[prop_or_default]
    pub order_key: Option<AttrValue>,
    /// A checkout that the page already has, such as one of an earlier order. The component fetches its status first.
    #[prop_or_default]
    pub checkout: Option<Checkout>,
    /// More headers for the token request, such as a CSRF token.
    #[prop_or_default]
    pub headers: Vec<(AttrValue, AttrValue)>,
    /// Which cookies the requests carry.
    #[prop_or_default]
    pub credentials: Credentials,
    /// The nonce of the script tag, if the page's Content-Security-Policy needs one.
    #[prop_or_default]
    pub nonce: Option<AttrValue>,
    /// How the payment page is shown.
    #[prop_or_default]
    pub mode: Mode,
    /// For [`Mode::Embed`]: the id of an empty element of at least 320 by 560 pixels. Without it, the component creates an
    /// element.
    #[prop_or_default]
    pub embed_id: Option<AttrValue>,
    /// The options of `snap.pay` and `snap.embed`.
    #[prop_or_default]
    pub options: SnapOptions,
    /// Replacements of texts.
    #[prop_or_default]
    pub texts: Texts,
    /// Light, dark, or the theme of the customer's system.
    #[prop_or_default]
    pub theme: Theme,
    /// The language of the texts, and of the popup unless `options` sets another.
    #[prop_or_default]
    pub language: Language,
    /// The amount on the button. The backend still sets the price.
    #[prop_or_default]
    pub amount: Option<Rupiah>,
    /// Whether the component may request a token before the press, when the pointer or the focus comes near.
    #[prop_or_default]
    pub prepare_on_intent: bool,
    /// Whether the button is disabled, for example while a form is incomplete.
    #[prop_or_default]
    pub disabled: bool,
    /// A handle with which the host page sends commands.
    #[prop_or_default]
    pub remote: Option<CheckoutHandle>,
    /// Called after each change of the phase.
    #[prop_or_default]
    pub on_phase: Callback<Phase>,
    /// Called when the backend returns "paid". Act upon this event only.
    #[prop_or_default]
    pub on_paid: Callback<Order>,
    /// Snap's `onSuccess`: a hint.
    #[prop_or_default]
    pub on_success: Callback<RawSnapResult>,
    /// Snap's `onPending`: a hint.
    #[prop_or_default]
    pub on_pending: Callback<RawSnapResult>,
    /// Snap's `onError`: a hint.
    #[prop_or_default]
    pub on_error: Callback<RawSnapResult>,
    /// Snap's `onClose`.
    #[prop_or_default]
    pub on_close: Callback<()>,
}

impl SnapCheckoutProps {
    /// Props with all defaults. The same as in `html!`, with less code in the wasm.
    #[must_use]
    pub fn new(client_key: AttrValue, environment: Environment) -> Self {
        Self {
            client_key,
            environment,
            token_url: AttrValue::Static("/api/orders"),
            order: AttrValue::Static("{}"),
            order_key: None,
            checkout: None,
            headers: Vec::new(),
            credentials: Credentials::default(),
            nonce: None,
            mode: Mode::default(),
            embed_id: None,
            options: SnapOptions::default(),
            texts: Texts::default(),
            theme: Theme::default(),
            language: Language::default(),
            amount: None,
            prepare_on_intent: false,
            disabled: false,
            remote: None,
            on_phase: Callback::noop(),
            on_paid: Callback::noop(),
            on_success: Callback::noop(),
            on_pending: Callback::noop(),
            on_error: Callback::noop(),
            on_close: Callback::noop(),
        }
    }

    /// The options for Snap, with the language.
    pub(crate) fn snap_options(&self) -> SnapOptions {
        let language = self.options.language.or(Some(self.language));
        SnapOptions { language, ..self.options.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_has_the_defaults_of_html() {
        let mut new = SnapCheckoutProps::new("key".into(), Environment::Sandbox);
        let html = yew::props!(SnapCheckoutProps { client_key: "key", environment: Environment::Sandbox });
        // Two callbacks are never equal.
        new.on_phase = html.on_phase.clone();
        new.on_paid = html.on_paid.clone();
        new.on_success = html.on_success.clone();
        new.on_pending = html.on_pending.clone();
        new.on_error = html.on_error.clone();
        new.on_close = html.on_close.clone();
        assert!(new == html);
    }
}

/// Sends commands to a checkout. Set a clone of it as a prop of the checkout.
#[derive(Clone, Default)]
pub struct CheckoutHandle(Rc<RefCell<Callback<Command>>>);

impl CheckoutHandle {
    /// Sends a command to the checkout, if it is mounted.
    pub fn send(&self, command: Command) {
        let checkout = self.0.borrow().clone();
        checkout.emit(command);
    }

    pub(crate) fn connect(&self, checkout: Callback<Command>) {
        *self.0.borrow_mut() = checkout;
    }
}

impl PartialEq for CheckoutHandle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
