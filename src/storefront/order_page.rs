//! The page of one order: its lines, its status, its refunds, and the checkout while it is payable.
//!
//! The gateway adds `transaction_status` and more to the return URL. Anyone can write a URL, so the page ignores them
//! and asks the backend.

use std::rc::Rc;

use snap_checkout::CheckoutConfig;
use snap_checkout::effects::{backend_api, environment, format};
use snap_checkout::element_builder::{ElementBuilder, button, tag};
use snap_checkout::wire::digits;
use snap_checkout::wire::merchant::{Order, StorefrontConfig};
use yew::html::Scope;
use yew::prelude::*;

use super::state::{CheckoutSettings, RemoteData, Storefront, StorefrontMsg, gateway_environment};

/// The order of the page's address, `/order/{id}`.
pub fn order_id() -> Option<String> {
    environment::path().strip_prefix("/order/").map(str::to_owned)
}

pub fn view(app: &Storefront, shop: &StorefrontConfig, link: &Scope<Storefront>) -> Html {
    match &app.order {
        RemoteData::Loading => app.loading(app.texts().order_loading),
        RemoteData::NotFound => app.error_panel(link, app.texts().order_unknown, || StorefrontMsg::ReloadOrder),
        RemoteData::Failed => app.error_panel(link, app.texts().order_lost, || StorefrontMsg::ReloadOrder),
        RemoteData::Loaded(order) => order_panel(app, shop, order, link),
    }
}

fn order_panel(app: &Storefront, shop: &StorefrontConfig, order: &Order, link: &Scope<Storefront>) -> Html {
    let texts = app.texts();
    let status = AttrValue::from(order.status.as_str().to_owned());
    let lines = order.items.iter().map(|item| {
        let price = item.price.times(item.quantity).unwrap_or(item.price);
        let quantity = ["× ", &digits(item.quantity.into())].concat();
        tag("li")
            .child(tag("span").class("lines__name").text(item.name.clone()))
            .child(tag("span").class("lines__steps").text(quantity))
            .child(tag("span").class("lines__price").text(format::rupiah(price)))
    });
    let payment = (app.checkout.is_some() || order.status.is_payable()).then(|| {
        app.checkout(
            shop,
            link,
            CheckoutSettings {
                token_url: token_url(&order.order_id),
                order: AttrValue::Static("{}"),
                order_key: None,
                checkout: app.checkout.clone(),
                amount: order.gross_amount,
                disabled: false,
            },
        )
    });
    let is_checked = payment.is_none() && !(order.status.is_paid() || order.status.is_final());
    tag("section")
        .class("panel panel--alone")
        .with("data-testid", "order")
        .with("data-status", status)
        .child(tag("h1").text(texts.order))
        .child(tag("p").class("order-id").child(tag("code").text(order.order_id.clone())))
        .child(tag("p").class("badge").text(texts.status(&order.status)))
        .child(tag("ul").class("lines").children(lines))
        .maybe(order.gross_amount.map(|amount| app.total(app.texts().total, "total", amount)))
        .maybe(order.refunded_amount.map(|amount| app.total(app.texts().refunded, "refund-total", amount)))
        .push(payment.unwrap_or_default())
        .children(is_checked.then(|| review_notice(app, link)).into_iter().flatten())
        .child(app.back())
        .done()
}

/// For an order that the shop must check first: the customer need not pay again, and can ask for the status.
fn review_notice(app: &Storefront, link: &Scope<Storefront>) -> [ElementBuilder; 2] {
    let check_again = link.callback(|_| StorefrontMsg::ReloadOrder);
    [
        tag("p").class("notice").with("role", "status").text(app.texts().under_review),
        button("snap-checkout__main", check_again).with("data-testid", "check-order").text(app.texts().check_again),
    ]
}

fn token_url(order_id: &str) -> AttrValue {
    ["/api/orders/", order_id, "/token"].concat().into()
}

/// Fetches the order of the page's URL, and its token while it is payable.
pub fn fetch(app: &Storefront, link: &Scope<Storefront>) -> Option<backend_api::CancelGuard> {
    let id = order_id()?;
    let RemoteData::Loaded(shop) = &app.shop else { return None };
    let settings =
        CheckoutConfig::new(shop.client_key.clone().into(), gateway_environment(shop)?, token_url(&id), "{}".into());
    let (guard, signal) = backend_api::CancelGuard::new();
    let link = link.clone();
    environment::spawn(async move {
        let answer = backend_api::get(&["/api/orders/", &id].concat(), Default::default(), &signal).await;
        let order = match answer {
            Ok(answer) => answer.read::<Order>().map(Rc::new).ok_or(backend_api::TokenFault::InvalidResponse),
            Err(unanswered) => Err(unanswered.fault),
        };
        let checkout = match &order {
            // Without a token the order can still be seen, and the button asks for one.
            Ok(order) if order.status.is_payable() => backend_api::request_token(&settings, &id, &signal).await.ok(),
            _ => None,
        };
        if !signal.aborted() {
            link.send_message(StorefrontMsg::Order(order, checkout));
        }
    });
    Some(guard)
}
