//! Where the customer's money went, and which tokens of an order could still take some: what tests count.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::charge::may_start;
use crate::clock::wib;
use crate::config::Config;
use crate::money::Amount;
use crate::session::SessionState;
use crate::shape;
use crate::state::State;
use crate::status::Status;

/// One move of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Movement {
    /// Virtual time, WIB.
    pub at: String,
    /// The merchant's id of the payment.
    pub order_id: String,
    /// The attempt.
    pub transaction_id: String,
    /// Which way and why.
    pub kind: MovementKind,
    /// How much, always positive.
    #[serde(serialize_with = "as_text")]
    pub amount: Amount,
}

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// From the customer.
    Payment,
    /// Back, because it was cancelled, refused or reversed after it was taken.
    Reversal,
    /// Back, because the merchant said so.
    Refund,
    /// Back, because the card holder's bank said so.
    Chargeback,
}

/// All moves of money, oldest first.
#[derive(Debug, Default)]
pub struct Ledger {
    all: Vec<Movement>,
    by_order: HashMap<String, Vec<usize>>,
}

impl Ledger {
    /// Adds one.
    pub fn add(&mut self, movement: Movement) {
        self.by_order.entry(movement.order_id.clone()).or_default().push(self.all.len());
        self.all.push(movement);
    }

    /// Those of one order, oldest first.
    pub fn of(&self, order_id: &str) -> Vec<Movement> {
        let places = self.by_order.get(order_id).into_iter().flatten();
        places.filter_map(|at| self.all.get(*at)).cloned().collect()
    }

    /// All of them.
    pub fn all(&self) -> &[Movement] {
        &self.all
    }
}

/// What a change of status does to the money: why it moves, and how much when that is not all there is.
pub fn movement_for(to: Status) -> Option<MovementKind> {
    match to {
        Status::Capture | Status::Settlement => Some(MovementKind::Payment),
        Status::Deny | Status::Cancel | Status::Expire | Status::Failure => Some(MovementKind::Reversal),
        Status::Refund | Status::PartialRefund => Some(MovementKind::Refund),
        Status::Chargeback | Status::PartialChargeback => Some(MovementKind::Chargeback),
        Status::Pending | Status::Authorize => None,
    }
}

/// One token of an order.
#[derive(Debug, Clone, Serialize)]
pub struct TokenReport {
    /// The token.
    pub token: String,
    /// `active`, `ended`, `replaced` or `canceled`.
    pub state: &'static str,
    /// Whether a customer can still pay with it: start a payment, or finish one.
    pub payable: bool,
    /// Virtual time, WIB.
    pub made_at: String,
    /// Virtual time, WIB.
    pub ends_at: String,
    /// Ids of the attempts made with it.
    pub transactions: Vec<String>,
}

/// All that is known of one order id.
#[derive(Debug, Clone, Serialize)]
pub struct OrderReport {
    /// The merchant's id of the payment.
    pub order_id: String,
    /// Every token made for it, oldest first.
    pub tokens: Vec<TokenReport>,
    /// Every attempt as the status API has it, oldest first.
    pub transactions: Vec<Value>,
    /// Every move of money, oldest first.
    pub movements: Vec<Movement>,
    /// How often a customer's money was taken.
    pub payments: usize,
    /// What was taken and not given back.
    #[serde(serialize_with = "as_text")]
    pub held: Amount,
}

impl OrderReport {
    /// The tokens with which it can be paid now.
    pub fn payable(&self) -> impl Iterator<Item = &TokenReport> {
        self.tokens.iter().filter(|token| token.payable)
    }
}

impl State {
    /// All that is known of an order id; `None` when no token was made for it.
    pub fn report(&self, order_id: &str, config: &Config, now: OffsetDateTime) -> Option<OrderReport> {
        let tokens: Vec<TokenReport> =
            self.tokens_of(order_id).iter().filter_map(|token| self.token_report(token, now)).collect();
        if tokens.is_empty() {
            return None;
        }
        let attempts = tokens.iter().flat_map(|token| &token.transactions).filter_map(|id| self.find(id));
        let movements = self.ledger.of(order_id);
        Some(OrderReport {
            order_id: order_id.to_owned(),
            transactions: attempts.clone().map(|attempt| shape::status_body(attempt, config)).collect(),
            held: attempts.fold(Amount::default(), |sum, attempt| sum.plus(attempt.held).unwrap_or(sum)),
            payments: movements.iter().filter(|movement| movement.kind == MovementKind::Payment).count(),
            movements,
            tokens,
        })
    }

    /// Reports on every order id that begins with `prefix`, in the order of their first token.
    pub fn reports(&self, prefix: &str, config: &Config, now: OffsetDateTime) -> Vec<OrderReport> {
        let meant = self.order_ids().iter().filter(|order_id| order_id.starts_with(prefix));
        meant.filter_map(|order_id| self.report(order_id, config, now)).collect()
    }

    fn token_report(&self, token: &str, now: OffsetDateTime) -> Option<TokenReport> {
        let session = self.sessions.get(token)?;
        let mut attempts = session.transactions.iter().filter_map(|id| self.find(id));
        let open = attempts.any(|attempt| matches!(attempt.status, Status::Pending | Status::Authorize));
        Some(TokenReport {
            token: token.to_owned(),
            state: match session.state {
                SessionState::Active if now < session.ends_at => "active",
                SessionState::Active => "ended",
                SessionState::Replaced => "replaced",
                SessionState::Canceled => "canceled",
            },
            payable: open || may_start(self, session, now).is_ok(),
            made_at: wib(session.made_at),
            ends_at: wib(session.ends_at),
            transactions: session.transactions.clone(),
        })
    }
}

fn as_text<S: serde::Serializer>(amount: &Amount, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(amount)
}
