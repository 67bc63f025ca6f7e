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

use super::auth;
use super::shared::Shared;
use crate::clock::wib;
use crate::fault::{Fault, Target};
use crate::idempotency::{Known, usable};
use crate::request_log::RequestEntry;
use crate::state::State as Memory;

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

/// The faults that struck a request, for the handler.
#[derive(Debug, Clone)]
pub(crate) struct Struck(pub Vec<Fault>);

/// Lets a request through, or does to it what was planned.
pub async fn gate(State((app, target)): State<(Shared, Target)>, request: Request, next: Next) -> Response {
    let mut request = request;
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let faults = app.with(|state, _, now| {
        let order_id = order_of(state, &path);
        state.faults.strike(target, order_id.as_deref(), now)
    });
    if !faults.is_empty() {
        request.extensions_mut().insert(Struck(faults.clone()));
    }
    let key = idempotency_key(&app, &method, request.headers());
    let answer = match key.clone() {
        Some(key) => once_per_key(&app, key, &faults, request, next).await,
        None => before(&app, &faults, request, next).await,
    };
    let answer = after(&faults, answer).await;
    if target.is_api() {
        let dropped = answer.extensions().get::<DropConnection>().is_some();
        let entry = RequestEntry {
            at: wib(app.clock.now()),
            method: method.to_string(),
            path: without_token(&path),
            status: if dropped { 0 } else { answer.status().as_u16() },
            order_id: answer.extensions().get::<AboutOrder>().map(|about| about.0.clone()),
            idempotent: key.is_some(),
            fault: names(&faults),
        };
        app.with(|state, _, _| state.requests.add(entry));
    }
    answer
}

/// The order that a path names, by its id, a transaction's or a token.
fn order_of(state: &Memory, path: &str) -> Option<String> {
    let named = |prefix: &str| path.strip_prefix(prefix)?.split('/').next();
    if let Some(token) = named("/snap/v1/transactions/") {
        return state.sessions.get(token).map(|session| session.order.order_id.clone());
    }
    let id = named("/v2/")?;
    Some(state.find(id).map_or_else(|| id.to_owned(), |transaction| transaction.order_id.clone()))
}

/// `delay+status`, for the log.
fn names(faults: &[Fault]) -> Option<String> {
    let names: Vec<String> = faults.iter().map(Fault::name).collect();
    (!names.is_empty()).then(|| names.join("+"))
}

/// A token opens the payment page, so the log does not keep it.
fn without_token(path: &str) -> String {
    match path.strip_prefix("/snap/v1/transactions/") {
        Some(rest) => format!("/snap/v1/transactions/…/{}", rest.split('/').nth(1).unwrap_or_default()),
        None => path.to_owned(),
    }
}

/// Faults that come before the work.
async fn before(app: &Shared, faults: &[Fault], request: Request, next: Next) -> Response {
    let delays = faults.iter().map(|fault| if let Fault::Delay { ms } = fault { *ms } else { 0 });
    let delay = delays.fold(0, u64::saturating_add);
    if delay > 0 {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    for fault in faults {
        match fault {
            Fault::Status { status, retry_after } => return planned_status(*status, *retry_after),
            Fault::Html502 => {
                return (StatusCode::BAD_GATEWAY, [(CONTENT_TYPE, "text/html")], BAD_GATEWAY).into_response();
            }
            Fault::Reset => return dropped(),
            Fault::Hang => {
                // An error means the gateway is shutting down; the connection ends either way.
                let _ = app.releases.subscribe().changed().await;
                return dropped();
            }
            _ => {}
        }
    }
    next.run(request).await
}

/// Faults that come after the work.
async fn after(faults: &[Fault], mut answer: Response) -> Response {
    if faults.contains(&Fault::Http200) {
        *answer.status_mut() = StatusCode::OK;
    }
    match faults.iter().find(|fault| matches!(fault, Fault::LostAnswer | Fault::Truncate)) {
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
        StatusCode::NOT_FOUND => "Transaction doesn't exist.",
        StatusCode::PRECONDITION_FAILED => "Merchant cannot modify the status of the transaction",
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

async fn once_per_key(app: &Shared, key: String, faults: &[Fault], request: Request, next: Next) -> Response {
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
    let (parts, body) = before(app, faults, request, next).await.into_parts();
    let body = to_bytes(body, LARGEST_ANSWER).await.unwrap_or_default();
    if parts.extensions.get::<DropConnection>().is_none() {
        claim.answer = Some((parts.status, body.clone()));
    }
    Response::from_parts(parts, Body::from(body))
}
