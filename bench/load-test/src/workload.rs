//! Our merchant as a process, and what is sent to it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::clients::{Make, Take};
use crate::gateway_stub::{SERVER_KEY, Stub, notification};
use crate::http::Answer;
use crate::process::Server;

/// A coffee and two teas.
pub const CART: &str = r#"{"items":[{"id":"kopi-gayo-250g","quantity":1},{"id":"teh-melati-100g","quantity":2}],"customer":{"name":"Siti Rahayu","email":"siti@example.com"}}"#;

/// The ids of orders that were made.
#[derive(Clone, Default)]
pub struct Ids(Arc<Mutex<Vec<String>>>);

impl Ids {
    /// Any of them, but always another one; the first few find none yet.
    pub fn some(&self, at: usize) -> Option<String> {
        let ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.get(at.wrapping_mul(7919) % ids.len().max(1)).cloned()
    }

    /// Takes all that are there.
    pub fn drain(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps the id in an answer.
    pub fn keep(&self) -> Arc<Take> {
        let ids = self.clone();
        Arc::new(move |_, answer: &Answer| {
            let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            if let (true, Some(id)) = ((200..300).contains(&answer.status), body["order_id"].as_str()) {
                ids.0.lock().unwrap_or_else(PoisonError::into_inner).push(id.to_owned());
            }
        })
    }
}

/// A new order each time.
pub fn new_orders() -> Arc<Make> {
    Arc::new(|_| ("POST", "/api/orders".to_owned(), CART.to_owned()))
}

/// One notification of money for each of these.
pub fn paid(ids: Vec<String>) -> Arc<Make> {
    Arc::new(move |at| {
        ("POST", "/api/midtrans/notifications".to_owned(), notification(&ids[at % ids.len()], "settlement"))
    })
}

/// Nothing is kept.
pub fn nothing() -> Arc<Take> {
    Arc::new(|_, _| {})
}

/// Starts our merchant on an empty SQLite file in `folder`.
pub async fn merchant(program: &str, stub: &Stub, folder: &Path, more: &[(&str, &str)]) -> Result<Server, String> {
    let mut env: Vec<(&str, String)> = vec![
        ("MERCHANT_ADDR", "127.0.0.1:{port}".into()),
        ("MERCHANT_PAGE_DIR", folder.display().to_string()),
        ("DATABASE_URL", format!("sqlite://{}", folder.join("merchant.sqlite").display())),
        ("MIDTRANS_ENVIRONMENT", "local".into()),
        ("MIDTRANS_LOCAL_URL", format!("http://{}", stub.addr)),
        ("MIDTRANS_SERVER_KEY", SERVER_KEY.into()),
        ("MIDTRANS_CLIENT_KEY", "SB-Mid-client-BENCH".into()),
        ("MERCHANT_LOG_FORMAT", "json".into()),
        // All come from one address here.
        ("MERCHANT_ORDERS_PER_MINUTE", "0".into()),
    ];
    env.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Server::start(program, &[], &env, "/readyz").await
}

/// A folder that goes with its owner.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("bench-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the temporary folder is the system's to clean.
        std::fs::remove_dir_all(&self.0).ok();
    }
}
