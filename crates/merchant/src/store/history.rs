//! The history of an order: one entry for each visible update, and notes.

use wire::merchant::OrderStatus;

use super::connection::Connection;
use super::query::{Row, query};
use super::rows::{attempt_of, order_of};
use super::{Store, StoreError};
use orders::{Millis, OrderRecord, OrderUpdate, PaymentAttempt};

/// One entry of an order's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The number of the entry, from 1.
    pub seq: i64,
    /// The status before.
    pub from: Option<OrderStatus>,
    /// The status after; the same for a note.
    pub to: OrderStatus,
    /// The reason, for people.
    pub cause: String,
    /// When.
    pub at: Millis,
}

impl Store {
    /// Updates an order by `decide`, which receives the order and its newest attempt inside the transaction.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is changed then.
    pub async fn update_order(
        &self,
        order_id: &str,
        at: Millis,
        decide: impl FnOnce(&OrderRecord, &PaymentAttempt) -> OrderUpdate + Send,
    ) -> Result<OrderUpdate, StoreError> {
        let mut tx = self.order_tx(order_id).await?;
        let update = tx.update(at, decide).await?;
        tx.commit().await?;
        Ok(update)
    }

    /// Adds a note to an order's history. The status stays.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is changed then.
    pub async fn add_note(&self, order_id: &str, cause: &str, at: Millis) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let (order, _) = self.load(&mut tx, order_id).await?;
        insert_note(&mut tx, &order, cause, at).await?;
        tx.commit().await
    }

    /// The history of an order, the oldest entry first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn history(&self, order_id: &str) -> Result<Vec<HistoryEntry>, StoreError> {
        let rows = query("SELECT * FROM order_history WHERE order_id = $1 ORDER BY seq")
            .bind(order_id)
            .fetch_all(&self.pool)
            .await?;
        let entry = |row: &Row| {
            let from: Option<String> = row.try_get("from_status")?;
            Ok(HistoryEntry {
                seq: row.try_get("seq")?,
                from: from.as_deref().map(OrderStatus::from),
                to: OrderStatus::from(row.try_get::<&str>("to_status")?),
                cause: row.try_get("cause")?,
                at: row.try_get("at")?,
            })
        };
        rows.iter().map(entry).collect()
    }

    pub(super) async fn load(
        &self,
        tx: &mut Connection,
        order_id: &str,
    ) -> Result<(OrderRecord, PaymentAttempt), StoreError> {
        let order = self.lock_order(tx, order_id).await?;
        let attempt = query("SELECT * FROM payment_attempts WHERE order_id = $1 ORDER BY seq DESC LIMIT 1")
            .bind(order_id)
            .fetch_one(tx)
            .await?;
        Ok((order_of(&order)?, attempt_of(&attempt)?))
    }

    /// An order's row, locked until the transaction ends.
    pub(super) async fn lock_order(&self, tx: &mut Connection, order_id: &str) -> Result<Row, StoreError> {
        const SQLITE: &str = "SELECT * FROM orders WHERE order_id = $1";
        const POSTGRES: &str = "SELECT * FROM orders WHERE order_id = $1 FOR UPDATE";
        query(self.dialect(SQLITE, POSTGRES)).bind(order_id).fetch_one(tx).await
    }
}

/// The next entry of the history, without a change of the status. Its number is also the order's version.
pub(super) async fn insert_note(
    tx: &mut Connection,
    order: &OrderRecord,
    cause: &str,
    at: Millis,
) -> Result<(), StoreError> {
    let seq = order.version + 1;
    insert_history(tx, &order.order_id, (Some(&order.status), &order.status), cause, at, seq).await?;
    query("UPDATE orders SET version = $1 WHERE order_id = $2").bind(seq).bind(&order.order_id).execute(tx).await?;
    Ok(())
}

pub(super) async fn insert_history(
    tx: &mut Connection,
    order_id: &str,
    (from, to): (Option<&OrderStatus>, &OrderStatus),
    cause: &str,
    at: Millis,
    seq: i64,
) -> Result<(), StoreError> {
    query(
        "INSERT INTO order_history (order_id, seq, from_status, to_status, cause, at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(order_id)
    .bind(seq)
    .bind(from.map(OrderStatus::as_str))
    .bind(to.as_str())
    .bind(cause)
    .bind(at)
    .execute(tx)
    .await?;
    Ok(())
}
