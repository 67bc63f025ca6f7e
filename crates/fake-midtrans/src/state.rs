//! Everything the gateway remembers, in memory: a restart forgets it all, which is what a stand-in should do.
//!
//! The methods here are the only ones that change a transaction; they run under one short lock and never wait.

use std::collections::{HashMap, VecDeque};

use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::config::Config;
use crate::delivery::Outbox;
use crate::fault::Faults;
use crate::idempotency::Idempotency;
use crate::request::TokenOrder;
use crate::session::{NotifyUrls, Session, SessionState};
use crate::status::Status;
use crate::transaction::{Due, Transaction};

/// Requests kept for `/control/requests`.
const REQUESTS_KEPT: usize = 1_000;

/// All that is remembered.
#[derive(Debug, Default)]
pub struct State {
    /// By token.
    pub sessions: HashMap<String, Session>,
    /// All attempts, oldest first; only ever added to.
    pub transactions: Vec<Transaction>,
    // Places in `transactions`: of an order's latest attempt, and of each transaction id.
    by_order: HashMap<String, usize>,
    by_id: HashMap<String, usize>,
    // The newest token of each order.
    newest_token: HashMap<String, String>,
    // Nothing is due before this moment; may be too early, never too late.
    soonest_due: Option<OffsetDateTime>,
    /// Notifications, sent and unsent.
    pub outbox: Outbox,
    /// What is to go wrong.
    pub faults: Faults,
    /// Answers kept for `Idempotency-Key`.
    pub idempotency: Idempotency,
    /// The log of API requests.
    pub requests: VecDeque<RequestEntry>,
}

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

/// Why a change was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such order or transaction.
    #[error("Transaction doesn't exist.")]
    NotFound,
    /// The status graph has no such way.
    #[error("Merchant cannot modify the status of the transaction")]
    CannotModify,
    /// `refund_key` was used before.
    #[error("Duplicate refund ID. Refund ID has already been utilized previously")]
    DuplicateRefund,
    /// Nothing, negative, or more than was paid.
    #[error("Refund is rejected due to invalid amount")]
    InvalidRefundAmount,
}

impl Refusal {
    /// Midtrans's status code, also the HTTP one.
    pub fn code(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::CannotModify => 412,
            Self::DuplicateRefund => 406,
            Self::InvalidRefundAmount => 414,
        }
    }
}

