//! `POST /api/midtrans/notifications`: the endpoint for the gateway's notifications.

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};

use crate::error::ApiError;
use crate::http::app_state::AppState;
use crate::http::error_response::LogContext;
use crate::http::extract;
use crate::webhooks::incoming::SignedNotification;

/// Handles one notification. The content type does not matter: the signature proves the sender.
pub async fn notify(State(state): State<AppState>, request: Request) -> Result<Response, ApiError> {
    let body = extract::bytes(request.into_body(), extract::MAX_NOTIFICATION).await?;
    let outcome = match SignedNotification::read(body, &state.server_key) {
        Ok(incoming) => match state.permits.notification() {
            Ok(_permit) => state.notifications.ingest(incoming).await,
            Err(busy) => Err(busy),
        },
        Err(error) => Err(error),
    };
    state.metrics.record_notification(match &outcome {
        Ok(outcome) => outcome.kind.as_str(),
        Err(error) => error.code.as_str(),
    });
    let outcome = outcome?;
    let log = LogContext::new(Some(&outcome.order_id), &outcome.detail);
    Ok((log, Json(serde_json::json!({"status": "ok"}))).into_response())
}
