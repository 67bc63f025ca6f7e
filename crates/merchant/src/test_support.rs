//! Doors to what takes bytes from outside and is private otherwise: for the package `proof` and the fuzzer. The
//! shop itself uses none of them.

use axum::http::{HeaderMap, HeaderValue};
use reqwest::StatusCode;
pub use reqwest::Url;
use wire::merchant::OrderRequest;
use wire::midtrans::{Notification, TokenResponse};

use crate::error::ApiError;
use crate::http::extract;
use crate::http::web::{checkout_form, index_page};
use crate::midtrans::MidtransError;
use crate::midtrans::response::Answer;
use crate::store::{Attempt, Change, StoredOrder};

/// The body of `POST /api/orders`.
///
/// # Errors
/// [`ApiError`].
pub fn order(body: &[u8]) -> Result<OrderRequest, ApiError> {
    extract::parsed(body)
}

/// The body of `POST /checkout`: what is wanted, and the key that it is ordered under.
///
/// # Errors
/// [`ApiError`].
pub fn form(body: &[u8]) -> Result<(OrderRequest, Option<String>), ApiError> {
    let form = checkout_form::Form::read(body)?;
    let key = form.idempotency_key(0);
    Ok((form.wanted, key))
}

/// The `Idempotency-Key` header, once or more often.
///
/// # Errors
/// [`ApiError`].
pub fn idempotency_key(values: &[&[u8]]) -> Result<Option<String>, ApiError> {
    let mut headers = HeaderMap::new();
    for value in values {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append("idempotency-key", value);
        }
    }
    extract::idempotency_key(&headers).map(|key| key.map(str::to_owned))
}

/// Whether a path names a file of the page.
#[must_use]
pub fn is_plain(path: &str) -> bool {
    index_page::is_plain(path)
}

/// The gateway's answer to a token request, from a gateway at `origin`.
///
/// # Errors
/// [`MidtransError`].
pub fn token(status: u16, body: &[u8], origin: &Url) -> Result<TokenResponse, MidtransError> {
    answer(status, body)?.token(origin)
}

/// The gateway's answer on the status of an order.
///
/// # Errors
/// [`MidtransError`].
pub fn status_of(status: u16, body: &[u8], order_id: &str) -> Result<Option<Notification>, MidtransError> {
    answer(status, body)?.status_of(order_id)
}

/// The gateway's answer to an action.
///
/// # Errors
/// [`MidtransError`].
pub fn coded(status: u16, body: &[u8]) -> Result<(u16, Vec<String>), MidtransError> {
    answer(status, body)?.coded()
}

/// The gateway's answer to the end of a page.
///
/// # Errors
/// [`MidtransError`].
pub fn cancelled(status: u16, body: &[u8]) -> Result<bool, MidtransError> {
    answer(status, body)?.cancelled()
}

/// What the gateway's word does to an order.
#[must_use]
pub fn change_by(said: &Notification, order: &StoredOrder, attempt: &Attempt) -> Change {
    crate::news::change_by(said)(order, attempt)
}

fn answer(status: u16, body: &[u8]) -> Result<Answer, MidtransError> {
    let status = StatusCode::from_u16(status).map_err(|_| MidtransError::BadAnswer("no HTTP status"))?;
    Ok(Answer::new(status, body.to_vec()))
}
