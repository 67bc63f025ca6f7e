//! The shop's own system: it remembers what it was told, and is not always well.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use tokio::net::TcpListener;

use crate::chance::Chance;

const SECRET: &[u8] = b"a secret between friends";

#[derive(Clone)]
pub struct Receiver {
    pub url: String,
    chance: Chance,
    fails_one_in: Arc<AtomicUsize>,
    heard: Arc<Mutex<Heard>>,
}

/// What came and was answered with 200.
#[derive(Default, Clone)]
pub struct Heard {
    /// How often each event.
    pub events: HashMap<String, usize>,
    /// The versions of an order, each when it came first.
    pub versions: HashMap<String, Vec<i64>>,
    pub refused: usize,
    /// Signatures that do not hold.
    pub forged: usize,
}

impl Receiver {
    /// What it shares with the merchant.
    pub fn secret() -> String {
        format!("whsec_{}", STANDARD.encode(SECRET))
    }

    pub async fn new(chance: &Chance) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let fails_one_in = Arc::new(AtomicUsize::new(0));
        let receiver = Self { url, chance: chance.clone(), fails_one_in, heard: Arc::default() };
        let router = Router::new().fallback(hear).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    /// From now on one of so many is refused; 0 for none.
    pub fn fails_one_in(&self, of: usize) {
        self.fails_one_in.store(of, Ordering::Relaxed);
    }

    pub fn heard(&self) -> Heard {
        self.heard.lock().unwrap().clone()
    }
}

async fn hear(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> StatusCode {
    let Ok(event) = serde_json::from_str::<Value>(&body) else { return StatusCode::BAD_REQUEST };
    let of = receiver.fails_one_in.load(Ordering::Relaxed);
    let mut heard = receiver.heard.lock().unwrap();
    if of > 0 && receiver.chance.one_in(of) {
        heard.refused += 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    if !is_signed(&headers, &body) {
        heard.forged += 1;
        return StatusCode::FORBIDDEN;
    }
    let times = heard.events.entry(header(&headers, "webhook-id").to_owned()).or_default();
    *times += 1;
    if *times == 1 {
        let (order_id, version) = (&event["data"]["order_id"], &event["data"]["version"]);
        let order_id = order_id.as_str().unwrap_or_default().to_owned();
        heard.versions.entry(order_id).or_default().push(version.as_i64().unwrap_or_default());
    }
    StatusCode::OK
}

/// <https://www.standardwebhooks.com>
fn is_signed(headers: &HeaderMap, body: &str) -> bool {
    let header = |name| header(headers, name);
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).unwrap();
    mac.update(format!("{}.{}.{body}", header("webhook-id"), header("webhook-timestamp")).as_bytes());
    header("webhook-signature") == format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
