//! The gateway, for both sides the same: a token for whoever asks, every order settled, after a fixed time.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};
use tokio::net::TcpListener;

/// What both sides sign with.
pub const SERVER_KEY: &str = "SB-Mid-server-BENCH";

/// What every order costs: a coffee and two teas.
pub const AMOUNT: &str = "125000.00";

/// The gateway, for as long as the process lives.
#[derive(Clone)]
pub struct Stub {
    pub addr: SocketAddr,
    state: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    base: Mutex<String>,
    delay: AtomicU64,
    tokens: AtomicU64,
}

impl Stub {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let addr = listener.local_addr().expect("a listener has an address");
        let state = Arc::new(Inner { base: Mutex::new(format!("http://{addr}")), ..Inner::default() });
        let router = Router::new()
            .route("/snap/v1/transactions", post(token))
            .route("/v2/{id}/status", get(status))
            .with_state(state.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { addr, state }
    }

    /// The same one at another address.
    pub fn seen_at(&self, addr: SocketAddr) -> Self {
        Self { addr, state: self.state.clone() }
    }

    /// From now on every answer takes so long.
    pub fn takes(&self, milliseconds: u64) {
        self.state.delay.store(milliseconds, Ordering::Relaxed);
    }

    /// From now on payment pages are there: the merchant takes none from elsewhere.
    pub fn pages_at(&self, base: &str) {
        base.clone_into(&mut self.state.base.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

async fn wait(stub: &Inner) -> u64 {
    let delay = stub.delay.load(Ordering::Relaxed);
    if delay > 0 {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    stub.tokens.fetch_add(1, Ordering::Relaxed)
}

async fn token(State(stub): State<Arc<Inner>>, _: Json<Value>) -> impl IntoResponse {
    let token = format!("66e4fa55-fdac-4ef9-91b5-{:012x}", wait(&stub).await);
    let page = format!("{}/snap/v4/redirection/{token}", stub.base.lock().unwrap_or_else(PoisonError::into_inner));
    (StatusCode::CREATED, Json(json!({"token": token, "redirect_url": page})))
}

async fn status(State(stub): State<Arc<Inner>>, Path(id): Path<String>) -> impl IntoResponse {
    wait(&stub).await;
    ([(header::CONTENT_TYPE, "application/json")], notification(&id, "settlement"))
}

/// What Midtrans says of a settled order, as a notification and as a status.
pub fn notification(order_id: &str, status: &str) -> String {
    let signature: String =
        Sha512::digest(format!("{order_id}200{AMOUNT}{SERVER_KEY}")).iter().map(|byte| format!("{byte:02x}")).collect();
    let transaction = format!("9aed5972-5b6a-401e-894b-{:0>12}", order_id.get(..12).unwrap_or(order_id));
    json!({
        "transaction_time": "2026-11-24 14:48:20", "transaction_status": status, "transaction_id": transaction,
        "status_message": "midtrans payment notification", "status_code": "200", "signature_key": signature,
        "settlement_time": "2026-11-24 14:48:30", "payment_type": "qris", "order_id": order_id, "merchant_id": "G1",
        "gross_amount": AMOUNT, "fraud_status": "accept", "currency": "IDR", "acquirer": "gopay",
    })
    .to_string()
}
