//! The update of an order that a status response causes.

use std::fmt;

use wire::Rupiah;
use wire::merchant::{OrderStatus, PaymentInstruction};
use wire::midtrans::{StatusResponse, TransactionReport, TransactionStatus};

use crate::amount_policy::refunded_total;
use crate::order::{AttemptRef, OrderRecord, Payer, PaymentAttempt};
use crate::payment_instruction::payment_instruction;
use crate::transitions::{AttemptRole, Transition, UnchangedReason, next_status, records_payer};

/// The change of an order, as one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderUpdate {
    /// The new status, if it changes.
    pub status: Option<OrderStatus>,
    /// The new payment instruction, if it changes.
    pub payment: Option<PaymentInstruction>,
    /// The new sum of all refunds, if it changes.
    pub refunded: Option<Rupiah>,
    /// The reason, for the history and for decisions.
    pub outcome: UpdateOutcome,
    /// The attempt that the update comes from.
    pub source: AttemptRef,
    /// Whether this attempt paid the order, if none did before.
    pub sets_payer: bool,
}

/// The parts of an order that an update changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppliedUpdate {
    /// Whether the order has a new version, and so a new history entry.
    pub has_entry: bool,
    /// Whether the payment instruction changed.
    pub payment_changed: bool,
}

impl OrderRecord {
    /// Applies an update. The payer never changes, and the sum of the refunds never falls.
    pub fn apply(&mut self, update: &OrderUpdate) -> AppliedUpdate {
        let payment = update.payment.as_ref().filter(|payment| self.payment.as_ref() != Some(*payment));
        let refunded = update.refunded.filter(|refunded| *refunded > self.refunded_amount);
        let applied = AppliedUpdate {
            has_entry: update.status.is_some() || refunded.is_some(),
            payment_changed: payment.is_some(),
        };
        if let Some(payment) = payment {
            self.payment = Some(payment.clone());
        }
        if let Some(status) = &update.status {
            self.status = status.clone();
        }
        self.refunded_amount = refunded.unwrap_or(self.refunded_amount);
        self.version += i64::from(applied.has_entry);
        if update.sets_payer && self.payer.is_none() {
            let AttemptRef { attempt_id, transaction_id } = update.source.clone();
            self.payer = Some(Payer { attempt_id, transaction_id });
        }
        applied
    }
}

impl OrderUpdate {
    /// Whether the history and the shop's systems must know of it.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        self.status.is_some() || self.refunded.is_some()
    }
}

/// The result of an order update. Text exists only in `Display`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateOutcome {
    /// The order changed its status.
    Moved {
        /// The gateway's status.
        reported: TransactionStatus,
        /// The order's new status.
        to: OrderStatus,
    },
    /// The order kept its status.
    Unchanged {
        /// The gateway's status.
        reported: TransactionStatus,
        /// The reason.
        reason: UnchangedReason,
    },
    /// The customer paid a second time; a person must refund one payment.
    DuplicatePayment {
        /// The gateway's status.
        reported: TransactionStatus,
    },
    /// The customer paid again after the bank reversed the first payment.
    PaidAfterReversal {
        /// The gateway's status.
        reported: TransactionStatus,
    },
    /// The token expired and the customer had chosen no method.
    TokenExpired,
    /// An operator closed the payment page.
    PageClosed,
    /// A review ended.
    ReviewResolved {
        /// The reason.
        reason: ReviewResolution,
        /// The attempt that is now the payer.
        attempt_id: String,
    },
}

/// Why a review ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewResolution {
    /// All payments were refunded or cancelled.
    EverythingRefunded,
    /// One payment is left, with the order's amount.
    OnePaymentLeft,
    /// A part of one payment is left.
    PartOfOnePaymentLeft,
    /// The surplus was refunded.
    SurplusRefunded,
}

/// What became of a notification. The store keeps it in a column of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationOutcome {
    /// The status response changed the order.
    Applied,
    /// The status response did not change the order.
    Unchanged,
    /// The status response reported a second payment.
    DuplicatePayment,
    /// No status response confirmed the notification within a day.
    NeverConfirmed,
    /// A stored notification could not be read.
    Unreadable,
}

impl NotificationOutcome {
    /// All values.
    pub const ALL: [Self; 5] =
        [Self::Applied, Self::Unchanged, Self::DuplicatePayment, Self::NeverConfirmed, Self::Unreadable];

    /// The value in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Unchanged => "unchanged",
            Self::DuplicatePayment => "duplicate_payment",
            Self::NeverConfirmed => "never_confirmed",
            Self::Unreadable => "unreadable",
        }
    }

    /// The outcome of a value in the database.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == value)
    }
}

impl UpdateOutcome {
    /// The outcome of a notification that this update confirmed.
    #[must_use]
    pub fn notification_outcome(&self) -> NotificationOutcome {
        match self {
            Self::Unchanged { .. } => NotificationOutcome::Unchanged,
            Self::DuplicatePayment { .. } => NotificationOutcome::DuplicatePayment,
            Self::Moved { .. }
            | Self::PaidAfterReversal { .. }
            | Self::TokenExpired
            | Self::PageClosed
            | Self::ReviewResolved { .. } => NotificationOutcome::Applied,
        }
    }

    /// The gateway's status, where the update comes from one.
    #[must_use]
    pub fn reported(&self) -> Option<&TransactionStatus> {
        match self {
            Self::Moved { reported, .. }
            | Self::Unchanged { reported, .. }
            | Self::DuplicatePayment { reported }
            | Self::PaidAfterReversal { reported } => Some(reported),
            Self::TokenExpired | Self::PageClosed | Self::ReviewResolved { .. } => None,
        }
    }
}

