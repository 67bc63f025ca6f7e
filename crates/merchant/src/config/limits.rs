//! Limits of the server, and the proxies that it trusts.

use ipnet::IpNet;

/// Limits of one process. An ordinary shop does not notice the defaults.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Orders a minute for each client; 0 for no limit.
    pub orders_per_minute: u32,
    /// Concurrent requests of customers, and as many notifications. More are answered with 503.
    pub max_requests: usize,
    /// Concurrent connections. More wait in the kernel's queue.
    pub max_connections: usize,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { orders_per_minute: 600, max_requests: 256, max_connections: 4096, trusted_proxies: vec![] }
    }
}
