//! The errors of requests to the gateway.

use reqwest::StatusCode;

/// Why a request to the gateway failed. For logs; it contains no key and no customer data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MidtransError {
    /// 401: the server key is wrong, or belongs to the other environment.
    #[error("the gateway rejects the server key: check MIDTRANS_SERVER_KEY and MIDTRANS_ENVIRONMENT")]
    Unauthorized,
    /// 4xx: the request is wrong; a retry does not help.
    #[error("the gateway rejects the request with {status}: {messages:?}")]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The gateway's messages.
        messages: Vec<String>,
        /// Whether the messages are about the customer's details.
        customer: bool,
    },
    /// 400: the order id was used before.
    #[error("the gateway knows this order id already")]
    OrderIdTaken,
    /// The response is not valid.
    #[error("the gateway's response is invalid: {0}")]
    InvalidResponse(&'static str),
    /// 5xx, 429, a timeout or no connection, until the deadline.
    #[error("the gateway is unavailable: {0}")]
    Unavailable(String),
    /// Our own request could not be built.
    #[error("the request to the gateway could not be built: {0}")]
    Internal(String),
}

impl MidtransError {
    /// The value of the metric's label.
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::Rejected { .. } | Self::OrderIdTaken => "rejected",
            Self::InvalidResponse(_) => "invalid_response",
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// Whether a retry may help. An invalid response is retried once: a body may be cut off, but a proxy's page stays the
    /// same.
    pub(super) fn is_retryable(&self, tries: u32) -> bool {
        match self {
            Self::Unavailable(_) => true,
            Self::InvalidResponse(_) => tries < 2,
            Self::Unauthorized | Self::Rejected { .. } | Self::OrderIdTaken | Self::Internal(_) => false,
        }
    }
}

/// The kind of a connection error, without the URL.
pub(super) fn unavailable(error: &reqwest::Error) -> MidtransError {
    let kind = if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    MidtransError::Unavailable(kind.into())
}

pub(super) fn internal(error: impl std::fmt::Display) -> MidtransError {
    MidtransError::Internal(error.to_string())
}

/// Whether a retry may help after this HTTP status.
pub(super) fn is_retryable_status(status: StatusCode) -> bool {
    // 202: the gateway still processes the same idempotent request.
    status.is_server_error()
        || matches!(status, StatusCode::ACCEPTED | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
}
