//! Who comes in to order: pages of the shop, and each client only so often.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::extract::Request;

use crate::config::Config;
use crate::error::{ApiError, ErrorCode};
use crate::http::middleware::client_ip::{Client, Proxies};
use crate::http::middleware::origin::Origins;
use crate::rate_limit::Buckets;

/// Clients remembered at once: a megabyte or so.
const MOST_CLIENTS: usize = 16_384;

/// What is asked at the door.
#[derive(Debug, Clone)]
pub struct Door {
    /// Which pages may ask.
    pub origins: Origins,
    proxies: Proxies,
    orders: Option<Arc<Mutex<Buckets<Client>>>>,
}

impl Door {
    /// As the operator set it.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let a_minute = config.limits.orders_a_minute;
        let buckets = || Arc::new(Mutex::new(Buckets::new(a_minute, MOST_CLIENTS)));
        Self {
            origins: Origins::new(config),
            proxies: Proxies::new(&config.limits.trusted_proxies),
            orders: (a_minute > 0).then(buckets),
        }
    }

    /// Lets a request in that wants to make an order.
    ///
    /// # Errors
    /// [`ErrorCode::ForeignOrigin`], [`ErrorCode::TooManyOrders`].
    pub fn order(&self, request: &Request) -> Result<(), ApiError> {
        self.origins.check(request.headers())?;
        let Some(orders) = &self.orders else { return Ok(()) };
        let client = self.proxies.client(request.headers(), request.extensions());
        // A bucket is whole after every step, whatever panicked beside it.
        let taken = orders.lock().unwrap_or_else(PoisonError::into_inner).take(client, Instant::now());
        taken.map_err(|wait| {
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
            ApiError::from(ErrorCode::TooManyOrders).again_in(seconds)
        })
    }
}
