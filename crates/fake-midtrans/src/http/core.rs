//! The Core API calls that Snap orders use: status, cancel, expire, approve, deny, refund.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::gate::AboutOrder;
use super::{Shared, auth};
use crate::config::Config;
use crate::review::{self, RefundOrder};
use crate::shape::status_body;
use crate::state::{Refusal, State as Memory};
use crate::status::Status;

type Work = Result<Value, Refusal>;

/// `GET /v2/{id}/status`: nothing is known of an order until its customer has chosen a method.
pub async fn status(State(app): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    perform(&app, &headers, id, |_, _, _, _| Ok(json!({})))
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
    let body: Value = if body.is_empty() {
        crate::request::empty()
    } else {
        match serde_json::from_slice(&body) {
            Ok(body) => body,
            Err(_) => {
                return failure(413, "The request cannot be processed due to malformed syntax in the request body");
            }
        }
    };
    perform(&app, &headers, id, |state, id, config, now| {
        state.find(id).ok_or(Refusal::NotFound)?;
        let refund = review::refund(state, id, RefundOrder::from_json(&body)?, config, now)?;
        let mut facts = review::refund_facts(&refund);
        facts["status_code"] = json!("200");
        facts["status_message"] = json!("Success, refund request is approved");
        Ok(facts)
    })
}

/// Does `work` for a merchant that was let in and answers with the transaction as it then stands, `work`'s fields on top.
fn perform(
    app: &Shared,
    headers: &HeaderMap,
    id: String,
    work: impl FnOnce(&mut Memory, &str, &Config, OffsetDateTime) -> Work,
) -> Response {
    if auth::check(headers, &app.config.server_key).is_err() {
        return failure(401, "Transaction cannot be authorized with the current client/server key.");
    }
    let outcome = app.with(|state, config, now| {
        let extra = work(state, &id, config, now)?;
        let transaction = state.find(&id).ok_or(Refusal::NotFound)?;
        let mut body = status_body(transaction, config);
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
