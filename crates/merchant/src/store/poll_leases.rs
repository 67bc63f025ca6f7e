//! Whose turn it is to be asked about at the gateway, and the lease on asking: one asker an order, in
//! whatever process.

use super::query::{Row, query};
use super::{Store, StoreError};
use crate::clock::Millis;

/// The right to ask for one order until it is given back or ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Which.
    pub order_id: String,
    /// How often it was asked for since the last news.
    pub asks: i64,
    pub(super) until: Millis,
    pub(super) wakes: i64,
}

/// When to ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// When, or never.
    pub due_at: Option<Millis>,
    /// How often it was asked for since the last news.
    pub asks: i64,
}

impl Store {
    /// The lease on one order, unless somebody has it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lease(&self, order_id: &str, now: Millis, until: Millis) -> Result<Option<Lease>, StoreError> {
        self.lease_if(
            "UPDATE orders SET lease_until = $1, asked_at = $2 WHERE order_id = $3 AND lease_until <= $2
             AND asked_at <= $4 AND updated_at <= $4 RETURNING order_id, asks, wakes",
            (order_id, now, until, Millis::MAX),
        )
        .await
    }

    /// The same, only when nothing was heard and nothing was asked since `before`, and there is something to ask.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lease_quiet(
        &self,
        order_id: &str,
        before: Millis,
        now: Millis,
        until: Millis,
    ) -> Result<Option<Lease>, StoreError> {
        self.lease_if(
            "UPDATE orders SET lease_until = $1, asked_at = $2 WHERE order_id = $3 AND lease_until <= $2
             AND asked_at <= $4 AND updated_at <= $4 AND status IN ('created', 'pending', 'denied', 'review')
             RETURNING order_id, asks, wakes",
            (order_id, now, until, before),
        )
        .await
    }

    async fn lease_if(
        &self,
        statement: &'static str,
        (order_id, now, until, before): (&str, Millis, Millis, Millis),
    ) -> Result<Option<Lease>, StoreError> {
        let mut writer = self.writer().await?;
        let rows = query(statement).bind(until).bind(now).bind(order_id).bind(before).fetch_all(&mut *writer).await?;
        writer.commit().await?;
        rows.first().map(|row| lease_of(row, until)).transpose()
    }

    /// Leases on orders that are due, the most overdue first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lease_due(&self, now: Millis, until: Millis, most: i64) -> Result<Vec<Lease>, StoreError> {
        const PLAIN: &str = "UPDATE orders SET lease_until = $1, asked_at = $2
             WHERE lease_until <= $2 AND order_id IN (SELECT order_id FROM orders
                 WHERE due_at <= $2 AND lease_until <= $2 ORDER BY due_at LIMIT $3)
             RETURNING order_id, asks, wakes";
        const SKIPPING: &str = "UPDATE orders SET lease_until = $1, asked_at = $2
             WHERE lease_until <= $2 AND order_id IN (SELECT order_id FROM orders
                 WHERE due_at <= $2 AND lease_until <= $2 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
             RETURNING order_id, asks, wakes";
        let mut writer = self.writer().await?;
        let rows =
            query(self.locking(PLAIN, SKIPPING)).bind(until).bind(now).bind(most).fetch_all(&mut *writer).await?;
        writer.commit().await?;
        rows.iter().map(|row| lease_of(row, until)).collect()
    }

    /// Orders that may still change by the gateway's word, the oldest first, after `after`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_orders(&self, after: &str, most: i64) -> Result<Vec<String>, StoreError> {
        let rows = query(
            "SELECT order_id FROM orders WHERE status IN ('created', 'pending', 'denied', 'review') AND order_id > $1
             ORDER BY order_id LIMIT $2",
        )
        .bind(after)
        .bind(most)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| row.try_get("order_id")).collect()
    }
}

fn lease_of(row: &Row, until: Millis) -> Result<Lease, StoreError> {
    Ok(Lease { order_id: row.try_get("order_id")?, asks: row.try_get("asks")?, wakes: row.try_get("wakes")?, until })
}
