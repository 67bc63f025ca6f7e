//! The gateway's responses, and the requests that the backend sends.

use merchant::midtrans::MidtransError;
use merchant::test_support::{self, Url};
use wire::Rupiah;
use wire::midtrans::{CancelledToken, ErrorResponse, TokenRequest};

use crate::{assert_round_trip, read};

/// A response: the first two bytes are the HTTP status, the rest is the body. A redirect URL leads to the gateway, a
/// status belongs to the right order, and messages for the log are short.
pub fn gateway_response(data: &[u8]) {
    let Some(([high, low], body)) = data.split_first_chunk::<2>() else { return };
    let status = 100 + u16::from_be_bytes([*high, *low]) % 500;
    for origin in ["https://app.sandbox.midtrans.com", "http://127.0.0.1:9090"] {
        let origin = Url::parse(origin).expect("a URL");
        if let Some(token) = parsed(test_support::token(status, body, &origin)) {
            assert!((200..300).contains(&status) && status != 202, "a token under {status}");
            let url = Url::parse(&token.redirect_url).expect("a redirect URL is a URL");
            assert_eq!(url.origin(), origin.origin());
            assert!(url.username().is_empty() && url.password().is_none());
            assert!(token.redirect_url.bytes().all(|b| b.is_ascii_graphic()), "{:?}", token.redirect_url);
            assert!(token.token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{:?}", token.token);
        }
    }
    if let Some(Some(response)) = parsed(test_support::status_of(status, body, "order-1")) {
        assert_eq!(response.order_id, "order-1");
        assert!((200..300).contains(&status) || status == 407, "a status under {status}");
    }
    if let Some((code, messages)) = parsed(test_support::action_code(status, body)) {
        assert!(code < 500 && !matches!(code, 401 | 429), "{code}");
        assert!(messages.len() <= 5 && messages.iter().all(|message| message.chars().count() <= 200));
    }
    parsed(test_support::cancelled(status, body));
}

fn parsed<T>(response: Result<T, MidtransError>) -> Option<T> {
    if let Err(MidtransError::Rejected { messages, .. }) = &response {
        assert!(messages.len() <= 5 && messages.iter().all(|message| message.chars().count() <= 200));
    }
    response.ok()
}

/// An error response, and the response to cancelling a token.
pub fn error_response(data: &[u8]) {
    if let Some(error) = read::<ErrorResponse>(data) {
        assert_round_trip(&error);
        assert!(error.messages().count() >= error.error_messages.len());
    }
    if let Some(cancelled) = read::<CancelledToken>(data) {
        assert_round_trip(&cancelled);
    }
    token_request(data);
}

/// A token request. The lines of a valid request add up to its amount.
pub fn token_request(data: &[u8]) {
    let Some(request) = read::<TokenRequest>(data) else { return };
    if request.validate().is_err() {
        return;
    }
    assert_round_trip(&request);
    assert!(request.transaction_details.gross_amount >= Rupiah(1));
    if !request.item_details.is_empty() {
        let sum = request.item_details.iter().map(|item| i128::from(item.price.0) * i128::from(item.quantity)).sum();
        assert_eq!(i128::from(request.transaction_details.gross_amount.0), sum);
    }
}
