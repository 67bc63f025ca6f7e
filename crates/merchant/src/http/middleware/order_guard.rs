//! Checks before an order: the origin of the page, and the rate limit of the client.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::extract::Request;
use axum::http::HeaderMap;

use crate::config::Config;
use crate::error::{ApiError, ErrorCode};
use crate::http::middleware::client_ip::{ClientKey, TrustedProxies};
use crate::http::middleware::cors::{AllowedOrigins, Cors};
use crate::http::middleware::csrf::CsrfGuard;
use crate::rate_limit::TokenBuckets;

/// Clients that the rate limit remembers, in about a megabyte.
const MAX_CLIENTS: usize = 16_384;

/// The checks of one shop.
#[derive(Debug, Clone)]
pub struct OrderGuard {
    cors: Cors,
    csrf: CsrfGuard,
    proxies: TrustedProxies,
    /// `None` without a rate limit.
    rate_limit: Option<Arc<Mutex<TokenBuckets<ClientKey>>>>,
}

impl OrderGuard {
    /// Creates the checks from the configuration.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let per_minute = config.limits.orders_per_minute;
        let buckets = || Arc::new(Mutex::new(TokenBuckets::new(per_minute, MAX_CLIENTS)));
        let allowed = AllowedOrigins::new(&config.cors_origins);
        Self {
            cors: Cors::new(allowed.clone()),
            csrf: CsrfGuard::new(config.public_origin(), allowed),
            proxies: TrustedProxies::new(&config.limits.trusted_proxies),
            rate_limit: (per_minute > 0).then(buckets),
        }
    }

    /// The CORS rules, which use the same list of origins.
    #[must_use]
    pub fn cors(&self) -> &Cors {
        &self.cors
    }

    /// Checks the origin of a request that changes something.
    ///
    /// # Errors
    /// [`ErrorCode::ForeignOrigin`].
    pub fn check_origin(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        self.csrf.check(headers)
    }

    /// Checks the origin and the rate limit of a request that creates an order.
    ///
    /// # Errors
    /// [`ErrorCode::ForeignOrigin`], [`ErrorCode::TooManyOrders`].
    pub fn check_order(&self, request: &Request) -> Result<(), ApiError> {
        self.check_origin(request.headers())?;
        let Some(buckets) = &self.rate_limit else { return Ok(()) };
        let client = self.proxies.client(request.headers(), request.extensions());
        // The buckets are consistent after every step, so a panic elsewhere does no harm.
        let taken = buckets.lock().unwrap_or_else(PoisonError::into_inner).take(client, Instant::now());
        taken.map_err(|wait| {
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
            ApiError::from(ErrorCode::TooManyOrders).with_retry_after(seconds)
        })
    }
}
