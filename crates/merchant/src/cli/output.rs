//! The output of commands. JSON has times in UTC and amounts in whole rupiah, but no token and no key.

use serde_json::{Value, json};

use crate::clock::{Millis, rfc3339};
use crate::store::{Delivery, HistoryEntry, OrderSummary};
use orders::refund_idempotency::{Refund, RefundOutcome};
use orders::{OrderRecord, PaymentAttempt};

/// The result of a command.
pub(super) struct CommandOutput {
    /// The result for people.
    pub(super) text: String,
    /// The result for `--json`.
    pub(super) json: Value,
    /// Whether a part of the command failed.
    pub(super) failed: bool,
}

impl CommandOutput {
    /// The result of a successful command.
    pub(super) fn new(text: String, json: Value) -> Self {
        Self { text, json, failed: false }
    }
}

/// One order of a list.
pub(super) fn order_summary(order: &OrderSummary) -> Value {
    json!({
        "order_id": order.order_id,
        "status": order.status,
        "gross_amount": order.gross_amount,
        "created_at": rfc3339(order.created_at),
        "updated_at": rfc3339(order.updated_at),
    })
}

/// An order without the customer's details.
pub(super) fn order(order: &OrderRecord) -> Value {
    json!({
        "order_id": order.order_id,
        "status": order.status,
        "gross_amount": order.gross_amount,
        "refunded_amount": order.refunded_amount,
        "created_at": rfc3339(order.created_at),
        "version": order.version,
        "items": order.items,
        "payment": order.payment,
        "paid_by": order.payer.as_ref().map(|payer| {
            json!({"attempt_id": payer.attempt_id, "transaction_id": payer.transaction_id})
        }),
    })
}

/// A payment attempt with its refunds.
pub(super) fn attempt(attempt: &PaymentAttempt, refunds: &[Refund]) -> Value {
    let refunds: Vec<Value> = refunds
        .iter()
        .map(|refund| {
            json!({
                "refund_key": refund.key,
                "amount": refund.amount,
                "reason": refund.reason,
                "requested_at": rfc3339(refund.requested_at),
                "outcome": refund.outcome.map_or("unknown", RefundOutcome::as_str),
            })
        })
        .collect();
    json!({
        "attempt_id": attempt.attempt_id,
        "transaction_id": attempt.transaction_id,
        "token_at": optional_time(attempt.token_at),
        "refunds": refunds,
    })
}

/// A history entry.
pub(super) fn history_entry(entry: &HistoryEntry) -> Value {
    json!({"seq": entry.seq, "from": entry.from, "to": entry.to, "cause": entry.cause, "at": rfc3339(entry.at)})
}

/// An outbox event.
pub(super) fn event(event: &Delivery) -> Value {
    json!({
        "event_id": event.event_id,
        "order_id": event.order_id,
        "state": event_state(event),
        "created_at": rfc3339(event.created_at),
        "tries": event.try_count,
        "next_try_at": optional_time(event.next_try_at),
        "delivered_at": optional_time(event.delivered_at),
        "dead_at": optional_time(event.dead_at),
        "last_error": event.last_error,
    })
}

/// The state of an outbox event: `delivered`, `dead` or `pending`.
pub(super) fn event_state(event: &Delivery) -> &'static str {
    match (event.delivered_at, event.dead_at) {
        (Some(_), _) => "delivered",
        (None, Some(_)) => "dead",
        (None, None) => "pending",
    }
}

/// The result of an action, with the order before and after it.
pub(super) fn action(
    before: &OrderRecord,
    after: &OrderRecord,
    attempt: &PaymentAttempt,
    result: &str,
    notes: &[String],
) -> Value {
    json!({
        "result": result,
        "notes": notes,
        "before": before.status,
        "attempt_id": attempt.attempt_id,
        "order": order(after),
    })
}

fn optional_time(at: Option<Millis>) -> Option<String> {
    at.map(rfc3339)
}
