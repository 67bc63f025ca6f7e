//! What the shop hears from the gateway, and what it sends there.

use merchant::midtrans::MidtransError;
use merchant::test_support::{self, Url};
use wire::Rupiah;
use wire::midtrans::{CancelledToken, ErrorResponse, TokenRequest};

use super::{read, same};

/// An HTTP status in the first two bytes, then a body: never a token that leads elsewhere, never another order's
/// status, never more of the gateway's words than a log can take.
pub fn gateway_answer(data: &[u8]) {
    let Some(([high, low], body)) = data.split_first_chunk::<2>() else { return };
    let status = 100 + u16::from_be_bytes([*high, *low]) % 500;
    for origin in ["https://app.sandbox.midtrans.com", "http://127.0.0.1:9090"] {
        let origin = Url::parse(origin).expect("a URL");
        if let Some(token) = heard(test_support::token(status, body, &origin)) {
            assert!((200..300).contains(&status) && status != 202, "a token under {status}");
            let url = Url::parse(&token.redirect_url).expect("what is handed on is a URL");
            assert_eq!(url.origin(), origin.origin());
            assert!(url.username().is_empty() && url.password().is_none());
            assert!(token.redirect_url.bytes().all(|b| b.is_ascii_graphic()), "{:?}", token.redirect_url);
            assert!(token.token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{:?}", token.token);
        }
    }
    if let Some(Some(said)) = heard(test_support::status_of(status, body, "order-1")) {
        assert_eq!(said.order_id, "order-1");
        assert!((200..300).contains(&status) || status == 407, "a status under {status}");
    }
    if let Some((code, words)) = heard(test_support::coded(status, body)) {
        assert!(code < 500 && !matches!(code, 401 | 429), "{code}");
        assert!(words.len() <= 5 && words.iter().all(|word| word.chars().count() <= 200));
    }
    heard(test_support::cancelled(status, body));
}

fn heard<T>(answer: Result<T, MidtransError>) -> Option<T> {
    if let Err(MidtransError::Rejected { messages, .. }) = &answer {
        assert!(messages.len() <= 5 && messages.iter().all(|word| word.chars().count() <= 200));
    }
    answer.ok()
}

/// What is no success, and the end of a page.
pub fn error_answer(data: &[u8]) {
    if let Some(error) = read::<ErrorResponse>(data) {
        same(&error);
        assert!(error.messages().count() >= error.error_messages.len());
    }
    if let Some(cancelled) = read::<CancelledToken>(data) {
        same(&cancelled);
    }
    token_request(data);
}

/// A token request: whatever passes the field table adds up.
pub fn token_request(data: &[u8]) {
    let Some(request) = read::<TokenRequest>(data) else { return };
    if request.validate().is_err() {
        return;
    }
    same(&request);
    assert!(request.transaction_details.gross_amount >= Rupiah(1));
    if !request.item_details.is_empty() {
        let sum = request.item_details.iter().map(|item| i128::from(item.price.0) * i128::from(item.quantity)).sum();
        assert_eq!(i128::from(request.transaction_details.gross_amount.0), sum);
    }
}
