//! What an operator looks for, and puts back on its way.

use std::path::PathBuf;
use std::str::FromStr as _;

use sqlx::sqlite::SqliteConnectOptions;
use wire::Rupiah;
use wire::merchant::OrderStatus;

use super::outbox::delivery_of;
use super::query::{Row, query};
use super::{Delivery, Payer, Store, StoreError};
use crate::clock::Millis;

/// One order in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub order_id: String,
    /// How it stands.
    pub status: OrderStatus,
    /// What it costs.
    pub gross_amount: Rupiah,
    /// When it was ordered.
    pub created_at: Millis,
    /// When it changed last.
    pub updated_at: Millis,
}

/// One notification, without its body's details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Which payment order it is about.
    pub payment_order_id: Option<String>,
    /// As it came.
    pub body: String,
    /// What became of it; empty while it waits.
    pub outcome: String,
    /// When it came.
    pub received_at: Millis,
    /// Whether it still waits to be confirmed.
    pub waits: bool,
}

/// Which messages to the shop's own systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outbox {
    /// On their way.
    Waiting,
    /// Given up.
    Dead,
    /// All that were not delivered.
    Open,
}

impl Store {
    /// The SQLite file that an address names, when it is not there: who only looks should not make an empty one.
    ///
    /// # Errors
    /// [`StoreError`] when the address is none.
    pub fn missing_file(url: &str) -> Result<Option<PathBuf>, StoreError> {
        if !url.starts_with("sqlite:") {
            return Ok(None);
        }
        let file = SqliteConnectOptions::from_str(url)?.get_filename().to_owned();
        Ok((!file.exists()).then_some(file))
    }

    /// Orders, the newest first: of one status when there is one, ordered since then.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list_orders(
        &self,
        status: Option<&OrderStatus>,
        since: Millis,
        most: i64,
    ) -> Result<Vec<Listed>, StoreError> {
        const ALL: &str = "SELECT order_id, status, gross_amount, created_at, updated_at FROM orders
             WHERE created_at >= $1 ORDER BY created_at DESC, order_id LIMIT $2";
        const OF_STATUS: &str = "SELECT order_id, status, gross_amount, created_at, updated_at FROM orders
             WHERE created_at >= $1 AND status = $3 ORDER BY created_at DESC, order_id LIMIT $2";
        let query = match status {
            None => query(ALL).bind(since).bind(most),
            Some(status) => query(OF_STATUS).bind(since).bind(most).bind(status.as_str()),
        };
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(listed_of).collect()
    }

    /// The orders that a number belongs to: their own, a payment order's or a transaction's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find_orders(&self, number: &str) -> Result<Vec<Listed>, StoreError> {
        let rows = query(
            "SELECT order_id, status, gross_amount, created_at, updated_at FROM orders
             WHERE order_id = $1 OR paid_transaction = $1
                OR order_id IN (SELECT order_id FROM attempts WHERE payment_order_id = $1 OR transaction_id = $1)
             ORDER BY created_at DESC LIMIT 20",
        )
        .bind(number)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(listed_of).collect()
    }

    /// The notifications of an order, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn heard(&self, order_id: &str) -> Result<Vec<Heard>, StoreError> {
        let rows = query(
            "SELECT payment_order_id, body, outcome, received_at, done_at FROM notifications
             WHERE order_id = $1 ORDER BY received_at, fingerprint",
        )
        .bind(order_id)
        .fetch_all(&self.pool)
        .await?;
        let heard = |row: &Row| {
            Ok(Heard {
                payment_order_id: row.try_get("payment_order_id")?,
                body: row.try_get("body")?,
                outcome: row.try_get("outcome")?,
                received_at: row.try_get("received_at")?,
                waits: row.try_get::<Option<Millis>>("done_at")?.is_none(),
            })
        };
        rows.iter().map(heard).collect()
    }

    /// Makes an order due at once, as if a notification had come.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn make_due(&self, order_id: &str, at: Millis) -> Result<(), StoreError> {
        let mut writer = self.writer().await?;
        query("UPDATE orders SET due_at = $1, wakes = wakes + 1, asks = 0 WHERE order_id = $2")
            .bind(at)
            .bind(order_id)
            .execute(&mut *writer)
            .await?;
        writer.commit().await
    }

    /// Says that another payment order is the one that paid, because the first one's money went back; false
    /// when the order is not in review by now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hand_over(&self, order_id: &str, from: &str, to: &Payer) -> Result<bool, StoreError> {
        let mut writer = self.writer().await?;
        let done = query(
            "UPDATE orders SET paid_by = $1, paid_transaction = $2
             WHERE order_id = $3 AND paid_by = $4 AND status = 'review'",
        )
        .bind(&to.payment_order_id)
        .bind(&to.transaction_id)
        .bind(order_id)
        .bind(from)
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(done == 1)
    }

    /// Messages that were not delivered, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox(&self, which: Outbox, most: i64) -> Result<Vec<Delivery>, StoreError> {
        let text = match which {
            Outbox::Waiting => "SELECT * FROM outbox WHERE due_at IS NOT NULL ORDER BY created_at, seq LIMIT $1",
            Outbox::Dead => {
                "SELECT * FROM outbox WHERE dead_at IS NOT NULL AND delivered_at IS NULL ORDER BY created_at, seq LIMIT $1"
            }
            Outbox::Open => "SELECT * FROM outbox WHERE delivered_at IS NULL ORDER BY created_at, seq LIMIT $1",
        };
        let rows = query(text).bind(most).fetch_all(&self.pool).await?;
        rows.iter().map(delivery_of).collect()
    }

    /// The messages about an order, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox_of(&self, order_id: &str) -> Result<Vec<Delivery>, StoreError> {
        let rows =
            query("SELECT * FROM outbox WHERE order_id = $1 ORDER BY seq").bind(order_id).fetch_all(&self.pool).await?;
        rows.iter().map(delivery_of).collect()
    }

    /// One message.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn message(&self, event_id: &str) -> Result<Option<Delivery>, StoreError> {
        let row = query("SELECT * FROM outbox WHERE event_id = $1").bind(event_id).fetch_optional(&self.pool).await?;
        row.as_ref().map(delivery_of).transpose()
    }

    /// Puts messages back on their way, with all their tries: one, or every one that was given up. How many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn requeue(&self, event_id: Option<&str>, now: Millis) -> Result<u64, StoreError> {
        const ONE: &str = "UPDATE outbox SET due_at = $1, dead_at = NULL, tries = 0
             WHERE delivered_at IS NULL AND event_id = $2";
        const DEAD: &str = "UPDATE outbox SET due_at = $1, dead_at = NULL, tries = 0
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

fn listed_of(row: &Row) -> Result<Listed, StoreError> {
    Ok(Listed {
        order_id: row.try_get("order_id")?,
        status: OrderStatus::from(row.try_get::<&str>("status")?),
        gross_amount: Rupiah(row.try_get("gross_amount")?),
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}
