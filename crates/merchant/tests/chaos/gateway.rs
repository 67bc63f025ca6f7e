//! A gateway that says of each payment what the test decided.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

#[derive(Clone, Default)]
pub struct GatewayStub {
    pub url: String,
    payments: Arc<Mutex<HashMap<String, Said>>>,
    held: watch::Sender<bool>,
}

/// What is said of one payment, how far it has come, and how often it was asked for.
#[derive(Default)]
struct Said {
    step: usize,
    body: Option<Value>,
    asked: usize,
}

impl GatewayStub {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let gateway = Self { url: format!("http://{}", listener.local_addr().unwrap()), ..Self::default() };
        let router = Router::new()
            .route("/snap/v1/transactions", post(token))
            .route("/snap/v1/transactions/{token}/cancel", post(|| async { Json(json!({"canceled_at": "now"})) }))
            .route("/v2/{id}/status", get(status))
            .with_state(gateway.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        gateway
    }

    /// From now on this is so, unless the payment has come further already.
    pub fn reach(&self, order_id: &str, step: usize, body: &Value) {
        let mut payments = self.payments.lock().unwrap();
        let said = payments.entry(order_id.to_owned()).or_default();
        if said.body.is_none() || step >= said.step {
            (said.step, said.body) = (step, Some(body.clone()));
        }
    }

    /// Whether status answers wait until this is said again.
    pub fn holds(&self, back: bool) {
        self.held.send_replace(back);
    }

    pub fn asked(&self, order_id: &str) -> usize {
        self.payments.lock().unwrap().get(order_id).map_or(0, |said| said.asked)
    }
}

async fn token(State(gateway): State<GatewayStub>, Json(wanted): Json<Value>) -> Response {
    let id = wanted["transaction_details"]["order_id"].as_str().unwrap();
    let token = format!("token-{id}");
    let page = format!("{}/snap/v4/redirection/{token}", gateway.url);
    (StatusCode::CREATED, Json(json!({"token": token, "redirect_url": page}))).into_response()
}

async fn status(State(gateway): State<GatewayStub>, Path(id): Path<String>) -> Json<Value> {
    let said = {
        let mut payments = gateway.payments.lock().unwrap();
        // Some methods are asked for by their transaction's id as well; here the order's is enough.
        let Some(said) = payments.get_mut(&id) else { return unknown() };
        said.asked += 1;
        said.body.clone()
    };
    gateway.held.subscribe().wait_for(|held| !held).await.unwrap();
    said.map_or_else(unknown, Json)
}

fn unknown() -> Json<Value> {
    Json(json!({"status_code": "404", "status_message": "Transaction doesn't exist."}))
}
