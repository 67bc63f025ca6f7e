//! A gateway that says whatever it is told, for answers that a faithful one never gives.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// What was asked, and what is still to be answered.
#[derive(Clone, Default)]
pub struct Stub {
    base: String,
    answers: Arc<Mutex<VecDeque<(u16, String)>>>,
    asked: Arc<Mutex<Vec<String>>>,
    sent: Arc<Mutex<serde_json::Value>>,
    places: Arc<Mutex<HashMap<String, (u16, String)>>>,
    once: Arc<Mutex<HashMap<String, (u16, String)>>>,
    gates: Arc<Mutex<HashMap<String, Arc<Semaphore>>>>,
}

impl Stub {
    /// Answers in this order; the last one again and again. `{base}` becomes its own address.
    pub async fn new(answers: &[(u16, &str)]) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let stub = Self { base: base.clone(), ..Self::default() };
        stub.answers.lock().unwrap().extend(answers.iter().map(|(code, body)| (*code, body.replace("{base}", &base))));
        let router = Router::new().fallback(answer).with_state(stub.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (stub, base)
    }

    /// Its own address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// `POST /snap/v1/transactions <order id>` and so on.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// The last body that came.
    pub fn sent(&self) -> serde_json::Value {
        self.sent.lock().unwrap().clone()
    }

    /// From now on this at one address, `GET /v2/<id>/status`, whatever the others are.
    pub fn place(&self, what: &str, status: u16, body: impl ToString) {
        self.places.lock().unwrap().insert(what.to_owned(), (status, body.to_string()));
    }

    /// From now on nothing is answered at this address without a permit.
    pub fn gate(&self, what: &str) -> Arc<Semaphore> {
        self.gates.lock().unwrap().entry(what.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(0))).clone()
    }

    /// From now on whoever asks this needs none; who waits for one goes on waiting.
    pub fn ungate(&self, what: &str) {
        self.gates.lock().unwrap().remove(what);
    }

    /// The next one at this address gets this, however it stands.
    pub fn once(&self, what: &str, status: u16, body: impl ToString) {
        self.once.lock().unwrap().insert(what.to_owned(), (status, body.to_string()));
    }

    /// From now on these.
    pub fn script(&self, answers: &[(u16, String)]) {
        *self.answers.lock().unwrap() = answers.iter().cloned().collect();
    }
}

async fn answer(State(stub): State<Stub>, request: Request) -> Response {
    let what = format!("{} {}", request.method(), request.uri().path());
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let sent: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    *stub.sent.lock().unwrap() = sent.clone();
    let id = sent["transaction_details"]["order_id"].as_str().unwrap_or_default();
    stub.asked.lock().unwrap().push(format!("{what} {id}").trim().to_owned());
    let gate = stub.gates.lock().unwrap().get(&what).cloned();
    if let Some(gate) = gate {
        gate.acquire().await.unwrap().forget();
    }
    if let Some((status, body)) = stub.once.lock().unwrap().remove(&what) {
        return (StatusCode::from_u16(status).unwrap(), body).into_response();
    }
    if let Some((status, body)) = stub.places.lock().unwrap().get(&what).cloned() {
        return (StatusCode::from_u16(status).unwrap(), body).into_response();
    }
    let mut answers = stub.answers.lock().unwrap();
    let (status, body) = match answers.len() {
        1 => answers[0].clone(),
        _ => answers.pop_front().unwrap(),
    };
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}
