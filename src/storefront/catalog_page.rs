//! The catalogue, and the cart with the checkout beside it.

use snap_checkout::effects::format;
use snap_checkout::element_builder::{ElementBuilder, button, tag};
use snap_checkout::wire::digits;
use snap_checkout::wire::merchant::{Item, StorefrontConfig};
use yew::html::Scope;
use yew::prelude::*;

use super::cart_panel;
use super::state::{Storefront, StorefrontMsg};

pub fn view(app: &Storefront, shop: &StorefrontConfig, link: &Scope<Storefront>) -> Html {
    let texts = app.texts();
    let goods = tag("section")
        .class("goods")
        .child(tag("h1").text(texts.headline))
        .child(tag("p").class("lead").text(texts.lead))
        .child(tag("ul").class("grid").children(shop.items.iter().map(|item| card(app, item, link))));
    tag("div").class("shop").child(goods).child(cart_panel::view(app, shop, link)).maybe(bar(app, shop)).done()
}

fn card(app: &Storefront, item: &Item, link: &Scope<Storefront>) -> ElementBuilder {
    let id = item.id.clone();
    let quantity = app.cart.quantity(&item.id);
    let picture = tag("img")
        .with("src", picture(&item.id))
        .with("alt", "")
        .with("width", "320")
        .with("height", "240")
        .with("loading", "lazy");
    let count = (quantity > 0).then(|| tag("span").class("add__count").text(digits(quantity.into())));
    let add = button("add", link.callback(move |_| StorefrontMsg::Change(id.clone(), 1)))
        .with("data-testid", "add")
        .with("aria-label", [app.texts().add, ": ", &item.name].concat())
        .text("+");
    let buy = tag("div")
        .class("card__buy")
        .child(tag("strong").text(format::rupiah(item.price)))
        .child(tag("span").class("card__add").child(add).maybe(count));
    tag("li")
        .class("card")
        .with("data-item", item.id.clone())
        .child(picture)
        .child(tag("h2").text(item.name.clone()))
        .child(tag("p").text(item.description.clone().unwrap_or_default()))
        .child(buy)
}

/// A link to the cart, which is below the catalogue on phones.
fn bar(app: &Storefront, shop: &StorefrontConfig) -> Option<ElementBuilder> {
    let count = [app.texts().cart, " (", &digits(app.cart.count().into()), ")"].concat();
    let total = format::rupiah(app.cart.total(&shop.items));
    let bar =
        tag("a").class("bar").with("href", "#cart").child(tag("span").text(count)).child(tag("strong").text(total));
    (!app.cart.is_empty()).then_some(bar)
}

/// The picture of a sample item. Other items have the picture of a parcel.
fn picture(id: &str) -> String {
    const KNOWN: [&str; 6] = [
        "kopi-gayo-250g",
        "teh-melati-100g",
        "sambal-roa-150g",
        "mug-keramik-plered",
        "tas-anyam-rotan",
        "batik-tulis-pekalongan",
    ];
    let name = if KNOWN.contains(&id) { id } else { "parcel" };
    ["/assets/", name, ".svg"].concat()
}
