//! The state of an order for tests: its tokens, which of them are payable, and its movements of money.

use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use crate::charge::may_start;
use crate::clock::wib;
use crate::config::Config;
use crate::ledger::{Movement, MovementKind, as_text};
use crate::money::Amount;
use crate::session::SessionState;
use crate::shape;
use crate::state::State;
use crate::status::Status;

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
