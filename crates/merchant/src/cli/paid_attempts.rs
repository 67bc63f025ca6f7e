//! Which payment attempts of an order were paid, so that a command acts on exactly one.

use super::error::CliError;
use crate::error::ErrorCode;
use crate::rupiah::format_rupiah;
use orders::OrderRecord;
use orders::amount_policy::refundable;
use orders::review_resolution::{AttemptStatus, FundsHeld, funds_held};

/// Whether the shop holds money of a payment attempt.
pub(super) fn has_money((_, status): &AttemptStatus) -> bool {
    matches!(funds_held(status.as_deref()), FundsHeld::All | FundsHeld::Part)
}

/// Checks that at most one payment attempt has money. Otherwise the operator must choose one.
///
/// # Errors
/// [`ErrorCode::AmbiguousPayment`].
pub(super) fn require_single_payment(order: &OrderRecord, attempts: &[AttemptStatus]) -> Result<(), CliError> {
    let paid: Vec<String> =
        attempts.iter().filter(|attempt| has_money(attempt)).map(|attempt| describe(order, attempt)).collect();
    if paid.len() <= 1 {
        return Ok(());
    }
    Err(CliError::new(
        ErrorCode::AmbiguousPayment,
        format!("order {} was paid more than once: {}", order.order_id, paid.join("; ")),
        "choose one with --attempt ATTEMPT_ID",
    ))
}

fn describe(order: &OrderRecord, (attempt, status): &AttemptStatus) -> String {
    let first = order.payer.as_ref().is_some_and(|payer| payer.attempt_id == attempt.attempt_id);
    let method = status.as_ref().and_then(|status| status.payment_type.as_ref());
    let method = method.map_or("payment", |method| method.as_str());
    let amount = status.as_deref().and_then(refundable).map(format_rupiah).unwrap_or_default();
    format!("{} ({method}, {amount}{})", attempt.attempt_id, if first { ", paid first" } else { "" })
}
