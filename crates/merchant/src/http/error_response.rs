//! Turns an [`ApiError`] into a response. The log context travels with the response; the client never sees it.

use std::any::Any;

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
use wire::merchant::{ErrorBody, ErrorDetail};

use crate::error::{ApiError, ErrorCode};

/// Details for the request's line in the access log.
#[derive(Debug, Clone, Default)]
pub struct LogContext {
    /// The error code.
    pub code: Option<&'static str>,
    /// The order.
    pub order_id: Option<String>,
    /// The result, or the cause of the error.
    pub detail: Option<String>,
}

impl LogContext {
    /// The context of a successful request. An empty detail is left out.
    #[must_use]
    pub fn new(order_id: Option<&str>, detail: &str) -> Self {
        let detail = (!detail.is_empty()).then(|| detail.to_owned());
        Self { code: None, order_id: order_id.map(str::to_owned), detail }
    }
}

impl IntoResponseParts for LogContext {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Self::Error> {
        response.extensions_mut().insert(self);
        Ok(response)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let detail = ErrorDetail {
            code: self.code.as_str().to_owned(),
            message: self.code.message().to_owned(),
            field: self.field.clone(),
        };
        render_error(self, |_| Json(ErrorBody { error: detail }).into_response())
    }
}

/// Renders an error, then sets the status, `Retry-After`, `Cache-Control` and the log context.
pub fn render_error(error: ApiError, render: impl FnOnce(&ApiError) -> Response) -> Response {
    let mut response = render(&error);
    *response.status_mut() = error.code.status();
    if let Some(seconds) = error.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let detail = error.cause_chain();
    response.extensions_mut().insert(LogContext { code: Some(error.code.as_str()), order_id: error.order_id, detail });
    response
}

/// The response after a panic in a handler. It says nothing about the panic.
pub fn panic_response(_: Box<dyn Any + Send + 'static>) -> Response {
    ApiError::from(ErrorCode::Internal).caused_by("a handler panicked").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use axum::http::StatusCode;

    #[tokio::test]
    async fn a_panic_is_not_shown_to_the_client() {
        let response = panic_response(Box::new("index out of bounds at src/orders.rs:7"));
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        let text = String::from_utf8_lossy(&body);
        assert!(text.contains("\"internal\"") && !text.contains("bounds") && !text.contains("src/"), "{text}");
    }
}
