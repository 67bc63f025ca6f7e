//! The outbox: events for the shop's own systems, and the lease on delivering them.

use serde_json::json;
use wire::Rupiah;
use wire::merchant::OrderStatus;

use super::connection::Connection;
use super::query::{Row, query};
use super::{Store, StoreError};
use crate::clock;
use orders::{Millis, OrderRecord};

/// A visible update of an order.
pub(super) struct OutboxEvent<'a> {
    pub(super) order: &'a OrderRecord,
    pub(super) to: &'a OrderStatus,
    pub(super) refunded: Rupiah,
    pub(super) seq: i64,
    pub(super) at: Millis,
}

/// An outbox event and its delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The id; the same for every try.
    pub event_id: String,
    /// The order.
    pub order_id: String,
    /// The number of the history entry.
    pub seq: i64,
    /// JSON.
    pub body: String,
    /// When the update happened.
    pub created_at: Millis,
    /// The number of tries so far.
    pub try_count: i64,
    /// The time of the next try; none once the event was delivered or is dead.
    pub next_try_at: Option<Millis>,
    /// When it was delivered.
    pub delivered_at: Option<Millis>,
    /// When the last try failed.
    pub dead_at: Option<Millis>,
    /// The error of the last try.
    pub last_error: Option<String>,
    delivery_lease_until: Millis,
}

pub(super) async fn enqueue(tx: &mut Connection, event: &OutboxEvent<'_>) -> Result<(), StoreError> {
    let OutboxEvent { order, to, refunded, seq, at } = event;
    let event_id = format!("{}-{seq}", order.order_id);
    let body = json!({
        "type": "order.changed",
        "timestamp": clock::rfc3339(*at),
        "data": {
            "order_id": order.order_id,
            "version": seq,
            "status": to.as_str(),
            "previous_status": order.status.as_str(),
            "gross_amount": order.gross_amount,
            "refunded_amount": refunded,
        },
    });
    query(
        // Events of one order are delivered in order, so an event waits with the one before it.
        "INSERT INTO outbox (event_id, order_id, seq, body, created_at, next_try_at) VALUES ($1, $2, $3, $4, $5,
             COALESCE((SELECT MAX(next_try_at) FROM outbox WHERE order_id = $2 AND next_try_at > $5), $5))",
    )
    .bind(&event_id)
    .bind(&order.order_id)
    .bind(*seq)
    .bind(body.to_string())
    .bind(*at)
    .execute(tx)
    .await?;
    Ok(())
}

