//! What a merchant sets on the component.

use std::cell::RefCell;
use std::rc::Rc;

use flow::Phase;
use wire::Rupiah;
use wire::merchant::{Checkout, Order};
use yew::prelude::*;

use crate::config::{Credentials, Environment, Theme};
use crate::controller::Command;
use crate::effects::snap::RawSnapResult;
use crate::i18n::{Language, Texts};
use crate::mode::Mode;
use crate::snap_options::SnapOptions;

/// What a merchant sets. Changes take effect with the next attempt, never with the running one.
#[derive(Clone, PartialEq, Properties)]
pub struct SnapCheckoutProps {
    /// The client key. A server key is refused.
    pub client_key: AttrValue,
    /// Which gateway; there is no default.
    pub environment: Environment,
    /// Where tokens come from: `POST`, answers `{token, redirect_url}` or more, see [`Checkout`].
    #[prop_or(AttrValue::Static("/api/orders"))]
    pub token_url: AttrValue,
    /// The JSON that is posted there, of the merchant's own making.
    #[prop_or(AttrValue::Static("{}"))]
    pub order: AttrValue,
    /// What makes it the same order after a reload; by default the JSON itself. A shop whose JSON carries what
    /// the customer typed gives its cart here, so that an unfinished payment is found again.
    #[prop_or_default]
    pub order_key: Option<AttrValue>,
    /// A checkout that the page already has, such as one for an order made earlier. The merchant is asked how
    /// it stands before anything else.
    #[prop_or_default]
    pub checkout: Option<Checkout>,
    /// Further headers of the token request, such as a CSRF token.
    #[prop_or_default]
    pub headers: Vec<(AttrValue, AttrValue)>,
    /// Which cookies go along.
    #[prop_or_default]
    pub credentials: Credentials,
    /// The nonce for the script tag, where the page's Content-Security-Policy asks for one.
    #[prop_or_default]
    pub nonce: Option<AttrValue>,
    /// How the customer gets to the payment page.
    #[prop_or_default]
    pub mode: Mode,
    /// For [`Mode::Embed`]: the id of an element of the page, 320 by 560 pixels at least, that is and stays empty.
    /// Without one the component makes room inside itself.
    #[prop_or_default]
    pub embed_id: Option<AttrValue>,
    /// For `snap.pay` and `snap.embed`.
    #[prop_or_default]
    pub options: SnapOptions,
    /// Texts that are to be other ones.
    #[prop_or_default]
    pub texts: Texts,
    /// Light, dark, or as the customer's system is.
    #[prop_or_default]
    pub theme: Theme,
    /// Of our texts, and of the popup unless `options` says otherwise.
    #[prop_or_default]
    pub language: Language,
    /// Shown on the button. The merchant's backend prices the order all the same.
    #[prop_or_default]
    pub amount: Option<Rupiah>,
    /// Whether a token may be made before the customer presses: when the pointer or the focus comes near.
    #[prop_or_default]
    pub prepare_on_intent: bool,
    /// Whether the button cannot be pressed yet, such as while a form is incomplete.
    #[prop_or_default]
    pub disabled: bool,
    /// How a program around the checkout steers it.
    #[prop_or_default]
    pub remote: Option<CheckoutHandle>,
    /// Every change of phase.
    #[prop_or_default]
    pub on_phase: Callback<Phase>,
    /// The merchant says paid. The only event to act upon.
    #[prop_or_default]
    pub on_paid: Callback<Order>,
    /// The popup's `onSuccess`: a hint for the screen.
    #[prop_or_default]
    pub on_success: Callback<RawSnapResult>,
    /// The popup's `onPending`: a hint.
    #[prop_or_default]
    pub on_pending: Callback<RawSnapResult>,
    /// The popup's `onError`: a hint.
    #[prop_or_default]
    pub on_error: Callback<RawSnapResult>,
    /// The popup's `onClose`.
    #[prop_or_default]
    pub on_close: Callback<()>,
}

impl SnapCheckoutProps {
    /// Everything but these two as it is by default. What `html!` does too, with less code.
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

    /// What Snap is told.
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
        // No two callbacks are the same.
        new.on_phase = html.on_phase.clone();
        new.on_paid = html.on_paid.clone();
        new.on_success = html.on_success.clone();
        new.on_pending = html.on_pending.clone();
        new.on_error = html.on_error.clone();
        new.on_close = html.on_close.clone();
        assert!(new == html);
    }
}

/// Steers a checkout from outside: a clone of it is a property, [`send`](Self::send) reaches whichever has it.
#[derive(Clone, Default)]
pub struct CheckoutHandle(Rc<RefCell<Callback<Command>>>);

impl CheckoutHandle {
    /// Asks the checkout to do something; nothing when there is none.
    pub fn send(&self, command: Command) {
        let ask = self.0.borrow().clone();
        ask.emit(command);
    }

    pub(crate) fn steers(&self, checkout: Callback<Command>) {
        *self.0.borrow_mut() = checkout;
    }
}

impl PartialEq for CheckoutHandle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
