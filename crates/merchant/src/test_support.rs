//! Access to private parsers for the fuzz targets and the model checker. The server does not use it.

use axum::http::{HeaderMap, HeaderValue};
use reqwest::StatusCode;
pub use reqwest::Url;
use wire::merchant::OrderRequest;
use wire::midtrans::{StatusResponse, TokenResponse};

use crate::error::ApiError;
use crate::http::extract;
use crate::http::web::{checkout_form, static_files};
use crate::midtrans::MidtransError;
use crate::midtrans::response::GatewayResponse;

/// Parses the body of `POST /api/orders`.
///
/// # Errors
/// [`ApiError`].
pub fn order(body: &[u8]) -> Result<OrderRequest, ApiError> {
    extract::parse_json(body)
}

/// Parses the body of `POST /checkout`: the order request and its idempotency key.
///
/// # Errors
/// [`ApiError`].
pub fn form(body: &[u8]) -> Result<(OrderRequest, Option<String>), ApiError> {
    let form = checkout_form::CheckoutForm::parse(body)?;
    let key = form.idempotency_key(0);
    Ok((form.order_request, key))
}

/// Parses one or more `Idempotency-Key` headers.
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

/// Whether a path names a file that may be served.
#[must_use]
pub fn is_servable_path(path: &str) -> bool {
    static_files::is_servable_path(path)
}

/// The gateway's answer to a token request, from a gateway at `origin`.
///
/// # Errors
/// [`MidtransError`].
pub fn token(status: u16, body: &[u8], origin: &Url) -> Result<TokenResponse, MidtransError> {
    response(status, body)?.token(origin)
}

/// The gateway's answer on the status of an order.
///
/// # Errors
/// [`MidtransError`].
pub fn status_of(status: u16, body: &[u8], order_id: &str) -> Result<Option<StatusResponse>, MidtransError> {
    response(status, body)?.status_of(order_id)
}

/// The gateway's answer to an action.
///
/// # Errors
/// [`MidtransError`].
pub fn action_code(status: u16, body: &[u8]) -> Result<(u16, Vec<String>), MidtransError> {
    response(status, body)?.action_code()
}

/// The gateway's answer to the end of a page.
///
/// # Errors
/// [`MidtransError`].
pub fn cancelled(status: u16, body: &[u8]) -> Result<bool, MidtransError> {
    response(status, body)?.cancelled()
}

fn response(status: u16, body: &[u8]) -> Result<GatewayResponse, MidtransError> {
    let status = StatusCode::from_u16(status).map_err(|_| MidtransError::InvalidResponse("no HTTP status"))?;
    Ok(GatewayResponse::new(status, body.to_vec()))
}
