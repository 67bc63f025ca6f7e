//! What a merchant does to a transaction afterwards: approve, deny, refund; and what only the control API can do to it.

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::config::Config;
use crate::money::Amount;
use crate::state::{Refusal, State};
use crate::status::{Fraud, Status};
use crate::transaction::Refund;

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
    /// [`Refusal::InvalidRefundAmount`].
    pub fn from_json(body: &Value) -> Result<Self, Refusal> {
        let amount = match &body["amount"] {
            Value::Null => None,
            amount => Some(Amount::from_json(amount).ok_or(Refusal::InvalidRefundAmount)?),
        };
        Ok(Self {
            key: body["refund_key"].as_str().map(str::to_owned),
            amount,
            reason: body["reason"].as_str().unwrap_or_default().to_owned(),
        })
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
) -> Result<Refund, Refusal> {
    let transaction = state.find_mut(id)?;
    let settled = matches!(transaction.status, Status::Settlement | Status::PartialRefund);
    if !settled || !transaction.refundable_method() {
        return Err(Refusal::CannotModify);
    }
    let key = order.key.filter(|key| !key.is_empty()).unwrap_or_else(|| Uuid::new_v4().to_string());
    if transaction.refunds.iter().any(|refund| refund.key == key) {
        return Err(Refusal::DuplicateRefund);
    }
    let left = transaction.gross_amount.minus(transaction.refunded()).unwrap_or_default();
    let amount = order.amount.unwrap_or(left);
    if amount <= Amount::default() || amount > left {
        return Err(Refusal::InvalidRefundAmount);
    }
    let refund = Refund { key, amount, reason: order.reason, at: now, confirmed_at: None };
    transaction.refunds.push(refund.clone());
    let to = if amount == left { Status::Refund } else { Status::PartialRefund };
    let id = transaction.id.clone();
    state.change(&id, to, config, now)?;
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
    let id = transaction.id.clone();
    state.announce(&id, config, now);
    Ok(())
}

/// The merchant refuses a challenged card payment; the documented graph knows no other way from capture to deny.
///
/// # Errors
/// When there is nothing to refuse.
pub fn deny(state: &mut State, id: &str, config: &Config, now: OffsetDateTime) -> Result<(), Refusal> {
    let transaction = state.find_mut(id)?;
    if transaction.status != Status::Capture || transaction.fraud != Some(Fraud::Challenge) {
        return Err(Refusal::CannotModify);
    }
    transaction.become_status(Status::Deny, now);
    let id = transaction.id.clone();
    state.announce(&id, config, now);
    Ok(())
}

/// The customer pays outside of the page: at the till, in the banking app, or the bank makes up its mind about a card.
///
/// # Errors
/// When it is not pending.
pub fn pay(state: &mut State, id: &str, config: &Config, now: OffsetDateTime) -> Result<(), Refusal> {
    let transaction = state.find_mut(id)?;
    let to = if transaction.card.is_some() { Status::Capture } else { Status::Settlement };
    if let Some(card) = &mut transaction.card {
        card.awaiting_otp = false;
    }
    let id = transaction.id.clone();
    state.change(&id, to, config, now)
}

/// Pays and settles, whatever of that is missing.
///
/// # Errors
/// When it can no longer be paid.
pub fn settle(state: &mut State, id: &str, config: &Config, now: OffsetDateTime) -> Result<(), Refusal> {
    let status = state.find(id).ok_or(Refusal::NotFound)?.status;
    if status == Status::Pending {
        pay(state, id, config, now)?;
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

/// What a refund's answer adds to the transaction's facts.
pub fn refund_facts(refund: &Refund) -> Value {
    json!({"refund_amount": refund.amount.to_string(), "refund_key": refund.key})
}
