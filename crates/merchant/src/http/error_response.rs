//! A [`ApiError`] as an answer: JSON for programs. What it was goes along for the log, not for the client.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use wire::merchant::{ErrorBody, ErrorDetail};

use crate::error::ApiError;

/// Travels with an answer to the edge, where the one log line is written.
#[derive(Debug, Clone, Default)]
pub struct Note {
    /// The stable code, on failures.
    pub code: Option<&'static str>,
    /// Whose order.
    pub order_id: Option<String>,
    /// What happened; never sent.
    pub what: Option<String>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let detail = ErrorDetail {
            code: self.code.word().to_owned(),
            message: self.code.message().to_owned(),
            field: self.field.clone(),
        };
        with_note(self, |_| Json(ErrorBody { error: detail }).into_response())
    }
}

/// Puts status, `Retry-After` and the note on whatever shows the problem.
pub fn with_note(problem: ApiError, show: impl FnOnce(&ApiError) -> Response) -> Response {
    let mut response = show(&problem);
    *response.status_mut() = problem.code.status();
    if let Some(seconds) = problem.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.extensions_mut().insert(Note {
        code: Some(problem.code.word()),
        order_id: problem.order_id,
        what: problem.cause,
    });
    response
}
