//! Queries of the CLI: lists, searches, and changes that only an operator makes.

use std::path::PathBuf;
use std::str::FromStr as _;

use sqlx::sqlite::SqliteConnectOptions;
use wire::Rupiah;
use wire::merchant::OrderStatus;

use super::outbox::delivery_of;
use super::query::{Row, query};
use super::{Delivery, Store, StoreError};
use orders::{Millis, NotificationOutcome, Payer};

/// One order in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSummary {
    /// The order.
    pub order_id: String,
    /// The status.
    pub status: OrderStatus,
    /// The price.
    pub gross_amount: Rupiah,
    /// When the customer ordered.
    pub created_at: Millis,
    /// When it changed last.
    pub updated_at: Millis,
}

/// One stored notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationRecord {
    /// The payment attempt.
    pub attempt_id: String,
    /// The body, unchanged.
    pub body: String,
    /// The outcome; none while the notification is pending.
    pub outcome: Option<NotificationOutcome>,
    /// The outcome as text for people.
    pub detail: Option<String>,
    /// When it arrived.
    pub received_at: Millis,
}

/// Which outbox events to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxFilter {
    /// Events that will be tried again.
    Pending,
    /// Events that are dead: all tries failed.
    Dead,
    /// All events that were not delivered.
    Undelivered,
}

impl Store {
    /// The SQLite file of an address, if it does not exist: a command that only reads must not create it.
    ///
    /// # Errors
    /// [`StoreError`] if the address is invalid.
    pub fn missing_file(url: &str) -> Result<Option<PathBuf>, StoreError> {
        if !url.starts_with("sqlite:") {
            return Ok(None);
        }
        let file = SqliteConnectOptions::from_str(url)?.get_filename().to_owned();
        Ok((!file.exists()).then_some(file))
    }

