//! Which payment attempts of an order were paid, so that a command acts on exactly one.

use super::context::AttemptStatus;
use super::error::CliError;
use super::review_resolution::{FundsHeld, funds_held, refundable};
use crate::error::ErrorCode;
use crate::rupiah::format_rupiah;
use crate::store::StoredOrder;

/// Whether the shop holds money of a payment attempt.
pub(super) fn has_money((_, status): &AttemptStatus) -> bool {
    matches!(funds_held(status.as_ref()), FundsHeld::All | FundsHeld::Part)
}

/// Checks that at most one payment attempt has money. Otherwise the operator must choose one.
///
/// # Errors
/// [`ErrorCode::AmbiguousPayment`].
pub(super) fn require_single_payment(order: &StoredOrder, attempts: &[AttemptStatus]) -> Result<(), CliError> {
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

fn describe(order: &StoredOrder, (attempt, status): &AttemptStatus) -> String {
    let first = order.payer.as_ref().is_some_and(|payer| payer.payment_order_id == attempt.payment_order_id);
    let method = status.as_ref().and_then(|status| status.payment_type.as_ref());
    let method = method.map_or("payment", |method| method.as_str());
    let amount = status.as_ref().and_then(refundable).map(format_rupiah).unwrap_or_default();
    format!("{} ({method}, {amount}{})", attempt.payment_order_id, if first { ", paid first" } else { "" })
}
