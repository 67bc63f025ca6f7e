//! A stub of the gateway: it returns a token for every request and the status `settlement` for every order, after a
//! fixed delay.

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

/// The server key that both sides use.
pub const SERVER_KEY: &str = "SB-Mid-server-BENCH";

/// The amount of every order: a coffee and two teas.
pub const AMOUNT: &str = "125000.00";

/// A running stub; it runs as long as the process.
#[derive(Clone)]
pub struct Stub {
    pub addr: SocketAddr,
    state: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    page_origin: Mutex<String>,
    delay: AtomicU64,
    tokens: AtomicU64,
}

impl Stub {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let addr = listener.local_addr().expect("a listener has an address");
        let state = Arc::new(Inner { page_origin: Mutex::new(format!("http://{addr}")), ..Inner::default() });
        let router = Router::new()
            .route("/snap/v1/transactions", post(token))
            .route("/v2/{id}/status", get(status))
            .with_state(state.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { addr, state }
    }

    /// The same stub, reached through another address.
    pub fn with_addr(&self, addr: SocketAddr) -> Self {
        Self { addr, state: self.state.clone() }
    }

    /// Delays every later response by this time.
    pub fn set_delay(&self, milliseconds: u64) {
        self.state.delay.store(milliseconds, Ordering::Relaxed);
    }

    /// Sets the origin of the payment pages; the backend accepts no other origin than its gateway's.
    pub fn set_page_origin(&self, origin: &str) {
        origin.clone_into(&mut self.state.page_origin.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Waits for the delay and returns the number of earlier requests.
async fn count_request(stub: &Inner) -> u64 {
    let delay = stub.delay.load(Ordering::Relaxed);
    if delay > 0 {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    stub.tokens.fetch_add(1, Ordering::Relaxed)
}

async fn token(State(stub): State<Arc<Inner>>, _: Json<Value>) -> impl IntoResponse {
    let token = format!("66e4fa55-fdac-4ef9-91b5-{:012x}", count_request(&stub).await);
    let page =
        format!("{}/snap/v4/redirection/{token}", stub.page_origin.lock().unwrap_or_else(PoisonError::into_inner));
    (StatusCode::CREATED, Json(json!({"token": token, "redirect_url": page})))
}

async fn status(State(stub): State<Arc<Inner>>, Path(id): Path<String>) -> impl IntoResponse {
    count_request(&stub).await;
    ([(header::CONTENT_TYPE, "application/json")], notification(&id, "settlement"))
}

/// Midtrans' body for an order with this status; notifications and status responses have the same fields.
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
