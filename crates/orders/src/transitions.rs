//! The status transitions of an order.
//!
//! An order only moves forwards. A confirmed payment outranks everything, so it also moves an expired order. A status
//! that this version does not know never means paid.
//! <https://docs.midtrans.com/docs/transaction-status-cycle>

use std::fmt;

use wire::Rupiah;
use wire::merchant::OrderStatus;
use wire::midtrans::{FraudStatus, PaymentType, TransactionReport, TransactionStatus};

use crate::amount_policy::amount_matches;

/// The effect of a gateway report on an order's status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    /// The order gets this status.
    To(OrderStatus),
    /// The order keeps its status.
    Unchanged(UnchangedReason),
    /// The customer paid a second time; a person must refund one payment.
    DuplicatePayment,
}

/// Why an order keeps its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnchangedReason {
    /// The order has this status already.
    SameStatus,
    /// The order would move backwards.
    WouldMoveBackwards,
    /// Another attempt paid the order.
    AnotherAttemptPaid,
    /// The report is about a replaced attempt.
    SupersededAttempt,
    /// A person must resolve the review first.
    UnderReview,
    /// The amount differs, and the order can no longer enter review.
    AmountDiffers,
    /// The status is settled and the status code is not 200.
    UnexpectedStatusCode,
    /// This version does not know the status.
    UnknownStatus,
}

impl fmt::Display for UnchangedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SameStatus => "no change",
            Self::WouldMoveBackwards => "the order would move backwards",
            Self::AnotherAttemptPaid => "another payment attempt paid the order",
            Self::SupersededAttempt => "the payment attempt was replaced",
            Self::UnderReview => "a person must resolve the review",
            Self::AmountDiffers => "the amount differs",
            Self::UnexpectedStatusCode => "settled, but the status code is not 200",
            Self::UnknownStatus => "this version does not know the status",
        })
    }
}

/// The role of the payment attempt that a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptRole {
    /// No attempt paid yet, and the customer can pay this one.
    Current,
    /// No attempt paid yet, and this one was replaced. Its end does not end the order; its payment still counts.
    Superseded,
    /// This attempt paid the order.
    Payer,
    /// Another attempt paid the order. A payment by this one is a duplicate.
    Other,
}

/// The transition of an order with status `from` and price `expected` when the gateway reports `report`.
#[must_use]
pub fn next_status(from: &OrderStatus, expected: Rupiah, report: &TransactionReport, role: AttemptRole) -> Transition {
    use UnchangedReason::*;
    let to = match meaning(from, report) {
        Ok(to) => to,
        Err(reason) => return Transition::Unchanged(reason),
    };
    match role {
        AttemptRole::Other if is_capture(report) && to != OrderStatus::Denied => return Transition::DuplicatePayment,
        AttemptRole::Other => return Transition::Unchanged(AnotherAttemptPaid),
        AttemptRole::Superseded
            if !(is_capture(report) || is_refund_or_chargeback(report)) || to == OrderStatus::Denied =>
        {
            return Transition::Unchanged(SupersededAttempt);
        }
        // A second payment or a wrong amount: no later report makes that right.
        AttemptRole::Payer if *from == OrderStatus::Review => return Transition::Unchanged(UnderReview),
        AttemptRole::Superseded | AttemptRole::Payer | AttemptRole::Current => {}
    }
    if to.has_received_payment() && !amount_matches(expected, report) {
        return if can_transition(from, &OrderStatus::Review) {
            Transition::To(OrderStatus::Review)
        } else {
            Transition::Unchanged(AmountDiffers)
        };
    }
    if *from == to {
        Transition::Unchanged(SameStatus)
    } else if can_transition(from, &to) {
        Transition::To(to)
    } else {
        Transition::Unchanged(WouldMoveBackwards)
    }
}

/// Whether the report proves a payment in any amount, so that its attempt becomes the payer.
#[must_use]
pub fn records_payer(from: &OrderStatus, report: &TransactionReport) -> bool {
    meaning(from, report).is_ok_and(|to| to.has_received_payment())
        && (is_capture(report) || is_refund_or_chargeback(report))
}

fn is_capture(report: &TransactionReport) -> bool {
    matches!(report.transaction_status, TransactionStatus::Capture | TransactionStatus::Settlement)
}

/// Only money that arrived can go back.
fn is_refund_or_chargeback(report: &TransactionReport) -> bool {
    use TransactionStatus::*;
    matches!(report.transaction_status, Refund | PartialRefund | Chargeback | PartialChargeback)
}

/// The order status that a gateway report stands for.
fn meaning(from: &OrderStatus, report: &TransactionReport) -> Result<OrderStatus, UnchangedReason> {
    use TransactionStatus as T;
    Ok(match &report.transaction_status {
        T::Capture | T::Settlement => match &report.fraud_status {
            Some(FraudStatus::Challenge) => OrderStatus::Review,
            Some(FraudStatus::Deny) => OrderStatus::Denied,
            Some(FraudStatus::Unknown(_)) => OrderStatus::Review,
            Some(FraudStatus::Accept) | None if report.status_code.number() == Some(200) => OrderStatus::Paid,
            Some(FraudStatus::Accept) | None => return Err(UnchangedReason::UnexpectedStatusCode),
        },
        T::Pending => OrderStatus::Pending,
        // The money is reserved, not taken: the shop must capture it.
        T::Authorize => OrderStatus::Review,
        // settlement → deny: the bank reverses a payment within minutes.
        T::Deny if *from == OrderStatus::Paid || *from == OrderStatus::Reversed => OrderStatus::Reversed,
        T::Deny | T::Failure => OrderStatus::Denied,
        T::Cancel => OrderStatus::Cancelled,
        // A card attempt expires at its 3-D Secure page; the order can be tried again.
        T::Expire if report.payment_type == Some(PaymentType::CreditCard) => OrderStatus::Denied,
        T::Expire => OrderStatus::Expired,
        T::Refund => OrderStatus::Refunded,
        // The page shows both as a partial refund.
        T::PartialRefund | T::PartialChargeback => OrderStatus::PartiallyRefunded,
        T::Chargeback => OrderStatus::ChargedBack,
        T::Unknown(_) => return Err(UnchangedReason::UnknownStatus),
    })
}

/// The allowed transitions.
fn can_transition(from: &OrderStatus, to: &OrderStatus) -> bool {
    use OrderStatus::*;
    match from {
        Created => !matches!(to, Created | Reversed | Unknown(_)),
        // After a declined payment the customer may try again, and the other way round.
        Pending => !matches!(to, Created | Pending | Reversed | Unknown(_)),
        Denied => !matches!(to, Created | Denied | Reversed | Unknown(_)),
        Review => matches!(to, Paid | Denied | Expired | Cancelled | PartiallyRefunded | Refunded | ChargedBack),
        // Ended, unless the money arrived after all.
        Expired | Cancelled => matches!(to, Paid | Review | PartiallyRefunded | Refunded | ChargedBack),
        // A capture can be cancelled until it settles.
        Paid => matches!(to, Cancelled | PartiallyRefunded | Refunded | ChargedBack | Reversed),
        PartiallyRefunded => matches!(to, Refunded | ChargedBack),
        Refunded | ChargedBack | Reversed | Unknown(_) => false,
    }
}

#[cfg(test)]
#[path = "transitions_tests.rs"]
mod tests;
