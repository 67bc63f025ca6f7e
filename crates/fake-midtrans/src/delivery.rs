//! The outbox: which notification goes when, and what a merchant's answer means for it.
//!
//! Pure bookkeeping on the virtual clock; `send.rs` does the calling.

use serde::Serialize;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::clock::wib;
use crate::fault::{Fault, Faults, Target};

/// Waiting times before each retry, in minutes. Midtrans adds a random shift; tests are better off without.
pub const RETRY_MINUTES: [i64; 5] = [2, 10, 30, 90, 210];

/// One notification to one address.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Number in the log.
    pub id: u64,
    /// The order it is about.
    pub order_id: String,
    /// Where it goes.
    pub url: String,
    /// What is sent.
    pub body: Value,
    /// How it stands.
    pub state: DeliveryState,
    /// Tries so far.
    pub attempts: Vec<Attempt>,
    /// Others may overtake it.
    overtakable: bool,
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
pub enum Answer {
    /// An HTTP status, redirects followed where Midtrans follows them.
    Status(u16),
    /// No answer within the time.
    Timeout,
    /// No connection.
    Unreachable,
}

impl Answer {
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

    fn text(self) -> String {
        match self {
            Self::Status(status) => status.to_string(),
            Self::Timeout => "timeout".to_owned(),
            Self::Unreachable => "unreachable".to_owned(),
        }
    }
}

/// All notifications, in the order they were made.
#[derive(Debug, Default)]
pub struct Outbox {
    deliveries: Vec<Delivery>,
    next_id: u64,
}

impl Outbox {
    /// Adds one, as the planned faults have it.
    pub fn enqueue(&mut self, order_id: &str, url: String, body: Value, faults: &mut Faults, now: OffsetDateTime) {
        let mut delivery = Delivery {
            id: 0,
            order_id: order_id.to_owned(),
            url,
            body,
            state: DeliveryState::Due(now),
            attempts: Vec::new(),
            overtakable: false,
        };
        let mut copies = 0;
        for fault in faults.strike_all(Target::Notification, Some(order_id)) {
            match fault {
                Fault::Duplicate { copies: more } => copies = more,
                Fault::Late { seconds } => {
                    delivery.state = DeliveryState::Due(now.saturating_add(Duration::seconds(seconds.into())));
                    delivery.overtakable = true;
                }
                Fault::Reorder => delivery.state = DeliveryState::Reordered,
                Fault::Forge => forge(&mut delivery.body),
                Fault::Hold => delivery.state = DeliveryState::Held,
                Fault::Drop => delivery.state = DeliveryState::Dropped,
                // The control API lets no other fault have this target.
                _ => {}
            }
        }
        let reordered = self.take_reordered(order_id, &delivery.url, now);
        for _ in 0..=copies {
            self.push(delivery.clone());
        }
        for late in reordered {
            self.push(late);
        }
    }

    /// Sends the latest notification of an order once more, or one made up.
    pub fn push_again(&mut self, order_id: &str, forged: bool, now: OffsetDateTime) -> bool {
        let Some(mut again) = self.deliveries.iter().rev().find(|d| d.order_id == order_id).cloned() else {
            return false;
        };
        again.state = DeliveryState::Due(now);
        again.attempts.clear();
        again.overtakable = false;
        if forged {
            forge(&mut again.body);
        }
        self.push(again);
        true
    }

    /// Lets held ones go, of one order or of all; how many there were.
    pub fn release(&mut self, order_id: Option<&str>, now: OffsetDateTime) -> usize {
        let mut released = 0;
        for delivery in &mut self.deliveries {
            let waits = matches!(delivery.state, DeliveryState::Held | DeliveryState::Reordered);
            if waits && order_id.is_none_or(|meant| meant == delivery.order_id) {
                delivery.state = DeliveryState::Due(now);
                released += 1;
            }
        }
        released
    }

