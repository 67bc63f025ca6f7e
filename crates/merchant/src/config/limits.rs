//! How much a process takes on, and from whom.

use ipnet::IpNet;

/// Bounds of the server. Each has a default that a shop does not notice.
#[derive(Debug, Clone)]
pub struct Limits {
    /// CheckoutService a minute and client; 0 for as many as it likes.
    pub orders_a_minute: u32,
    /// Requests at work at once; more are turned away at once.
    pub requests: usize,
    /// Connections at once; more wait in the kernel's queue.
    pub connections: usize,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { orders_a_minute: 600, requests: 256, connections: 4096, trusted_proxies: vec![] }
    }
}
