//! The storefront as one component: its page, its language and the cart.
//!
//! It is one component because each component adds bytes. The pages are functions.

mod cart;
mod cart_panel;
mod catalog_page;
mod i18n;
mod order_page;
mod state;

use std::rc::Rc;

use snap_checkout::effects::subscriptions::EventSubscription;
use snap_checkout::effects::{backend_api, environment, json, saved_checkout};
use snap_checkout::element_builder::{ElementBuilder, button, tag};
use snap_checkout::i18n::Language;
use snap_checkout::wire::merchant::{self, Customer, StorefrontConfig};
use snap_checkout::{Outcome, Phase};
use yew::html::Scope;
use yew::prelude::*;

use cart::Cart;
pub use state::Storefront;
use state::{RemoteData, StorefrontMsg};

const LANGUAGE: &str = "storefront:language";

impl Component for Storefront {
    type Message = StorefrontMsg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let language = match saved_checkout::setting(LANGUAGE).as_deref() {
            Some("en") => Language::English,
            _ => Language::Indonesian,
        };
        environment::set_language(language.tag());
        let mut this = Self {
            language,
            shop: RemoteData::Loading,
            request: None,
            _page: {
                let link = ctx.link().clone();
                EventSubscription::page("storefront:", move |visible| {
                    if visible {
                        link.send_message(StorefrontMsg::Shown);
                    }
                })
            },
            cart: Cart::default(),
            customer: Customer::default(),
            ordered: None,
            paid: false,
            visit: 0,
            order: RemoteData::Loading,
            checkout: None,
        };
        // The backend writes it into the page, so that the first render needs no second request.
        match environment::text_of("shop").and_then(|text| json::read(&text)) {
            Some(shop) => this.opened(ctx, Rc::new(shop)),
            None => this.request = Some(fetch_shop(ctx.link())),
        }
        this
    }

    fn update(&mut self, ctx: &Context<Self>, msg: StorefrontMsg) -> bool {
        match msg {
            StorefrontMsg::StorefrontConfig(Some(shop)) => self.opened(ctx, shop),
            StorefrontMsg::StorefrontConfig(None) => self.shop = RemoteData::Failed,
            StorefrontMsg::SetLanguage(language) => {
                self.language = language;
                saved_checkout::save_setting(LANGUAGE, language.tag());
                environment::set_language(language.tag());
            }
            StorefrontMsg::Change(id, by) => {
                self.cart.change(&id, by);
                self.cart.save();
            }
            StorefrontMsg::Typed(field, text) => {
                *field.of(&mut self.customer) = Some(text);
            }
            StorefrontMsg::Phase(phase) => self.follow(phase),
            StorefrontMsg::NextOrder => {
                self.visit += 1;
                self.ordered = None;
                self.paid = false;
            }
            // The request failed, so the known order stays.
            StorefrontMsg::Order(Err(_), _) if matches!(self.order, RemoteData::Loaded(_)) => return false,
            StorefrontMsg::Order(order, checkout) => {
                self.order = match order {
                    Ok(order) => RemoteData::Loaded(order),
                    Err(backend_api::TokenFault::Refused(404)) => RemoteData::NotFound,
                    Err(_) => RemoteData::Failed,
                };
                self.checkout = checkout;
            }
            StorefrontMsg::ReloadOrder => {
                self.order = RemoteData::Loading;
                self.request = order_page::fetch(self, ctx.link());
            }
            StorefrontMsg::Shown => {
                if let RemoteData::Loaded(shop) = &self.shop {
                    // All tabs share one cart. Another tab may have paid for it.
                    self.cart = Cart::load(&shop.items);
                }
                if matches!(&self.order, RemoteData::Loaded(order) if !order.status.is_payable()) {
                    // No checkout follows this order, and the shop may have refunded it.
                    self.request = order_page::fetch(self, ctx.link());
                }
            }
            StorefrontMsg::ReloadShop => {
                self.shop = RemoteData::Loading;
                self.request = Some(fetch_shop(ctx.link()));
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let texts = self.texts();
        let link = ctx.link();
        let other = match self.language {
            Language::Indonesian => Language::English,
            Language::English => Language::Indonesian,
        };
        let logo = tag("img").with("src", "/assets/icon.svg").with("alt", "").with("width", "32").with("height", "32");
        let language = button("language", link.callback(move |_| StorefrontMsg::SetLanguage(other)))
            .with("data-testid", "language")
            .with("lang", other.tag())
            .text(texts.other_language);
        let head = tag("header")
            .class("top")
            .child(tag("a").class("brand").with("href", "/").child(logo).text(texts.brand))
            .child(language);
        tag("div")
            .child(head)
            .maybe(self.banner())
            .child(tag("main").class("page").push(self.page(link)))
            .child(tag("footer").class("bottom").text(texts.footer))
            .done()
    }
}

impl Storefront {
    fn opened(&mut self, ctx: &Context<Self>, shop: Rc<StorefrontConfig>) {
        self.cart = Cart::load(&shop.items);
        self.shop = RemoteData::Loaded(shop);
        self.request = order_page::fetch(self, ctx.link());
    }

    /// Follows the phase of the checkout.
    fn follow(&mut self, phase: Phase) {
        if let Some(id) = phase.checkout().and_then(|checkout| checkout.order_id.as_ref()) {
            self.set_order_id(id.clone());
        }
        match phase {
            Phase::Settled(Outcome::Paid(order)) => {
                self.set_order_id(order.order_id.clone());
                self.paid = true;
                let ordered = self.ordered.as_ref().is_some_and(|(_, cart)| *cart == self.cart);
                if ordered && order_page::order_id().is_none() {
                    // Until now the customer keeps the cart.
                    self.cart = Cart::default();
                    self.cart.save();
                }
                self.order = RemoteData::Loaded(order);
            }
            Phase::Settled(Outcome::NotPaid(order)) | Phase::Pending { order: Some(order), .. } => {
                self.order = RemoteData::Loaded(order);
            }
            Phase::Idle => self.ordered = None,
            _ => {}
        }
    }

    fn set_order_id(&mut self, id: String) {
        if self.ordered.as_ref().is_none_or(|(known, _)| *known != id) {
            self.ordered = Some((id, self.cart.clone()));
        }
    }

    /// The notice that payments are simulated or tests.
    fn banner(&self) -> Option<ElementBuilder> {
        let RemoteData::Loaded(shop) = &self.shop else { return None };
        let (text, simulator) = match &shop.environment {
            merchant::Environment::Local => (self.texts().local, shop.gateway_origin.as_ref()),
            merchant::Environment::Sandbox => (self.texts().sandbox, None),
            merchant::Environment::Production | merchant::Environment::Unknown(_) => return None,
        };
        let simulator = simulator.map(|origin| {
            tag("a")
                .with("href", [origin, "/simulator"].concat())
                .with("target", "_blank")
                .with("rel", "noopener")
                .text(self.texts().simulator)
        });
        let banner = tag("aside").class("banner").with("data-testid", "environment");
        Some(banner.text(text).text(" ").maybe(simulator))
    }

    fn page(&self, link: &Scope<Self>) -> Html {
        match &self.shop {
            RemoteData::Loaded(shop) if order_page::order_id().is_some() => order_page::view(self, shop, link),
            RemoteData::Loaded(shop) => catalog_page::view(self, shop, link),
            RemoteData::Loading => self.loading(self.texts().loading),
            RemoteData::NotFound | RemoteData::Failed => {
                self.error_panel(link, self.texts().shop_lost, || StorefrontMsg::ReloadShop)
            }
        }
    }
}

/// The element of the storefront. Its first content is replaced.
pub fn root() -> environment::Root {
    environment::root("app")
}

fn fetch_shop(link: &Scope<Storefront>) -> backend_api::CancelGuard {
    let (guard, signal) = backend_api::CancelGuard::new();
    let link = link.clone();
    environment::spawn(async move {
        let shop = backend_api::get("/api/shop", Default::default(), &signal).await;
        if !signal.aborted() {
            link.send_message(StorefrontMsg::StorefrontConfig(
                shop.ok().and_then(backend_api::JsonBody::read).map(Rc::new),
            ));
        }
    });
    guard
}
