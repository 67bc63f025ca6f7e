//! Order requests, as JSON and as a form.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use merchant::catalog::Catalog;
use merchant::error::ErrorCode;
use merchant::order_limits::{MAX_AMOUNT, MAX_LINES, is_safe_text};
use merchant::pricing::price;
use merchant::test_support;
use merchant::token_request::token_request;
use orders::OrderRecord;
use wire::Rupiah;
use wire::merchant::{OrderRequest, OrderStatus};
use wire::midtrans::TokenRequest;

use crate::{assert_round_trip, read};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(None).expect("the built-in catalogue"));

/// The JSON of an order request. The backend reads it strictly, prices it by the catalogue, and sends the gateway a valid
/// token request.
pub fn order_request(data: &[u8]) {
    match test_support::order(data) {
        Ok(request) => {
            assert_round_trip(&request);
            assert_eq!(read::<OrderRequest>(data).as_ref(), Some(&request), "two readers differ");
            assert_priced(&request);
        }
        Err(error) => {
            let expected = [ErrorCode::InvalidJson, ErrorCode::InvalidField];
            assert!(expected.contains(&error.code), "{error:?}");
            let known = |c: char| c.is_ascii_alphanumeric() || "[]._".contains(c);
            assert!(error.field.iter().all(|field| field.chars().all(known)), "{:?}", error.field);
            assert!(read::<OrderRequest>(data).is_none(), "{error:?}");
        }
    }
}

/// The form of the page that works without script.
pub fn cart_form(data: &[u8]) {
    match test_support::form(data) {
        Ok((request, key)) => {
            assert_eq!(
                test_support::form(data).ok(),
                Some((request.clone(), key.clone())),
                "the same form has another key"
            );
            if let Some(key) = key {
                assert!(test_support::idempotency_key(&[key.as_bytes()]).is_ok_and(|taken| taken == Some(key)));
            }
            assert!(request.items.iter().all(|line| line.quantity > 0));
            assert_priced(&request);
        }
        Err(error) => {
            assert!(matches!(error.code, ErrorCode::InvalidField | ErrorCode::InvalidQuantity), "{error:?}");
        }
    }
}

fn assert_priced(request: &OrderRequest) {
    let cart = match price(request, &CATALOG) {
        Ok(cart) => cart,
        Err(error) => {
            use ErrorCode::*;
            let expected = [
                EmptyCart,
                TooManyItems,
                UnknownItem,
                InvalidQuantity,
                AmountTooLarge,
                InvalidText,
                InvalidEmail,
                InvalidPhone,
            ];
            assert!(expected.contains(&error.code), "{error:?}");
            assert!(error.field.is_some(), "{error:?}");
            return;
        }
    };
    assert!((1..=MAX_LINES).contains(&cart.items.len()));
    let ids: BTreeSet<&str> = cart.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids.len(), cart.items.len(), "an item has two lines");
    let mut sum = 0_i128;
    for item in &cart.items {
        let known = CATALOG.find(&item.id).expect("an item of the catalogue");
        assert_eq!((item.price, &item.name), (known.price, &known.name), "not the catalogue's price");
        let quantity: u64 =
            request.items.iter().filter(|line| line.id == item.id).map(|line| u64::from(line.quantity)).sum();
        assert_eq!(u64::from(item.quantity), quantity);
        assert!((1..=999).contains(&item.quantity));
        sum += i128::from(item.price.0) * i128::from(item.quantity);
    }
    assert_eq!(i128::from(cart.gross_amount.0), sum);
    assert!(cart.gross_amount <= MAX_AMOUNT && cart.gross_amount >= Rupiah(1));
    let customer = [&cart.customer.name, &cart.customer.email, &cart.customer.phone];
    for text in customer.into_iter().flatten() {
        assert!(!text.trim().is_empty() && is_safe_text(text) && text.chars().count() <= 255, "{text:?}");
    }
    assert_eq!(price(request, &CATALOG).map(|again| again.fingerprint()).ok(), Some(cart.fingerprint()));
    let order = OrderRecord {
        order_id: "0123456789abcdefghjkmnpqrs".into(),
        status: OrderStatus::Created,
        gross_amount: cart.gross_amount,
        items: cart.items,
        customer: cart.customer,
        payment: None,
        payer: None,
        refunded_amount: Rupiah(0),
        version: 1,
        created_at: 0,
    };
    let token_request = token_request(&order, &order.order_id, "https://shop.example/order/1".into());
    assert_eq!(token_request.validate(), Ok(()), "the gateway would reject it");
    let body = serde_json::to_vec(&token_request).expect("written");
    assert_eq!(TokenRequest::validate_size(&body), Ok(()));
    assert_round_trip(&token_request);
}
