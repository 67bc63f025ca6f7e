//! The time limit for one request.

use std::time::Duration;

use axum::response::{IntoResponse as _, Response};

use crate::error::{ApiError, ErrorCode};

/// Longer than the time budget for the gateway. So only a client that sends too slowly reaches it.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Awaits the response; answers 408 after the time limit.
pub async fn with_timeout(response: impl Future<Output = Response>) -> Response {
    match tokio::time::timeout(REQUEST_TIMEOUT, response).await {
        Ok(response) => response,
        Err(_) => ApiError::from(ErrorCode::RequestTimeout).into_response(),
    }
}
