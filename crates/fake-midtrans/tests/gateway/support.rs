//! A gateway with a frozen clock, a client, and a merchant that takes notes.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Redirect;
use axum::routing::post;
use fake_midtrans::{Config, FakeMidtrans};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use time::macros::datetime;

pub const KEY: &str = "SB-Mid-server-test-only";

pub struct Gateway {
    pub running: FakeMidtrans,
    pub client: Client,
}

impl Gateway {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config {
            addr: ([127, 0, 0, 1], 0).into(),
            server_key: KEY.to_owned(),
            frozen_at: Some(datetime!(2026-01-01 00:00 UTC)),
            ..Config::default()
        };
        change(&mut config);
        let running = FakeMidtrans::spawn(config).await.expect("starts");
        let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().expect("client");
        Self { running, client }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.running.base_url()))
    }

    /// An authorised call.
    pub fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).basic_auth(KEY, Some(""))
    }

    pub fn token_request(&self, body: &Value) -> RequestBuilder {
        self.call(Method::POST, "/snap/v1/transactions").json(body)
    }

    /// A token for a small order.
    pub async fn token(&self, order_id: &str) -> String {
        let (status, body) = answer(self.token_request(&order(order_id))).await;
        assert_eq!(status, 201, "{body}");
        body["token"].as_str().expect("a token").to_owned()
    }

    pub async fn status(&self, id: &str) -> Value {
        answer(self.call(Method::GET, &format!("/v2/{id}/status"))).await.1
    }

    pub async fn control(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.request(Method::POST, &format!("/control/{path}")).json(&body)).await
    }

    /// The customer takes a token's page to a payment by `method`.
    pub async fn choose(&self, order_id: &str, method: &str, number: &str) -> Value {
        let body = json!({"order_id": order_id, "method": method, "number": number});
        let (status, body) = self.control("choose", body).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    pub async fn advance(&self, minutes: i64) {
        self.running.advance(time::Duration::minutes(minutes)).await;
    }
}

pub fn order(order_id: &str) -> Value {
    json!({"transaction_details": {"order_id": order_id, "gross_amount": 10000}, "credit_card": {"secure": true}})
}

/// HTTP status and body, `null` where it is no JSON.
pub async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// A merchant's notification address: answers as told and keeps what it got.
#[derive(Clone, Default)]
pub struct Merchant {
    got: Arc<Mutex<Vec<Value>>>,
    answer: Arc<Mutex<u16>>,
    rounds: Arc<Mutex<usize>>,
}

impl Merchant {
    pub async fn listen(answer: u16) -> (Self, String) {
        let merchant = Self { answer: Arc::new(Mutex::new(answer)), ..Self::default() };
        let router = Router::new()
            .route("/notify", post(Self::take))
            .route("/moved", post(|| async { Redirect::temporary("/notify") }))
            .route("/round", post(Self::round))
            .with_state(merchant.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/notify", listener.local_addr().expect("bound"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        (merchant, url)
    }

    async fn take(State(merchant): State<Self>, headers: HeaderMap, body: String) -> StatusCode {
        assert_eq!(headers["user-agent"], "Veritrans");
        assert_eq!(headers["content-type"], "application/json");
        merchant.got.lock().expect("lock").push(serde_json::from_str(&body).unwrap_or_default());
        StatusCode::from_u16(*merchant.answer.lock().expect("lock")).expect("a status")
    }

    /// An address that leads to itself.
    async fn round(State(merchant): State<Self>) -> Redirect {
        *merchant.rounds.lock().expect("lock") += 1;
        Redirect::permanent("/round")
    }

    pub fn rounds(&self) -> usize {
        *self.rounds.lock().expect("lock")
    }

    pub fn answer_from_now(&self, status: u16) {
        *self.answer.lock().expect("lock") = status;
    }

    /// What came, `null` where it was no JSON.
    pub fn bodies(&self) -> Vec<Value> {
        self.got.lock().expect("lock").clone()
    }

    /// What came, as `pending settlement …`.
    pub fn statuses(&self) -> String {
        let got = self.got.lock().expect("lock");
        got.iter().map(|body| body["transaction_status"].as_str().unwrap_or("?")).collect::<Vec<_>>().join(" ")
    }
}
