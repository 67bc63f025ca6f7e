//! The movements of money.

use std::collections::HashMap;

use serde::Serialize;

use crate::money::Amount;
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

pub(crate) fn as_text<S: serde::Serializer>(amount: &Amount, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(amount)
}
