//! One order: what was bought, how it stands, what was given back, and the way to pay it if it is not paid.
//!
//! The address may carry `transaction_status` and the like from the gateway; anyone can write that, so it is
//! not read. The merchant is asked.

use std::rc::Rc;

use snap_checkout::CheckoutConfig;
use snap_checkout::effects::{backend_api, environment, format};
use snap_checkout::element_builder::tag;
use snap_checkout::wire::digits;
use snap_checkout::wire::merchant::{Order, OrderStatus, StorefrontConfig};
use yew::html::Scope;
use yew::prelude::*;

use super::{App, Msg, Payment, RemoteData, gateway_environment};

/// The order of the page's address, `/order/{id}`.
pub fn order_id() -> Option<String> {
    environment::path().strip_prefix("/order/").map(str::to_owned)
}

pub fn view(app: &App, shop: &StorefrontConfig, link: &Scope<App>) -> Html {
    match &app.order {
        RemoteData::Loading => app.loading(app.words().order_asking),
        RemoteData::NotFound => app.lost(link, app.words().order_unknown, || Msg::ReloadOrder),
        RemoteData::Failed => app.lost(link, app.words().order_lost, || Msg::ReloadOrder),
        RemoteData::Loaded(order) => paper(app, shop, order, link),
    }
}

fn paper(app: &App, shop: &StorefrontConfig, order: &Order, link: &Scope<App>) -> Html {
    let words = app.words();
    let status = AttrValue::from(order.status.as_str().to_owned());
    let lines = order.items.iter().map(|item| {
        let price = item.price.times(item.quantity).unwrap_or(item.price);
        let quantity = ["× ", &digits(item.quantity.into())].concat();
        tag("li")
            .child(tag("span").class("lines__name").text(item.name.clone()))
            .child(tag("span").class("lines__steps").text(quantity))
            .child(tag("span").class("lines__price").text(format::rupiah(price)))
    });
    let payment = (app.checkout.is_some() || is_payable(&order.status)).then(|| {
        app.payment(
            shop,
            link,
            Payment {
                token_url: token_url(&order.order_id),
                order: AttrValue::Static("{}"),
                order_key: None,
                checkout: app.checkout.clone(),
                amount: order.gross_amount,
                disabled: false,
            },
        )
    });
    tag("section")
        .class("panel panel--alone")
        .with("data-testid", "order")
        .with("data-status", status)
        .child(tag("h1").text(words.order))
        .child(tag("p").class("order-id").child(tag("code").text(order.order_id.clone())))
        .child(tag("p").class("badge").text(words.status(&order.status)))
        .child(tag("ul").class("lines").children(lines))
        .maybe(order.gross_amount.map(|amount| app.total(app.words().total, "total", amount)))
        .maybe(order.refunded_amount.map(|amount| app.total(app.words().refunded, "refunded", amount)))
        .push(payment.unwrap_or_default())
        .child(app.back())
        .done()
}

pub fn is_payable(status: &OrderStatus) -> bool {
    matches!(status, OrderStatus::Created | OrderStatus::Pending | OrderStatus::Review | OrderStatus::Denied)
}

fn token_url(order_id: &str) -> AttrValue {
    ["/api/orders/", order_id, "/token"].concat().into()
}

/// Asks for the order of the page's address, if it names one, and for its token where it can still be paid.
pub fn fetch(app: &App, link: &Scope<App>) -> Option<backend_api::CancelGuard> {
    let id = order_id()?;
    let RemoteData::Loaded(shop) = &app.shop else { return None };
    let settings =
        CheckoutConfig::new(shop.client_key.clone().into(), gateway_environment(shop)?, token_url(&id), "{}".into());
    let (abort, signal) = backend_api::CancelGuard::new();
    let link = link.clone();
    environment::spawn(async move {
        let answer = backend_api::get(&["/api/orders/", &id].concat(), Default::default(), &signal).await;
        let order = match answer {
            Ok(answer) => answer.read::<Order>().map(Rc::new).ok_or(backend_api::TokenFault::BadAnswer),
            Err(unanswered) => Err(unanswered.fault),
        };
        let checkout = match &order {
            // Without a token the order can still be seen, and the button asks for one.
            Ok(order) if is_payable(&order.status) => backend_api::request_token(&settings, &id, &signal).await.ok(),
            _ => None,
        };
        if !signal.aborted() {
            link.send_message(Msg::Order(order, checkout));
        }
    });
    Some(abort)
}
