//! Which orders are due for a poll, and the lease on polling: one process polls an order at a time.

use std::sync::LazyLock;

use orders::Millis;

use super::query::{Row, query};
use super::status_lists::OPEN;
use super::{Store, StoreError};

/// The lease on polling one order, until it is released or expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollLease {
    /// The order.
    pub order_id: String,
    /// The number of polls since the last change.
    pub poll_count: i64,
    pub(super) until: Millis,
    pub(super) notification_seq: i64,
}

/// The next poll of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextPoll {
    /// When; none if the order needs no more polls.
    pub next_poll_at: Option<Millis>,
    /// The number of polls since the last change.
    pub poll_count: i64,
}

impl Store {
    /// Takes the lease on one order, unless another process holds it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lease_poll(
        &self,
        order_id: &str,
        now: Millis,
        until: Millis,
    ) -> Result<Option<PollLease>, StoreError> {
        self.lease_if(
            "UPDATE orders SET poll_lease_until = $1, last_polled_at = $2 WHERE order_id = $3 AND poll_lease_until <= $2
             AND last_polled_at <= $4 AND updated_at <= $4 RETURNING order_id, poll_count, notification_seq",
            (order_id, now, until, Millis::MAX),
        )
        .await
    }

    /// Takes the lease on one open order that was neither polled nor updated since `before`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lease_poll_if_stale(
        &self,
        order_id: &str,
        before: Millis,
        now: Millis,
        until: Millis,
    ) -> Result<Option<PollLease>, StoreError> {
        static LEASE_STALE: LazyLock<String> = LazyLock::new(|| {
            format!(
                "UPDATE orders SET poll_lease_until = $1, last_polled_at = $2
                 WHERE order_id = $3 AND poll_lease_until <= $2 AND last_polled_at <= $4 AND updated_at <= $4
                 AND status IN ({}) RETURNING order_id, poll_count, notification_seq",
                *OPEN
            )
        });
        self.lease_if(LEASE_STALE.as_str(), (order_id, now, until, before)).await
    }

    async fn lease_if(
        &self,
        statement: &'static str,
        (order_id, now, until, before): (&str, Millis, Millis, Millis),
    ) -> Result<Option<PollLease>, StoreError> {
        let mut writer = self.writer().await?;
        let rows = query(statement).bind(until).bind(now).bind(order_id).bind(before).fetch_all(&mut *writer).await?;
        writer.commit().await?;
        rows.first().map(|row| lease_of(row, until)).transpose()
    }

    /// Takes leases on orders that are due for a poll, the most overdue first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lease_due(&self, now: Millis, until: Millis, limit: i64) -> Result<Vec<PollLease>, StoreError> {
        const SQLITE: &str = "UPDATE orders SET poll_lease_until = $1, last_polled_at = $2
             WHERE poll_lease_until <= $2 AND order_id IN (SELECT order_id FROM orders
                 WHERE next_poll_at <= $2 AND poll_lease_until <= $2 ORDER BY next_poll_at LIMIT $3)
             RETURNING order_id, poll_count, notification_seq";
        const POSTGRES: &str = "UPDATE orders SET poll_lease_until = $1, last_polled_at = $2
             WHERE poll_lease_until <= $2 AND order_id IN (SELECT order_id FROM orders
                 WHERE next_poll_at <= $2 AND poll_lease_until <= $2 ORDER BY next_poll_at LIMIT $3 FOR UPDATE SKIP LOCKED)
             RETURNING order_id, poll_count, notification_seq";
        let mut writer = self.writer().await?;
        let rows =
            query(self.dialect(SQLITE, POSTGRES)).bind(until).bind(now).bind(limit).fetch_all(&mut *writer).await?;
        writer.commit().await?;
        rows.iter().map(|row| lease_of(row, until)).collect()
    }

    /// Open orders, sorted by id, after `after`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_orders(&self, after: &str, limit: i64) -> Result<Vec<String>, StoreError> {
        static OPEN_ORDERS: LazyLock<String> = LazyLock::new(|| {
            format!(
                "SELECT order_id FROM orders WHERE status IN ({}) AND order_id > $1 ORDER BY order_id LIMIT $2",
                *OPEN
            )
        });
        let rows = query(OPEN_ORDERS.as_str()).bind(after).bind(limit).fetch_all(&self.pool).await?;
        rows.iter().map(|row| row.try_get("order_id")).collect()
    }
}

fn lease_of(row: &Row, until: Millis) -> Result<PollLease, StoreError> {
    Ok(PollLease {
        order_id: row.try_get("order_id")?,
        poll_count: row.try_get("poll_count")?,
        notification_seq: row.try_get("notification_seq")?,
        until,
    })
}
