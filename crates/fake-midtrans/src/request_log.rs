//! The log of API requests, of which the latest are kept.

use std::collections::VecDeque;

use serde::Serialize;

const KEPT: usize = 1_000;

/// The latest requests, oldest first.
#[derive(Debug, Default)]
pub struct RequestLog(VecDeque<RequestEntry>);

/// One line of the log: what was asked and answered, without bodies, keys or tokens.
#[derive(Debug, Clone, Serialize)]
pub struct RequestEntry {
    /// Virtual time, WIB.
    pub at: String,
    /// HTTP method.
    pub method: String,
    /// Path without query.
    pub path: String,
    /// HTTP status answered; 0 when the connection was dropped on purpose.
    pub status: u16,
    /// `order_id` where the request named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// Whether the request came with an `Idempotency-Key`.
    pub idempotent: bool,
    /// The fault that struck.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

impl RequestLog {
    /// Adds one, forgetting the oldest when there are too many.
    pub fn add(&mut self, entry: RequestEntry) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(entry);
    }

    /// Those kept, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &RequestEntry> {
        self.0.iter()
    }
}
