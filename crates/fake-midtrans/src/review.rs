//! What a merchant does to a transaction afterwards: approve, deny, refund; and what only the control API can do to it.

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::config::Config;
use crate::money::Amount;
use crate::state::{Refusal, State};
use crate::status::{Fraud, Status};
use crate::transaction::TransactionRefund;

/// A merchant's refund, as it came.
#[derive(Debug, Default)]
pub struct RefundOrder {
    /// The merchant's id of it; made up when absent.
    pub key: Option<String>,
    /// How much; all that is left when absent.
    pub amount: Option<Amount>,
    /// The merchant's words.
    pub reason: String,
}

impl RefundOrder {
    /// From the request's body; an amount that is no number is an invalid one.
    ///
    /// # Errors
    /// [`Refusal::InvalidRefundAmount`] and [`Refusal::InvalidRefundKey`].
    pub fn from_json(body: &Value) -> Result<Self, Refusal> {
        let amount = match &body["amount"] {
            Value::Null => None,
            amount => Some(Amount::from_json(amount).ok_or(Refusal::InvalidRefundAmount)?),
        };
        let key = body["refund_key"].as_str().filter(|key| !key.is_empty());
        if key.is_some_and(|key| !key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))) {
            return Err(Refusal::InvalidRefundKey);
        }
        Ok(Self { key: key.map(str::to_owned), amount, reason: body["reason"].as_str().unwrap_or_default().to_owned() })
    }
}

/// Gives money back and announces it twice, as Midtrans does: when asked, and when the bank confirms.
///
/// # Errors
/// When it is not settled, was asked before under the same key, or is more than there is.
pub fn refund(
    state: &mut State,
    id: &str,
    order: RefundOrder,
    config: &Config,
    now: OffsetDateTime,
) -> Result<TransactionRefund, Refusal> {
    let number = state.refunds + 1;
    let transaction = state.find_mut(id)?;
    // First, so that who asks again under the same key hears of it even when nothing is left.
    if order.key.as_ref().is_some_and(|key| transaction.refunds.iter().any(|refund| refund.key == *key)) {
        return Err(Refusal::DuplicateRefund);
    }
    let settled = matches!(transaction.status, Status::Settlement | Status::PartialRefund);
    if !settled || !transaction.refundable_method() {
        return Err(Refusal::CannotModify);
    }
    let left = transaction.gross_amount.minus(transaction.refunded()).unwrap_or_default();
    let amount = order.amount.unwrap_or(left);
    if amount <= Amount::default() || amount > left {
        return Err(Refusal::InvalidRefundAmount);
    }
    let refund = TransactionRefund {
        key: order.key.unwrap_or_else(|| Uuid::new_v4().to_string()),
        amount,
        reason: order.reason,
        number,
        uuid: Uuid::new_v4().to_string(),
        at: now,
        confirmed_at: None,
    };
    transaction.refunds.push(refund.clone());
    let to = if amount == left { Status::Refund } else { Status::PartialRefund };
    let id = transaction.id.clone();
    state.refunds = number;
    state.force(&id, to, Some(amount), config, now)?;
    if let Some(last) = state.find_mut(&id)?.refunds.last_mut() {
        last.confirmed_at = Some(now);
    }
    state.announce(&id, config, now);
    Ok(refund)
}

/// The merchant approves a challenged card payment.
///
/// # Errors
/// When there is nothing to approve.
pub fn approve(state: &mut State, id: &str, config: &Config, now: OffsetDateTime) -> Result<(), Refusal> {
    let transaction = state.find_mut(id)?;
    if transaction.status != Status::Capture || transaction.fraud != Some(Fraud::Challenge) {
        return Err(Refusal::CannotModify);
    }
    transaction.fraud = Some(Fraud::Accept);
    transaction.settle_within_a_day(now);
    state.changed(id, config, now);
    Ok(())
}

/// The merchant refuses a challenged card payment; the documented graph knows no other way from capture to deny.
///
/// # Errors
/// When there is nothing to refuse.
pub fn deny(state: &mut State, id: &str, config: &Config, now: OffsetDateTime) -> Result<(), Refusal> {
    let transaction = state.find(id).ok_or(Refusal::NotFound)?;
    if transaction.status != Status::Capture || transaction.fraud != Some(Fraud::Challenge) {
        return Err(Refusal::CannotModify);
    }
    state.force(id, Status::Deny, None, config, now)
}

