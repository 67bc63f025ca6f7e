//! What the page reads: the merchant's answers, the popup's results, the address that customers come back to.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wire::merchant::{Checkout, ErrorBody, Item, Order, OrderItem, OrderStatus, PaymentInstruction, StorefrontConfig};
use wire::midtrans::{ReturnQuery, SnapResult, TokenResponse};
use wire::{LenientObject, ObjectReader as _};

use super::{exact, read, same};

/// An answer of the merchant: a checkout, an order, the shop, an error. Written again the same; a strict reader
/// of the same text says the same; only "paid" is paid.
pub fn merchant_answer(data: &[u8]) {
    again::<StorefrontConfig>(data);
    again::<Item>(data);
    again::<OrderItem>(data);
    again::<PaymentInstruction>(data);
    again::<ErrorBody>(data);
    let plain: Option<Value> = read(data);
    if let Some(checkout) = again::<Checkout>(data) {
        let plain = plain.as_ref().expect("what is read is JSON");
        assert_eq!(plain["token"].as_str(), Some(checkout.token.as_str()));
        if let Some(amount) = checkout.gross_amount {
            whole(&plain["gross_amount"], amount.0);
        }
        // The gateway's own answer, read strictly.
        if let Some(token) = read::<TokenResponse>(data) {
            assert_eq!((Some(token.redirect_url), token.token), (checkout.redirect_url, checkout.token));
        }
    }
    if let Some(order) = again::<Order>(data) {
        let plain = plain.as_ref().expect("what is read is JSON");
        let word = plain["status"].as_str().expect("an order has one");
        assert_eq!(order.status == OrderStatus::Paid, word.eq_ignore_ascii_case("paid"), "{word}");
        for (name, amount) in [("gross_amount", order.gross_amount), ("refunded_amount", order.refunded_amount)] {
            if let Some(amount) = amount {
                whole(&plain[name], amount.0);
            }
        }
        if let Some(version) = order.version {
            whole(&plain["version"], version);
        }
        for item in &order.items {
            assert!(item.quantity > 0 || item.price.times(item.quantity) == Some(wire::Rupiah(0)));
        }
    }
}

fn again<T: Serialize + DeserializeOwned + PartialEq + Debug>(data: &[u8]) -> Option<T> {
    let value: T = read(data)?;
    same(&value);
    Some(value)
}

/// The number that was written, not one near it.
#[track_caller]
fn whole(written: &Value, number: i64) {
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

/// The result of a callback: whatever it is, it is read or refused, and what to pay where is what it said.
pub fn callback(data: &[u8]) {
    let Some(result) = again::<SnapResult>(data) else { return };
    if let Some(amount) = &result.gross_amount {
        exact(amount);
    }
    if let Some(id) = result.order_id() {
        let there = |text: &Option<String>| text.as_deref().is_some_and(|text| text.contains(id));
        assert!(!id.is_empty() && (there(&result.order_id) || there(&result.finish_redirect_url)), "{id:?}");
    }
    if let Some(code) = result.status_code.as_ref().and_then(wire::midtrans::StatusCode::number) {
        assert!(code <= 999, "{code}");
    }
    let mut fields: LenientObject = read(data).expect("a result is an object");
    assert!(!fields.has("\u{0}never there"));
    let shown = flow::payment_instruction(&mut fields);
    same(&shown);
    let said = [&result.payment_code, &result.permata_va_number, &result.bca_va_number, &result.bill_key];
    if let Some(code) = &shown.code {
        let known = said.into_iter().flatten().any(|said| said == code);
        assert!(known || result.va_numbers.iter().any(|va| va.va_number == *code), "{code} was not said");
    }
    assert_eq!(shown.payment_type, result.payment_type.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default());
}

/// The query that a customer comes back with.
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
