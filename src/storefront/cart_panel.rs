//! The cart, the customer's details, and the checkout.

use snap_checkout::effects::{environment, format};
use snap_checkout::element_builder::{ElementBuilder, button, tag};
use snap_checkout::wire::digits;
use snap_checkout::wire::merchant::{Item, StorefrontConfig};
use yew::html::Scope;
use yew::prelude::*;

use super::state::{CheckoutSettings, Field, Storefront, StorefrontMsg};

pub fn view(app: &Storefront, shop: &StorefrontConfig, link: &Scope<Storefront>) -> ElementBuilder {
    let texts = app.texts();
    let total = app.cart.total(&shop.items);
    let empty = app.cart.is_empty();
    let payment = app.checkout(
        shop,
        link,
        CheckoutSettings {
            token_url: AttrValue::Static("/api/orders"),
            order: app.cart.order(&app.customer).into(),
            order_key: Some(app.cart.items().into()),
            checkout: None,
            amount: (!empty).then_some(total),
            disabled: empty,
        },
    );
    let nothing = tag("p").class("notice").text(texts.cart_empty);
    let filled = || {
        let fields = tag("div")
            .class("fields")
            .child(field(app, texts.name, Field::Name, "text", "name", link))
            .child(field(app, texts.email, Field::Email, "email", "email", link))
            .child(field(app, texts.phone, Field::Phone, "tel", "tel", link));
        tag("div")
            .class("filled")
            .child(
                tag("ul")
                    .class("lines")
                    .children(app.cart.lines(&shop.items).map(|(item, quantity)| line(app, item, quantity, link))),
            )
            .child(app.total(texts.total, "total", total))
            // The order contains the details, so they can no longer change.
            .maybe(app.ordered.is_none().then_some(fields))
    };
    tag("section")
        .class("panel")
        .with("id", "cart")
        .with("data-testid", "cart")
        .child(tag("h2").text(texts.cart))
        .maybe((empty && !app.paid).then_some(nothing))
        .maybe((!empty).then(filled))
        .push(payment)
        .maybe(order_links(app, link))
}

fn line(app: &Storefront, item: &Item, quantity: u32, link: &Scope<Storefront>) -> ElementBuilder {
    let price = item.price.times(quantity).unwrap_or(item.price);
    let steps = tag("span")
        .class("lines__steps")
        .child(step(item, -1, app.texts().fewer, link))
        .child(tag("output").text(digits(quantity.into())))
        .child(step(item, 1, app.texts().more, link));
    tag("li")
        .child(tag("span").class("lines__name").text(item.name.clone()))
        .child(steps)
        .child(tag("span").class("lines__price").text(format::rupiah(price)))
}

fn step(item: &Item, by: i32, label: &str, link: &Scope<Storefront>) -> ElementBuilder {
    let id = item.id.clone();
    let (sign, testid) = if by < 0 { ("−", "fewer") } else { ("+", "more") };
    button("step", link.callback(move |_| StorefrontMsg::Change(id.clone(), by)))
        .with("data-testid", testid)
        .with("aria-label", [label, ": ", &item.name].concat())
        .text(sign)
}

fn field(
    app: &Storefront,
    label: &'static str,
    field: Field,
    kind: &'static str,
    autocomplete: &'static str,
    link: &Scope<Storefront>,
) -> ElementBuilder {
    let value = field.of(&mut app.customer.clone()).take().unwrap_or_default();
    let input = tag("input")
        .with("type", kind)
        .with("name", autocomplete)
        .with("autocomplete", autocomplete)
        .with("maxlength", "255")
        .value(value)
        .on_input(link.callback(move |event: InputEvent| StorefrontMsg::Typed(field, environment::typed(&event))));
    let label = tag("span").text(label).text(" ").child(tag("small").text(app.texts().optional));
    tag("label").class("field").child(label).child(input)
}

/// Links to the order and to the next one.
fn order_links(app: &Storefront, link: &Scope<Storefront>) -> Option<ElementBuilder> {
    let (id, cart) = app.ordered.as_ref()?;
    let next = match (app.paid, *cart != app.cart && !app.cart.is_empty()) {
        (true, _) => Some((app.texts().shop_on, "shop-on")),
        (false, true) => Some((app.texts().next_order, "next-order")),
        (false, false) => None,
    };
    let next = next.map(|(label, testid)| {
        button("link", link.callback(|_| StorefrontMsg::NextOrder)).with("data-testid", testid).text(label)
    });
    let order =
        tag("a").with("href", ["/order/", id].concat()).with("data-testid", "order-link").text(app.texts().see_order);
    Some(tag("p").class("after").child(order).maybe(next))
}
