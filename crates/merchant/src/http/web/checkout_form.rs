//! `POST /checkout`: the page without script. A form in, 303 to the hosted payment page out.

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use sha2::{Digest as _, Sha512};
use wire::merchant::{Checkout, Customer, OrderLine, OrderRequest};

use crate::error::{ApiError, ErrorCode};
use crate::http::error_response::Note;
use crate::http::extract;
use crate::http::router::Shop;
use crate::http::web::html;
use crate::id::{self, hex};
use crate::request::{self, Cart};

/// How often one form may be sent again after its order expired.
const MAX_AGAIN: u8 = 20;

/// The form's fields: `quantity[<item id>]`, `name`, `email`, `phone`, `key`.
pub async fn checkout(State(shop): State<Shop>, request: Request) -> Response {
    let styles = shop.page.styles().await;
    match order(&shop, request).await {
        Ok((redirect_url, note)) => {
            ([(header::CACHE_CONTROL, "no-store")], Extension(note), Redirect::to(&redirect_url)).into_response()
        }
        Err(problem) => html::problem(problem, &styles),
    }
}

async fn order(shop: &Shop, request: Request) -> Result<(String, Note), ApiError> {
    shop.door.order(&request)?;
    if !extract::is_type(request.headers(), "application/x-www-form-urlencoded") {
        return Err(ErrorCode::UnsupportedMediaType.into());
    }
    let body = extract::bytes(request.into_body(), extract::MAX_ORDER).await?;
    let form = Form::read(&body)?;
    let _place = shop.places.customer()?;
    let cart = request::price(&form.wanted, &shop.catalog)?;
    let checkout = ordered(shop, &form, &cart).await?;
    // Our own checkout always has one; only foreign token answers may lack it.
    let redirect_url = checkout.redirect_url.ok_or(ErrorCode::Internal)?;
    Ok((redirect_url, Note { order_id: checkout.order_id, what: Some("ordered".into()), code: None }))
}

/// The order of this form. One that can no longer be paid gives way to a new one: going back and pressing
/// again means "I want it after all". A paid one does not.
async fn ordered(shop: &Shop, form: &Form, cart: &Cart) -> Result<Checkout, ApiError> {
    let mut again = 0;
    loop {
        let answer = shop.orders.create(cart, form.idempotency_key(again).as_deref()).await;
        match answer {
            Err(problem) if problem.code == ErrorCode::OrderExpired && again < MAX_AGAIN => again += 1,
            answer => return answer,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) wanted: OrderRequest,
    key: Option<String>,
}

impl Form {
    pub(crate) fn read(body: &[u8]) -> Result<Self, ApiError> {
        let mut items = vec![];
        let mut customer = Customer::default();
        let mut key = None;
        for (name, value) in form_urlencoded::parse(body) {
            let twice = |field: &str| ApiError::from(ErrorCode::InvalidField).at(field);
            let single = match name.as_ref() {
                "name" => Some(&mut customer.name),
                "email" => Some(&mut customer.email),
                "phone" => Some(&mut customer.phone),
                "key" => Some(&mut key),
                _ => None,
            };
            if let Some(slot) = single {
                if slot.replace(value.into_owned()).is_some() {
                    return Err(twice(&name));
                }
            } else if let Some(id) = name.strip_prefix("quantity[").and_then(|rest| rest.strip_suffix(']')) {
                if items.iter().any(|line: &OrderLine| line.id == id) {
                    return Err(twice("quantity"));
                }
                match value.trim() {
                    // What was not chosen comes as 0 or empty.
                    "" => {}
                    digits => {
                        let quantity = digits
                            .parse()
                            .ok()
                            .filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))
                            .ok_or_else(|| ApiError::from(ErrorCode::InvalidQuantity).at("quantity"))?;
                        if quantity > 0 {
                            items.push(OrderLine { id: id.to_owned(), quantity });
                        }
                    }
                }
            }
            // Other fields, such as a button's name, are none of ours.
        }
        // Not one of ours: a raw template would give all its readers the same key, and one order.
        if key.as_deref().is_some_and(|key| !key.is_empty() && !id::is_random(key)) {
            return Err(ApiError::from(ErrorCode::InvalidField).at("key"));
        }
        Ok(Self { wanted: OrderRequest { items, customer: Some(customer) }, key })
    }

    /// The page's random key makes a double click one order. It is bound to what was ordered: a customer who
    /// goes back and changes the cart sends the same key, and means a new order.
    pub(crate) fn idempotency_key(&self, again: u8) -> Option<String> {
        let key = self.key.as_deref().filter(|key| !key.is_empty())?;
        let mut hash = Sha512::new();
        hash.update(key);
        hash.update(format!("{:?}", self.wanted));
        if again > 0 {
            hash.update([again]);
        }
        Some(format!("form-{}", hex(&hash.finalize()[..20])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let form = Form::read(
            b"quantity%5Bkopi%5D=2&quantity[teh]=0&quantity[roti]=00&quantity[mug]=&name=Siti+N&key=0123456789abcdefghjkmnpqrs&go=1",
        )
        .unwrap();
        assert_eq!(form.wanted.items, [OrderLine { id: "kopi".into(), quantity: 2 }]);
        assert_eq!(form.wanted.customer.as_ref().and_then(|c| c.name.as_deref()), Some("Siti N"));
        let again = Form::read(b"name=Siti+N&key=0123456789abcdefghjkmnpqrs&quantity[kopi]=2").unwrap();
        let changed = Form::read(b"name=Siti+N&key=0123456789abcdefghjkmnpqrs&quantity[kopi]=3").unwrap();
        assert_eq!(form.idempotency_key(0), again.idempotency_key(0));
        assert_ne!(form.idempotency_key(0), changed.idempotency_key(0));
        assert_ne!(form.idempotency_key(0), form.idempotency_key(1), "another order after the first expired");
        assert!(form.idempotency_key(1).is_some_and(|key| key.len() <= 46));
        let bad: [(&[u8], ErrorCode); 7] = [
            (b"key={{form_key}}", ErrorCode::InvalidField),
            (b"key=0123456789ABCDEFGHJKMNPQRS", ErrorCode::InvalidField),
            (b"name=a&name=b", ErrorCode::InvalidField),
            (b"quantity[a]=1&quantity[a]=1", ErrorCode::InvalidField),
            (b"quantity[a]=-1", ErrorCode::InvalidQuantity),
            (b"quantity[a]=%2B1", ErrorCode::InvalidQuantity),
            (b"quantity[a]=99999999999", ErrorCode::InvalidQuantity),
        ];
        for (body, code) in bad {
            assert_eq!(Form::read(body).unwrap_err().code, code, "{}", String::from_utf8_lossy(body));
        }
    }
}
