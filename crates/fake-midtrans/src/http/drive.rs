//! The part of the control API that drives one order: its customer chooses, then things befall it.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

use super::control_body::{failure, parse};
use super::shared::Shared;
use crate::charge::Choice;
use crate::charge_error::ChargeError;
use crate::event::ControlEvent;
use crate::money::Amount;
use crate::state::Refusal;

#[derive(Deserialize)]
struct Order {
    order_id: String,
}

/// `POST /control/{event}`: waits until the notifications were answered, and says how the payment stands.
pub async fn happen(State(app): State<Shared>, Path(name): Path<String>, body: Bytes) -> Response {
    let mut body = match parse::<Value>(&body) {
        Ok(body) => body,
        Err(bad) => return bad.into_response(),
    };
    let order = match Order::deserialize(&body) {
        Ok(order) => order,
        Err(error) => return failure(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    body["event"] = Value::String(name);
    let event = match ControlEvent::deserialize(&body) {
        Ok(event) => event,
        Err(error) => return failure(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    match app.happen(&order.order_id, event).await {
        Ok(body) => Json(body).into_response(),
        Err(Refusal::NotFound) => failure(StatusCode::NOT_FOUND, "no payment was started for this order"),
        Err(refusal) => failure(StatusCode::CONFLICT, &refusal.to_string()),
    }
}

#[derive(Deserialize)]
struct Chosen {
    order_id: String,
    #[serde(default)]
    fee: Value,
    #[serde(flatten)]
    choice: Choice,
}

/// The customer chooses a method, as in the popup; cards need only their `number` here.
pub async fn choose(State(app): State<Shared>, body: Bytes) -> Response {
    let mut chosen = match parse::<Chosen>(&body) {
        Ok(chosen) => chosen,
        Err(bad) => return bad.into_response(),
    };
    chosen.choice.fee = Amount::from_json(&chosen.fee);
    match app.choose(&chosen.order_id, chosen.choice).await {
        Ok(body) => Json(body).into_response(),
        Err(ChargeError::SessionGone) => failure(StatusCode::NOT_FOUND, "this order has no usable token"),
        Err(refusal) => failure(StatusCode::CONFLICT, &refusal.to_string()),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Meant {
    prefix: String,
}

/// `GET /control/orders`: every order id, or those that begin with `prefix`.
pub async fn orders(State(app): State<Shared>, Query(meant): Query<Meant>) -> Response {
    Json(app.with(|state, config, now| state.reports(&meant.prefix, config, now))).into_response()
}

/// `GET /control/orders/{id}`: its tokens, attempts and moves of money.
pub async fn order(State(app): State<Shared>, Path(order_id): Path<String>) -> Response {
    match app.with(|state, config, now| state.report(&order_id, config, now)) {
        Some(report) => Json(report).into_response(),
        None => failure(StatusCode::NOT_FOUND, "no token was made for this order"),
    }
}
