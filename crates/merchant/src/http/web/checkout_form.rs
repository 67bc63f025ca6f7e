//! The form that works without script: its quantity fields, and `POST /checkout`, which redirects to the payment page.

use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use sha2::{Digest as _, Sha512};
use wire::merchant::{Checkout, Customer, Item, OrderLine, OrderRequest};

use crate::error::{ApiError, ErrorCode};
use crate::http::app_state::AppState;
use crate::http::error_response::LogContext;
use crate::http::extract;
use crate::http::web::error_page::error_page;
use crate::http::web::html::{escape, rupiah};
use crate::id::{self, hex};
use crate::pricing::{self, PricedCart};

/// New orders that one form may create after earlier ones expired.
const MAX_REORDERS: u8 = 20;

/// Renders a quantity field for each item.
pub(super) fn render_quantity_fields(items: &[Item]) -> String {
    let field = |item: &Item| {
        format!(
            "<label><span>{name} · {price}</span> <input type=\"number\" name=\"quantity[{id}]\" value=\"0\" \
             min=\"0\" max=\"999\" inputmode=\"numeric\"></label>\n",
            name = escape(&item.name),
            price = rupiah(item.price),
            id = escape(&item.id),
        )
    };
    items.iter().map(field).collect()
}

/// Handles the form. Its fields are `quantity[<item id>]`, `name`, `email`, `phone` and `key`.
pub async fn checkout(State(state): State<AppState>, request: Request) -> Response {
    let styles = state.page.styles().await;
    match submit(&state, request).await {
        Ok((redirect_url, log)) => {
            ([(header::CACHE_CONTROL, "no-store")], log, Redirect::to(&redirect_url)).into_response()
        }
        Err(error) => error_page(error, &styles),
    }
}

async fn submit(state: &AppState, request: Request) -> Result<(String, LogContext), ApiError> {
    state.order_guard.check_order(&request)?;
    if !extract::is_type(request.headers(), "application/x-www-form-urlencoded") {
        return Err(ErrorCode::UnsupportedMediaType.into());
    }
    let body = extract::bytes(request.into_body(), extract::MAX_ORDER).await?;
    let form = CheckoutForm::parse(&body)?;
    let _permit = state.permits.customer()?;
    let cart = pricing::price(&form.order_request, &state.catalog)?;
    let checkout = create_order(state, &form, &cart).await?;
    // Our checkouts always have one; only those of other backends may lack it.
    let redirect_url = checkout.redirect_url.ok_or(ErrorCode::Internal)?;
    Ok((redirect_url, LogContext::new(checkout.order_id.as_deref(), "order created")))
}

/// Creates the order of a form. When that order expired, a resubmitted form means a new order; when it is paid, it does
/// not.
async fn create_order(state: &AppState, form: &CheckoutForm, cart: &PricedCart) -> Result<Checkout, ApiError> {
    let mut reorders = 0;
    loop {
        let result = state.checkout.create(cart, form.idempotency_key(reorders).as_deref()).await;
        match result {
            Err(error) if error.code == ErrorCode::OrderExpired && reorders < MAX_REORDERS => reorders += 1,
            result => return result,
        }
    }
}

/// The fields of one submitted form.
#[derive(Debug)]
pub(crate) struct CheckoutForm {
    pub(crate) order_request: OrderRequest,
    key: Option<String>,
}

impl CheckoutForm {
    /// Parses a body.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let mut items = vec![];
        let mut customer = Customer::default();
        let mut key = None;
        for (name, value) in form_urlencoded::parse(body) {
            let repeated = |field: &str| ApiError::from(ErrorCode::InvalidField).with_field(field);
            let single = match name.as_ref() {
                "name" => Some(&mut customer.name),
                "email" => Some(&mut customer.email),
                "phone" => Some(&mut customer.phone),
                "key" => Some(&mut key),
                _ => None,
            };
            if let Some(slot) = single {
                if slot.replace(value.into_owned()).is_some() {
                    return Err(repeated(&name));
                }
            } else if let Some(id) = name.strip_prefix("quantity[").and_then(|rest| rest.strip_suffix(']')) {
                if items.iter().any(|line: &OrderLine| line.id == id) {
                    return Err(repeated("quantity"));
                }
                match value.trim() {
                    // An item that is not ordered has 0 or nothing.
                    "" => {}
                    digits => {
                        let quantity = digits
                            .parse()
                            .ok()
                            .filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))
                            .ok_or_else(|| ApiError::from(ErrorCode::InvalidQuantity).with_field("quantity"))?;
                        if quantity > 0 {
                            items.push(OrderLine { id: id.to_owned(), quantity });
                        }
                    }
                }
            }
            // Other fields, such as the name of a button, are ignored.
        }
        // An unfilled template would give all customers the same key, and so one order.
        if key.as_deref().is_some_and(|key| !key.is_empty() && !id::is_random(key)) {
            return Err(ApiError::from(ErrorCode::InvalidField).with_field("key"));
        }
        Ok(Self { order_request: OrderRequest { items, customer: Some(customer) }, key })
    }

    /// The idempotency key of the form's order, or of a later order after earlier ones expired.
    ///
    /// The form's random key makes a double click one order. The key depends on the content too: a customer who goes back
    /// and changes the cart sends the same form key, but means a new order.
    pub(crate) fn idempotency_key(&self, reorders: u8) -> Option<String> {
        let key = self.key.as_deref().filter(|key| !key.is_empty())?;
        let mut hash = Sha512::new();
        hash.update(key);
        hash.update(format!("{:?}", self.order_request));
        if reorders > 0 {
            hash.update([reorders]);
        }
        Some(format!("form-{}", hex(&hash.finalize()[..20])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_keys_of_a_form() {
        let form = CheckoutForm::parse(
            b"quantity%5Bkopi%5D=2&quantity[teh]=0&quantity[roti]=00&quantity[mug]=&name=Siti+N&key=0123456789abcdefghjkmnpqrs&go=1",
        )
        .unwrap();
        assert_eq!(form.order_request.items, [OrderLine { id: "kopi".into(), quantity: 2 }]);
        assert_eq!(form.order_request.customer.as_ref().and_then(|c| c.name.as_deref()), Some("Siti N"));
        let same = CheckoutForm::parse(b"name=Siti+N&key=0123456789abcdefghjkmnpqrs&quantity[kopi]=2").unwrap();
        let changed = CheckoutForm::parse(b"name=Siti+N&key=0123456789abcdefghjkmnpqrs&quantity[kopi]=3").unwrap();
        assert_eq!(form.idempotency_key(0), same.idempotency_key(0));
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
            assert_eq!(CheckoutForm::parse(body).unwrap_err().code, code, "{}", String::from_utf8_lossy(body));
        }
    }
}
