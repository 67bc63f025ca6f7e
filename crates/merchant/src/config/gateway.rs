//! The connection to Midtrans.

use std::time::Duration;

use reqwest::Url;
use wire::merchant::Environment;

use crate::secret::ServerKey;

/// The connection to Midtrans.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    /// The environment of the gateway.
    pub environment: Environment,
    /// The secret server key.
    pub server_key: ServerKey,
    /// The public client key.
    pub client_key: String,
    /// Origin of the Snap API, `snap.js` and the popup.
    pub snap: Url,
    /// Origin of the Core API (status).
    pub core: Url,
    /// Time limits.
    pub timeouts: Timeouts,
}

/// Time limits and pauses for requests to the gateway.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// All tries to get one token.
    pub token: Duration,
    /// All tries of one status check. Midtrans recommends to answer a notification within 5 s, and gives up after 15 s.
    pub status: Duration,
    /// How long a notification may wait in memory for the status response before it is stored as pending. Most responses
    /// take a few hundred milliseconds, and three times this limit still fits into five seconds.
    pub fast_path: Duration,
    /// One try.
    pub attempt: Duration,
    /// The shortest interval between two status checks of one order.
    pub min_poll_interval: Duration,
    /// The pause before the first retry. Each later pause is twice as long.
    pub initial_backoff: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            token: Duration::from_secs(10),
            status: Duration::from_secs(5),
            fast_path: Duration::from_millis(1500),
            attempt: Duration::from_secs(4),
            min_poll_interval: Duration::from_secs(5),
            initial_backoff: Duration::from_millis(200),
        }
    }
}
