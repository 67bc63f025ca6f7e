//! Asking Midtrans: a token for an order, and how an order stands.
//!
//! Every call has a budget in which it is tried again with growing, jittered pauses; every answer is
//! bounded and checked. It stores nothing and decides nothing about orders.

mod actions;
pub(crate) mod response;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{RequestBuilder, StatusCode};
use tokio::time::Instant;
use wire::merchant::Environment;
use wire::midtrans::{StatusResponse, TokenRequest, TokenResponse};

use crate::config::{GatewayConfig, Timeouts};
use crate::id::jitter;
use crate::metrics::Metrics;
pub use actions::{Action, ActionOutcome, ActionRejection, ActionResult};
use response::Answer;

/// Why the gateway gave no usable answer. Shown in logs only; holds no key and no customer data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MidtransError {
    /// 401: the server key is wrong, or belongs to the other environment.
    #[error("the gateway refuses the server key: check MIDTRANS_SERVER_KEY and MIDTRANS_ENVIRONMENT")]
    Refused,
    /// 4xx: the request is wrong and will stay wrong.
    #[error("the gateway rejects the request with {status}: {messages:?}")]
    Rejected {
        /// HTTP.
        status: u16,
        /// The gateway's own words.
        messages: Vec<String>,
        /// Whether they are about the customer's details.
        customer: bool,
    },
    /// 400 about the order id: it was used before.
    #[error("the gateway knows this order id already")]
    OrderIdTaken,
    /// Not what an answer looks like.
    #[error("the gateway's answer makes no sense: {0}")]
    BadAnswer(&'static str),
    /// 5xx, 429, timeouts, no connection, until the budget was used up.
    #[error("the gateway does not answer: {0}")]
    Unavailable(String),
    /// Our own request could not be built.
    #[error("the request to the gateway could not be built: {0}")]
    Internal(String),
}

impl MidtransError {
    /// For counters.
    fn word(&self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Rejected { .. } | Self::OrderIdTaken => "rejected",
            Self::BadAnswer(_) => "bad_answer",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// Whether the same request may do better in a moment. Nonsense gets one more chance: a body may break
    /// off on the way, but a proxy's greeting page stays what it is.
    fn is_passing(&self, tries: u32) -> bool {
        match self {
            Self::Unavailable(_) => true,
            Self::BadAnswer(_) => tries < 2,
            Self::Refused | Self::Rejected { .. } | Self::OrderIdTaken | Self::Internal(_) => false,
        }
    }
}

/// How long a connection that nobody uses is kept. The gateway may end it earlier.
const POOL_IDLE: Duration = Duration::from_secs(300);

/// How long a connection may be silent before it is used for its own sake: servers end them after a minute or so.
const WARM_FOR: Duration = Duration::from_secs(45);

/// Midtrans, as far as a shop needs it.
#[derive(Debug, Clone)]
pub struct MidtransClient {
    http: reqwest::Client,
    /// How many times anything was asked.
    asked: Arc<AtomicU64>,
    config: GatewayConfig,
    metrics: Metrics,
}

impl MidtransClient {
    /// Prepares connections; makes none.
    ///
    /// # Errors
    /// [`MidtransError::Internal`] when TLS cannot be set up.
    pub fn new(config: GatewayConfig, metrics: Metrics) -> Result<Self, MidtransError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(AUTHORIZATION, config.server_key.basic().map_err(internal)?);
        let mut builder = reqwest::Client::builder()
            .default_headers(headers)
            .connect_timeout(config.timeouts.attempt)
            // A connection costs two round trips; the next customer should find one.
            .pool_idle_timeout(POOL_IDLE)
            .tcp_keepalive(WARM_FOR)
            .timeout(config.timeouts.attempt)
            // A redirect would carry the server key elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("snap-checkout-merchant/", env!("CARGO_PKG_VERSION")));
        if config.environment == Environment::Local {
            builder = builder.no_proxy();
        } else {
            builder = builder.https_only(true);
        }
        Ok(Self { http: builder.build().map_err(internal)?, asked: Arc::default(), config, metrics })
    }

    /// Keeps a connection to the gateway open, for as long as it is polled: the first customer after a silence
    /// does not wait for TCP and TLS. What it hears does not matter, nor whether it hears anything.
    pub async fn keep_warm(&self) {
        let mut before = None;
        loop {
            let asked = self.asked.load(Ordering::Relaxed);
            if before == Some(asked) || before.is_none() {
                let silence = self.http.head(self.config.snap.clone()).send().await;
                if let Err(error) = silence {
                    tracing::debug!(cause = %unavailable(&error), "no connection is kept warm");
                }
            }
            before = Some(asked);
            tokio::time::sleep(WARM_FOR).await;
        }
    }

