//! Starts the backend, and makes the requests to it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::clients::{MakeRequest, OnResponse};
use crate::gateway_stub::{SERVER_KEY, Stub, notification};
use crate::http::Response;
use crate::process::Server;

/// A coffee and two teas.
pub const CART: &str = r#"{"items":[{"id":"kopi-gayo-250g","quantity":1},{"id":"teh-melati-100g","quantity":2}],"customer":{"name":"Siti Rahayu","email":"siti@example.com"}}"#;

/// The ids of created orders.
#[derive(Clone, Default)]
pub struct OrderIds(Arc<Mutex<Vec<String>>>);

impl OrderIds {
    /// An id that depends on the index; `None` before the first order.
    pub fn pick(&self, at: usize) -> Option<String> {
        let ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.get(at.wrapping_mul(7919) % ids.len().max(1)).cloned()
    }

    /// Removes and returns all ids.
    pub fn drain(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Records the order id of each successful response.
    pub fn record(&self) -> Arc<OnResponse> {
        let ids = self.clone();
        Arc::new(move |_, response: &Response| {
            let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap_or_default();
            if let (true, Some(id)) = ((200..300).contains(&response.status), body["order_id"].as_str()) {
                ids.0.lock().unwrap_or_else(PoisonError::into_inner).push(id.to_owned());
            }
        })
    }
}

/// Requests that each create an order.
pub fn new_orders() -> Arc<MakeRequest> {
    Arc::new(|_| ("POST", "/api/orders".to_owned(), CART.to_owned()))
}

/// One settlement notification for each of these orders.
pub fn settlements(ids: Vec<String>) -> Arc<MakeRequest> {
    Arc::new(move |at| {
        ("POST", "/api/midtrans/notifications".to_owned(), notification(&ids[at % ids.len()], "settlement"))
    })
}

/// Ignores the responses.
pub fn ignore() -> Arc<OnResponse> {
    Arc::new(|_, _| {})
}

/// Starts the backend with an empty SQLite database in `folder`.
pub async fn start_backend(
    program: &str,
    stub: &Stub,
    folder: &Path,
    overrides: &[(&str, &str)],
) -> Result<Server, String> {
    let mut env: Vec<(&str, String)> = vec![
        ("MERCHANT_ADDR", "127.0.0.1:{port}".into()),
        ("MERCHANT_PAGE_DIR", folder.display().to_string()),
        ("DATABASE_URL", format!("sqlite://{}", folder.join("merchant.sqlite").display())),
        ("MIDTRANS_ENVIRONMENT", "local".into()),
        ("MIDTRANS_LOCAL_URL", format!("http://{}", stub.addr)),
        ("MIDTRANS_SERVER_KEY", SERVER_KEY.into()),
        ("MIDTRANS_CLIENT_KEY", "SB-Mid-client-BENCH".into()),
        ("MERCHANT_LOG_FORMAT", "json".into()),
        // All clients have the same address.
        ("MERCHANT_ORDERS_PER_MINUTE", "0".into()),
    ];
    env.extend(overrides.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Server::start(program, &[], &env, "/readyz").await
}

/// A temporary folder, removed on drop.
pub struct TempFolder(PathBuf);

impl TempFolder {
    pub fn new(name: &str) -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("bench-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        // The operating system cleans up what cannot be removed.
        std::fs::remove_dir_all(&self.0).ok();
    }
}
