//! The Snap API: tokens made and taken back.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::auth::{self, AuthError};
use super::gate::AboutOrder;
use super::shared::Shared;
use crate::clock::iso;
use crate::config::is_http_url;
use crate::request::{self, Locale};
use crate::session::{NotifyUrls, SessionState};

/// Addresses that `X-Append-Notification` and `X-Override-Notification` may name.
const MOST_URLS: usize = 2;

/// A refusal with the Snap API's body.
struct SnapError(StatusCode, Vec<String>);

impl SnapError {
    fn new(status: StatusCode, message: &str) -> Self {
        Self(status, vec![message.to_owned()])
    }
}

impl From<AuthError> for SnapError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Doubled => Self::new(StatusCode::BAD_REQUEST, "bad request"),
            AuthError::Empty => Self::new(StatusCode::BAD_REQUEST, "Merchant is required"),
            AuthError::Unauthorized => Self(
                StatusCode::UNAUTHORIZED,
                vec![
                    "Access denied due to unauthorized transaction, please check client or server key".to_owned(),
                    "Visit https://snap-docs.midtrans.com/#request-headers for more details".to_owned(),
                ],
            ),
        }
    }
}

impl IntoResponse for SnapError {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error_messages": self.1}))).into_response()
    }
}

/// `POST /snap/v1/transactions`.
pub async fn create(State(app): State<Shared>, headers: HeaderMap, body: Result<Bytes, BytesRejection>) -> Response {
    match try_create(&app, &headers, body) {
        Ok((token, order_id)) => {
            let redirect_url = format!("{}/snap/v4/redirection/{token}", app.base_url);
            let body = Json(json!({"token": token, "redirect_url": redirect_url}));
            let mut answer = (StatusCode::CREATED, body).into_response();
            answer.extensions_mut().insert(AboutOrder(order_id));
            answer
        }
        Err((error, order_id)) => {
            let mut answer = error.into_response();
            if let Some(order_id) = order_id {
                answer.extensions_mut().insert(AboutOrder(order_id));
            }
            answer
        }
    }
}

type Refused = (SnapError, Option<String>);

fn try_create(
    app: &Shared,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(String, String), Refused> {
    auth::check(headers, &app.config.server_key).map_err(|error| (error.into(), None))?;
    let body =
        body.map_err(|_| (SnapError::new(StatusCode::PAYLOAD_TOO_LARGE, "request body is larger than 16 kB"), None))?;
    let body: Value = serde_json::from_slice(&body).map_err(|_| {
        (SnapError::new(StatusCode::BAD_REQUEST, "There was a problem in the JSON you submitted"), None)
    })?;
    let about = body["transaction_details"]["order_id"].as_str().map(|id| id.chars().take(50).collect::<String>());
    let order = request::judge(&body, locale(headers))
        .map_err(|sentences| (SnapError(StatusCode::BAD_REQUEST, sentences), about.clone()))?;
    let notify = NotifyUrls {
        append: urls(headers, "x-append-notification"),
        replace: urls(headers, "x-override-notification"),
    };
    let order_id = order.order_id.clone();
    let token = app
        .with(|state, _, now| state.create_session(order, notify, now))
        .map_err(|sentence| (SnapError::new(StatusCode::BAD_REQUEST, sentence), about))?;
    Ok((token, order_id))
}

/// `POST /snap/v1/transactions/{token}/cancel`.
pub async fn cancel(State(app): State<Shared>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    if let Err(error) = auth::check(&headers, &app.config.server_key) {
        return SnapError::from(error).into_response();
    }
    let outcome = app.with(|state, _, now| {
        let started = state.latest_of_session(&token).is_some_and(|transaction| !transaction.is_dead());
        match state.sessions.get_mut(&token) {
            None => Err(SnapError::new(StatusCode::NOT_FOUND, "token not found")),
            Some(session) if session.state == SessionState::Canceled => {
                Err(SnapError::new(StatusCode::BAD_REQUEST, "token already canceled"))
            }
            Some(_) if started => Err(SnapError::new(StatusCode::BAD_REQUEST, "Transaction is on progress")),
            Some(session) => {
                session.state = SessionState::Canceled;
                Ok(iso(now))
            }
        }
    });
    match outcome {
        Ok(canceled_at) => Json(json!({"canceled_at": canceled_at})).into_response(),
        Err(error) => error.into_response(),
    }
}

fn locale(headers: &HeaderMap) -> Locale {
    let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if wanted.to_ascii_lowercase().starts_with("id") { Locale::Id } else { Locale::En }
}

fn urls(headers: &HeaderMap, name: &str) -> Vec<String> {
    let text = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let urls = text.split(',').map(str::trim).filter(|url| is_http_url(url));
    urls.take(MOST_URLS).map(str::to_owned).collect()
}