impl Store {
    /// Takes leases on due events, the oldest first. Only the oldest undelivered event of an order is due, so that
    /// events arrive in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lease_deliveries(&self, now: Millis, until: Millis, limit: i64) -> Result<Vec<Delivery>, StoreError> {
        const SQLITE: &str = "UPDATE outbox SET delivery_lease_until = $1, try_count = try_count + 1
             WHERE delivery_lease_until <= $2 AND event_id IN (SELECT event_id FROM outbox
                 WHERE next_try_at <= $2 AND delivery_lease_until <= $2 AND NOT EXISTS (SELECT 1 FROM outbox AS earlier
                     WHERE earlier.order_id = outbox.order_id AND earlier.seq < outbox.seq AND earlier.next_try_at IS NOT NULL)
                 ORDER BY next_try_at LIMIT $3)
             RETURNING *";
        const POSTGRES: &str = "UPDATE outbox SET delivery_lease_until = $1, try_count = try_count + 1
             WHERE delivery_lease_until <= $2 AND event_id IN (SELECT event_id FROM outbox
                 WHERE next_try_at <= $2 AND delivery_lease_until <= $2 AND NOT EXISTS (SELECT 1 FROM outbox AS earlier
                     WHERE earlier.order_id = outbox.order_id AND earlier.seq < outbox.seq AND earlier.next_try_at IS NOT NULL)
                 ORDER BY next_try_at LIMIT $3 FOR UPDATE SKIP LOCKED)
             RETURNING *";
        let mut writer = self.writer().await?;
        let rows =
            query(self.dialect(SQLITE, POSTGRES)).bind(until).bind(now).bind(limit).fetch_all(&mut *writer).await?;
        writer.commit().await?;
        rows.iter().map(delivery_of).collect()
    }

    /// Records a delivery. The next event of the order is due.
    ///
    /// # Errors
    /// [`StoreError`]; the event is delivered once more then.
    pub async fn delivery_succeeded(&self, delivery: &Delivery, now: Millis) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        self.lock_order_row(&mut tx, &delivery.order_id).await?;
        query("UPDATE outbox SET delivered_at = $1, next_try_at = NULL, delivery_lease_until = 0, last_error = NULL WHERE event_id = $2")
            .bind(now)
            .bind(&delivery.event_id)
            .execute(&mut *tx)
            .await?;
        reschedule(&mut tx, delivery, now).await?;
        tx.commit().await
    }

    /// Records a failed try, with the time of the next try or none if the event is dead. Later events of the order wait
    /// as well.
    ///
    /// # Errors
    /// [`StoreError`]; the lease expires then.
    pub async fn delivery_failed(
        &self,
        delivery: &Delivery,
        error: &str,
        again: Option<Millis>,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        self.lock_order_row(&mut tx, &delivery.order_id).await?;
        let changed = query(
            "UPDATE outbox SET next_try_at = $1, dead_at = $2, last_error = $3, delivery_lease_until = 0
             WHERE event_id = $4 AND delivery_lease_until = $5",
        )
        .bind(again)
        .bind(if again.is_none() { Some(now) } else { None })
        .bind(error)
        .bind(&delivery.event_id)
        .bind(delivery.delivery_lease_until)
        .execute(&mut *tx)
        .await?;
        if changed == 1 {
            reschedule(&mut tx, delivery, again.unwrap_or(now)).await?;
        }
        tx.commit().await
    }

    /// Locks the order, so that a concurrent update sees the state of the event before it.
    async fn lock_order_row(&self, tx: &mut Connection, order_id: &str) -> Result<(), StoreError> {
        const SQLITE: &str = "SELECT order_id FROM orders WHERE order_id = $1";
        const POSTGRES: &str = "SELECT order_id FROM orders WHERE order_id = $1 FOR UPDATE";
        query(self.dialect(SQLITE, POSTGRES)).bind(order_id).fetch_one(tx).await?;
        Ok(())
    }
}

/// Later events of the order are due at the same time.
async fn reschedule(tx: &mut Connection, delivery: &Delivery, next_try_at: Millis) -> Result<(), StoreError> {
    query("UPDATE outbox SET next_try_at = $1 WHERE order_id = $2 AND seq > $3 AND next_try_at IS NOT NULL")
        .bind(next_try_at)
        .bind(&delivery.order_id)
        .bind(delivery.seq)
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) fn delivery_of(row: &Row) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        event_id: row.try_get("event_id")?,
        order_id: row.try_get("order_id")?,
        seq: row.try_get("seq")?,
        body: row.try_get("body")?,
        created_at: row.try_get("created_at")?,
        try_count: row.try_get("try_count")?,
        next_try_at: row.try_get("next_try_at")?,
        delivered_at: row.try_get("delivered_at")?,
        dead_at: row.try_get("dead_at")?,
        last_error: row.try_get("last_error")?,
        delivery_lease_until: row.try_get("delivery_lease_until")?,
    })
}

/// Numbers of events in the outbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxStats {
    /// Events that will be tried again.
    pub pending: i64,
    /// Dead events, which are not tried again.
    pub dead: i64,
    /// When the oldest pending event was written.
    pub oldest: Option<Millis>,
}

impl Store {
    /// The numbers of events in the outbox.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox_stats(&self) -> Result<OutboxStats, StoreError> {
        let stats = query(
            "SELECT (SELECT COUNT(*) FROM outbox WHERE next_try_at IS NOT NULL) AS pending,
                    (SELECT MIN(created_at) FROM outbox WHERE next_try_at IS NOT NULL) AS oldest,
                    (SELECT COUNT(*) FROM outbox WHERE dead_at IS NOT NULL AND delivered_at IS NULL) AS dead",
        );
        let rows = self.pool.scan(stats).await?;
        let row = rows.first().ok_or(StoreError::NoRow)?;
        Ok(OutboxStats { pending: row.try_get("pending")?, dead: row.try_get("dead")?, oldest: row.try_get("oldest")? })
    }
}
