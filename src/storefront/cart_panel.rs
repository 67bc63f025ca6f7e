//! The cart, who buys, and the checkout.

use snap_checkout::effects::{environment, format};
use snap_checkout::element_builder::{ElementBuilder, button, tag};
use snap_checkout::wire::merchant::{Customer, Item, StorefrontConfig};
use snap_checkout::wire::{Rupiah, digits};
use yew::html::Scope;
use yew::prelude::*;

use super::{App, Msg, Payment};

/// What a customer may tell.
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

impl App {
    pub(super) fn total(&self, label: &'static str, testid: &'static str, amount: Rupiah) -> ElementBuilder {
        let amount = tag("strong").with("data-testid", testid).text(format::rupiah(amount));
        tag("p").class("total").child(tag("span").text(label)).child(amount)
    }
}

pub fn view(app: &App, shop: &StorefrontConfig, link: &Scope<App>) -> ElementBuilder {
    let words = app.words();
    let total = app.cart.total(&shop.items);
    let empty = app.cart.is_empty();
    let payment = app.payment(
        shop,
        link,
        Payment {
            token_url: AttrValue::Static("/api/orders"),
            order: app.cart.order(&app.customer).into(),
            order_key: Some(app.cart.items().into()),
            checkout: None,
            amount: (!empty).then_some(total),
            disabled: empty,
        },
    );
    let nothing = tag("p").class("notice").text(words.cart_empty);
    let filled = || {
        let fields = tag("div")
            .class("fields")
            .child(field(app, words.name, Field::Name, "text", "name", link))
            .child(field(app, words.email, Field::Email, "email", "email", link))
            .child(field(app, words.phone, Field::Phone, "tel", "tel", link));
        tag("div")
            .class("filled")
            .child(
                tag("ul")
                    .class("lines")
                    .children(app.cart.lines(&shop.items).map(|(item, quantity)| line(app, item, quantity, link))),
            )
            .child(app.total(words.total, "total", total))
            // Once there is an order, what is typed here no longer goes into it.
            .maybe(app.ordered.is_none().then_some(fields))
    };
    tag("section")
        .class("panel")
        .with("id", "cart")
        .with("data-testid", "cart")
        .child(tag("h2").text(words.cart))
        .maybe((empty && !app.paid).then_some(nothing))
        .maybe((!empty).then(filled))
        .push(payment)
        .maybe(after(app, link))
}

fn line(app: &App, item: &Item, quantity: u32, link: &Scope<App>) -> ElementBuilder {
    let price = item.price.times(quantity).unwrap_or(item.price);
    let steps = tag("span")
        .class("lines__steps")
        .child(step(item, -1, app.words().fewer, link))
        .child(tag("output").text(digits(quantity.into())))
        .child(step(item, 1, app.words().more, link));
    tag("li")
        .child(tag("span").class("lines__name").text(item.name.clone()))
        .child(steps)
        .child(tag("span").class("lines__price").text(format::rupiah(price)))
}

fn step(item: &Item, by: i32, label: &str, link: &Scope<App>) -> ElementBuilder {
    let id = item.id.clone();
    let (sign, testid) = if by < 0 { ("−", "fewer") } else { ("+", "more") };
    button("step", link.callback(move |_| Msg::Change(id.clone(), by)))
        .with("data-testid", testid)
        .with("aria-label", [label, ": ", &item.name].concat())
        .text(sign)
}

fn field(
    app: &App,
    label: &'static str,
    field: Field,
    kind: &'static str,
    autocomplete: &'static str,
    link: &Scope<App>,
) -> ElementBuilder {
    let value = field.of(&mut app.customer.clone()).take().unwrap_or_default();
    let input = tag("input")
        .with("type", kind)
        .with("name", autocomplete)
        .with("autocomplete", autocomplete)
        .with("maxlength", "255")
        .value(value)
        .on_input(link.callback(move |event: InputEvent| Msg::Typed(field, environment::typed(&event))));
    let label = tag("span").text(label).text(" ").child(tag("small").text(app.words().optional));
    tag("label").class("field").child(label).child(input)
}

/// Ways on for the shopper, beside those of the payment.
fn after(app: &App, link: &Scope<App>) -> Option<ElementBuilder> {
    let (id, cart) = app.ordered.as_ref()?;
    let next = match (app.paid, *cart != app.cart && !app.cart.is_empty()) {
        (true, _) => Some((app.words().shop_on, "shop-on")),
        (false, true) => Some((app.words().next_order, "next-order")),
        (false, false) => None,
    };
    let next = next.map(|(label, testid)| {
        button("link", link.callback(|_| Msg::NextOrder)).with("data-testid", testid).text(label)
    });
    let order =
        tag("a").with("href", ["/order/", id].concat()).with("data-testid", "order-link").text(app.words().see_order);
    Some(tag("p").class("after").child(order).maybe(next))
}
