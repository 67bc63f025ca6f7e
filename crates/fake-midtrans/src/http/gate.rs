//! What every request to the gateway passes: planned faults, `Idempotency-Key`, and the log.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use serde_json::json;

use super::{Shared, auth};
use crate::clock::wib;
use crate::fault::{Fault, Target};
use crate::idempotency::{Known, usable};
use crate::state::RequestEntry;

const FLUSH: Duration = Duration::from_millis(50);
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;
const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n\
    <body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// Marks an answer that must not be sent: the accept loop closes the connection instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DropConnection;

/// Marks an answer with the order it was about, for the log.
#[derive(Debug, Clone)]
pub(crate) struct AboutOrder(pub String);

/// Lets a request through, or does to it what was planned.
pub async fn gate(State((app, target)): State<(Shared, Target)>, request: Request, next: Next) -> Response {
    let mut request = request;
    let fault = app.with(|state, _, _| state.faults.strike(target, None));
    if let Some(fault) = &fault {
        request.extensions_mut().insert(fault.clone());
    }
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let key = idempotency_key(&app, &method, request.headers());
    let answer = match key.clone() {
        Some(key) => once_per_key(&app, key, fault.as_ref(), request, next).await,
        None => before(&app, fault.as_ref(), request, next).await,
    };
    let answer = after(fault.as_ref(), answer).await;
    if is_api(target) {
        let dropped = answer.extensions().get::<DropConnection>().is_some();
        let entry = RequestEntry {
            at: wib(app.clock.now()),
            method: method.to_string(),
            path: without_token(&path),
            status: if dropped { 0 } else { answer.status().as_u16() },
            order_id: answer.extensions().get::<AboutOrder>().map(|about| about.0.clone()),
            idempotent: key.is_some(),
            fault: fault.map(|fault| fault.name()),
        };
        app.with(|state, _, _| state.log(entry));
    }
    answer
}

fn is_api(target: Target) -> bool {
    use Target::{Cancel, Expire, Refund, Review, SessionCancel, Status, Token};
    matches!(target, Token | SessionCancel | Status | Cancel | Expire | Refund | Review)
}

/// A token opens the payment page, so the log does not keep it.
fn without_token(path: &str) -> String {
    match path.strip_prefix("/snap/v1/transactions/") {
        Some(rest) => format!("/snap/v1/transactions/…/{}", rest.split('/').nth(1).unwrap_or_default()),
        None => path.to_owned(),
    }
}

/// Faults that come before the work.
async fn before(app: &Shared, fault: Option<&Fault>, request: Request, next: Next) -> Response {
    match fault {
        Some(Fault::Delay { ms }) => tokio::time::sleep(Duration::from_millis(*ms)).await,
        Some(Fault::Status { status, retry_after }) => return planned_status(*status, *retry_after),
        Some(Fault::Html502) => {
            return (StatusCode::BAD_GATEWAY, [(CONTENT_TYPE, "text/html")], BAD_GATEWAY).into_response();
        }
        Some(Fault::Reset) => return dropped(),
        Some(Fault::Hang) => {
            // An error means the gateway is shutting down; the connection ends either way.
            let _ = app.releases.subscribe().changed().await;
            return dropped();
        }
        _ => {}
    }
    next.run(request).await
}

/// Faults that come after the work.
async fn after(fault: Option<&Fault>, answer: Response) -> Response {
    match fault {
        Some(Fault::LostAnswer) => dropped(),
        Some(Fault::Truncate) => {
            let (mut parts, body) = answer.into_parts();
            let whole = to_bytes(body, LARGEST_ANSWER).await.unwrap_or_default();
            parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
            let half = whole.slice(..whole.len() / 2);
            // The pause lets the first half leave; an error at once would take it back.
            let rest = stream::once(async {
                tokio::time::sleep(FLUSH).await;
                Err(std::io::Error::other("broken off as planned"))
            });
            let pieces = stream::iter([Ok(half)]).chain(rest);
            Response::from_parts(parts, Body::from_stream(pieces))
        }
        _ => answer,
    }
}

fn planned_status(status: u16, retry_after: Option<u32>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let message = match status {
        StatusCode::UNAUTHORIZED => "Access denied, please check client or server key",
        StatusCode::TOO_MANY_REQUESTS => "API rate limit exceeded",
        StatusCode::INTERNAL_SERVER_ERROR => "Sorry, we encountered internal server error. We will fix this soon.",
        StatusCode::SERVICE_UNAVAILABLE => "Bank/partner is experiencing connection issue.",
        _ => "fault injected through the control API",
    };
    let body = json!({
        "error_messages": [message], "status_code": status.as_str(), "status_message": message,
    });
    let mut answer = (status, Json(body)).into_response();
    if let Some(seconds) = retry_after {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

fn dropped() -> Response {
    let mut answer = Response::new(Body::empty());
    answer.extensions_mut().insert(DropConnection);
    answer
}

/// The key of a merchant that was let in; anybody else's is left alone, so that no answer leaks by it.
fn idempotency_key(app: &Shared, method: &Method, headers: &HeaderMap) -> Option<String> {
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok()).and_then(usable)?;
    let known = method == Method::POST && auth::check(headers, &app.config.server_key).is_ok();
    known.then(|| key.to_owned())
}

/// Frees the key when the request ends without an answer, for instance because the caller hung up.
struct Claim<'a> {
    app: &'a Shared,
    key: String,
    answer: Option<(StatusCode, Bytes)>,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let (key, answer) = (std::mem::take(&mut self.key), self.answer.take());
        self.app.with(|state, _, now| state.idempotency.finish(&key, answer, now));
    }
}

async fn once_per_key(app: &Shared, key: String, fault: Option<&Fault>, request: Request, next: Next) -> Response {
    match app.with(|state, _, now| state.idempotency.begin(&key, now)) {
        Known::Answered(status, body) => {
            return (status, [(CONTENT_TYPE, "application/json")], body).into_response();
        }
        Known::InProcess => {
            let body = json!({"status_code": "202", "status_message": "idempotent request still in process"});
            return (StatusCode::ACCEPTED, Json(body)).into_response();
        }
        Known::New => {}
    }
    let mut claim = Claim { app, key, answer: None };
    let (parts, body) = before(app, fault, request, next).await.into_parts();
    let body = to_bytes(body, LARGEST_ANSWER).await.unwrap_or_default();
    if parts.extensions.get::<DropConnection>().is_none() {
        claim.answer = Some((parts.status, body.clone()));
    }
    Response::from_parts(parts, Body::from(body))
}
