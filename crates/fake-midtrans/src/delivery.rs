//! One notification on its way to one address, and what a merchant's answer means for it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::clock::wib;
use crate::signature::signature_key;

/// Waiting times before each retry, in minutes. Midtrans adds a random shift; tests are better off without.
pub const RETRY_MINUTES: [i64; 5] = [2, 10, 30, 90, 210];

/// One notification to one address.
#[derive(Debug, Clone)]
pub struct NotificationDelivery {
    /// Number in the log.
    pub id: u64,
    /// The order it is about.
    pub order_id: String,
    /// Where it goes.
    pub url: String,
    /// What is sent.
    pub body: Value,
    /// Only the first half of it is sent.
    pub cut: bool,
    /// How it stands.
    pub state: DeliveryState,
    /// Tries so far.
    pub attempts: Vec<Attempt>,
    /// Others may overtake it.
    pub(crate) overtakable: bool,
}

/// A notification to be sent.
#[derive(Debug, Clone)]
pub struct Note {
    /// The order it is about.
    pub order_id: String,
    /// Where it goes.
    pub url: String,
    /// What it says.
    pub body: Value,
}

/// What somebody on the way, or Midtrans itself, changes in a notification.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Change {
    /// Fields replaced; `null` takes one away. The signature stays as it was: it does not cover all of them.
    pub set: Map<String, Value>,
    /// Sign it anew, as only Midtrans can.
    pub signed: bool,
}

impl Change {
    /// Does it to `body`.
    pub fn apply(&self, body: &mut Value, server_key: &str) {
        let Some(fields) = body.as_object_mut() else { return };
        for (name, value) in &self.set {
            match value {
                Value::Null => fields.remove(name),
                value => fields.insert(name.clone(), value.clone()),
            };
        }
        if self.signed {
            let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
            let signature = signature_key(text("order_id"), text("status_code"), text("gross_amount"), server_key);
            fields.insert("signature_key".to_owned(), json!(signature));
        }
    }
}

/// Says "paid" with a signature that nobody holding the key made.
pub fn forge(body: &mut Value) {
    body["status_code"] = json!("200");
    body["transaction_status"] = json!("settlement");
    body["fraud_status"] = json!("accept");
    body["signature_key"] = json!("0".repeat(128));
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// Goes out at this moment.
    Due(OffsetDateTime),
    /// Being sent.
    InFlight,
    /// Answered with 2xx.
    Delivered,
    /// Given up.
    Failed,
    /// Waits for a release.
    Held,
    /// Goes out behind the order's next one.
    Reordered,
    /// Lost on purpose.
    Dropped,
}

/// One try.
#[derive(Debug, Clone, Serialize)]
pub struct Attempt {
    /// Virtual time, WIB.
    pub at: String,
    /// What the merchant answered: a status, or why there was none.
    pub answer: String,
}

/// What a merchant answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryResponse {
    /// An HTTP status, redirects followed where Midtrans follows them.
    Status(u16),
    /// No answer within the time.
    Timeout,
    /// No connection.
    Unreachable,
}

impl DeliveryResponse {
    /// How many retries Midtrans grants after this answer.
    pub fn retries(self) -> usize {
        match self {
            Self::Status(200..=299 | 301..=303) => 0,
            Self::Status(500) => 1,
            Self::Status(503) => 4,
            Self::Status(400 | 404) => 2,
            _ => 5,
        }
    }

    /// As the log has it.
    pub fn text(self) -> String {
        match self {
            Self::Status(status) => status.to_string(),
            Self::Timeout => "timeout".to_owned(),
            Self::Unreachable => "unreachable".to_owned(),
        }
    }
}

impl NotificationDelivery {
    /// A fresh one.
    pub(crate) fn new(note: Note, now: OffsetDateTime) -> Self {
        Self {
            id: 0,
            order_id: note.order_id,
            url: note.url,
            body: note.body,
            cut: false,
            state: DeliveryState::Due(now),
            attempts: Vec::new(),
            overtakable: false,
        }
    }

    /// What goes over the wire.
    pub fn text(&self) -> String {
        let mut text = self.body.to_string();
        if self.cut {
            let half = (0..=text.len() / 2).rev().find(|at| text.is_char_boundary(*at));
            text.truncate(half.unwrap_or_default());
        }
        text
    }

    /// One line of the log.
    pub fn to_json(&self) -> Value {
        let (state, next_at) = match self.state {
            DeliveryState::Due(at) => ("waiting", Some(wib(at))),
            DeliveryState::InFlight => ("in_flight", None),
            DeliveryState::Delivered => ("delivered", None),
            DeliveryState::Failed => ("failed", None),
            DeliveryState::Held => ("held", None),
            DeliveryState::Reordered => ("reordered", None),
            DeliveryState::Dropped => ("dropped", None),
        };
        json!({
            "id": self.id, "order_id": self.order_id, "url": self.url, "state": state, "cut": self.cut,
            "next_at": next_at, "attempts": self.attempts, "body": self.body,
        })
    }
}
