//! The routes: which handler answers which path.

use axum::Router;
use axum::middleware::{from_fn_with_state, map_response_with_state};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::error::{ApiError, ErrorCode};
use crate::http::app_state::AppState;
use crate::http::error_response::panic_response;
use crate::http::middleware::pipeline::handle_request;
use crate::http::middleware::security_headers::add_security_headers;
use crate::http::web::{checkout_form, index_page, static_files};
use crate::http::{monitoring, notifications_api, openapi, order_events, orders_api};

/// The routes for customers and the gateway.
pub fn router(state: AppState) -> Router {
    let page = Router::new()
        .route("/", get(index_page::index))
        .route("/index.html", get(index_page::index))
        .route("/order", get(index_page::index))
        .route("/order/", get(index_page::index))
        .route("/order/{id}", get(index_page::order))
        .fallback(static_files::file)
        // This compresses the index page. Static files are precompressed; API responses stay uncompressed.
        .layer(CompressionLayer::new());
    Router::new()
        .route("/api/shop", get(orders_api::shop))
        .route("/api/openapi.json", get(openapi::openapi).layer(CompressionLayer::new()))
        .route("/api/orders", post(orders_api::create))
        .route("/api/orders/{id}", get(orders_api::status))
        .route("/api/orders/{id}/events", get(order_events::events))
        .route("/api/orders/{id}/token", post(orders_api::token))
        .route("/api/midtrans/notifications", post(notifications_api::notify))
        .route("/checkout", post(checkout_form::checkout))
        .route("/healthz", get(monitoring::health))
        .route("/readyz", get(monitoring::ready))
        .merge(page)
        .method_not_allowed_fallback(|| async { ApiError::from(ErrorCode::MethodNotAllowed) })
        .layer(CatchPanicLayer::custom(panic_response))
        .layer(from_fn_with_state(state.clone(), handle_request))
        .with_state(state)
}

/// The routes for the operator's monitoring, on an address of their own.
pub fn operator_router(state: AppState) -> Router {
    Router::new()
        .route("/metrics", get(monitoring::metrics))
        .route("/healthz", get(monitoring::health))
        .route("/readyz", get(monitoring::ready))
        .layer(map_response_with_state(state.clone(), add_security_headers))
        .with_state(state)
}