    /// How long it may take.
    #[must_use]
    pub fn timeouts(&self) -> Timeouts {
        self.config.timeouts
    }

    /// `POST /snap/v1/transactions`. The idempotency key lets the gateway answer a repeated try with the
    /// token that an earlier, lost answer already named.
    ///
    /// # Errors
    /// [`MidtransError`]; passing ones only when `deadline` came near.
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
        self.until("token", deadline, || async {
            let request = self
                .http
                .post(url.clone())
                .header(CONTENT_TYPE, "application/json")
                .header("Idempotency-Key", key)
                .body(body.clone());
            let answer = send(request).await?;
            answer.token(&self.config.snap)
        })
        .await
    }

    /// `GET /v2/{order_id}/status`, or `None` while no method was chosen. Some methods (BI-SNAP, DANA) are
    /// found by their transaction id only, so that is tried second.
    ///
    /// # Errors
    /// [`MidtransError`]; passing ones only when `deadline` came near.
    pub async fn status(
        &self,
        order_id: &str,
        transaction_id: Option<&str>,
        deadline: Instant,
    ) -> Result<Option<StatusResponse>, MidtransError> {
        let transaction_id = transaction_id.filter(uuid_like);
        self.until("status", deadline, || async {
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

    /// `POST /snap/v1/transactions/{token}/cancel`: whether nobody can pay with this token any more. One that is
    /// cancelled already or unknown is as good as cancelled; anything else that is refused is not.
    ///
    /// # Errors
    /// [`MidtransError`]; passing ones only when `deadline` came near.
    pub async fn cancel_token(&self, token: &str, deadline: Instant) -> Result<bool, MidtransError> {
        let url = self.config.snap.join(&format!("snap/v1/transactions/{token}/cancel")).map_err(internal)?;
        self.until("cancel_token", deadline, || async { send(self.http.post(url.clone())).await?.cancelled() }).await
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

    /// Tries until it works, until it will never work, or until there is no time for another try.
    async fn until<T, F>(
        &self,
        call: &'static str,
        deadline: Instant,
        mut once: impl FnMut() -> F,
    ) -> Result<T, MidtransError>
    where
        F: Future<Output = Result<T, MidtransError>>,
    {
        let mut pause = self.config.timeouts.initial_backoff;
        let mut tries = 0;
        loop {
            tries += 1;
            self.asked.fetch_add(1, Ordering::Relaxed);
            let started = Instant::now();
            let answer = tokio::time::timeout_at(deadline, once()).await;
            let outcome = match &answer {
                Ok(Ok(_)) => "answered",
                Ok(Err(error)) => error.word(),
                Err(_) => "timeout",
            };
            self.metrics.record_gateway_request(call, outcome, started.elapsed());
            let error = match answer {
                Ok(Ok(value)) => return Ok(value),
                Ok(Err(error)) if !error.is_passing(tries) => return Err(error),
                Ok(Err(error)) => error,
                Err(_) => return Err(MidtransError::Unavailable("no answer in time".into())),
            };
            let wait = pause.mul_f64(0.5 + jitter());
            if Instant::now() + wait >= deadline {
                return Err(error);
            }
            tracing::warn!(cause = %error, "gateway call is tried again");
            tokio::time::sleep(wait).await;
            pause *= 2;
        }
    }
}

/// Whether an id that the gateway said can stand in an address.
fn uuid_like(id: &&str) -> bool {
    id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

async fn send(request: RequestBuilder) -> Result<Answer, MidtransError> {
    let response = request.send().await.map_err(|error| unavailable(&error))?;
    Answer::read(response).await
}

/// What went wrong, without the URL: it holds nothing secret, but nothing helpful either.
fn unavailable(error: &reqwest::Error) -> MidtransError {
    let what = if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    MidtransError::Unavailable(what.into())
}

fn internal(error: impl std::fmt::Display) -> MidtransError {
    MidtransError::Internal(error.to_string())
}

/// Whether a status is worth another try.
fn passes(status: StatusCode) -> bool {
    // 202: the same idempotent request is still being worked on.
    status.is_server_error()
        || matches!(status, StatusCode::ACCEPTED | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
}
