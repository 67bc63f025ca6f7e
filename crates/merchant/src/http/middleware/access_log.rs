//! The access log: one line for each request, without addresses, bodies and personal data.

use std::time::Instant;

use axum::http::StatusCode;

use crate::error::ErrorCode;
use crate::http::error_response::LogContext;

/// One line of the log.
#[derive(Debug)]
pub struct AccessLogEntry<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The route, never the raw path.
    pub route: &'a str,
    /// The status of the response.
    pub status: StatusCode,
    /// When the request arrived.
    pub started: Instant,
    /// Details from the handler.
    pub context: &'a LogContext,
}

impl AccessLogEntry<'_> {
    /// Writes the line. The level depends on the status and the code.
    pub fn write(&self) {
        let Self { method, route, status, started, context } = self;
        let (status, duration_ms) = (status.as_u16(), started.elapsed().as_millis());
        let (code, order_id, detail) = (context.code, context.order_id.as_deref(), context.detail.as_deref());
        if status >= 500 {
            tracing::error!(method, route, status, duration_ms, code, order_id, detail, "request failed");
        } else if code == Some(ErrorCode::InvalidSignature.as_str()) {
            // Either an attack, or MIDTRANS_SERVER_KEY is wrong. The operator should see both.
            tracing::warn!(method, route, status, duration_ms, code, order_id, detail, "request rejected");
        } else if *route == "/healthz" || *route == "(file)" {
            tracing::debug!(method, route, status, duration_ms, code, order_id, detail, "request handled");
        } else {
            tracing::info!(method, route, status, duration_ms, code, order_id, detail, "request handled");
        }
    }
}
