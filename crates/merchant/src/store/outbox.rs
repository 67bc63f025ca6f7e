//! What the shop's own systems are to be told, and whose turn it is to tell them.

use serde_json::json;
use wire::Rupiah;
use wire::merchant::OrderStatus;

use super::connection::Connection;
use super::query::{Row, query};
use super::{Store, StoreError, StoredOrder};
use crate::clock::{self, Millis};

/// A change to tell.
pub(super) struct News<'a> {
    pub(super) order: &'a StoredOrder,
    pub(super) to: &'a OrderStatus,
    pub(super) refunded: Rupiah,
    pub(super) seq: i64,
    pub(super) at: Millis,
}

/// One message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The same for every try.
    pub event_id: String,
    /// Whose.
    pub order_id: String,
    /// The number of the change in the order's history.
    pub seq: i64,
    /// JSON.
    pub body: String,
    /// When it happened.
    pub created_at: Millis,
    /// How often it was tried.
    pub tries: i64,
    /// When it is tried next; nothing once it was delivered or given up.
    pub due_at: Option<Millis>,
    /// When it arrived.
    pub delivered_at: Option<Millis>,
    /// When it was given up.
    pub dead_at: Option<Millis>,
    /// What went wrong last.
    pub last_error: Option<String>,
    lease_until: Millis,
}

pub(super) async fn announce(tx: &mut Connection, news: &News<'_>) -> Result<(), StoreError> {
    let News { order, to, refunded, seq, at } = news;
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
        // Behind one that rests it rests too, so that nobody looks at it in vain.
        "INSERT INTO outbox (event_id, order_id, seq, body, created_at, due_at) VALUES ($1, $2, $3, $4, $5,
             COALESCE((SELECT MAX(due_at) FROM outbox WHERE order_id = $2 AND due_at > $5), $5))",
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
    /// Leases on messages that are due, the oldest first. Of one order only the oldest that is still on its way,
    /// so that changes arrive in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lease_deliveries(&self, now: Millis, until: Millis, most: i64) -> Result<Vec<Delivery>, StoreError> {
        const PLAIN: &str = "UPDATE outbox SET lease_until = $1, tries = tries + 1
             WHERE lease_until <= $2 AND event_id IN (SELECT event_id FROM outbox
                 WHERE due_at <= $2 AND lease_until <= $2 AND NOT EXISTS (SELECT 1 FROM outbox AS earlier
                     WHERE earlier.order_id = outbox.order_id AND earlier.seq < outbox.seq AND earlier.due_at IS NOT NULL)
                 ORDER BY due_at LIMIT $3)
             RETURNING *";
        const SKIPPING: &str = "UPDATE outbox SET lease_until = $1, tries = tries + 1
             WHERE lease_until <= $2 AND event_id IN (SELECT event_id FROM outbox
                 WHERE due_at <= $2 AND lease_until <= $2 AND NOT EXISTS (SELECT 1 FROM outbox AS earlier
                     WHERE earlier.order_id = outbox.order_id AND earlier.seq < outbox.seq AND earlier.due_at IS NOT NULL)
                 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
             RETURNING *";
        let mut writer = self.writer().await?;
        let rows =
            query(self.locking(PLAIN, SKIPPING)).bind(until).bind(now).bind(most).fetch_all(&mut *writer).await?;
        writer.commit().await?;
        rows.iter().map(delivery_of).collect()
    }

    /// It arrived; the next one of its order may go.
    ///
    /// # Errors
    /// [`StoreError`]; it will be sent once more then.
    pub async fn delivered(&self, delivery: &Delivery, now: Millis) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        self.lock_order(&mut tx, &delivery.order_id).await?;
        query("UPDATE outbox SET delivered_at = $1, due_at = NULL, lease_until = 0, last_error = NULL WHERE event_id = $2")
            .bind(now)
            .bind(&delivery.event_id)
            .execute(&mut *tx)
            .await?;
        reschedule(&mut tx, delivery, now).await?;
        tx.commit().await
    }

    /// It did not arrive: when to try again, or never, which gives it up. Those behind it wait as long.
    ///
    /// # Errors
    /// [`StoreError`]; the lease ends by itself then.
    pub async fn failed(
        &self,
        delivery: &Delivery,
        error: &str,
        again: Option<Millis>,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        self.lock_order(&mut tx, &delivery.order_id).await?;
        let done = query(
            "UPDATE outbox SET due_at = $1, dead_at = $2, last_error = $3, lease_until = 0
             WHERE event_id = $4 AND lease_until = $5",
        )
        .bind(again)
        .bind(if again.is_none() { Some(now) } else { None })
        .bind(error)
        .bind(&delivery.event_id)
        .bind(delivery.lease_until)
        .execute(&mut *tx)
        .await?;
        if done == 1 {
            reschedule(&mut tx, delivery, again.unwrap_or(now)).await?;
        }
        tx.commit().await
    }

    /// So that a change that is written meanwhile sees how its forerunner stands.
    async fn lock_order(&self, tx: &mut Connection, order_id: &str) -> Result<(), StoreError> {
        const PLAIN: &str = "SELECT order_id FROM orders WHERE order_id = $1";
        const LOCKING: &str = "SELECT order_id FROM orders WHERE order_id = $1 FOR UPDATE";
        query(self.locking(PLAIN, LOCKING)).bind(order_id).fetch_one(tx).await?;
        Ok(())
    }
}

/// The messages behind this one become due with it.
async fn reschedule(tx: &mut Connection, delivery: &Delivery, due_at: Millis) -> Result<(), StoreError> {
    query("UPDATE outbox SET due_at = $1 WHERE order_id = $2 AND seq > $3 AND due_at IS NOT NULL")
        .bind(due_at)
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
        tries: row.try_get("tries")?,
        due_at: row.try_get("due_at")?,
        delivered_at: row.try_get("delivered_at")?,
        dead_at: row.try_get("dead_at")?,
        last_error: row.try_get("last_error")?,
        lease_until: row.try_get("lease_until")?,
    })
}

/// How many messages are on their way, and how many were given up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Depth {
    /// On their way.
    pub waiting: i64,
    /// Given up.
    pub dead: i64,
    /// When the oldest that is on its way was written.
    pub oldest: Option<Millis>,
}

impl Store {
    /// How full the outbox is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox_depth(&self) -> Result<Depth, StoreError> {
        let depth = query(
            "SELECT (SELECT COUNT(*) FROM outbox WHERE due_at IS NOT NULL) AS waiting,
                    (SELECT MIN(created_at) FROM outbox WHERE due_at IS NOT NULL) AS oldest,
                    (SELECT COUNT(*) FROM outbox WHERE dead_at IS NOT NULL AND delivered_at IS NULL) AS dead",
        );
        let rows = self.pool.scan(depth).await?;
        let row = rows.first().ok_or(StoreError::NoRow)?;
        Ok(Depth { waiting: row.try_get("waiting")?, dead: row.try_get("dead")?, oldest: row.try_get("oldest")? })
    }
}
