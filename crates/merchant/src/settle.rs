//! What an order becomes by the gateway's word. Pure: no store, no clock, no gateway.
//!
//! An order only moves forwards; money outranks everything, so a payment that the gateway confirms is
//! never lost to an earlier "expired". Words that are not known never mean paid.
//! <https://docs.midtrans.com/docs/transaction-status-cycle>

use wire::Rupiah;
use wire::merchant::OrderStatus;
use wire::midtrans::{FraudStatus, Notification, PaymentType, TransactionStatus};

/// What the gateway's word does to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It becomes this.
    Move(OrderStatus),
    /// It stays; why, for the history and the log.
    Keep(&'static str),
    /// Money came a second time: a person has to give one payment back.
    Twice,
}

/// Which payment order of an order the word is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// Nothing is paid yet, and it is the one that the customer can pay.
    Current,
    /// Nothing is paid yet, and it was replaced: its end does not end the order, but its money still counts.
    Superseded,
    /// It is the one that brought the money.
    Payer,
    /// Another one brought the money: it can take nothing back, and more money is too much.
    Other,
}

/// What an order in `from` that costs `expected` becomes when the gateway says `said`.
#[must_use]
pub fn settle(from: &OrderStatus, expected: Rupiah, said: &Notification, attempt: Attempt) -> Verdict {
    let to = match meaning(from, said) {
        Ok(to) => to,
        Err(why) => return Verdict::Keep(why),
    };
    match attempt {
        Attempt::Other if brings_money(said) && to != OrderStatus::Denied => return Verdict::Twice,
        Attempt::Other => return Verdict::Keep("another attempt than the paid one"),
        Attempt::Superseded if !(brings_money(said) || is_taken_back(said)) || to == OrderStatus::Denied => {
            return Verdict::Keep("an older attempt");
        }
        // Money came twice, or in another amount: no later word makes that right.
        Attempt::Payer if *from == OrderStatus::Review => return Verdict::Keep("a person has to look"),
        Attempt::Superseded | Attempt::Payer | Attempt::Current => {}
    }
    if is_money(&to) && !amount_fits(expected, said) {
        return if may_move(from, &OrderStatus::Review) {
            Verdict::Move(OrderStatus::Review)
        } else {
            Verdict::Keep("the amount differs")
        };
    }
    if *from == to {
        Verdict::Keep("no change")
    } else if may_move(from, &to) {
        Verdict::Move(to)
    } else {
        Verdict::Keep("would move backwards")
    }
}

/// Whether this says that the money came, so that who brought it is to be kept: in whatever amount.
#[must_use]
pub fn pays(from: &OrderStatus, said: &Notification) -> bool {
    meaning(from, said).is_ok_and(|to| is_money(&to)) && (brings_money(said) || is_taken_back(said))
}

fn brings_money(said: &Notification) -> bool {
    matches!(said.transaction_status, TransactionStatus::Capture | TransactionStatus::Settlement)
}

/// What can only be taken back had come.
fn is_taken_back(said: &Notification) -> bool {
    use TransactionStatus::*;
    matches!(said.transaction_status, Refund | PartialRefund | Chargeback | PartialChargeback)
}

/// Whether the amount is the order's, or the order's plus a fee that the gateway itself declares.
#[must_use]
pub fn amount_fits(expected: Rupiah, said: &Notification) -> bool {
    let charged = said.gross_amount.rupiah();
    if charged == Some(expected) {
        return true;
    }
    let Some(info) = said.extra_info.as_ref().and_then(|extra| extra.gross_amount_info.as_ref()) else { return false };
    let fee = info.customer_imposed_payment_fee.rupiah().filter(|fee| fee.0 >= 0);
    info.original_amount.rupiah() == Some(expected)
        && info.gross_amount.rupiah() == charged
        && fee.and_then(|fee| expected.plus(fee)) == charged
}

/// Whether the order is paid for or was.
#[must_use]
pub fn is_money(status: &OrderStatus) -> bool {
    use OrderStatus::*;
    match status {
        Paid | PartiallyRefunded | Refunded | ChargedBack | Reversed => true,
        Created | Pending | Review | Denied | Expired | Cancelled | Unknown(_) => false,
    }
}

/// Whether a customer may still pay it.
#[must_use]
pub fn is_payable(status: &OrderStatus) -> bool {
    matches!(status, OrderStatus::Created | OrderStatus::Pending | OrderStatus::Denied)
}

/// The order's status that the gateway's words stand for.
fn meaning(from: &OrderStatus, said: &Notification) -> Result<OrderStatus, &'static str> {
    use TransactionStatus as T;
    Ok(match &said.transaction_status {
        T::Capture | T::Settlement => match &said.fraud_status {
            Some(FraudStatus::Challenge) => OrderStatus::Review,
            Some(FraudStatus::Deny) => OrderStatus::Denied,
            Some(FraudStatus::Unknown(_)) => OrderStatus::Review,
            Some(FraudStatus::Accept) | None if said.status_code.number() == Some(200) => OrderStatus::Paid,
            Some(FraudStatus::Accept) | None => return Err("settled, but the code is not 200"),
        },
        T::Pending => OrderStatus::Pending,
        // Reserved, not taken: somebody at the shop has to capture it.
        T::Authorize => OrderStatus::Review,
        // settlement → deny: the bank took it back within minutes.
        T::Deny if *from == OrderStatus::Paid || *from == OrderStatus::Reversed => OrderStatus::Reversed,
        T::Deny | T::Failure => OrderStatus::Denied,
        T::Cancel => OrderStatus::Cancelled,
        // A card attempt expires at its 3-D Secure page; the order can be tried again.
        T::Expire if said.payment_type == Some(PaymentType::CreditCard) => OrderStatus::Denied,
        T::Expire => OrderStatus::Expired,
        T::Refund => OrderStatus::Refunded,
        // The page has one word for "some of it went back".
        T::PartialRefund | T::PartialChargeback => OrderStatus::PartiallyRefunded,
        T::Chargeback => OrderStatus::ChargedBack,
        T::Unknown(_) => return Err("an unknown status"),
    })
}

/// The arrows of the cycle.
fn may_move(from: &OrderStatus, to: &OrderStatus) -> bool {
    use OrderStatus::*;
    match from {
        Created => !matches!(to, Created | Reversed | Unknown(_)),
        // A refused attempt may be followed by another one on the same order, and the other way round.
        Pending => !matches!(to, Created | Pending | Reversed | Unknown(_)),
        Denied => !matches!(to, Created | Denied | Reversed | Unknown(_)),
        Review => matches!(to, Paid | Denied | Expired | Cancelled | PartiallyRefunded | Refunded | ChargedBack),
        // Dead, unless the money came after all.
        Expired | Cancelled => matches!(to, Paid | Review | PartiallyRefunded | Refunded | ChargedBack),
        // A capture can be cancelled until it settles.
        Paid => matches!(to, Cancelled | PartiallyRefunded | Refunded | ChargedBack | Reversed),
        PartiallyRefunded => matches!(to, Refunded | ChargedBack),
        Refunded | ChargedBack | Reversed | Unknown(_) => false,
    }
}

#[cfg(test)]
#[path = "settle_tests.rs"]
mod tests;