/// Fraud detection has second thoughts: a waiting or taken card payment needs the merchant's decision.
///
/// # Errors
/// When it is no card payment, or one that is beyond that.
pub fn challenge(state: &mut State, id: &str, config: &Config, now: OffsetDateTime) -> Result<(), Refusal> {
    let transaction = state.find_mut(id)?;
    let status = transaction.status;
    if transaction.card.is_none() || !matches!(status, Status::Pending | Status::Capture) {
        return Err(Refusal::CannotModify);
    }
    transaction.fraud = Some(Fraud::Challenge);
    transaction.due = None;
    if let Some(card) = &mut transaction.card {
        card.awaiting_otp = false;
    }
    if status == Status::Pending {
        return state.change(id, Status::Capture, config, now);
    }
    state.changed(id, config, now);
    Ok(())
}

/// The merchant takes what was reserved, or less.
///
/// # Errors
/// When nothing is reserved, or not so much.
pub fn capture(
    state: &mut State,
    id: &str,
    amount: Option<Amount>,
    config: &Config,
    now: OffsetDateTime,
) -> Result<(), Refusal> {
    let transaction = state.find_mut(id)?;
    if transaction.status != Status::Authorize {
        return Err(Refusal::CannotModify);
    }
    let amount = amount.unwrap_or(transaction.gross_amount);
    if amount <= Amount::default() || amount > transaction.gross_amount {
        return Err(Refusal::InvalidCaptureAmount);
    }
    transaction.gross_amount = amount;
    state.change(id, Status::Capture, config, now)
}

/// The customer pays outside of the page: at the till, in the banking app, or the bank makes up its mind about a card.
/// An `amount` is what came in, when that is not what was billed.
///
/// # Errors
/// When it is not pending.
pub fn pay(
    state: &mut State,
    id: &str,
    amount: Option<Amount>,
    config: &Config,
    now: OffsetDateTime,
) -> Result<(), Refusal> {
    let transaction = state.find_mut(id)?;
    if transaction.status != Status::Pending {
        return Err(Refusal::CannotModify);
    }
    let to = match &mut transaction.card {
        Some(card) => {
            card.awaiting_otp = false;
            if card.authorize { Status::Authorize } else { Status::Capture }
        }
        None => Status::Settlement,
    };
    transaction.gross_amount = amount.unwrap_or(transaction.gross_amount);
    state.change(id, to, config, now)
}

/// Pays and settles, whatever of that is missing.
///
/// # Errors
/// When it can no longer be paid.
pub fn settle(
    state: &mut State,
    id: &str,
    amount: Option<Amount>,
    config: &Config,
    now: OffsetDateTime,
) -> Result<(), Refusal> {
    let status = state.find(id).ok_or(Refusal::NotFound)?.status;
    if status == Status::Pending {
        pay(state, id, amount, config, now)?;
    }
    if state.find(id).is_some_and(|transaction| transaction.status == Status::Authorize) {
        capture(state, id, None, config, now)?;
    }
    match state.find(id).map(|transaction| transaction.status) {
        Some(Status::Settlement) if status != Status::Settlement => Ok(()),
        _ => state.change(id, Status::Settlement, config, now),
    }
}

/// What was typed into the simulator names this payment.
pub fn find_by_number(state: &State, typed: &str) -> Option<String> {
    let compact: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if compact.is_empty() {
        return None;
    }
    let pending = state.transactions.iter().rev().filter(|t| t.payable_outside());
    let mut named = pending.filter(|t| {
        let number: String = t.number.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let with_biller = format!("{}{number}", crate::shape::BILLER_CODE);
        // The address of a QR's picture, as the sandbox's simulator takes it, ends with the transaction id.
        number == compact || with_biller == compact || t.order_id == typed.trim() || typed.contains(&t.id)
    });
    named.next().map(|t| t.id.clone())
}

/// The card holder's bank takes money back: `amount`, or all that is left.
///
/// # Errors
/// When it is not settled, or is more than there is.
pub fn chargeback(
    state: &mut State,
    id: &str,
    amount: Option<Amount>,
    config: &Config,
    now: OffsetDateTime,
) -> Result<(), Refusal> {
    let transaction = state.find(id).ok_or(Refusal::NotFound)?;
    let amount = amount.unwrap_or(transaction.held);
    let to = if amount < transaction.held { Status::PartialChargeback } else { Status::Chargeback };
    if !transaction.status.may_become(to) {
        return Err(Refusal::CannotModify);
    }
    if amount <= Amount::default() || amount > transaction.held {
        return Err(Refusal::InvalidRefundAmount);
    }
    state.force(id, to, Some(amount), config, now)
}

/// What a refund's answer adds to the transaction's facts.
pub fn refund_facts(refund: &TransactionRefund) -> Value {
    json!({
        "refund_chargeback_id": refund.number,
        "refund_chargeback_uuid": refund.uuid,
        "refund_amount": refund.amount.to_string(),
        "refund_key": refund.key,
    })
}
