//! Health check, readiness check and metrics.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::error::{ApiError, ErrorCode};
use crate::http::app_state::AppState;

/// `GET /healthz`: the process runs.
pub async fn health() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database responds, and the process is not shutting down.
pub async fn ready(State(state): State<AppState>) -> Result<&'static str, ApiError> {
    if *state.shutting_down.borrow() {
        return Err(ErrorCode::ShuttingDown.into());
    }
    state.store.ping().await?;
    Ok("ok\n")
}

/// `GET /metrics`, in the OpenMetrics format of Prometheus.
pub async fn metrics(State(state): State<AppState>) -> Result<Response, ApiError> {
    let text = state.metrics.text(&state.store, state.permits.open_streams()).await?;
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, content_type)], text).into_response())
}
