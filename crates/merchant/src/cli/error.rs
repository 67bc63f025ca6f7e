//! Why a command failed: a stable code, a message, and a hint on what to do next.

use std::fmt;

use serde_json::{Value, json};

use crate::config::ConfigErrors;
use crate::error::{ApiError, ErrorCode};
use crate::midtrans::MidtransError;
use crate::store::StoreError;

/// The error of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CliError {
    /// The code.
    pub code: ErrorCode,
    /// What happened.
    pub message: String,
    /// What to do next.
    pub hint: String,
}

impl CliError {
    pub(super) fn new(code: ErrorCode, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: hint.into() }
    }

    pub(super) fn order_not_found(id: &str) -> Self {
        Self::new(
            ErrorCode::OrderNotFound,
            format!("there is no order {}", sanitize(id)),
            "merchant order find NUMBER, or merchant order list",
        )
    }

    pub(super) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// The error as text for people.
    pub(super) fn text(&self) -> String {
        format!("merchant: {self}\n  next: {}\n", self.hint)
    }

    /// The error as JSON.
    pub(super) fn json(&self) -> Value {
        json!({"error": {"code": self.code.as_str(), "message": self.message, "hint": self.hint}})
    }
}

/// The message with the code in brackets.
impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message, self.code.as_str())
    }
}

/// Shortens a foreign text to 100 characters and replaces control characters, which could steer the terminal.
pub(super) fn sanitize(text: &str) -> String {
    replace_control(text).chars().take(100).collect()
}

/// Replaces control characters.
pub(super) fn replace_control(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

impl From<ConfigErrors> for CliError {
    fn from(error: ConfigErrors) -> Self {
        Self::new(ErrorCode::InvalidConfiguration, error.0.join("; "), "set these variables as for the server")
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        Self::new(
            ErrorCode::StoreUnavailable,
            format!("database error: {error}"),
            "check that the database runs, has space and is writable, then repeat the command",
        )
    }
}

impl From<MidtransError> for CliError {
    fn from(error: MidtransError) -> Self {
        let hint = match &error {
            MidtransError::Unauthorized => "set MIDTRANS_SERVER_KEY and MIDTRANS_ENVIRONMENT as for the server",
            MidtransError::Unavailable(_) => "repeat the command later, or with a longer --wait; no order is lost",
            MidtransError::InvalidResponse(_) => {
                "repeat the command; if it lasts, look for a proxy between here and Midtrans"
            }
            MidtransError::Rejected { .. } | MidtransError::OrderIdTaken | MidtransError::Internal(_) => {
                "look at the payment in the Midtrans dashboard"
            }
        };
        let message = error.to_string();
        Self::new(ApiError::from(error).code, message, hint)
    }
}

impl From<ApiError> for CliError {
    fn from(error: ApiError) -> Self {
        let message = error.cause_chain().unwrap_or_else(|| error.code.message().to_owned());
        let hint = match error.code {
            ErrorCode::StoreUnavailable => "check that the database runs, then repeat the command",
            ErrorCode::GatewayUnauthorized => "set MIDTRANS_SERVER_KEY and MIDTRANS_ENVIRONMENT as for the server",
            _ => "repeat the command; the order is unchanged, and a running server checks its status again",
        };
        Self::new(error.code, message, hint)
    }
}