    /// Orders, the newest first, optionally with one status, created at or after `since`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list_orders(
        &self,
        status: Option<&OrderStatus>,
        since: Millis,
        limit: i64,
    ) -> Result<Vec<OrderSummary>, StoreError> {
        const ALL: &str = "SELECT order_id, status, gross_amount, created_at, updated_at FROM orders
             WHERE created_at >= $1 ORDER BY created_at DESC, order_id LIMIT $2";
        const OF_STATUS: &str = "SELECT order_id, status, gross_amount, created_at, updated_at FROM orders
             WHERE created_at >= $1 AND status = $3 ORDER BY created_at DESC, order_id LIMIT $2";
        let query = match status {
            None => query(ALL).bind(since).bind(limit),
            Some(status) => query(OF_STATUS).bind(since).bind(limit).bind(status.as_str()),
        };
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(summary_of).collect()
    }

    /// The orders with this order id, attempt id or transaction id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find_orders(&self, number: &str) -> Result<Vec<OrderSummary>, StoreError> {
        let rows = query(
            "SELECT order_id, status, gross_amount, created_at, updated_at FROM orders
             WHERE order_id = $1 OR payer_transaction_id = $1
                OR order_id IN (SELECT order_id FROM payment_attempts WHERE attempt_id = $1 OR transaction_id = $1)
             ORDER BY created_at DESC LIMIT 20",
        )
        .bind(number)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(summary_of).collect()
    }

    /// The notifications of an order, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notifications(&self, order_id: &str) -> Result<Vec<NotificationRecord>, StoreError> {
        let rows = query(
            "SELECT attempt_id, body, outcome, detail, received_at FROM notifications
             WHERE order_id = $1 ORDER BY received_at, fingerprint",
        )
        .bind(order_id)
        .fetch_all(&self.pool)
        .await?;
        let record = |row: &Row| {
            Ok(NotificationRecord {
                attempt_id: row.try_get("attempt_id")?,
                body: row.try_get("body")?,
                outcome: outcome_of(row)?,
                detail: row.try_get("detail")?,
                received_at: row.try_get("received_at")?,
            })
        };
        rows.iter().map(record).collect()
    }

    /// Makes an order due for a poll at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn schedule_poll_now(&self, order_id: &str, at: Millis) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        query("UPDATE orders SET next_poll_at = $1, notification_seq = notification_seq + 1, poll_count = 0 WHERE order_id = $2")
            .bind(at)
            .bind(order_id)
            .execute(&mut *writer)
            .await?;
        writer.commit().await
    }

    /// Makes another attempt the payer, because the first payment was refunded. Returns false if the order is not under
    /// review.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reassign_payer(&self, order_id: &str, from: &str, to: &Payer) -> Result<bool, StoreError> {
        let mut writer = self.writer().await?;
        let changed = query(
            "UPDATE orders SET payer_attempt_id = $1, payer_transaction_id = $2
             WHERE order_id = $3 AND payer_attempt_id = $4 AND status = $5",
        )
        .bind(&to.attempt_id)
        .bind(&to.transaction_id)
        .bind(order_id)
        .bind(from)
        .bind(OrderStatus::Review.as_str())
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(changed == 1)
    }

    /// Outbox events that were not delivered, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox_events(&self, which: OutboxFilter, limit: i64) -> Result<Vec<Delivery>, StoreError> {
        let text = match which {
            OutboxFilter::Pending => {
                "SELECT * FROM outbox WHERE next_try_at IS NOT NULL ORDER BY created_at, seq LIMIT $1"
            }
            OutboxFilter::Dead => {
                "SELECT * FROM outbox WHERE dead_at IS NOT NULL AND delivered_at IS NULL ORDER BY created_at, seq LIMIT $1"
            }
            OutboxFilter::Undelivered => {
                "SELECT * FROM outbox WHERE delivered_at IS NULL ORDER BY created_at, seq LIMIT $1"
            }
        };
        let rows = query(text).bind(limit).fetch_all(&self.pool).await?;
        rows.iter().map(delivery_of).collect()
    }

    /// The outbox events of an order, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox_events_of(&self, order_id: &str) -> Result<Vec<Delivery>, StoreError> {
        let rows =
            query("SELECT * FROM outbox WHERE order_id = $1 ORDER BY seq").bind(order_id).fetch_all(&self.pool).await?;
        rows.iter().map(delivery_of).collect()
    }

    /// One outbox event.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox_event(&self, event_id: &str) -> Result<Option<Delivery>, StoreError> {
        let row = query("SELECT * FROM outbox WHERE event_id = $1").bind(event_id).fetch_optional(&self.pool).await?;
        row.as_ref().map(delivery_of).transpose()
    }

    /// Schedules one event, or every dead event, with all its tries. Returns the number of events.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn schedule_events(&self, event_id: Option<&str>, now: Millis) -> Result<u64, StoreError> {
        const ONE: &str = "UPDATE outbox SET next_try_at = $1, dead_at = NULL, try_count = 0
             WHERE delivered_at IS NULL AND event_id = $2";
        const DEAD: &str = "UPDATE outbox SET next_try_at = $1, dead_at = NULL, try_count = 0
             WHERE delivered_at IS NULL AND dead_at IS NOT NULL";
        let query = match event_id {
            Some(event_id) => query(ONE).bind(now).bind(event_id),
            None => query(DEAD).bind(now),
        };
        let mut writer = self.writer().await?;
        let done = query.execute(&mut *writer).await?;
        writer.commit().await?;
        Ok(done)
    }
}

fn summary_of(row: &Row) -> Result<OrderSummary, StoreError> {
    Ok(OrderSummary {
        order_id: row.try_get("order_id")?,
        status: OrderStatus::from(row.try_get::<&str>("status")?),
        gross_amount: Rupiah(row.try_get("gross_amount")?),
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}

fn outcome_of(row: &Row) -> Result<Option<NotificationOutcome>, StoreError> {
    let value: Option<&str> = row.try_get("outcome")?;
    value.map(|value| NotificationOutcome::parse(value).ok_or(StoreError::Column("outcome"))).transpose()
}
