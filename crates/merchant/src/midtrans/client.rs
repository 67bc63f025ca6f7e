//! The HTTP client of Midtrans' APIs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::RequestBuilder;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use tokio::time::Instant;
use wire::merchant::Environment;
use wire::midtrans::{StatusResponse, TokenRequest, TokenResponse};

use super::error::{MidtransError, internal, unavailable};
use super::response::GatewayResponse;
use crate::config::{GatewayConfig, Timeouts};
use crate::id::jitter;
use crate::metrics::Metrics;

/// How long an idle connection stays open. The gateway may close it earlier.
const POOL_IDLE: Duration = Duration::from_secs(300);

/// How long a connection may be idle before a request keeps it open. Servers close idle connections after about a minute.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(45);

/// The client.
#[derive(Debug, Clone)]
pub struct MidtransClient {
    pub(super) http: reqwest::Client,
    /// The number of requests.
    request_count: Arc<AtomicU64>,
    pub(super) config: GatewayConfig,
    metrics: Metrics,
}

impl MidtransClient {
    /// Creates a client. It opens no connection.
    ///
    /// # Errors
    /// [`MidtransError::Internal`] if TLS cannot be set up.
    pub fn new(config: GatewayConfig, metrics: Metrics) -> Result<Self, MidtransError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(AUTHORIZATION, config.server_key.basic().map_err(internal)?);
        let mut builder = reqwest::Client::builder()
            .default_headers(headers)
            .connect_timeout(config.timeouts.attempt)
            // A new connection costs two round trips, so connections stay open.
            .pool_idle_timeout(POOL_IDLE)
            .tcp_keepalive(KEEP_ALIVE_INTERVAL)
            .timeout(config.timeouts.attempt)
            // A redirect would send the server key to another server.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("snap-checkout-merchant/", env!("CARGO_PKG_VERSION")));
        if config.environment == Environment::Local {
            builder = builder.no_proxy();
        } else {
            builder = builder.https_only(true);
        }
        Ok(Self { http: builder.build().map_err(internal)?, request_count: Arc::default(), config, metrics })
    }

    /// Keeps a connection to the gateway open until the future is dropped, so that the next customer does not wait for TCP and
    /// TLS. The responses do not matter.
    pub async fn keep_warm(&self) {
        let mut before = None;
        loop {
            let count = self.request_count.load(Ordering::Relaxed);
            if before == Some(count) || before.is_none() {
                let result = self.http.head(self.config.snap.clone()).send().await;
                if let Err(error) = result {
                    tracing::debug!(cause = %unavailable(&error), "could not keep a connection open");
                }
            }
            before = Some(count);
            tokio::time::sleep(KEEP_ALIVE_INTERVAL).await;
        }
    }

    /// The timeouts.
    #[must_use]
    pub fn timeouts(&self) -> Timeouts {
        self.config.timeouts
    }

    /// Creates a token with `POST /snap/v1/transactions`. The idempotency key lets the gateway return the same token to a
    /// retry after a lost response.
    ///
    /// # Errors
    /// [`MidtransError`]; a retryable one only at the deadline.
    pub async fn create_token(
        &self,
        request: &TokenRequest,
        key: &str,
        deadline: Instant,
    ) -> Result<TokenResponse, MidtransError> {
        request.validate().map_err(internal)?;
        let body = serde_json::to_vec(request).map_err(internal)?;
        TokenRequest::validate_size(&body).map_err(internal)?;
        let url = self.config.snap.join("snap/v1/transactions").map_err(internal)?;
        self.with_retries("token", deadline, || async {
            let request = self
                .http
                .post(url.clone())
                .header(CONTENT_TYPE, "application/json")
                .header("Idempotency-Key", key)
                .body(body.clone());
            let response = send(request).await?;
            response.token(&self.config.snap)
        })
        .await
    }

    /// Fetches a status with `GET /v2/{order_id}/status`. `None` while the customer has chosen no method. The gateway finds
    /// some methods (BI-SNAP, DANA) by their transaction id only, so the second try uses it.
    ///
    /// # Errors
    /// [`MidtransError`]; a retryable one only at the deadline.
    pub async fn status(
        &self,
        order_id: &str,
        transaction_id: Option<&str>,
        deadline: Instant,
    ) -> Result<Option<StatusResponse>, MidtransError> {
        let transaction_id = transaction_id.filter(uuid_like);
        self.with_retries("status", deadline, || async {
            if let Some(found) = self.status_once(order_id, order_id, false).await? {
                return Ok(Some(found));
            }
            match transaction_id {
                Some(id) => self.status_once(id, order_id, true).await,
                None => Ok(None),
            }
        })
        .await
    }

    /// Cancels a token with `POST /snap/v1/transactions/{token}/cancel`. Returns whether it can no longer be paid: also if it
    /// was cancelled before or is unknown, but not after any other rejection.
    ///
    /// # Errors
    /// [`MidtransError`]; a retryable one only at the deadline.
    pub async fn cancel_token(&self, token: &str, deadline: Instant) -> Result<bool, MidtransError> {
        let url = self.config.snap.join(&format!("snap/v1/transactions/{token}/cancel")).map_err(internal)?;
        self.with_retries("cancel_token", deadline, || async { send(self.http.post(url.clone())).await?.cancelled() })
            .await
    }

    async fn status_once(
        &self,
        id: &str,
        order_id: &str,
        by_transaction: bool,
    ) -> Result<Option<StatusResponse>, MidtransError> {
        let url = self.config.core.join(&format!("v2/{id}/status")).map_err(internal)?;
        let mut request = self.http.get(url);
        if by_transaction {
            request = request.header("transaction-source", "SNAP_API");
        }
        send(request).await?.status_of(order_id)
    }

    /// Retries until success, a permanent error, or the deadline.
    pub(super) async fn with_retries<T, F>(
        &self,
        call: &'static str,
        deadline: Instant,
        mut once: impl FnMut() -> F,
    ) -> Result<T, MidtransError>
    where
        F: Future<Output = Result<T, MidtransError>>,
    {
        let mut backoff = self.config.timeouts.initial_backoff;
        let mut tries = 0;
        loop {
            tries += 1;
            self.request_count.fetch_add(1, Ordering::Relaxed);
            let started = Instant::now();
            let result = tokio::time::timeout_at(deadline, once()).await;
            let outcome = match &result {
                Ok(Ok(_)) => "answered",
                Ok(Err(error)) => error.as_str(),
                Err(_) => "timeout",
            };
            self.metrics.record_gateway_request(call, outcome, started.elapsed());
            let error = match result {
                Ok(Ok(value)) => return Ok(value),
                Ok(Err(error)) if !error.is_retryable(tries) => return Err(error),
                Ok(Err(error)) => error,
                Err(_) => return Err(MidtransError::Unavailable("no response in time".into())),
            };
            let delay = backoff.mul_f64(0.5 + jitter());
            if Instant::now() + delay >= deadline {
                return Err(error);
            }
            tracing::warn!(cause = %error, "retrying a request to the gateway");
            tokio::time::sleep(delay).await;
            backoff *= 2;
        }
    }
}

/// Whether an id of the gateway is safe in a URL.
pub(super) fn uuid_like(id: &&str) -> bool {
    id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

pub(super) async fn send(request: RequestBuilder) -> Result<GatewayResponse, MidtransError> {
    let response = request.send().await.map_err(|error| unavailable(&error))?;
    GatewayResponse::read(response).await
}
