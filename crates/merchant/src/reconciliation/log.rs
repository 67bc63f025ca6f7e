//! Log entries and alerts about reconciliation.

use orders::{OrderUpdate, UpdateOutcome};

use crate::error::ApiError;

/// An alert for the operator: only a person can refund the second payment.
pub(crate) fn alert_duplicate_payment(order_id: &str, update: &OrderUpdate) {
    if matches!(update.outcome, UpdateOutcome::DuplicatePayment { .. }) {
        let second_attempt_id = update.source.attempt_id.as_str();
        tracing::error!(
            order_id,
            second_attempt_id,
            "the customer paid twice: refund one payment (merchant order refund)"
        );
    }
}

pub(super) fn log_failure(order_id: &str, error: &ApiError) {
    tracing::warn!(order_id, code = error.code.as_str(), cause = error.cause_chain(), "status check failed");
}
