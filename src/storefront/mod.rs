//! The shop as one component: which page is shown, in which language, and what the customer wants.
//!
//! One component because each costs every customer bytes; the pages are plain functions of it.

mod cart;
mod cart_panel;
mod catalog_page;
mod i18n;
mod order_page;

use std::rc::Rc;

use snap_checkout::effects::subscriptions::EventSubscription;
use snap_checkout::effects::{backend_api, environment, json, saved_checkout};
use snap_checkout::element_builder::{ElementBuilder, button, tag};
use snap_checkout::i18n::Language;
use snap_checkout::wire::digits;
use snap_checkout::wire::merchant::{self, Checkout, Customer, Order, StorefrontConfig};
use snap_checkout::{Environment, Outcome, Phase, SnapCheckout, SnapCheckoutProps};
use yew::html::Scope;
use yew::prelude::*;
use yew::virtual_dom::VComp;

use cart::Cart;
use cart_panel::Field;
use i18n::{Words, words};

const LANGUAGE: &str = "storefront:language";

/// The whole page.
pub struct App {
    language: Language,
    shop: RemoteData<StorefrontConfig>,
    request: Option<backend_api::CancelGuard>,
    _seen: EventSubscription,

    cart: Cart,
    customer: Customer,
    /// The order that is being paid, once there is one, and the cart that it was made of.
    ordered: Option<(String, Cart)>,
    paid: bool,
    /// A new number is a new checkout.
    visit: i64,

    /// The order of the order page, and its own token, so that the same payment goes on.
    order: RemoteData<Order>,
    checkout: Option<Checkout>,
}

/// Data from the backend.
enum RemoteData<T> {
    Loading,
    Loaded(Rc<T>),
    NotFound,
    Failed,
}

pub enum Msg {
    StorefrontConfig(Option<Rc<StorefrontConfig>>),
    Speak(Language),
    Change(String, i32),
    Typed(Field, String),
    Phase(Phase),
    NextOrder,
    Order(Result<Rc<Order>, backend_api::TokenFault>, Option<Checkout>),
    ReloadOrder,
    ReloadShop,
    /// The page is seen again, or another tab did something.
    Shown,
}

