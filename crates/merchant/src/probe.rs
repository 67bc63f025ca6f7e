//! Doors to what takes bytes from outside and is private otherwise: for the package `proof` and the fuzzer. The
//! shop itself uses none of them.

use axum::http::{HeaderMap, HeaderValue};
use reqwest::StatusCode;
pub use reqwest::Url;
use wire::merchant::OrderRequest;
use wire::midtrans::{Notification, TokenResponse};

use crate::error::Problem;
use crate::gateway::GatewayError;
use crate::gateway::answer::Answer;
use crate::http::{extract, form, page};
use crate::store::{Attempt, Change, StoredOrder};

/// The body of `POST /api/orders`.
///
/// # Errors
/// [`Problem`].
pub fn order(body: &[u8]) -> Result<OrderRequest, Problem> {
    extract::parsed(body)
}

/// The body of `POST /checkout`: what is wanted, and the key that it is ordered under.
///
/// # Errors
/// [`Problem`].
pub fn form(body: &[u8]) -> Result<(OrderRequest, Option<String>), Problem> {
    let form = form::Form::read(body)?;
    let key = form.idempotency_key(0);
    Ok((form.wanted, key))
}

/// The `Idempotency-Key` header, once or more often.
///
/// # Errors
/// [`Problem`].
pub fn idempotency_key(values: &[&[u8]]) -> Result<Option<String>, Problem> {
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
    page::is_plain(path)
}

/// The gateway's answer to a token request, from a gateway at `origin`.
///
/// # Errors
/// [`GatewayError`].
pub fn token(status: u16, body: &[u8], origin: &Url) -> Result<TokenResponse, GatewayError> {
    answer(status, body)?.token(origin)
}

/// The gateway's answer on the status of an order.
///
/// # Errors
/// [`GatewayError`].
pub fn status_of(status: u16, body: &[u8], order_id: &str) -> Result<Option<Notification>, GatewayError> {
    answer(status, body)?.status_of(order_id)
}

/// The gateway's answer to an action.
///
/// # Errors
/// [`GatewayError`].
pub fn coded(status: u16, body: &[u8]) -> Result<(u16, Vec<String>), GatewayError> {
    answer(status, body)?.coded()
}

/// The gateway's answer to the end of a page.
///
/// # Errors
/// [`GatewayError`].
pub fn cancelled(status: u16, body: &[u8]) -> Result<bool, GatewayError> {
    answer(status, body)?.cancelled()
}

/// What the gateway's word does to an order.
#[must_use]
pub fn change_by(said: &Notification, order: &StoredOrder, attempt: &Attempt) -> Change {
    crate::news::change_by(said)(order, attempt)
}

fn answer(status: u16, body: &[u8]) -> Result<Answer, GatewayError> {
    let status = StatusCode::from_u16(status).map_err(|_| GatewayError::BadAnswer("no HTTP status"))?;
    Ok(Answer::new(status, body.to_vec()))
}
