//! What the Snap API answers.

use serde::{Deserialize, Serialize};

use super::lenient_scalars::null_is_empty;
use super::{OneOrMany, StatusCode};

/// `201` of `POST /snap/v1/transactions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenResponse {
    /// A UUID; pays one order, lives 24 hours unless set otherwise.
    pub token: String,
    /// The hosted page; its path differs by version, so it is opaque.
    pub redirect_url: String,
}

/// Any answer that is no success. Messages are localised: decide by the HTTP code, never by the text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ErrorResponse {
    /// Snap's messages.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_empty")]
    pub error_messages: Vec<String>,
    /// Some validations come under this name.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_empty")]
    pub validation_messages: Vec<String>,
    /// Language of the messages, on some 500s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The Core API's answers have a code and a message instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<StatusCode>,
    /// As in [`SnapResult`](super::SnapResult): text or a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_message: Option<OneOrMany>,
}

impl ErrorResponse {
    /// All messages, whichever name they came under.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        let snap = self.error_messages.iter().chain(&self.validation_messages).map(String::as_str);
        snap.chain(self.status_message.iter().flat_map(OneOrMany::iter))
    }
}

/// `POST /snap/v1/transactions/{token}/cancel`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelledToken {
    /// RFC 3339, UTC.
    pub canceled_at: String,
}