impl Component for App {
    type Message = Msg;
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
            _seen: {
                let link = ctx.link().clone();
                EventSubscription::page("storefront:", move |seen| {
                    if seen {
                        link.send_message(Msg::Shown);
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
        // Written into the page by the merchant: the first picture needs no second request.
        match environment::text_of("shop").and_then(|text| json::read(&text)) {
            Some(shop) => this.opened(ctx, Rc::new(shop)),
            None => this.request = Some(fetch_shop(ctx.link())),
        }
        this
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::StorefrontConfig(Some(shop)) => self.opened(ctx, shop),
            Msg::StorefrontConfig(None) => self.shop = RemoteData::Failed,
            Msg::Speak(language) => {
                self.language = language;
                saved_checkout::save_setting(LANGUAGE, language.tag());
                environment::set_language(language.tag());
            }
            Msg::Change(id, by) => {
                self.cart.change(&id, by);
                self.cart.keep();
            }
            Msg::Typed(field, text) => {
                *field.of(&mut self.customer) = Some(text);
            }
            Msg::Phase(phase) => self.follow(phase),
            Msg::NextOrder => {
                self.visit += 1;
                self.ordered = None;
                self.paid = false;
            }
            // Asked again in vain: what was known is still the best there is.
            Msg::Order(Err(_), _) if matches!(self.order, RemoteData::Loaded(_)) => return false,
            Msg::Order(order, checkout) => {
                self.order = match order {
                    Ok(order) => RemoteData::Loaded(order),
                    Err(backend_api::TokenFault::Refused(404)) => RemoteData::NotFound,
                    Err(_) => RemoteData::Failed,
                };
                self.checkout = checkout;
            }
            Msg::ReloadOrder => {
                self.order = RemoteData::Loading;
                self.request = order_page::fetch(self, ctx.link());
            }
            Msg::Shown => {
                if let RemoteData::Loaded(shop) = &self.shop {
                    // All tabs share one cart; another one may have paid for it.
                    self.cart = Cart::kept(&shop.items);
                }
                if matches!(&self.order, RemoteData::Loaded(order) if !order.status.is_payable()) {
                    // Nothing else follows it: money may have been given back meanwhile.
                    self.request = order_page::fetch(self, ctx.link());
                }
            }
            Msg::ReloadShop => {
                self.shop = RemoteData::Loading;
                self.request = Some(fetch_shop(ctx.link()));
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let words = self.words();
        let link = ctx.link();
        let other = match self.language {
            Language::Indonesian => Language::English,
            Language::English => Language::Indonesian,
        };
        let logo = tag("img").with("src", "/assets/icon.svg").with("alt", "").with("width", "32").with("height", "32");
        let language = button("language", link.callback(move |_| Msg::Speak(other)))
            .with("data-testid", "language")
            .with("lang", other.tag())
            .text(words.other_language);
        let head = tag("header")
            .class("top")
            .child(tag("a").class("brand").with("href", "/").child(logo).text(words.brand))
            .child(language);
        tag("div")
            .child(head)
            .maybe(self.banner())
            .child(tag("main").class("page").push(self.page(link)))
            .child(tag("footer").class("bottom").text(words.footer))
            .done()
    }
}

impl App {
    fn words(&self) -> &'static Words {
        words(self.language)
    }

    fn opened(&mut self, ctx: &Context<Self>, shop: Rc<StorefrontConfig>) {
        self.cart = Cart::kept(&shop.items);
        self.shop = RemoteData::Loaded(shop);
        self.request = order_page::fetch(self, ctx.link());
    }

    /// What the payment's phase means for the shop around it.
    fn follow(&mut self, phase: Phase) {
        if let Some(id) = phase.checkout().and_then(|checkout| checkout.order_id.as_ref()) {
            self.order_is(id.clone());
        }
        match phase {
            Phase::Settled(Outcome::Paid(order)) => {
                self.order_is(order.order_id.clone());
                self.paid = true;
                let ordered = self.ordered.as_ref().is_some_and(|(_, cart)| *cart == self.cart);
                if ordered && order_page::order_id().is_none() {
                    // Only now: whatever else happens, the customer keeps the cart.
                    self.cart = Cart::default();
                    self.cart.keep();
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

    fn order_is(&mut self, id: String) {
        if self.ordered.as_ref().is_none_or(|(known, _)| *known != id) {
            self.ordered = Some((id, self.cart.clone()));
        }
    }

    /// Says where the money goes, unless it is real.
    fn banner(&self) -> Option<ElementBuilder> {
        let RemoteData::Loaded(shop) = &self.shop else { return None };
        let (text, simulator) = match &shop.environment {
            merchant::Environment::Local => (self.words().local, shop.gateway_origin.as_ref()),
            merchant::Environment::Sandbox => (self.words().sandbox, None),
            merchant::Environment::Production | merchant::Environment::Unknown(_) => return None,
        };
        let simulator = simulator.map(|origin| {
            tag("a")
                .with("href", [origin, "/simulator"].concat())
                .with("target", "_blank")
                .with("rel", "noopener")
                .text(self.words().simulator)
        });
        let banner = tag("aside").class("banner").with("data-testid", "environment");
        Some(banner.text(text).text(" ").maybe(simulator))
    }

    fn page(&self, link: &Scope<Self>) -> Html {
        match &self.shop {
            RemoteData::Loaded(shop) if order_page::order_id().is_some() => order_page::view(self, shop, link),
            RemoteData::Loaded(shop) => catalog_page::view(self, shop, link),
            RemoteData::Loading => self.loading(self.words().loading),
            RemoteData::NotFound | RemoteData::Failed => self.lost(link, self.words().shop_lost, || Msg::ReloadShop),
        }
    }

    fn loading(&self, said: &'static str) -> Html {
        tag("p").with("role", "status").class("notice").text(said).done()
    }

    fn lost(&self, link: &Scope<Self>, said: &'static str, again: fn() -> Msg) -> Html {
        tag("section")
            .class("panel panel--alone lost")
            .with("role", "alert")
            .child(tag("h1").text(said))
            .child(button("snap-checkout__main", link.callback(move |_| again())).text(self.words().retry))
            .child(self.back())
            .done()
    }

    fn back(&self) -> ElementBuilder {
        tag("p").class("after").child(tag("a").with("href", "/").text(self.words().back))
    }

    /// The one place where the shop uses the component.
    fn payment(&self, shop: &StorefrontConfig, link: &Scope<Self>, what: Payment) -> Html {
        let Some(environment) = gateway_environment(shop) else { return Html::default() };
        let props = SnapCheckoutProps {
            token_url: what.token_url,
            order: what.order,
            order_key: what.order_key,
            checkout: what.checkout,
            amount: what.amount,
            language: self.language,
            disabled: what.disabled,
            on_phase: link.callback(Msg::Phase),
            ..SnapCheckoutProps::new(shop.client_key.clone().into(), environment)
        };
        VComp::new::<SnapCheckout>(Rc::new(props), Some(digits(self.visit).into())).into()
    }
}

/// What differs between paying a cart and paying an order.
struct Payment {
    token_url: AttrValue,
    order: AttrValue,
    order_key: Option<AttrValue>,
    checkout: Option<Checkout>,
    amount: Option<snap_checkout::wire::Rupiah>,
    disabled: bool,
}

/// Where the page is mounted: what stands there before the program starts is replaced.
pub fn root() -> environment::Root {
    environment::root("app")
}

fn fetch_shop(link: &Scope<App>) -> backend_api::CancelGuard {
    let (abort, signal) = backend_api::CancelGuard::new();
    let link = link.clone();
    environment::spawn(async move {
        let shop = backend_api::get("/api/shop", Default::default(), &signal).await;
        if !signal.aborted() {
            link.send_message(Msg::StorefrontConfig(shop.ok().and_then(backend_api::Answer::read).map(Rc::new)));
        }
    });
    abort
}

/// The gateway that the merchant names; a word that this page does not know is no gateway.
fn gateway_environment(shop: &StorefrontConfig) -> Option<Environment> {
    Some(match &shop.environment {
        merchant::Environment::Sandbox => Environment::Sandbox,
        merchant::Environment::Production => Environment::Production,
        merchant::Environment::Local => Environment::Local(shop.gateway_origin.clone()?.into()),
        merchant::Environment::Unknown(_) => return None,
    })
}
