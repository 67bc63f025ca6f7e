//! The JSON bodies of the control API.

use axum::Json;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::json;

/// An error response.
pub(super) fn failure(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"error": message}))).into_response()
}

/// A body that is not what the route takes.
pub(super) struct BadBody(serde_json::Error);

impl IntoResponse for BadBody {
    fn into_response(self) -> Response {
        failure(StatusCode::BAD_REQUEST, &self.0.to_string())
    }
}

/// Bodies are JSON whatever the content type says, so that plain `curl -d` works.
pub(super) fn parse<T: DeserializeOwned>(body: &Bytes) -> Result<T, BadBody> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(BadBody)
}
