//! What machines read: times in UTC, amounts in whole rupiah, no token and no key.

use serde_json::{Value, json};

use crate::clock::{Millis, rfc3339};
use crate::store::{Attempt, Delivery, Line, Listed, Outcome, Refund, StoredOrder};

pub(super) fn at(at: Option<Millis>) -> Option<String> {
    at.map(rfc3339)
}

pub(super) fn listed(order: &Listed) -> Value {
    json!({
        "order_id": order.order_id,
        "status": order.status,
        "gross_amount": order.gross_amount,
        "created_at": rfc3339(order.created_at),
        "updated_at": rfc3339(order.updated_at),
    })
}

pub(super) fn order(order: &StoredOrder) -> Value {
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
            json!({"payment_order_id": payer.payment_order_id, "transaction_id": payer.transaction_id})
        }),
    })
}

pub(super) fn attempt(attempt: &Attempt, refunds: &[Refund]) -> Value {
    let refunds: Vec<Value> = refunds
        .iter()
        .map(|refund| {
            json!({
                "refund_key": refund.key,
                "amount": refund.amount,
                "reason": refund.reason,
                "asked_at": rfc3339(refund.asked_at),
                "outcome": refund.outcome.map_or("unknown", Outcome::word),
            })
        })
        .collect();
    json!({
        "payment_order_id": attempt.payment_order_id,
        "transaction_id": attempt.transaction_id,
        "token_at": at(attempt.token_at),
        "refunds": refunds,
    })
}

pub(super) fn line(line: &Line) -> Value {
    json!({"seq": line.seq, "from": line.from, "to": line.to, "cause": line.cause, "at": rfc3339(line.at)})
}

pub(super) fn message(message: &Delivery) -> Value {
    json!({
        "event_id": message.event_id,
        "order_id": message.order_id,
        "state": super::outbox::state(message),
        "created_at": rfc3339(message.created_at),
        "tries": message.tries,
        "due_at": at(message.due_at),
        "delivered_at": at(message.delivered_at),
        "dead_at": at(message.dead_at),
        "last_error": message.last_error,
    })
}

pub(super) fn acted(
    before: &StoredOrder,
    after: &StoredOrder,
    target: &Attempt,
    what: &str,
    note: Option<&str>,
) -> Value {
    json!({
        "done": what,
        "note": note,
        "before": before.status,
        "payment_order_id": target.payment_order_id,
        "order": order(after),
    })
}
