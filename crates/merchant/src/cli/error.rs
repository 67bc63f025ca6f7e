//! Why a command did not do it: a stable code, a sentence, and what to do next.

use serde_json::{Value, json};

use crate::config::ConfigError;
use crate::error::{ApiError, ErrorCode};
use crate::midtrans::MidtransError;
use crate::store::StoreError;

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable.
    pub code: &'static str,
    /// What happened.
    pub sentence: String,
    /// The way on.
    pub next: String,
}

impl Refusal {
    pub(super) fn new(code: &'static str, sentence: impl Into<String>, next: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into(), next: next.into() }
    }

    pub(super) fn no_order(id: &str) -> Self {
        Self::new(
            ErrorCode::OrderNotFound.as_str(),
            format!("there is no order {}", plain(id)),
            "look for it: merchant order find NUMBER, or merchant order list",
        )
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        format!("merchant: {} [{}]\n  next: {}\n", self.sentence, self.code, self.next)
    }

    /// For machines.
    pub(super) fn json(&self) -> Value {
        json!({"error": {"code": self.code, "message": self.sentence, "next": self.next}})
    }
}

/// What was typed may hold anything; it is shown without what would steer the terminal.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).take(100).collect()
}

impl From<ConfigError> for Refusal {
    fn from(error: ConfigError) -> Self {
        Self::new("settings", error.0.join("; "), "set what is named in the environment, as for the merchant itself")
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::new(
            ErrorCode::StoreUnavailable.as_str(),
            format!("the database does not do it: {error}"),
            "see whether it runs, has space and may be written; then repeat the command",
        )
    }
}

impl From<MidtransError> for Refusal {
    fn from(error: MidtransError) -> Self {
        let next = match &error {
            MidtransError::Refused => "set MIDTRANS_SERVER_KEY and MIDTRANS_ENVIRONMENT as the merchant has them",
            MidtransError::Unavailable(_) => {
                "repeat the command later, or with a longer --wait; orders lose nothing meanwhile"
            }
            MidtransError::BadAnswer(_) => {
                "repeat the command; if it lasts, look for a proxy between here and Midtrans"
            }
            MidtransError::Rejected { .. } | MidtransError::OrderIdTaken | MidtransError::Internal(_) => {
                "look at the payment in Midtrans' dashboard"
            }
        };
        let sentence = error.to_string();
        Self::new(ApiError::from(error).code.as_str(), sentence, next)
    }
}

impl From<ApiError> for Refusal {
    fn from(problem: ApiError) -> Self {
        let sentence = problem.cause_chain().unwrap_or_else(|| problem.code.message().to_owned());
        let next = match problem.code {
            ErrorCode::StoreUnavailable => "see whether the database runs; then repeat the command",
            ErrorCode::GatewayUnauthorized => {
                "set MIDTRANS_SERVER_KEY and MIDTRANS_ENVIRONMENT as the merchant has them"
            }
            _ => "repeat the command; the order stays as it is and is asked about again by itself",
        };
        Self::new(problem.code.as_str(), sentence, next)
    }
}
