//! What the gateway's word does to an order: the rule that the store runs inside its transaction. Pure.

use wire::Rupiah;
use wire::merchant::OrderStatus;
use wire::midtrans::{Notification, TransactionStatus};

use crate::instruction::instruction;
use crate::settle::{Attempt as Whose, Verdict, pays, settle};
use crate::store::{Attempt, Change, Said, StoredOrder};

/// The change that `said` makes.
pub(crate) fn change_by(said: &Notification) -> impl FnOnce(&StoredOrder, &Attempt) -> Change + Send {
    move |order, attempt| {
        let whose = whose(order, attempt, said);
        let word = word(&said.transaction_status);
        let (status, outcome) = match settle(&order.status, order.gross_amount, said, whose) {
            Verdict::Move(to) => {
                let outcome = format!("{word} to {to}");
                (Some(to), outcome)
            }
            Verdict::Keep(why) => (None, format!("{word}: {why}")),
            // The bank took the first payment back, and the customer paid once more.
            Verdict::Twice if order.status == OrderStatus::Reversed => {
                (Some(OrderStatus::Review), format!("{word}: paid again after the bank took it back"))
            }
            Verdict::Twice => {
                let news = order.status != OrderStatus::Review;
                (news.then_some(OrderStatus::Review), format!("{word}: paid twice"))
            }
        };
        let after = status.as_ref().unwrap_or(&order.status);
        // What was given back had come, also when nobody heard of it.
        let payer = whose == Whose::Payer || (order.payer.is_none() && pays(&order.status, said));
        let back = matches!(after, OrderStatus::PartiallyRefunded | OrderStatus::Refunded) && payer;
        let shows = whose == Whose::Current && is_waiting(said) && *after == OrderStatus::Pending;
        Change {
            payment: shows.then(|| instruction(said)).flatten(),
            refunded: back.then(|| refunded(order.gross_amount, after, said)).flatten(),
            twice: outcome.ends_with("paid twice"),
            status,
            outcome,
            said: Said { payment_order_id: said.order_id.clone(), transaction_id: said.transaction_id.clone() },
            pays: pays(&order.status, said),
        }
    }
}

/// How much went back in all. A payment that went back whole may say no amount.
fn refunded(gross_amount: Rupiah, after: &OrderStatus, said: &Notification) -> Option<Rupiah> {
    let told = went_back(said);
    let whole = (*after == OrderStatus::Refunded).then_some(gross_amount);
    whole.or((told.0 > 0).then(|| told.min(gross_amount)))
}

/// The gateway says the sum, or each part, or both.
pub(crate) fn went_back(said: &Notification) -> Rupiah {
    let told = said.refund_amount.as_ref().and_then(|amount| amount.rupiah());
    let each = said.refunds.iter().flatten().filter_map(|refund| refund.refund_amount.as_ref()?.rupiah());
    // Whatever the gateway writes: a sum that no order can cost is as good as the most.
    let each = each.fold(0_i64, |sum, amount| sum.saturating_add(amount.0));
    Rupiah(told.unwrap_or_default().0.max(each))
}

/// Tells the operator what only a person can mend.
pub(crate) fn report(order_id: &str, change: &Change) {
    if change.twice {
        let second = change.said.payment_order_id.as_str();
        tracing::error!(order_id, second, "an order was paid twice: give one payment back (merchant order refund)");
    }
}

fn whose(order: &StoredOrder, attempt: &Attempt, said: &Notification) -> Whose {
    match &order.payer {
        Some(payer) if payer.payment_order_id != said.order_id => Whose::Other,
        // One payment order may see several cards: the end of another one's transaction is not the payer's.
        Some(payer) if is_end(said) && differ(&payer.transaction_id, &said.transaction_id) => Whose::Other,
        Some(payer) if order.status == OrderStatus::Reversed && differ(&payer.transaction_id, &said.transaction_id) => {
            Whose::Other
        }
        Some(_) => Whose::Payer,
        None if said.order_id == attempt.payment_order_id => Whose::Current,
        None => Whose::Superseded,
    }
}

fn differ(one: &Option<String>, other: &Option<String>) -> bool {
    one.is_some() && other.is_some() && one != other
}

/// Whether nothing can come of this transaction any more.
pub(crate) fn is_end(said: &Notification) -> bool {
    use TransactionStatus::*;
    matches!(said.transaction_status, Deny | Failure | Cancel | Expire)
}

pub(crate) fn is_waiting(said: &Notification) -> bool {
    said.transaction_status == TransactionStatus::Pending
}

/// A short, safe word for logs and history: unknown ones may be anything.
fn word(status: &TransactionStatus) -> &str {
    match status {
        TransactionStatus::Unknown(_) => "unknown",
        known => known.as_str(),
    }
}
