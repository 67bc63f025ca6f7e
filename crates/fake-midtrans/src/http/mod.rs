//! The routes. What they do to the state is in `state.rs`, `charge.rs` and `review.rs`; here is HTTP only.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use serde_json::json;

use crate::fault::Target;

mod assets;
mod auth;
mod control;
mod control_body;
mod core;
mod drive;
mod gate;
mod html;
mod page;
mod shared;
mod simulator;
mod snap;
mod three_ds;

pub(crate) use gate::DropConnection;
use shared::Shared;

/// Requests are at most 16 kB, as Midtrans has it.
const LARGEST_BODY: usize = 16 * 1024;

/// All routes of the gateway.
pub fn router(app: Shared) -> Router {
    // Every route that a fault can strike goes through the gate under its target.
    let gated = |target: Target, route: MethodRouter<Shared>| {
        route.layer(from_fn_with_state((Arc::clone(&app), target), gate::gate))
    };
    let mut router = Router::new()
        .route("/snap/v1/transactions", gated(Target::Token, post(snap::create)))
        .route("/snap/v1/transactions/{token}/cancel", gated(Target::SessionCancel, post(snap::cancel)))
        .route("/snap/v1/transactions/{token}/pdf", get(page::instructions))
        .route("/v2/{id}/status", gated(Target::Status, get(core::status)))
        .route("/v2/{id}/status/b2b", gated(Target::Status, get(core::status_b2b)))
        // The addresses that Midtrans gives for pictures of QR codes.
        .route("/v2/gopay/{id}/qr-code", get(page::qr_picture))
        .route("/v2/qris/{id}/qr-code", get(page::qr_picture))
        .route("/v2/capture", gated(Target::Capture, post(core::capture)))
        .route("/v2/{id}/cancel", gated(Target::Cancel, post(core::cancel)))
        .route("/v2/{id}/expire", gated(Target::Expire, post(core::expire)))
        .route("/v2/{id}/approve", gated(Target::Review, post(core::approve)))
        .route("/v2/{id}/deny", gated(Target::Review, post(core::deny)))
        .route("/v2/{id}/refund", gated(Target::Refund, post(core::refund)))
        .route("/v2/{id}/refund/online/direct", gated(Target::Refund, post(core::refund)))
        .route("/snap/snap.js", gated(Target::SnapJs, get(assets::snap_js)))
        .route("/snap/v4/popup", gated(Target::Popup, get(page::popup)))
        .route("/snap/v4/redirection/{token}", gated(Target::Hosted, get(page::hosted)))
        // Older forms of redirect_url.
        .route("/snap/v2/vtweb/{token}", gated(Target::Hosted, get(page::hosted)))
        .route("/snap/v3/redirection/{token}", gated(Target::Hosted, get(page::hosted)))
        .route("/snap/v4/assets/{file}", get(assets::file))
        .route("/snap/v4/api/sessions/{token}", gated(Target::PageApi, get(page::session)))
        .route("/snap/v4/api/sessions/{token}/charge", gated(Target::PageApi, post(page::charge)))
        .route("/snap/v4/3ds/{id}", gated(Target::ThreeDs, get(three_ds::show).post(three_ds::submit)))
        .route("/snap/v4/qris/{file}", get(page::qr_picture))
        .route("/finish", get(page::finish))
        .route("/healthz", get(|| async { "ok" }))
        .merge(simulator::routes());
    if app.config.control {
        router = router.nest("/control", control::routes(&app));
    }
    router.fallback(not_found).layer(DefaultBodyLimit::max(LARGEST_BODY)).with_state(app)
}

async fn not_found(uri: Uri) -> Response {
    let body = if uri.path().starts_with("/v2/") {
        json!({"status_code": "404", "status_message": "The requested resource is not found"})
    } else {
        json!({"error_messages": ["the requested resource is not found"]})
    };
    (StatusCode::NOT_FOUND, axum::Json(body)).into_response()
}
