//! When the review of an order ends because money went back.
//!
//! An order that was paid twice, or with another amount, is under review until a person refunds the surplus. The
//! review ends once exactly one payment with the order's amount is left, or none.

use wire::Rupiah;
use wire::merchant::OrderStatus;
use wire::midtrans::{FraudStatus, StatusResponse, TransactionReport, TransactionStatus as T};

use crate::amount_policy::{amount_matches, refundable, refunded_total};
use crate::order::{AttemptRef, OrderRecord, Payer, PaymentAttempt};
use crate::order_update::{OrderUpdate, ReviewResolution, UpdateOutcome};

/// A payment attempt with the gateway's status; none if the gateway knows no transaction.
pub type AttemptStatus = (PaymentAttempt, Option<StatusResponse>);

/// The end of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedReview {
    /// The order's new status.
    pub to: OrderStatus,
    /// The sum of all refunds, if it changes.
    pub refunded: Option<Rupiah>,
    /// The payment that is left, or the last one that went back.
    pub payer: Payer,
    /// The reason.
    pub reason: ReviewResolution,
}

impl ResolvedReview {
    /// The update of an order with status `from`.
    #[must_use]
    pub fn update(self, from: &OrderStatus) -> OrderUpdate {
        let Payer { attempt_id, transaction_id } = self.payer;
        OrderUpdate {
            status: (*from == OrderStatus::Review).then_some(self.to),
            payment: None,
            refunded: self.refunded,
            outcome: UpdateOutcome::ReviewResolved { reason: self.reason, attempt_id: attempt_id.clone() },
            source: AttemptRef { attempt_id, transaction_id },
            sets_payer: false,
        }
    }
}

/// How much money of a payment the shop holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FundsHeld {
    /// All of it.
    All,
    /// A part; the rest went back.
    Part,
    /// None: no payment arrived, or all of it went back.
    None,
    /// Unknown: a person must decide first, or the status is unknown.
    Unclear,
}

/// How much money of a payment the shop holds, by the gateway's status.
#[must_use]
pub fn funds_held(report: Option<&TransactionReport>) -> FundsHeld {
    let Some(report) = report else { return FundsHeld::None };
    match report.transaction_status {
        T::Capture | T::Settlement => match &report.fraud_status {
            Some(FraudStatus::Accept) | None if report.status_code.number() == Some(200) => FundsHeld::All,
            Some(FraudStatus::Deny) => FundsHeld::None,
            _ => FundsHeld::Unclear,
        },
        T::PartialRefund | T::PartialChargeback => FundsHeld::Part,
        // A pending payment can still arrive, so the review goes on.
        T::Authorize | T::Unknown(_) | T::Pending => FundsHeld::Unclear,
        T::Deny | T::Cancel | T::Expire | T::Failure | T::Refund | T::Chargeback => FundsHeld::None,
    }
}

/// The end of an order's review, if its payments allow it.
#[must_use]
pub fn resolve_review(order: &OrderRecord, attempts: &[AttemptStatus]) -> Option<ResolvedReview> {
    let payer = order.payer.as_ref().filter(|_| order.status == OrderStatus::Review)?;
    let mut holders = Vec::new();
    for (attempt, status) in attempts {
        match (funds_held(status.as_deref()), status) {
            (FundsHeld::Unclear, _) => return None,
            (FundsHeld::None, _) | (_, None) => {}
            (held, Some(status)) => holders.push((held, attempt, status)),
        }
    }
    match holders.as_slice() {
        [] => {
            let (_, status) = attempts.iter().find(|(attempt, _)| attempt.attempt_id == payer.attempt_id)?;
            let (to, refunded) = match status.as_ref()?.transaction_status {
                T::Refund => (OrderStatus::Refunded, Some(order.gross_amount)),
                T::Cancel => (OrderStatus::Cancelled, None),
                T::Chargeback => (OrderStatus::ChargedBack, None),
                _ => return None,
            };
            Some(ResolvedReview { to, refunded, payer: payer.clone(), reason: ReviewResolution::EverythingRefunded })
        }
        [(held, attempt, status)] => {
            let matches = amount_matches(order.gross_amount, status);
            let (to, refunded, reason) = match held {
                FundsHeld::All if matches => (OrderStatus::Paid, None, ReviewResolution::OnePaymentLeft),
                FundsHeld::Part if matches => {
                    let refunded = refunded_total(status).min(order.gross_amount);
                    (OrderStatus::PartiallyRefunded, Some(refunded), ReviewResolution::PartOfOnePaymentLeft)
                }
                FundsHeld::Part if refundable(status) == Some(order.gross_amount) => {
                    (OrderStatus::Paid, None, ReviewResolution::SurplusRefunded)
                }
                _ => return None,
            };
            let transaction_id = status.transaction_id.clone().or_else(|| attempt.transaction_id.clone());
            let payer = Payer { attempt_id: attempt.attempt_id.clone(), transaction_id };
            Some(ResolvedReview { to, refunded, payer, reason })
        }
        _ => None,
    }
}

#[cfg(test)]
#[path = "review_resolution_tests.rs"]
mod tests;
