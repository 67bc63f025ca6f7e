//! The JSON API for pages: create an order, read its status, get its token, read the shop's settings.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use wire::merchant::{Order, OrderRequest, StorefrontConfig};

use crate::clock;
use crate::error::{ApiError, ErrorCode};
use crate::http::app_state::AppState;
use crate::http::error_response::LogContext;
use crate::http::extract;
use crate::pricing;
use orders::OrderRecord;

/// `POST /api/orders`: creates an order and returns its checkout.
///
/// The same key and cart return 201 and the same checkout while the order is payable.
pub async fn create(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    state.order_guard.check_order(&request)?;
    let key = extract::idempotency_key(request.headers())?.map(str::to_owned);
    let order_request: OrderRequest = extract::json(request).await?;
    let _permit = state.permits.customer()?;
    let cart = pricing::price(&order_request, &state.catalog)?;
    let checkout = state.checkout.create(&cart, key.as_deref()).await?;
    let log = LogContext::new(checkout.order_id.as_deref(), "order created");
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], log, Json(checkout)).into_response())
}

/// `POST /api/orders/{id}/token`: returns the checkout of a payable order. The body is ignored.
pub async fn token(State(state): State<AppState>, id: OrderId, request: Request) -> Result<Response, ApiError> {
    let order_id = parse_order_id(id)?;
    state.order_guard.check_origin(request.headers())?;
    extract::bytes(request.into_body(), extract::MAX_ORDER).await?;
    let _permit = state.permits.customer()?;
    let checkout = state.checkout.token(&order_id).await?;
    let log = LogContext::new(Some(&order_id), "token returned");
    Ok(([(header::CACHE_CONTROL, "no-store")], log, Json(checkout)).into_response())
}

/// `GET /api/orders/{id}`: returns the order, without the customer's details.
pub async fn status(State(state): State<AppState>, id: OrderId) -> Result<Response, ApiError> {
    let order_id = parse_order_id(id)?;
    let _permit = state.permits.customer()?;
    state.reconcile.poll_with_timeout(&order_id).await;
    let order = load_public_order(&state, &order_id).await?;
    let log = LogContext::new(Some(&order.order_id), "");
    Ok(([(header::CACHE_CONTROL, "no-store")], log, Json(order)).into_response())
}

/// `GET /api/shop`: returns the settings and the catalogue that a page needs.
pub async fn shop(State(storefront): State<Arc<StorefrontConfig>>) -> Response {
    ([(header::CACHE_CONTROL, "no-cache")], Json(&*storefront)).into_response()
}

/// Loads an order in the form that is public to all who know its id.
pub(super) async fn load_public_order(state: &AppState, order_id: &str) -> Result<Order, ApiError> {
    let stored = state.store.order(order_id).await?.ok_or(ErrorCode::OrderNotFound)?;
    Ok(to_public(stored))
}

/// Leaves out the customer's details.
pub(super) fn to_public(stored: OrderRecord) -> Order {
    Order {
        order_id: stored.order_id,
        status: stored.status,
        gross_amount: Some(stored.gross_amount),
        items: stored.items,
        payment: stored.payment,
        refunded_amount: Some(stored.refunded_amount).filter(|amount| amount.0 > 0),
        version: Some(stored.version),
        // The page corrects its countdown by this clock.
        now: Some(clock::rfc3339(clock::now())),
    }
}

/// The order id in a path, not yet checked.
pub(super) type OrderId = Result<Path<String>, PathRejection>;

/// Checks the shape of an order id. A malformed id is an order that does not exist.
pub(super) fn parse_order_id(id: OrderId) -> Result<String, ApiError> {
    match id {
        Ok(Path(id)) if id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric()) => Ok(id),
        _ => Err(ErrorCode::OrderNotFound.into()),
    }
}