    /// Takes those that are to go out now. One order's notifications leave in order, each after the first try of the one before.
    pub fn take_ready(&mut self, now: OffsetDateTime) -> Vec<Delivery> {
        let mut taken = Vec::new();
        for at in 0..self.deliveries.len() {
            let (earlier, rest) = self.deliveries.split_at_mut(at);
            let Some(delivery) = rest.first_mut() else { break };
            let due = matches!(delivery.state, DeliveryState::Due(when) if when <= now);
            if due && !earlier.iter().any(|other| other.blocks(delivery)) {
                delivery.state = DeliveryState::InFlight;
                taken.push(delivery.clone());
            }
        }
        taken
    }

    /// Takes note of an answer and plans the retry, if there is to be one.
    pub fn answered(&mut self, id: u64, answer: Answer, now: OffsetDateTime) {
        let Some(delivery) = self.deliveries.iter_mut().find(|delivery| delivery.id == id) else { return };
        let retries_so_far = delivery.attempts.len();
        delivery.attempts.push(Attempt { at: wib(now), answer: answer.text() });
        delivery.state = match (answer, RETRY_MINUTES.get(retries_so_far)) {
            (Answer::Status(200..=299), _) => DeliveryState::Delivered,
            (answer, Some(minutes)) if retries_so_far < answer.retries() => {
                DeliveryState::Due(now.saturating_add(Duration::minutes(*minutes)))
            }
            _ => DeliveryState::Failed,
        };
    }

    /// Moments at which something is to go out.
    pub fn next_due(&self) -> Option<OffsetDateTime> {
        let moments = self.deliveries.iter().filter_map(|delivery| match delivery.state {
            DeliveryState::Due(at) => Some(at),
            _ => None,
        });
        moments.min()
    }

    /// Whether something is being sent or should be.
    pub fn busy(&self, now: OffsetDateTime) -> bool {
        self.deliveries.iter().any(|delivery| match delivery.state {
            DeliveryState::InFlight => true,
            DeliveryState::Due(at) => at <= now,
            _ => false,
        })
    }

    /// The log, oldest first; signatures are left in, they are no secret.
    pub fn log(&self) -> Vec<Value> {
        self.deliveries.iter().map(Delivery::to_json).collect()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.deliveries.clear();
    }

    fn push(&mut self, mut delivery: Delivery) {
        self.next_id += 1;
        delivery.id = self.next_id;
        self.deliveries.push(delivery);
    }

    fn take_reordered(&mut self, order_id: &str, url: &str, now: OffsetDateTime) -> Vec<Delivery> {
        let meant = |delivery: &Delivery| {
            delivery.state == DeliveryState::Reordered && delivery.order_id == order_id && delivery.url == url
        };
        let mut taken: Vec<Delivery> = self.deliveries.extract_if(.., |delivery| meant(delivery)).collect();
        for delivery in &mut taken {
            delivery.state = DeliveryState::Due(now);
        }
        taken
    }
}

impl Delivery {
    /// Whether `later` must wait for this one's first try.
    fn blocks(&self, later: &Self) -> bool {
        let untried = self.attempts.is_empty() && matches!(self.state, DeliveryState::Due(_) | DeliveryState::InFlight);
        untried && !self.overtakable && self.order_id == later.order_id && self.url == later.url
    }

    fn to_json(&self) -> Value {
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
            "id": self.id, "order_id": self.order_id, "url": self.url, "state": state,
            "next_at": next_at, "attempts": self.attempts, "body": self.body,
        })
    }
}

/// Says "paid" with a signature that nobody holding the key made.
fn forge(body: &mut Value) {
    body["status_code"] = json!("200");
    body["transaction_status"] = json!("settlement");
    body["fraud_status"] = json!("accept");
    body["signature_key"] = json!("0".repeat(128));
}

#[cfg(test)]
#[path = "delivery_tests.rs"]
mod tests;
