//! The JSON endpoints.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use wire::merchant::{Order, OrderRequest};

use crate::clock;
use crate::error::{ApiError, ErrorCode};
use crate::http::error_response::Note;
use crate::http::router::Shop;
use crate::http::{extract, order_events};
use crate::request;
use crate::store::StoredOrder;
use crate::webhooks::incoming::Incoming;

/// `POST /api/orders`. The same key and cart get 201 and the same answer again, while the order can be paid.
pub async fn create(State(shop): State<Shop>, request: Request) -> Result<Response, ApiError> {
    shop.door.order(&request)?;
    let key = extract::idempotency_key(request.headers())?.map(str::to_owned);
    let wanted: OrderRequest = extract::json(request).await?;
    let _place = shop.places.customer()?;
    let cart = request::price(&wanted, &shop.catalog)?;
    let checkout = shop.orders.create(&cart, key.as_deref()).await?;
    let note = note(checkout.order_id.as_deref(), "ordered");
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], note, Json(checkout)).into_response())
}

/// `POST /api/orders/{id}/token`: the token of an order that is still to be paid. No body is needed.
pub async fn token(State(shop): State<Shop>, id: OrderId, request: Request) -> Result<Response, ApiError> {
    let order_id = order_id(id)?;
    shop.door.origins.check(request.headers())?;
    extract::bytes(request.into_body(), extract::MAX_ORDER).await?;
    let _place = shop.places.customer()?;
    let checkout = shop.orders.token(&order_id).await?;
    let note = note(Some(&order_id), "token given");
    Ok(([(header::CACHE_CONTROL, "no-store")], note, Json(checkout)).into_response())
}

/// `GET /api/orders/{id}`: how it stands; nothing about the customer.
pub async fn status(State(shop): State<Shop>, id: OrderId) -> Result<Response, ApiError> {
    let order_id = order_id(id)?;
    let _place = shop.places.customer()?;
    shop.reconcile.glance(&order_id).await;
    let order = order_of(&shop, &order_id).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], note(Some(&order.order_id), ""), Json(order)).into_response())
}

/// What anyone who knows the id may see.
pub(super) async fn order_of(shop: &Shop, order_id: &str) -> Result<Order, ApiError> {
    let stored = shop.store.order(order_id).await?.ok_or(ErrorCode::OrderNotFound)?;
    Ok(public(stored))
}

/// Nothing of it names the customer.
pub(super) fn public(stored: StoredOrder) -> Order {
    Order {
        order_id: stored.order_id,
        status: stored.status,
        gross_amount: Some(stored.gross_amount),
        items: stored.items,
        payment: stored.payment,
        refunded_amount: Some(stored.refunded_amount).filter(|amount| amount.0 > 0),
        version: Some(stored.version),
        // The page's countdown goes by this clock.
        now: Some(clock::rfc3339(clock::now())),
    }
}

/// `POST /api/midtrans/notifications`. The content type is not looked at: the signature says who it is.
pub async fn notify(State(shop): State<Shop>, request: Request) -> Result<Response, ApiError> {
    let body = extract::bytes(request.into_body(), extract::MAX_NOTIFICATION).await?;
    let outcome = match Incoming::read(body, &shop.server_key) {
        Ok(incoming) => match shop.places.notification() {
            Ok(_place) => shop.notifications.receive(incoming).await,
            Err(busy) => Err(busy),
        },
        Err(problem) => Err(problem),
    };
    shop.metrics.notified(match &outcome {
        Ok(outcome) => outcome.word(),
        Err(problem) => problem.code.word(),
    });
    let outcome = outcome?;
    let note = note(Some(&outcome.order_id), &outcome.what);
    Ok((note, Json(serde_json::json!({"status": "ok"}))).into_response())
}

/// `GET /api/shop`: what the page must know.
pub async fn shop(State(shop): State<Shop>) -> Response {
    ([(header::CACHE_CONTROL, "no-cache")], Json(&*shop.public)).into_response()
}

/// `GET /healthz`: the process lives.
pub async fn health() -> &'static str {
    "ok\n"
}

/// `GET /metrics`, for Prometheus.
pub async fn metrics(State(shop): State<Shop>) -> Result<Response, ApiError> {
    let streams = order_events::MAX_STREAMS.saturating_sub(shop.streams.available_permits());
    let text = shop.metrics.text(&shop.store, streams).await?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// `GET /readyz`: the store answers, and the process goes on.
pub async fn ready(State(shop): State<Shop>) -> Result<&'static str, ApiError> {
    if *shop.ending.borrow() {
        return Err(ErrorCode::Ending.into());
    }
    shop.store.ping().await?;
    Ok("ok\n")
}

pub(super) type OrderId = Result<Path<String>, PathRejection>;

/// Anything that cannot be an id is an order that does not exist.
pub(super) fn order_id(id: OrderId) -> Result<String, ApiError> {
    match id {
        Ok(Path(id)) if id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric()) => Ok(id),
        _ => Err(ErrorCode::OrderNotFound.into()),
    }
}

pub(super) fn note(order_id: Option<&str>, what: &str) -> axum::Extension<Note> {
    let what = (!what.is_empty()).then(|| what.to_owned());
    axum::Extension(Note { code: None, order_id: order_id.map(str::to_owned), what })
}
