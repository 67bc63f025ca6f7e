//! The control API: faults, the clock, the course of a payment, the logs. Loopback only, and never for other sites' pages.

use std::net::SocketAddr;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, HOST, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use time::Duration;

use super::control_body::{failure, parse};
use super::drive;
use super::shared::Shared;
use crate::clock::{LONGEST_ADVANCE, wib};
use crate::fault::Planned;
use crate::outbox::Again;
use crate::shape;

/// Routes below `/control`.
pub fn routes(app: &Shared) -> Router<Shared> {
    Router::new()
        .route("/clock", get(read_clock).post(move_clock))
        .route("/faults", get(list_faults).post(plan_fault).delete(clear_faults))
        .route("/choose", post(drive::choose))
        .route("/{event}", post(drive::happen))
        .route("/orders", get(drive::orders))
        .route("/orders/{id}", get(drive::order))
        .route("/transactions", get(transactions))
        .route("/notifications", get(notifications))
        .route("/notifications/release", post(release))
        .route("/notifications/resend", post(resend))
        .route("/requests", get(requests))
        .route("/reset", post(reset))
        .layer(from_fn_with_state(app.clone(), only_from_here))
}

/// Lets in who is on this machine and is not a page of somebody else's, unless the settings name that page.
async fn only_from_here(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let local = peer.is_none_or(|ConnectInfo(addr)| addr.ip().is_loopback());
    let origin = request.headers().get(ORIGIN).cloned();
    let guest = origin.filter(|origin| app.config.control_origin.as_deref().is_some_and(|named| *origin == *named));
    if !local || (guest.is_none() && !own_origin(request.headers())) {
        return failure(StatusCode::FORBIDDEN, "the control API is for this machine only");
    }
    let Some(guest) = guest else { return next.run(request).await };
    // What a browser asks before a DELETE or a JSON body.
    let asks_first = request.method() == Method::OPTIONS;
    let mut response = if asks_first { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, guest);
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, DELETE"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    headers.insert(VARY, HeaderValue::from_static("origin"));
    response
}

/// No `Origin` (a tool), or that of our own pages.
fn own_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(ORIGIN).and_then(|value| value.to_str().ok()) else {
        return !headers.contains_key(ORIGIN);
    };
    let host = headers.get(HOST).and_then(|value| value.to_str().ok());
    host.is_some_and(|host| origin.strip_prefix("http://") == Some(host))
}

async fn read_clock(State(app): State<Shared>) -> Json<Value> {
    Json(json!({"now": wib(app.clock.now())}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

async fn move_clock(State(app): State<Shared>, body: Bytes) -> Response {
    let by = match parse::<Advance>(&body) {
        Ok(advance) => i64::try_from(advance.advance_seconds).map(Duration::seconds),
        Err(bad) => return bad.into_response(),
    };
    match by {
        Ok(by) if by <= LONGEST_ADVANCE => Json(json!({"now": wib(app.advance(by).await)})).into_response(),
        _ => failure(StatusCode::BAD_REQUEST, "advance_seconds is at most 366 days"),
    }
}

async fn plan_fault(State(app): State<Shared>, body: Bytes) -> Response {
    match parse::<Planned>(&body) {
        Err(bad) => bad.into_response(),
        Ok(planned) if !planned.fault.fits(planned.target) => {
            failure(StatusCode::BAD_REQUEST, "this fault cannot happen at this target")
        }
        Ok(planned) => {
            let list = app.with(|state, _, now| {
                state.faults.plan(planned, now);
                state.faults.list().to_vec()
            });
            (StatusCode::CREATED, Json(list)).into_response()
        }
    }
}

async fn list_faults(State(app): State<Shared>) -> Response {
    Json(app.with(|state, _, _| state.faults.list().to_vec())).into_response()
}

async fn clear_faults(State(app): State<Shared>) -> StatusCode {
    app.clear_faults();
    StatusCode::NO_CONTENT
}

/// Which order a list is about; all when absent.
#[derive(Default, Deserialize)]
#[serde(default)]
struct About {
    order_id: Option<String>,
}

async fn transactions(State(app): State<Shared>, Query(about): Query<About>) -> Json<Vec<Value>> {
    Json(app.with(|state, config, _| {
        let meant = state.transactions.iter().filter(|t| about.order_id.as_ref().is_none_or(|id| *id == t.order_id));
        let list = meant.map(|transaction| {
            let mut body = shape::status_body(transaction, config);
            body["method"] = json!(transaction.method.id);
            body["number"] = json!(transaction.number);
            body["expiry_time"] = json!(wib(transaction.expires_at));
            body
        });
        list.collect()
    }))
}

async fn notifications(State(app): State<Shared>, Query(about): Query<About>) -> Json<Vec<Value>> {
    Json(app.with(|state, _, _| state.outbox.log(about.order_id.as_deref())))
}

#[derive(Deserialize)]
struct Release {
    order_id: Option<String>,
}

async fn release(State(app): State<Shared>, body: Bytes) -> Response {
    let meant = match parse::<Release>(&body) {
        Ok(release) => release.order_id,
        Err(bad) => return bad.into_response(),
    };
    let released = app.with(|state, _, now| state.outbox.release(meant.as_deref(), now));
    app.settle_down().await;
    Json(json!({"released": released})).into_response()
}

#[derive(Deserialize)]
struct Resend {
    order_id: String,
    #[serde(flatten)]
    again: Again,
}

async fn resend(State(app): State<Shared>, body: Bytes) -> Response {
    let order = match parse::<Resend>(&body) {
        Ok(order) => order,
        Err(bad) => return bad.into_response(),
    };
    let Resend { order_id, again } = order;
    if app.with(|state, config, now| state.outbox.push_again(&order_id, &again, &config.server_key, now)) {
        app.settle_down().await;
        StatusCode::NO_CONTENT.into_response()
    } else {
        failure(StatusCode::NOT_FOUND, "no such notification was made for this order")
    }
}

async fn requests(State(app): State<Shared>) -> Response {
    Json(app.with(|state, _, _| state.requests.iter().cloned().collect::<Vec<_>>())).into_response()
}

/// Forgets everything but the moved clock.
async fn reset(State(app): State<Shared>) -> StatusCode {
    app.reset();
    StatusCode::NO_CONTENT
}
