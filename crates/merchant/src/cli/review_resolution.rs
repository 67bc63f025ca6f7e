//! When a review is over because money went back. Pure.
//!
//! An order that was paid twice, or in another amount, is in review until a person has seen to it. Once just
//! one payment is left and it is what the order costs, or none is left, nobody needs to look any more.

use wire::Rupiah;
use wire::merchant::OrderStatus;
use wire::midtrans::{FraudStatus, Notification, TransactionStatus as T};

use super::context::AttemptStatus;
use crate::news::went_back;
use crate::settle::amount_fits;
use crate::store::{Payer, StoredOrder};

/// What an order becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ResolvedReview {
    pub(super) to: OrderStatus,
    pub(super) refunded: Option<Rupiah>,
    pub(super) payer: Payer,
    pub(super) why: &'static str,
}

/// Whose money is with the shop by the gateway's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FundsHeld {
    /// All of it.
    All,
    /// Some went back.
    Part,
    /// Nothing came, or all went back.
    None,
    /// A person has to decide first, or the word is not known.
    Unclear,
}

/// What is left to give back of a payment, and what went back already.
pub(super) fn refundable(said: &Notification) -> Option<Rupiah> {
    let charged = said.gross_amount.rupiah()?;
    Some(Rupiah(charged.0 - went_back(said).0))
}

pub(super) fn funds_held(said: Option<&Notification>) -> FundsHeld {
    let Some(said) = said else { return FundsHeld::None };
    match said.transaction_status {
        T::Capture | T::Settlement => match &said.fraud_status {
            Some(FraudStatus::Accept) | None if said.status_code.number() == Some(200) => FundsHeld::All,
            Some(FraudStatus::Deny) => FundsHeld::None,
            _ => FundsHeld::Unclear,
        },
        T::PartialRefund | T::PartialChargeback => FundsHeld::Part,
        T::Authorize | T::Unknown(_) => FundsHeld::Unclear,
        // Could still be paid, so the review is not over.
        T::Pending => FundsHeld::Unclear,
        T::Deny | T::Cancel | T::Expire | T::Failure | T::Refund | T::Chargeback => FundsHeld::None,
    }
}

/// What the order becomes, when it is in review for money that is not in question any more.
pub(super) fn resolve_review(order: &StoredOrder, standings: &[AttemptStatus]) -> Option<ResolvedReview> {
    let payer = order.payer.as_ref().filter(|_| order.status == OrderStatus::Review)?;
    let mut holders = Vec::new();
    for (attempt, said) in standings {
        match (funds_held(said.as_ref()), said) {
            (FundsHeld::Unclear, _) => return None,
            (FundsHeld::None, _) | (_, None) => {}
            (held, Some(said)) => holders.push((held, attempt, said)),
        }
    }
    match holders.as_slice() {
        [] => {
            let (_, said) = standings.iter().find(|(attempt, _)| attempt.payment_order_id == payer.payment_order_id)?;
            let (to, refunded) = match said.as_ref()?.transaction_status {
                T::Refund => (OrderStatus::Refunded, Some(order.gross_amount)),
                T::Cancel => (OrderStatus::Cancelled, None),
                T::Chargeback => (OrderStatus::ChargedBack, None),
                _ => return None,
            };
            Some(ResolvedReview { to, refunded, payer: payer.clone(), why: "review over: everything went back" })
        }
        [(held, attempt, said)] => {
            let fits = amount_fits(order.gross_amount, said);
            let (to, refunded, why) = match held {
                FundsHeld::All if fits => (OrderStatus::Paid, None, "review over: one payment is left"),
                FundsHeld::Part if fits => {
                    let back = went_back(said).min(order.gross_amount);
                    (OrderStatus::PartiallyRefunded, Some(back), "review over: a part of one payment is left")
                }
                FundsHeld::Part if refundable(said) == Some(order.gross_amount) => {
                    (OrderStatus::Paid, None, "review over: what was too much went back")
                }
                _ => return None,
            };
            let transaction_id = said.transaction_id.clone().or_else(|| attempt.transaction_id.clone());
            let payer = Payer { payment_order_id: attempt.payment_order_id.clone(), transaction_id };
            Some(ResolvedReview { to, refunded, payer, why })
        }
        _ => None,
    }
}

#[cfg(test)]
#[path = "review_resolution_tests.rs"]
mod tests;