impl fmt::Display for UpdateOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Moved { reported, to } => write!(f, "{}: order is now {to}", safe(reported)),
            Self::Unchanged { reported, reason } => write!(f, "{}: {reason}", safe(reported)),
            Self::DuplicatePayment { reported } => write!(f, "{}: the customer paid twice", safe(reported)),
            Self::PaidAfterReversal { reported } => {
                write!(f, "{}: the customer paid again after the bank reversed a payment", safe(reported))
            }
            Self::TokenExpired => f.write_str("the token expired before the customer chose a method"),
            Self::PageClosed => f.write_str("the payment page was closed"),
            Self::ReviewResolved { reason, attempt_id } => write!(f, "review resolved: {reason}, {attempt_id}"),
        }
    }
}

impl fmt::Display for ReviewResolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EverythingRefunded => "all payments were refunded",
            Self::OnePaymentLeft => "one payment is left",
            Self::PartOfOnePaymentLeft => "a part of one payment is left",
            Self::SurplusRefunded => "the surplus was refunded",
        })
    }
}

/// A value for logs and the history: an unknown status could contain anything.
fn safe(status: &TransactionStatus) -> &str {
    match status {
        TransactionStatus::Unknown(_) => "unknown status",
        known => known.as_str(),
    }
}

/// The update that a status response causes. `current` is the newest payment attempt of the order.
#[must_use]
pub fn order_update_from(status: &StatusResponse, order: &OrderRecord, current: &PaymentAttempt) -> OrderUpdate {
    let role = attempt_role(order, current, status);
    let reported = status.transaction_status.clone();
    let (to, outcome) = match next_status(&order.status, order.gross_amount, status, role) {
        Transition::To(to) => (Some(to.clone()), UpdateOutcome::Moved { reported, to }),
        Transition::Unchanged(reason) => (None, UpdateOutcome::Unchanged { reported, reason }),
        Transition::DuplicatePayment if order.status == OrderStatus::Reversed => {
            (Some(OrderStatus::Review), UpdateOutcome::PaidAfterReversal { reported })
        }
        Transition::DuplicatePayment => {
            let is_new = order.status != OrderStatus::Review;
            (is_new.then_some(OrderStatus::Review), UpdateOutcome::DuplicatePayment { reported })
        }
    };
    let after = to.as_ref().unwrap_or(&order.status);
    let sets_payer = records_payer(&order.status, status);
    // A refund proves a payment, even if we never saw the payment itself.
    let is_payer = role == AttemptRole::Payer || (order.payer.is_none() && sets_payer);
    let is_refund = matches!(after, OrderStatus::PartiallyRefunded | OrderStatus::Refunded) && is_payer;
    let shows_instruction = role == AttemptRole::Current && is_pending(status) && *after == OrderStatus::Pending;
    OrderUpdate {
        payment: shows_instruction.then(|| payment_instruction(status)).flatten(),
        refunded: is_refund.then(|| refunded_amount(order.gross_amount, after, status)).flatten(),
        status: to,
        outcome,
        source: AttemptRef { attempt_id: status.order_id.clone(), transaction_id: status.transaction_id.clone() },
        sets_payer,
    }
}

/// The sum of all refunds. A full refund may come without an amount.
fn refunded_amount(gross_amount: Rupiah, after: &OrderStatus, report: &TransactionReport) -> Option<Rupiah> {
    let total = refunded_total(report);
    let full = (*after == OrderStatus::Refunded).then_some(gross_amount);
    full.or((total.0 > 0).then(|| total.min(gross_amount)))
}

fn attempt_role(order: &OrderRecord, current: &PaymentAttempt, report: &TransactionReport) -> AttemptRole {
    match &order.payer {
        Some(payer) if payer.attempt_id != report.order_id => AttemptRole::Other,
        // One attempt may see several cards. The end of another card's transaction does not concern the payer.
        Some(payer) if is_failed_final(report) && differ(&payer.transaction_id, &report.transaction_id) => {
            AttemptRole::Other
        }
        Some(payer)
            if order.status == OrderStatus::Reversed && differ(&payer.transaction_id, &report.transaction_id) =>
        {
            AttemptRole::Other
        }
        Some(_) => AttemptRole::Payer,
        None if report.order_id == current.attempt_id => AttemptRole::Current,
        None => AttemptRole::Superseded,
    }
}

fn differ(one: &Option<String>, other: &Option<String>) -> bool {
    one.is_some() && other.is_some() && one != other
}

/// Whether the transaction ended without money.
#[must_use]
pub fn is_failed_final(report: &TransactionReport) -> bool {
    use TransactionStatus::{Cancel, Deny, Expire, Failure};
    matches!(report.transaction_status, Deny | Failure | Cancel | Expire)
}

/// Whether the customer has yet to pay.
#[must_use]
pub fn is_pending(report: &TransactionReport) -> bool {
    report.transaction_status == TransactionStatus::Pending
}

#[cfg(test)]
mod tests {
    use super::NotificationOutcome;

    #[test]
    fn each_stored_outcome_is_read_back() {
        for outcome in NotificationOutcome::ALL {
            assert_eq!(NotificationOutcome::parse(outcome.as_str()), Some(outcome));
        }
        assert_eq!(NotificationOutcome::parse("deny to denied"), None);
    }
}
