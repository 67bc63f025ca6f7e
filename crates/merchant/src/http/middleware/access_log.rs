//! The outermost layer: a time limit, security headers, one log line a request. It never sees a body.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::error::{ApiError, ErrorCode};
use crate::http::error_response::Note;
use crate::http::router::Shop;

/// Longer than the gateway's budget; only a client that sends too slowly gets here.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs a request and writes its line.
pub async fn edge(State(shop): State<Shop>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("(file)", MatchedPath::as_str).to_owned();
    let (parts, body) = request.into_parts();
    let readers = shop.door.origins.readers(&parts);
    let mut response = match shop.door.origins.preflight(&parts) {
        Some(response) => response,
        None => match tokio::time::timeout(PATIENCE, next.run(Request::from_parts(parts, body))).await {
            Ok(response) => response,
            Err(_) => ApiError::from(ErrorCode::RequestTimeout).into_response(),
        },
    };
    readers.apply(response.headers_mut());
    shop.security.apply(response.headers_mut());
    shop.metrics.answered(method.as_str(), &route, response.status().as_u16());
    let note = response.extensions_mut().remove::<Note>().unwrap_or_default();
    log(&Line { method: method.as_str(), route: &route, status: response.status(), started, note: &note });
    response
}

/// The headers alone, where nothing else is wanted.
pub async fn dress(State(shop): State<Shop>, mut response: Response) -> Response {
    shop.security.apply(response.headers_mut());
    response
}

/// What a panic becomes.
pub fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    ApiError::from(ErrorCode::Internal).caused_by("a handler panicked").into_response()
}

struct Line<'a> {
    method: &'a str,
    route: &'a str,
    status: StatusCode,
    started: Instant,
    note: &'a Note,
}

fn log(line: &Line<'_>) {
    let Line { method, route, status, started, note } = line;
    let (status, ms) = (status.as_u16(), started.elapsed().as_millis());
    let (code, order_id, what) = (note.code, note.order_id.as_deref(), note.what.as_deref());
    if status >= 500 {
        tracing::error!(method, route, status, ms, code, order_id, what, "failed");
    } else if code == Some(ErrorCode::InvalidSignature.word()) {
        // Somebody tries, or MIDTRANS_SERVER_KEY is wrong: the operator should see either.
        tracing::warn!(method, route, status, ms, code, order_id, what, "refused");
    } else if *route == "/healthz" || *route == "(file)" {
        tracing::debug!(method, route, status, ms, code, order_id, what, "answered");
    } else {
        tracing::info!(method, route, status, ms, code, order_id, what, "answered");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;

    #[tokio::test]
    async fn a_panic_says_nothing_outside() {
        let response = panicked(Box::new("index out of bounds at src/orders.rs:7"));
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        let text = String::from_utf8_lossy(&body);
        assert!(text.contains("\"internal\"") && !text.contains("bounds") && !text.contains("src/"), "{text}");
    }
}
