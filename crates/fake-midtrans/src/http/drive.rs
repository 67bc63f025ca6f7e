//! The part of the control API that drives one order: choose, pay, settle, refuse, expire, give back.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::Shared;
use super::control::{failure, parse};
use crate::charge::{self, ChargeError, Choice};
use crate::config::Config;
use crate::money::Amount;
use crate::review::{self, RefundOrder};
use crate::shape;
use crate::state::{Refusal, State as Memory};
use crate::status::Status;

#[derive(Deserialize)]
struct Order {
    order_id: String,
    #[serde(default)]
    amount: Value,
}

type Work = fn(&mut Memory, &Order, &Config, OffsetDateTime) -> Result<(), Refusal>;

/// Does `work` to an order, waits until its notifications were answered, and says how it stands.
async fn drive(app: Shared, body: Bytes, work: Work) -> Response {
    let order = match parse::<Order>(&body) {
        Ok(order) => order,
        Err(bad) => return bad.into_response(),
    };
    let outcome = app.with(|state, config, now| {
        work(state, &order, config, now)?;
        state.find(&order.order_id).map(|t| shape::status_body(t, config)).ok_or(Refusal::NotFound)
    });
    match outcome {
        Ok(body) => {
            app.settle_down().await;
            Json(body).into_response()
        }
        Err(Refusal::NotFound) => failure(StatusCode::NOT_FOUND, "no payment was started for this order"),
        Err(refusal) => failure(StatusCode::CONFLICT, &refusal.to_string()),
    }
}

#[derive(Deserialize)]
struct Chosen {
    order_id: String,
    #[serde(flatten)]
    choice: Choice,
}

/// The customer chooses a method, as in the popup; cards need only their `number` here.
pub async fn choose(State(app): State<Shared>, body: Bytes) -> Response {
    let mut chosen = match parse::<Chosen>(&body) {
        Ok(chosen) => chosen,
        Err(bad) => return bad.into_response(),
    };
    let choice = &mut chosen.choice;
    for (field, usual) in [(&mut choice.expiry, "12/49"), (&mut choice.cvv, "123")] {
        if field.is_empty() {
            usual.clone_into(field);
        }
    }
    let outcome = app.with(|state, config, now| {
        let token = state.active_token(&chosen.order_id).ok_or(ChargeError::SessionGone)?;
        let id = charge::charge(state, &token, &chosen.choice, config, now)?;
        Ok(state.find(&id).map(|transaction| shape::status_body(transaction, config)))
    });
    match outcome {
        Ok(body) => {
            app.settle_down().await;
            Json(body).into_response()
        }
        Err(ChargeError::SessionGone) => failure(StatusCode::NOT_FOUND, "this order has no usable token"),
        Err(refusal) => failure(StatusCode::CONFLICT, &refusal.to_string()),
    }
}

/// The customer pays outside of the page.
pub async fn pay(State(app): State<Shared>, body: Bytes) -> Response {
    drive(app, body, |state, order, config, now| review::pay(state, &order.order_id, config, now)).await
}

/// Paid and settled, whatever of that is missing.
pub async fn settle(State(app): State<Shared>, body: Bytes) -> Response {
    drive(app, body, |state, order, config, now| review::settle(state, &order.order_id, config, now)).await
}

/// The bank refuses.
pub async fn deny(State(app): State<Shared>, body: Bytes) -> Response {
    drive(app, body, |state, order, config, now| state.change(&order.order_id, Status::Deny, config, now)).await
}

/// The time is over.
pub async fn expire(State(app): State<Shared>, body: Bytes) -> Response {
    drive(app, body, |state, order, config, now| state.change(&order.order_id, Status::Expire, config, now)).await
}

/// The merchant calls it off.
pub async fn cancel(State(app): State<Shared>, body: Bytes) -> Response {
    drive(app, body, |state, order, config, now| state.change(&order.order_id, Status::Cancel, config, now)).await
}

/// It breaks unexpectedly.
pub async fn fail(State(app): State<Shared>, body: Bytes) -> Response {
    drive(app, body, |state, order, config, now| state.change(&order.order_id, Status::Failure, config, now)).await
}

/// Money goes back: `amount`, or all that is left.
pub async fn refund(State(app): State<Shared>, body: Bytes) -> Response {
    drive(app, body, |state, order, config, now| {
        let refund = RefundOrder::from_json(&json!({"amount": order.amount}))?;
        review::refund(state, &order.order_id, refund, config, now).map(|_| ())
    })
    .await
}

/// An `amount` below the whole makes it a partial one.
pub async fn chargeback(State(app): State<Shared>, body: Bytes) -> Response {
    drive(app, body, |state, order, config, now| {
        let whole = state.find(&order.order_id).ok_or(Refusal::NotFound)?.gross_amount;
        let partial = Amount::from_json(&order.amount).is_some_and(|amount| amount < whole);
        let to = if partial { Status::PartialChargeback } else { Status::Chargeback };
        state.change(&order.order_id, to, config, now)
    })
    .await
}
