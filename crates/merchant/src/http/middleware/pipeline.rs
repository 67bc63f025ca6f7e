//! The outermost middleware: it runs the steps that apply to every request, in their order.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::http::app_state::AppState;
use crate::http::error_response::LogContext;
use crate::http::middleware::access_log::AccessLogEntry;
use crate::http::middleware::timeout::with_timeout;

/// Answers CORS preflights, limits the time, sets headers, counts and logs the request. It never reads a body.
pub async fn handle_request(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("(file)", MatchedPath::as_str).to_owned();
    let (parts, body) = request.into_parts();
    let cors = state.order_guard.cors();
    let cors_headers = cors.headers_for(&parts);
    let mut response = match cors.preflight(&parts) {
        Some(response) => response,
        None => with_timeout(next.run(Request::from_parts(parts, body))).await,
    };
    cors_headers.apply(response.headers_mut());
    state.security_headers.apply(response.headers_mut());
    state.metrics.record_request(method.as_str(), &route, response.status().as_u16());
    let context = response.extensions_mut().remove::<LogContext>().unwrap_or_default();
    AccessLogEntry { method: method.as_str(), route: &route, status: response.status(), started, context: &context }
        .write();
    response
}
