//! The limits on connections: in total, and for each client.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::middleware::client_ip::{ClientKey, TrustedProxies};

/// Counts connections.
pub(super) struct ConnectionLimiter {
    total: Arc<Semaphore>,
    max_per_client: usize,
    proxies: TrustedProxies,
    by_client: Arc<Mutex<HashMap<ClientKey, usize>>>,
}

/// The right to one connection. It is returned when it is dropped.
pub(super) struct ConnectionPermit {
    _total: Option<OwnedSemaphorePermit>,
    client: Option<ClientKey>,
    by_client: Arc<Mutex<HashMap<ClientKey, usize>>>,
}

impl ConnectionLimiter {
    pub(super) fn new(max_connections: usize, max_per_client: usize, proxies: TrustedProxies) -> Self {
        Self { total: Arc::new(Semaphore::new(max_connections)), max_per_client, proxies, by_client: Arc::default() }
    }

    /// Waits for one of the total permits. It is `None` only if the semaphore is closed, which never happens.
    pub(super) async fn acquire_total(&self) -> Option<OwnedSemaphorePermit> {
        self.total.clone().acquire_owned().await.ok()
    }

    /// Adds the limit of the client; `None` above it. A trusted proxy has no limit, because it connects for many clients.
    pub(super) fn for_client(&self, total: Option<OwnedSemaphorePermit>, peer: IpAddr) -> Option<ConnectionPermit> {
        let client = (!self.proxies.contains(peer)).then(|| ClientKey::of(peer));
        if let Some(client) = client {
            let mut by_client = self.by_client.lock().unwrap_or_else(PoisonError::into_inner);
            let count = by_client.entry(client).or_default();
            if *count >= self.max_per_client {
                return None;
            }
            *count += 1;
        }
        Some(ConnectionPermit { _total: total, client, by_client: self.by_client.clone() })
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let Some(client) = self.client else { return };
        let mut by_client = self.by_client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = by_client.get_mut(&client) {
            *count -= 1;
            if *count == 0 {
                by_client.remove(&client);
            }
        }
    }
}
