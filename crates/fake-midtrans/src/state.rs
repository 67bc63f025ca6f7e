//! Everything the gateway remembers, in memory: a restart forgets it all, which is what a stand-in should do.
//!
//! The methods here are the only ones that change a transaction; they run under one short lock and never wait.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use time::OffsetDateTime;
use uuid::Uuid;

use crate::clock::wib;
use crate::config::Config;
use crate::delivery::Note;
use crate::fault::Faults;
use crate::idempotency::Idempotency;
use crate::ledger::{Ledger, Movement, MovementKind, movement_for};
use crate::money::Amount;
use crate::outbox::Outbox;
use crate::request::TokenOrder;
use crate::request_log::RequestLog;
use crate::session::{NotifyUrls, Session, SessionState};
use crate::status::Status;
use crate::transaction::Transaction;

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
    // Every token of each order, oldest first, and the order ids as they came.
    tokens: HashMap<String, Vec<String>>,
    order_ids: Vec<String>,
    // Moments at which a transaction (its place) changes by itself. Those that are no longer planned are passed over.
    dues: BinaryHeap<Reverse<(OffsetDateTime, usize)>>,
    /// Where the customers' money went.
    pub ledger: Ledger,
    /// The number of the latest refund.
    pub refunds: u64,
    /// Notifications, sent and unsent.
    pub outbox: Outbox,
    /// What is to go wrong.
    pub faults: Faults,
    /// Answers kept for `Idempotency-Key`.
    pub idempotency: Idempotency,
    /// The log of API requests.
    pub requests: RequestLog,
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
    /// `refund_key` has other characters than letters, digits, dash and underscore.
    #[error("refund_key is invalid, only alphanumeric, dash and underscore are allowed")]
    InvalidRefundKey,
    /// More than was reserved, or nothing.
    #[error("gross_amount is greater than the authorized amount")]
    InvalidCaptureAmount,
}

impl Refusal {
    /// Midtrans's status code, also the HTTP one.
    pub fn code(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::CannotModify => 412,
            Self::DuplicateRefund => 406,
            Self::InvalidRefundAmount => 414,
            Self::InvalidRefundKey | Self::InvalidCaptureAmount => 400,
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
        let tokens = self.tokens.entry(order.order_id.clone()).or_default();
        match tokens.last().and_then(|older| self.sessions.get_mut(older)) {
            Some(older) if older.state == SessionState::Active => older.state = SessionState::Replaced,
            Some(_) => {}
            None => self.order_ids.push(order.order_id.clone()),
        }
        tokens.push(token.clone());
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
        let token = self.tokens_of(order_id).last()?;
        self.sessions.get(token).filter(|session| session.state == SessionState::Active)?;
        Some(token.clone())
    }

    /// Every token made for an order, oldest first.
    pub fn tokens_of(&self, order_id: &str) -> &[String] {
        self.tokens.get(order_id).map_or(&[], Vec::as_slice)
    }

    /// Every order id for which a token was made.
    pub fn order_ids(&self) -> &[String] {
        &self.order_ids
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
    pub fn add(&mut self, mut transaction: Transaction, config: &Config, now: OffsetDateTime) {
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
        transaction.remember(now);
        let place = self.transactions.len();
        let taken = transaction.status.was_paid();
        self.transactions.push(transaction);
        self.expect_due(place);
        if taken {
            self.move_money(place, MovementKind::Payment, None, now);
        }
        if !quiet {
            self.announce(&id, config, now);
        }
    }

    /// Moves a transaction along the status graph and announces it.
    ///
    /// # Errors
    /// When there is no such transaction or no such way.
    pub fn change(&mut self, id: &str, to: Status, config: &Config, now: OffsetDateTime) -> Result<(), Refusal> {
        if !self.find(id).ok_or(Refusal::NotFound)?.status.may_become(to) {
            return Err(Refusal::CannotModify);
        }
        self.force(id, to, None, config, now)
    }

    /// Gives a transaction a status, whatever the graph says, moves `amount` (all there is when absent) and announces it.
    ///
    /// # Errors
    /// When there is no such transaction.
    pub fn force(
        &mut self,
        id: &str,
        to: Status,
        amount: Option<Amount>,
        config: &Config,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        let place = self.position(id).ok_or(Refusal::NotFound)?;
        let transaction = self.transactions.get_mut(place).ok_or(Refusal::NotFound)?;
        transaction.become_status(to, now);
        transaction.remember(now);
        let (id, token) = (transaction.id.clone(), transaction.token.clone());
        self.expect_due(place);
        if let Some(kind) = movement_for(to) {
            self.move_money(place, kind, amount, now);
        }
        if to == Status::Deny
            && let Some(session) = self.sessions.get_mut(&token)
        {
            session.declines = session.declines.saturating_add(1);
        }
        self.announce(&id, config, now);
        Ok(())
    }

    /// Keeps how a transaction stands after a change that is none of its status, plans what follows, and announces it.
    pub fn changed(&mut self, id: &str, config: &Config, now: OffsetDateTime) {
        let Some(place) = self.position(id) else { return };
        let Some(transaction) = self.transactions.get_mut(place) else { return };
        transaction.remember(now);
        let id = transaction.id.clone();
        self.expect_due(place);
        self.announce(&id, config, now);
    }

    fn move_money(&mut self, place: usize, kind: MovementKind, amount: Option<Amount>, now: OffsetDateTime) {
        let Some(transaction) = self.transactions.get_mut(place) else { return };
        let none = Amount::default();
        let moved = match kind {
            // A settlement of what was captured moves nothing.
            MovementKind::Payment if transaction.held > none => return,
            MovementKind::Payment => transaction.gross_amount,
            _ => amount.unwrap_or(transaction.held),
        };
        if moved == none {
            return;
        }
        let held = if kind == MovementKind::Payment { Some(moved) } else { transaction.held.minus(moved) };
        transaction.held = held.unwrap_or_default();
        self.ledger.add(Movement {
            at: wib(now),
            order_id: transaction.order_id.clone(),
            transaction_id: transaction.id.clone(),
            kind,
            amount: moved,
        });
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
            let note = Note { order_id: order_id.clone(), url, body: body.clone() };
            self.outbox.enqueue(note, &mut self.faults, &config.server_key, now);
        }
    }

    /// Carries out what is due: expiry, late acceptance, settlement of captures.
    pub fn fire_due(&mut self, config: &Config, now: OffsetDateTime) {
        while let Some(&Reverse((at, place))) = self.dues.peek() {
            let planned = self.transactions.get(place).and_then(|t| t.due.map(|due| (due, t.id.clone())));
            let current = planned.filter(|(due, _)| due.at == at);
            if current.is_some() && at > now {
                return;
            }
            self.dues.pop();
            let Some((due, id)) = current else { continue };
            if self.change(&id, due.to, config, now).is_err()
                && let Ok(transaction) = self.find_mut(&id)
            {
                // The graph has no such way: it will not come.
                transaction.due = None;
            }
        }
    }

    /// The next moment at which something is due.
    pub fn next_due(&self) -> Option<OffsetDateTime> {
        let change = self.dues.peek().map(|Reverse((at, _))| *at);
        change.into_iter().chain(self.outbox.next_due()).min()
    }

    fn expect_due(&mut self, place: usize) {
        if let Some(due) = self.transactions.get(place).and_then(|transaction| transaction.due) {
            self.dues.push(Reverse((due.at, place)));
        }
    }

    /// Forgets everything.
    pub fn forget(&mut self) {
        let mut outbox = std::mem::take(&mut self.outbox);
        outbox.clear();
        *self = Self { outbox, ..Self::default() };
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
