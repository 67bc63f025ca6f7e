//! The state of the storefront, its messages, and the parts that its pages share.

use std::rc::Rc;

use snap_checkout::effects::subscriptions::EventSubscription;
use snap_checkout::effects::{backend_api, format};
use snap_checkout::element_builder::{ElementBuilder, button, tag};
use snap_checkout::i18n::Language;
use snap_checkout::wire::merchant::{self, Checkout, Customer, Order, StorefrontConfig};
use snap_checkout::wire::{Rupiah, digits};
use snap_checkout::{Environment, Phase, SnapCheckout, SnapCheckoutProps};
use yew::html::Scope;
use yew::prelude::*;
use yew::virtual_dom::VComp;

use super::cart::Cart;
use super::i18n::{StorefrontTexts, texts};

/// The storefront.
pub struct Storefront {
    pub(super) language: Language,
    pub(super) shop: RemoteData<StorefrontConfig>,
    pub(super) request: Option<backend_api::CancelGuard>,
    pub(super) _page: EventSubscription,

    pub(super) cart: Cart,
    pub(super) customer: Customer,
    /// The order that is being paid, and its cart.
    pub(super) ordered: Option<(String, Cart)>,
    pub(super) paid: bool,
    /// The key of the component: a new number is a new checkout.
    pub(super) visit: i64,

    /// The order of the order page, and its checkout, so that the same payment continues.
    pub(super) order: RemoteData<Order>,
    pub(super) checkout: Option<Checkout>,
}

/// Data from the backend.
pub(super) enum RemoteData<T> {
    Loading,
    Loaded(Rc<T>),
    NotFound,
    Failed,
}

pub enum StorefrontMsg {
    StorefrontConfig(Option<Rc<StorefrontConfig>>),
    SetLanguage(Language),
    Change(String, i32),
    Typed(Field, String),
    Phase(Phase),
    NextOrder,
    Order(Result<Rc<Order>, backend_api::TokenFault>, Option<Checkout>),
    ReloadOrder,
    ReloadShop,
    /// The page is visible again, or another tab changed the cart.
    Shown,
}

/// A field of the customer's details.
#[derive(Clone, Copy, PartialEq)]
pub enum Field {
    Name,
    Email,
    Phone,
}

impl Field {
    pub fn of(self, customer: &mut Customer) -> &mut Option<String> {
        match self {
            Self::Name => &mut customer.name,
            Self::Email => &mut customer.email,
            Self::Phone => &mut customer.phone,
        }
    }
}

impl Storefront {
    pub(super) fn texts(&self) -> &'static StorefrontTexts {
        texts(self.language)
    }

    pub(super) fn loading(&self, message: &'static str) -> Html {
        tag("p").with("role", "status").class("notice").text(message).done()
    }

    pub(super) fn error_panel(&self, link: &Scope<Self>, message: &'static str, retry: fn() -> StorefrontMsg) -> Html {
        tag("section")
            .class("panel panel--alone lost")
            .with("role", "alert")
            .child(tag("h1").text(message))
            .child(button("snap-checkout__main", link.callback(move |_| retry())).text(self.texts().retry))
            .child(self.back())
            .done()
    }

    pub(super) fn back(&self) -> ElementBuilder {
        tag("p").class("after").child(tag("a").with("href", "/").text(self.texts().back))
    }

    /// The checkout. The storefront uses the component here only.
    pub(super) fn checkout(&self, shop: &StorefrontConfig, link: &Scope<Self>, settings: CheckoutSettings) -> Html {
        let Some(environment) = gateway_environment(shop) else { return Html::default() };
        let props = SnapCheckoutProps {
            token_url: settings.token_url,
            order: settings.order,
            order_key: settings.order_key,
            checkout: settings.checkout,
            amount: settings.amount,
            language: self.language,
            disabled: settings.disabled,
            on_phase: link.callback(StorefrontMsg::Phase),
            ..SnapCheckoutProps::new(shop.client_key.clone().into(), environment)
        };
        VComp::new::<SnapCheckout>(Rc::new(props), Some(digits(self.visit).into())).into()
    }

    pub(super) fn total(&self, label: &'static str, testid: &'static str, amount: Rupiah) -> ElementBuilder {
        let amount = tag("strong").with("data-testid", testid).text(format::rupiah(amount));
        tag("p").class("total").child(tag("span").text(label)).child(amount)
    }
}

/// The settings that differ between a cart and an order.
pub(super) struct CheckoutSettings {
    pub(super) token_url: AttrValue,
    pub(super) order: AttrValue,
    pub(super) order_key: Option<AttrValue>,
    pub(super) checkout: Option<Checkout>,
    pub(super) amount: Option<snap_checkout::wire::Rupiah>,
    pub(super) disabled: bool,
}

/// The gateway in the backend's settings. An unknown one is none.
pub(super) fn gateway_environment(shop: &StorefrontConfig) -> Option<Environment> {
    Some(match &shop.environment {
        merchant::Environment::Sandbox => Environment::Sandbox,
        merchant::Environment::Production => Environment::Production,
        merchant::Environment::Local => Environment::Local(shop.gateway_origin.clone()?.into()),
        merchant::Environment::Unknown(_) => return None,
    })
}