impl State {
    /// Makes a token for `order`, taking older unused ones for the same order back.
    ///
    /// # Errors
    /// The documented sentence when the order id cannot be used again.
    pub fn create_session(
        &mut self,
        order: TokenOrder,
        notify: NotifyUrls,
        now: OffsetDateTime,
    ) -> Result<String, &'static str> {
        match self.latest(&order.order_id) {
            Some(last) if last.status.was_paid() => {
                return Err("transaction_details.order_id has been paid and utilized, please use another order ID");
            }
            Some(last) if !reusable(last) => {
                return Err("transaction_details.order_id has already been taken");
            }
            _ => {}
        }
        let token = Uuid::new_v4().to_string();
        let older = self.newest_token.insert(order.order_id.clone(), token.clone());
        if let Some(session) = older.and_then(|older| self.sessions.get_mut(&older))
            && session.state == SessionState::Active
        {
            session.state = SessionState::Replaced;
        }
        self.sessions.insert(token.clone(), Session::new(order, notify, now));
        Ok(token)
    }

    /// The latest attempt of an order, or the attempt with this transaction id.
    pub fn find(&self, id: &str) -> Option<&Transaction> {
        self.position(id).and_then(|at| self.transactions.get(at))
    }

    /// The latest attempt of an order.
    pub fn latest(&self, order_id: &str) -> Option<&Transaction> {
        self.by_order.get(order_id).and_then(|at| self.transactions.get(*at))
    }

    /// The token with which an order can be paid now.
    pub fn active_token(&self, order_id: &str) -> Option<String> {
        let token = self.newest_token.get(order_id)?;
        self.sessions.get(token).filter(|session| session.state == SessionState::Active)?;
        Some(token.clone())
    }

    /// The latest attempt made with a token.
    pub fn latest_of_session(&self, token: &str) -> Option<&Transaction> {
        let id = self.sessions.get(token)?.transactions.last()?;
        self.by_id.get(id).and_then(|at| self.transactions.get(*at))
    }

    /// The attempt `id` names, for change.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub fn find_mut(&mut self, id: &str) -> Result<&mut Transaction, Refusal> {
        let at = self.position(id).ok_or(Refusal::NotFound)?;
        self.transactions.get_mut(at).ok_or(Refusal::NotFound)
    }

    /// Adds an attempt and announces it, unless it only waits for an OTP.
    pub fn add(&mut self, transaction: Transaction, config: &Config, now: OffsetDateTime) {
        let id = transaction.id.clone();
        if let Some(session) = self.sessions.get_mut(&transaction.token) {
            session.transactions.push(id.clone());
            if transaction.status == Status::Deny {
                session.declines = session.declines.saturating_add(1);
            }
        }
        let quiet = transaction.awaits_otp();
        self.by_order.insert(transaction.order_id.clone(), self.transactions.len());
        self.by_id.insert(id.clone(), self.transactions.len());
        self.expect_due(transaction.due);
        self.transactions.push(transaction);
        if !quiet {
            self.announce(&id, config, now);
        }
    }

    /// Moves a transaction along the status graph and announces it.
    ///
    /// # Errors
    /// When there is no such transaction or no such way.
    pub fn change(&mut self, id: &str, to: Status, config: &Config, now: OffsetDateTime) -> Result<(), Refusal> {
        let transaction = self.find_mut(id)?;
        if !transaction.status.may_become(to) {
            return Err(Refusal::CannotModify);
        }
        transaction.become_status(to, now);
        let (id, token, due) = (transaction.id.clone(), transaction.token.clone(), transaction.due);
        self.expect_due(due);
        if to == Status::Deny
            && let Some(session) = self.sessions.get_mut(&token)
        {
            session.declines = session.declines.saturating_add(1);
        }
        self.announce(&id, config, now);
        Ok(())
    }

    /// Puts a notification about the present status into the outbox.
    pub fn announce(&mut self, id: &str, config: &Config, now: OffsetDateTime) {
        let Some(transaction) = self.find(id) else { return };
        let body = crate::shape::notification_body(transaction, config);
        let order_id = transaction.order_id.clone();
        let urls = self
            .sessions
            .get(&transaction.token)
            .map(|session| session.notify.resolve(config.notification_url.as_deref()))
            .unwrap_or_default();
        for url in urls {
            self.outbox.enqueue(&order_id, url, body.clone(), &mut self.faults, now);
        }
    }

    /// Carries out what is due: expiry, late acceptance, settlement of captures.
    pub fn fire_due(&mut self, config: &Config, now: OffsetDateTime) {
        while self.soonest_due.is_some_and(|at| at <= now) {
            let waiting = self.transactions.iter().filter_map(|t| t.due.map(|due| (due, t.id.clone())));
            let Some((due, id)) = waiting.min_by_key(|(due, _)| due.at) else {
                self.soonest_due = None;
                return;
            };
            self.soonest_due = Some(due.at);
            if due.at <= now
                && self.change(&id, due.to, config, now).is_err()
                && let Ok(transaction) = self.find_mut(&id)
            {
                // The graph has no such way: it will not come.
                transaction.due = None;
            }
        }
    }

    /// No later than the next moment at which something is due.
    pub fn next_due(&self) -> Option<OffsetDateTime> {
        self.soonest_due.into_iter().chain(self.outbox.next_due()).min()
    }

    fn expect_due(&mut self, due: Option<Due>) {
        if let Some(due) = due {
            self.soonest_due = Some(self.soonest_due.map_or(due.at, |soonest| soonest.min(due.at)));
        }
    }

    /// Keeps one line of the request log.
    pub fn log(&mut self, entry: RequestEntry) {
        if self.requests.len() == REQUESTS_KEPT {
            self.requests.pop_front();
        }
        self.requests.push_back(entry);
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.by_order.get(id).or_else(|| self.by_id.get(id)).copied()
    }
}

/// Whether a new token may be made after this attempt.
fn reusable(last: &Transaction) -> bool {
    match last.status {
        Status::Cancel | Status::Failure => true,
        Status::Deny | Status::Expire => last.card.is_some(),
        _ => false,
    }
}
