//! The page's input: the backend's responses, the results of Snap's callbacks, and the query of the return URL.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wire::merchant::{Checkout, ErrorBody, Item, Order, OrderItem, OrderStatus, PaymentInstruction, StorefrontConfig};
use wire::midtrans::{ReturnQuery, SnapResult, TokenResponse};
use wire::{LenientObject, ObjectReader as _};

use crate::{assert_exact_amount, assert_round_trip, read};

/// A response of the backend: a checkout, an order, the storefront's settings or an error. Each value survives a round
/// trip, amounts are exact, and only "paid" means paid.
pub fn backend_response(data: &[u8]) {
    round_trip::<StorefrontConfig>(data);
    round_trip::<Item>(data);
    round_trip::<OrderItem>(data);
    round_trip::<PaymentInstruction>(data);
    round_trip::<ErrorBody>(data);
    let json: Option<Value> = read(data);
    if let Some(checkout) = round_trip::<Checkout>(data) {
        let json = json.as_ref().expect("a typed value is JSON");
        assert_eq!(json["token"].as_str(), Some(checkout.token.as_str()));
        if let Some(amount) = checkout.gross_amount {
            assert_exact_number(&json["gross_amount"], amount.0);
        }
        // A token response of the gateway is a checkout as well.
        if let Some(token) = read::<TokenResponse>(data) {
            assert_eq!((Some(token.redirect_url), token.token), (checkout.redirect_url, checkout.token));
        }
    }
    if let Some(order) = round_trip::<Order>(data) {
        let json = json.as_ref().expect("a typed value is JSON");
        let status = json["status"].as_str().expect("an order has a status");
        assert_eq!(order.status == OrderStatus::Paid, status.eq_ignore_ascii_case("paid"), "{status}");
        for (name, amount) in [("gross_amount", order.gross_amount), ("refunded_amount", order.refunded_amount)] {
            if let Some(amount) = amount {
                assert_exact_number(&json[name], amount.0);
            }
        }
        if let Some(version) = order.version {
            assert_exact_number(&json["version"], version);
        }
        for item in &order.items {
            assert!(item.quantity > 0 || item.price.times(item.quantity) == Some(wire::Rupiah(0)));
        }
    }
}

fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(data: &[u8]) -> Option<T> {
    let value: T = read(data)?;
    assert_round_trip(&value);
    Some(value)
}

/// The number is the one in the JSON, not a rounded one.
#[track_caller]
fn assert_exact_number(written: &Value, number: i64) {
    match written.as_i64() {
        Some(written) => assert_eq!(written, number),
        None => {
            let float = written.as_f64().expect("a number");
            assert!(
                float.abs() < 9e15 && float.trunc() == float && float as i64 == number,
                "{written} became {number}"
            );
        }
    }
}

/// The result of a callback of Snap. The payment instruction contains only values of the result.
pub fn callback(data: &[u8]) {
    let Some(result) = round_trip::<SnapResult>(data) else { return };
    if let Some(amount) = &result.gross_amount {
        assert_exact_amount(amount);
    }
    if let Some(id) = result.order_id() {
        let contains = |text: &Option<String>| text.as_deref().is_some_and(|text| text.contains(id));
        assert!(!id.is_empty() && (contains(&result.order_id) || contains(&result.finish_redirect_url)), "{id:?}");
    }
    if let Some(code) = result.status_code.as_ref().and_then(wire::midtrans::StatusCode::number) {
        assert!(code <= 999, "{code}");
    }
    let mut fields: LenientObject = read(data).expect("a result is an object");
    assert!(!fields.has("\u{0}missing"));
    let instruction = flow::payment_instruction(&mut fields);
    assert_round_trip(&instruction);
    let codes = [&result.payment_code, &result.permata_va_number, &result.bca_va_number, &result.bill_key];
    if let Some(code) = &instruction.code {
        let known = codes.into_iter().flatten().any(|known| known == code);
        assert!(known || result.va_numbers.iter().any(|va| va.va_number == *code), "{code} is not in the result");
    }
    assert_eq!(
        instruction.payment_type,
        result.payment_type.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default()
    );
}

/// The query of the URL to which the gateway returns the customer.
pub fn return_query(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    if let Ok(query) = serde_urlencoded::from_str::<ReturnQuery>(text) {
        let written = serde_urlencoded::to_string(&query).expect("written");
        assert_eq!(serde_urlencoded::from_str::<ReturnQuery>(&written).ok().as_ref(), Some(&query), "{written}");
    }
    let result = SnapResult { finish_redirect_url: Some(text.to_owned()), ..SnapResult::default() };
    if let Some(id) = result.order_id() {
        assert!(!id.is_empty() && !id.contains(['&', '#']), "{id:?}");
        assert!(text.contains(&format!("order_id={id}")), "{id:?}");
    }
}
