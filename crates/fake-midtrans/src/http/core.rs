//! The Core API calls that Snap orders use: status, cancel, expire, approve, deny, refund, capture.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::auth;
use super::gate::{AboutOrder, Struck};
use super::shared::Shared;
use crate::config::Config;
use crate::fault::Fault;
use crate::money::Amount;
use crate::review::{self, RefundOrder};
use crate::shape::status_body;
use crate::state::{Refusal, State as Memory};
use crate::status::Status;
use crate::transaction::Lag;

type Work = Result<Value, Refusal>;

/// `GET /v2/{id}/status`: nothing is known of an order until its customer has chosen a method.
pub async fn status(
    State(app): State<Shared>,
    Path(id): Path<String>,
    struck: Option<Extension<Struck>>,
    headers: HeaderMap,
) -> Response {
    let lag = struck.and_then(|Extension(Struck(faults))| {
        faults.into_iter().find_map(|fault| match fault {
            Fault::Lag { seconds, changes } => Some((seconds, changes)),
            _ => None,
        })
    });
    perform(&app, &headers, id, |state, id, config, now| {
        let transaction = state.find(id).ok_or(Refusal::NotFound)?;
        if transaction.method.by_transaction_id_only() && transaction.id != id {
            return Err(Refusal::NotFound);
        }
        let lag = lag.map(|(seconds, changes)| match changes {
            0 => Lag::Since(now.saturating_sub(Duration::seconds(seconds.into()))),
            changes => Lag::Changes(changes),
        });
        match lag {
            None => Ok(json!({})),
            Some(lag) => transaction.earlier(lag).map(|t| status_body(&t, config)).ok_or(Refusal::NotFound),
        }
    })
}

/// `GET /v2/{id}/status/b2b`: the same in a list.
pub async fn status_b2b(State(app): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if auth::check(&headers, &app.config.server_key).is_err() {
        return unauthorized();
    }
    match app.with(|state, config, _| state.find(&id).map(|transaction| status_body(transaction, config))) {
        Some(body) => Json(json!({
            "status_code": "200",
            "status_message": "Success, transaction is found",
            "transactions": [body],
        }))
        .into_response(),
        None => failure(404, &Refusal::NotFound.to_string()),
    }
}

/// `POST /v2/{id}/cancel`.
pub async fn cancel(State(app): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    perform(&app, &headers, id, |state, id, config, now| {
        state.change(id, Status::Cancel, config, now)?;
        Ok(json!({"status_code": "200", "status_message": "Success, transaction is canceled"}))
    })
}

/// `POST /v2/{id}/expire`.
pub async fn expire(State(app): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    perform(&app, &headers, id, |state, id, config, now| {
        if state.find(id).ok_or(Refusal::NotFound)?.status != Status::Pending {
            return Err(Refusal::CannotModify);
        }
        state.change(id, Status::Expire, config, now)?;
        Ok(json!({"status_code": "407", "status_message": "Success, transaction has expired"}))
    })
}

/// `POST /v2/{id}/approve`.
pub async fn approve(State(app): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    perform(&app, &headers, id, |state, id, config, now| {
        review::approve(state, id, config, now)?;
        Ok(json!({"status_code": "200", "status_message": "Success, transaction is approved"}))
    })
}

/// `POST /v2/{id}/deny`.
pub async fn deny(State(app): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    perform(&app, &headers, id, |state, id, config, now| {
        review::deny(state, id, config, now)?;
        Ok(json!({"status_code": "200", "status_message": "Success, transaction is denied"}))
    })
}

/// `POST /v2/{id}/refund` and `/refund/online/direct`.
pub async fn refund(State(app): State<Shared>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(body) = read(&body) else { return malformed() };
    perform(&app, &headers, id, |state, id, config, now| {
        state.find(id).ok_or(Refusal::NotFound)?;
        let refund = review::refund(state, id, RefundOrder::from_json(&body)?, config, now)?;
        let mut facts = review::refund_facts(&refund);
        facts["status_code"] = json!("200");
        facts["status_message"] = json!("Success, refund request is approved");
        Ok(facts)
    })
}

/// `POST /v2/capture`: takes what a card payment reserved, or less.
pub async fn capture(State(app): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(body) = read(&body) else { return malformed() };
    let Some(id) = body["transaction_id"].as_str().map(str::to_owned) else {
        return failure(400, "transaction_id is required");
    };
    perform(&app, &headers, id, |state, id, config, now| {
        let amount = match &body["gross_amount"] {
            Value::Null => None,
            amount => Some(Amount::from_json(amount).ok_or(Refusal::InvalidCaptureAmount)?),
        };
        review::capture(state, id, amount, config, now)?;
        Ok(json!({
            "status_code": "200",
            "status_message": "Success, Credit Card capture transaction is successful",
        }))
    })
}

/// A body that may be absent.
fn read(body: &Bytes) -> Option<Value> {
    if body.is_empty() { Some(crate::request::empty()) } else { serde_json::from_slice(body).ok() }
}

fn malformed() -> Response {
    failure(413, "The request cannot be processed due to malformed syntax in the request body")
}

fn unauthorized() -> Response {
    failure(401, "Transaction cannot be authorized with the current client/server key.")
}

/// Does `work` for a merchant that was let in and answers with the transaction as it then stands, `work`'s fields on top.
fn perform(
    app: &Shared,
    headers: &HeaderMap,
    id: String,
    work: impl FnOnce(&mut Memory, &str, &Config, OffsetDateTime) -> Work,
) -> Response {
    if auth::check(headers, &app.config.server_key).is_err() {
        return unauthorized();
    }
    let outcome = app.with(|state, config, now| {
        let extra = work(state, &id, config, now)?;
        let transaction = state.find(&id).ok_or(Refusal::NotFound)?;
        // A status of the past has all its fields already.
        let mut body = if extra["order_id"].is_string() { json!({}) } else { status_body(transaction, config) };
        for (name, value) in extra.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        Ok::<_, Refusal>((body, transaction.order_id.clone()))
    });
    match outcome {
        Ok((body, order_id)) => {
            let mut answer = Json(body).into_response();
            answer.extensions_mut().insert(AboutOrder(order_id));
            answer
        }
        Err(refusal) => {
            let mut answer = failure(refusal.code(), &refusal.to_string());
            answer.extensions_mut().insert(AboutOrder(id));
            answer
        }
    }
}

/// Midtrans repeats the HTTP status in the body, where its libraries look for it.
fn failure(code: u16, message: &str) -> Response {
    let body = json!({"status_code": code.to_string(), "status_message": message, "id": Uuid::new_v4().to_string()});
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST);
    (status, Json(body)).into_response()
}
