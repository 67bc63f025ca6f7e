//! What customers order, as JSON and as a form.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use merchant::catalog::Catalog;
use merchant::error::ErrorCode;
use merchant::request::{MAX_AMOUNT, MAX_LINES, is_safe_text, price, token_request};
use merchant::store::StoredOrder;
use merchant::test_support;
use wire::Rupiah;
use wire::merchant::{OrderRequest, OrderStatus};
use wire::midtrans::TokenRequest;

use super::{read, same};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(None).expect("the built-in shop"));

/// The JSON of an order: read strictly, priced by the shop alone, and then something that the gateway takes.
pub fn order_request(data: &[u8]) {
    match test_support::order(data) {
        Ok(wanted) => {
            same(&wanted);
            assert_eq!(read::<OrderRequest>(data).as_ref(), Some(&wanted), "another reader reads otherwise");
            priced(&wanted);
        }
        Err(problem) => {
            let expected = [ErrorCode::InvalidJson, ErrorCode::InvalidField];
            assert!(expected.contains(&problem.code), "{problem:?}");
            let known = |c: char| c.is_ascii_alphanumeric() || "[]._".contains(c);
            assert!(problem.field.iter().all(|field| field.chars().all(known)), "{:?}", problem.field);
            assert!(read::<OrderRequest>(data).is_none(), "{problem:?}");
        }
    }
}

/// The form of the page without script.
pub fn cart_form(data: &[u8]) {
    match test_support::form(data) {
        Ok((wanted, key)) => {
            assert_eq!(
                test_support::form(data).ok(),
                Some((wanted.clone(), key.clone())),
                "the same form, another key"
            );
            if let Some(key) = key {
                assert!(test_support::idempotency_key(&[key.as_bytes()]).is_ok_and(|taken| taken == Some(key)));
            }
            assert!(wanted.items.iter().all(|line| line.quantity > 0));
            priced(&wanted);
        }
        Err(problem) => {
            assert!(matches!(problem.code, ErrorCode::InvalidField | ErrorCode::InvalidQuantity), "{problem:?}");
        }
    }
}

fn priced(wanted: &OrderRequest) {
    let cart = match price(wanted, &CATALOG) {
        Ok(cart) => cart,
        Err(problem) => {
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
            assert!(expected.contains(&problem.code), "{problem:?}");
            assert!(problem.field.is_some(), "{problem:?}");
            return;
        }
    };
    assert!((1..=MAX_LINES).contains(&cart.items.len()));
    let ids: BTreeSet<&str> = cart.items.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids.len(), cart.items.len(), "an item stands twice");
    let mut sum = 0_i128;
    for item in &cart.items {
        let known = CATALOG.find(&item.id).expect("of the catalogue");
        assert_eq!((item.price, &item.name), (known.price, &known.name), "priced by the page");
        let asked: u64 =
            wanted.items.iter().filter(|line| line.id == item.id).map(|line| u64::from(line.quantity)).sum();
        assert_eq!(u64::from(item.quantity), asked);
        assert!((1..=999).contains(&item.quantity));
        sum += i128::from(item.price.0) * i128::from(item.quantity);
    }
    assert_eq!(i128::from(cart.gross_amount.0), sum);
    assert!(cart.gross_amount <= MAX_AMOUNT && cart.gross_amount >= Rupiah(1));
    let customer = [&cart.customer.name, &cart.customer.email, &cart.customer.phone];
    for text in customer.into_iter().flatten() {
        assert!(!text.trim().is_empty() && is_safe_text(text) && text.chars().count() <= 255, "{text:?}");
    }
    assert_eq!(price(wanted, &CATALOG).map(|again| again.fingerprint()).ok(), Some(cart.fingerprint()));
    let order = StoredOrder {
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
    let request = token_request(&order, &order.order_id, "https://shop.example/order/1".into());
    assert_eq!(request.validate(), Ok(()), "the gateway would refuse it");
    let body = serde_json::to_vec(&request).expect("written");
    assert_eq!(TokenRequest::validate_size(&body), Ok(()));
    same(&request);
}
